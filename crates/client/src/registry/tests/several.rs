//! Several requests in flight.

use super::*;

/// Three may be in flight, and nothing is paced.
fn config() -> Config {
    Config {
        max_in_flight: 3,
        request_pacing: Duration::ZERO,
        ..super::config()
    }
}

/// So many kinds are being subscribed.
fn subscribing(count: u8) -> (Bench, Vec<Answer<SubscribeError>>) {
    let mut bench = Bench::with(&config());
    bench.registry.open(bench.now);
    let calls = (1..=count).map(|number| bench.subscribe(number)).collect();
    for number in 1..=count.min(3) {
        assert_eq!(bench.step(), Some(subscribe(number)));
    }
    assert_eq!(bench.step(), None);
    (bench, calls)
}

fn rejected() -> Result<(), SubscribeError> {
    let text = ServerText::new("no");
    Err(SubscribeError::Rejected { text })
}

#[test]
fn as_many_requests_as_configured_are_in_flight() {
    let (mut bench, _calls) = subscribing(5);
    bench.confirm(2);
    assert_eq!(bench.step(), Some(subscribe(4)));
    assert_eq!(bench.step(), None);
}

#[test]
fn error_fails_the_one_that_is_left_when_the_others_are_confirmed() {
    let (mut bench, calls) = subscribing(5);
    let suspects: Vec<_> = (1..=3).map(kind).map(Request::Subscribe).collect();
    assert_eq!(bench.refuse(), suspects);
    // Nothing more is sent until it is known whom the error was about.
    assert_eq!(bench.step(), None);
    assert_eq!(bench.confirm(3), Ack::Expected);
    assert_eq!(bench.step(), None);
    assert_eq!(bench.confirm(1), Ack::Expected);
    let results: Vec<_> = calls.into_iter().map(result).collect();
    let ok = Some(Ok(()));
    assert_eq!(results, [ok.clone(), Some(rejected()), ok, None, None]);
    assert_eq!(bench.step(), Some(subscribe(4)));
    assert_eq!(bench.step(), Some(subscribe(5)));
}

#[test]
fn deadlines_run_on_while_an_error_is_unexplained() {
    let (mut bench, calls) = subscribing(4);
    bench.refuse();
    bench.pass(TIMEOUT);
    assert_eq!(bench.step(), Some(subscribe(4)));
    let timeout = Some(Err(SubscribeError::Timeout { after: TIMEOUT }));
    let results: Vec<_> = calls.into_iter().map(result).collect();
    assert_eq!(results, [timeout.clone(), timeout.clone(), timeout, None]);
}

#[test]
fn late_confirmation_of_a_suspect_leaves_the_other_as_the_refused_one() {
    let mut bench = Bench::with(&config());
    bench.registry.open(bench.now);
    let first = bench.subscribe(1);
    assert_eq!(bench.step(), Some(subscribe(1)));
    bench.pass(TIMEOUT / 2);
    let second = bench.subscribe(2);
    assert_eq!(bench.step(), Some(subscribe(2)));
    bench.refuse();
    bench.pass(TIMEOUT / 2);
    assert_eq!(bench.step(), None);
    let timeout = SubscribeError::Timeout { after: TIMEOUT };
    assert_eq!(result(first), Some(Err(timeout)));
    // Too late for its caller, soon enough to tell what the error was about.
    assert_eq!(bench.confirm(1), Ack::Late);
    assert_eq!(result(second), Some(rejected()));
}

#[test]
fn refused_end_of_a_subscription_is_found_out_too() {
    let (mut bench, _calls) = subscribing(3);
    for number in 1..=3 {
        assert_eq!(bench.confirm(number), Ack::Expected);
    }
    let ending = [bench.unsubscribe(1), bench.unsubscribe(2)];
    assert_eq!(bench.step(), Some(unsubscribe(1)));
    assert_eq!(bench.step(), Some(unsubscribe(2)));
    bench.refuse();
    assert_eq!(bench.confirm_end(2), Ack::Expected);
    let text = ServerText::new("no");
    let rejected = Some(Err(UnsubscribeError::Rejected { text }));
    assert_eq!(ending.map(result), [rejected, Some(Ok(()))]);
}

#[test]
fn kinds_are_restored_in_their_original_order() {
    let (mut bench, _calls) = subscribing(3);
    for number in 1..=3 {
        assert_eq!(bench.confirm(number), Ack::Expected);
    }
    bench.reconnect();
    for number in 1..=3 {
        assert_eq!(bench.step(), Some(resubscribe(number)));
    }
    for number in [3, 1, 2] {
        assert_eq!(bench.step(), None);
        assert_eq!(bench.confirm(number), Ack::Expected);
    }
    let restored = Step::Resubscribed(vec![kind(1), kind(2), kind(3)]);
    assert_eq!(bench.step(), Some(restored));
}

#[test]
fn error_of_a_lost_session_fails_nothing_on_the_next() {
    let (mut bench, calls) = subscribing(3);
    bench.refuse();
    bench.confirm(1);
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    assert_eq!(bench.step(), Some(subscribe(2)));
    assert_eq!(bench.step(), Some(subscribe(3)));
    bench.confirm(2);
    bench.confirm(3);
    let results: Vec<_> = calls.into_iter().map(result).collect();
    assert_eq!(results, [Some(Ok(())), Some(Ok(())), Some(Ok(()))]);
}
