//! What is live, what is not any more, and what was never known.

use super::*;

#[test]
fn kind_is_live_while_it_is_wanted_and_confirmed_on_this_session() {
    let mut bench = Bench::online();
    assert!(!bench.is_live(1));
    drop((bench.subscribe(1), bench.step()));
    assert!(!bench.is_live(1) && !bench.registry.settled());
    bench.confirm(1);
    assert!(bench.is_live(1) && bench.registry.settled());
    drop(bench.subscribe(2));
    assert!(!bench.is_live(2) && !bench.registry.settled());
    assert_eq!(bench.registry.wanted(), [kind(1), kind(2)]);
    assert_eq!(bench.registry.established(), [kind(1)]);
    bench.reconnect();
    assert!(!bench.is_live(1));
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.confirm(1);
    assert!(bench.is_live(1));
    drop(bench.unsubscribe(1));
    assert!(!bench.is_live(1));
}

#[test]
fn second_confirmation_ends_the_session_only_after_a_refusal() {
    let mut bench = Bench::online();
    bench.establish(1);
    assert_eq!(bench.confirm(1), Ack::Unexpected);
    assert_eq!(bench.step(), None);
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.refuse();
    bench.pass(config().backoff_max);
    assert_eq!(bench.step(), Some(resubscribe(1)));
    assert_eq!(bench.confirm(1), Ack::Expected);
    assert_eq!(bench.confirm(1), Ack::Unexpected);
    let cause = GapCause::SubscriptionUnknown { kind: kind(1) };
    assert_eq!(bench.step(), Some(Step::End(cause)));
}

#[test]
fn unknown_state_of_a_kind_that_nobody_wants_is_not_looked_into() {
    let mut bench = Bench::online();
    drop((bench.subscribe(1), bench.step()));
    bench.pass(TIMEOUT);
    assert_eq!(bench.step(), None);
    assert_eq!(bench.registry.wake_at(), None);
}

#[test]
fn unsubscribe_of_a_refused_kind_has_nothing_to_end() {
    let mut bench = Bench::online();
    drop((bench.subscribe(1), bench.step(), bench.refuse()));
    let not_subscribed = Err(UnsubscribeError::NotSubscribed);
    assert_eq!(result(bench.unsubscribe(1)), Some(not_subscribed));
}

#[test]
fn second_unsubscribe_joins_the_first() {
    let mut bench = Bench::online();
    bench.establish(1);
    bench.pass(PACING);
    let first = bench.unsubscribe(1);
    assert_eq!(bench.step(), Some(unsubscribe(1)));
    let second = bench.unsubscribe(1);
    assert_eq!(bench.confirm_end(1), Ack::Expected);
    assert_eq!([first, second].map(result), [Some(Ok(())), Some(Ok(()))]);
    assert_eq!(bench.registry.wake_at(), None);
}

#[test]
fn nothing_is_kept_of_a_kind_that_is_over() {
    let mut bench = Bench::online();
    bench.establish(1);
    bench.pass(PACING);
    drop((bench.unsubscribe(1), bench.step()));
    bench.confirm_end(1);
    assert!(bench.registry.entries.is_empty());
    bench.registry.close(bench.now);
    drop(bench.subscribe(2));
    bench.pass(TIMEOUT);
    assert_eq!(bench.step(), None);
    assert!(bench.registry.entries.is_empty());
}

#[test]
fn what_a_lost_session_had_restored_is_not_announced_on_the_next() {
    let mut bench = Bench::online();
    bench.establish(1);
    bench.establish(2);
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.confirm(1);
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.refuse();
    bench.pass(PACING);
    assert_eq!(bench.step(), Some(resubscribe(2)));
    bench.confirm(2);
    assert_eq!(bench.step(), Some(Step::Resubscribed(vec![kind(2)])));
}
