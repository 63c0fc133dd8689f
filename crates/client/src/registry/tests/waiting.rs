//! How long calls wait, and how long the registry waits before it asks again.

use super::*;

#[test]
fn wait_after_an_unanswered_request_doubles_up_to_a_limit() {
    let mut bench = Bench::online();
    bench.establish(1);
    for _ in 0..2 {
        bench.reconnect();
        assert_eq!(bench.step(), Some(resubscribe(1)));
        bench.pass(TIMEOUT);
        bench.step();
    }
    for factor in [2, 4, 8, 16, 32, 64, 64, 64] {
        let look_at = bench.now + TIMEOUT * factor;
        assert_eq!(bench.registry.wake_at(), Some(look_at));
        bench.now = look_at;
        assert_eq!(bench.step(), Some(unsubscribe(1)));
        bench.pass(TIMEOUT);
        assert_eq!(bench.step(), None);
    }
}

#[test]
fn refused_resubscribe_waits_for_the_first_ceiling_and_a_delay_below_it() {
    let ceiling = config().backoff_min;
    for seed in 0..20 {
        let mut bench = Bench::online();
        bench.rng = StdRng::seed_from_u64(seed);
        bench.establish(1);
        bench.reconnect();
        assert_eq!(bench.step(), Some(resubscribe(1)));
        bench.refuse();
        let waits = bench.registry.wake_at().unwrap() - bench.now;
        assert!(waits > ceiling && waits < ceiling * 2, "{waits:?}");
    }
}

#[test]
fn without_a_session_nothing_is_due_but_deadlines() {
    let mut bench = Bench::offline();
    let first = bench.subscribe(1);
    bench.pass(TIMEOUT / 2);
    let second = bench.subscribe(2);
    assert_eq!(bench.registry.wake_at(), Some(bench.now + TIMEOUT / 2));
    bench.pass(TIMEOUT / 2);
    assert_eq!(bench.step(), None);
    let timeout = SubscribeError::Timeout { after: TIMEOUT };
    assert_eq!(result(first), Some(Err(timeout)));
    assert_eq!(bench.registry.wake_at(), Some(bench.now + TIMEOUT / 2));
    assert_eq!(result(second), None);
}

#[test]
fn deadline_of_a_call_without_one_begins_with_the_end_of_the_session() {
    let mut bench = Bench::online();
    let answer = bench.subscribe(1);
    bench.pass(TIMEOUT * 6);
    bench.registry.close(bench.now);
    assert_eq!(bench.registry.wake_at(), Some(bench.now + TIMEOUT));
    assert_eq!(result(answer), None);
}

#[test]
fn what_is_due_without_a_deadline_does_not_expire() {
    let mut bench = Bench::online();
    let answer = bench.subscribe(1);
    assert!(bench.registry.wake_at().is_some());
    assert_eq!(bench.registry.expires_at(), None);
    assert_eq!(bench.step(), Some(subscribe(1)));
    assert_eq!(bench.registry.expires_at(), Some(bench.now + TIMEOUT));
    bench.confirm(1);
    assert_eq!(bench.registry.expires_at(), None);
    assert_eq!(result(answer), Some(Ok(())));
}

#[test]
fn deadline_that_passes_lets_no_request_overtake_the_one_in_flight() {
    let mut bench = Bench::online();
    bench.establish(1);
    bench.registry.close(bench.now);
    drop(bench.subscribe(2));
    bench.pass(TIMEOUT / 2);
    drop(bench.subscribe(3));
    bench.registry.open(bench.now);
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.pass(TIMEOUT / 2);
    assert_eq!(bench.step(), None);
    assert_eq!(bench.registry.wanted(), [kind(1), kind(3)]);
}

#[test]
fn deadline_that_passes_does_not_cut_pacing_short() {
    let mut bench = Bench::offline();
    drop(bench.subscribe(1));
    bench.pass(TIMEOUT.saturating_sub(PACING / 2));
    drop(bench.subscribe(2));
    bench.registry.open(bench.now);
    assert_eq!(bench.step(), Some(subscribe(1)));
    bench.pass(PACING / 2);
    assert_eq!(bench.step(), None);
    bench.pass(PACING / 2);
    assert_eq!(bench.step(), Some(subscribe(2)));
}

#[test]
fn call_that_joins_a_request_in_flight_keeps_its_deadline_on_the_next_session() {
    let mut bench = Bench::online();
    bench.establish(1);
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.pass(TIMEOUT / 2);
    let answer = bench.subscribe(1);
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.pass(TIMEOUT / 2);
    assert_eq!(bench.step(), None);
    let timeout = SubscribeError::Timeout { after: TIMEOUT };
    assert_eq!(result(answer), Some(Err(timeout)));
}
