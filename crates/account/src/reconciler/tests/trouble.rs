//! REST that fails, and a stream that contradicts itself.

use super::*;

fn throttled(seconds: u64) -> SourceError {
    SourceError::Throttled {
        retry_after: Some(Duration::from_secs(seconds)),
    }
}

#[test]
fn a_failure_is_told_and_tried_again_later_each_time() {
    let (mut bench, log) = Bench::reconciled();
    bench.gap();
    bench.resubscribe();
    bench.wait(LAG);
    let mut delays = Vec::new();
    for _ in 0..3 {
        bench.answer(Err(SourceError::Broken));
        assert_eq!(bench.asks(), None);
        let next = bench.reconciler.deadline().unwrap();
        delays.push(next - bench.now);
        bench.wait(next - bench.now);
    }
    bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    let failed = |attempt| format!("failed {attempt}: the source did not end in order");
    assert_eq!(
        bench.told()[2..],
        [failed(1), failed(2), failed(3), "reconciled Gap".to_owned()]
    );
    for (delay, least) in delays.iter().zip([500, 1_000, 2_000]) {
        let least = Duration::from_millis(least);
        assert!(
            (least..least * 2 + Duration::from_millis(1)).contains(delay),
            "{delay:?}"
        );
    }
}

#[test]
fn retry_after_is_waited_for_even_over_a_gap() {
    let (mut bench, _) = Bench::reconciled();
    bench.gap();
    bench.resubscribe();
    bench.wait(LAG);
    bench.answer(Err(throttled(20)));
    bench.gap();
    bench.resubscribe();
    bench.wait(Duration::from_secs(20));
    assert_eq!(bench.asks(), None, "and a little by chance");
    bench.wait(Duration::from_secs(1));
    assert!(bench.asks().is_some());
}

#[test]
fn success_makes_the_next_failure_the_first() {
    let (mut bench, log) = Bench::reconciled();
    for _ in 0..2 {
        bench.gap();
        bench.resubscribe();
        bench.wait(LAG);
        bench.answer(Err(SourceError::Broken));
        assert!(bench.told().iter().any(|it| it.starts_with("failed 1:")));
        bench.wait(Duration::from_secs(2));
        bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    }
}

#[test]
fn an_answer_that_is_older_than_the_stream_is_refused() {
    let (mut bench, mut log) = Bench::reconciled();
    bench.message(events([fill_to(9)]));
    bench.gap();
    bench.resubscribe();
    bench.wait(LAG);
    bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    let told = bench.told();
    assert_eq!(
        told.last().unwrap(),
        "failed 1: the snapshot is older than the stream"
    );
    bench.wait(Duration::from_secs(2));
    log.push(fill_to(9));
    bench.answer(Ok(snapshot(&[(1, "1", "10")], &log)));
    assert_eq!(bench.told(), ["reconciled Gap"]);
}

#[test]
fn a_message_that_cannot_be_waits_for_what_was_missed_before_it() {
    let (mut bench, mut log) = Bench::reconciled();
    bench.message(events([fill_to(8)]));
    assert_eq!(bench.told(), ["remaining size"]);
    bench.message(positions("7"));
    bench.wait(LAG);
    log.extend([9, 8].map(fill_to));
    bench.answer(Ok(snapshot(&[(1, "2", "10")], &log)));
    assert_eq!(
        bench.told(),
        [
            "reconciled Inconsistent",
            "missed left 9",
            "left 8",
            "PositionUpdate"
        ]
    );
}

#[test]
fn what_rest_cannot_explain_is_delivered_all_the_same() {
    let (mut bench, log) = Bench::reconciled();
    bench.message(events([fill_to(8)]));
    assert_eq!(bench.told(), ["remaining size"]);
    bench.wait(LAG);
    bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    assert_eq!(bench.told(), ["reconciled Inconsistent", "left 8"]);
    assert_eq!(bench.asks(), None, "it was cleared up as far as can be");
}

#[test]
fn one_doubt_after_the_other_does_not_hold_up_the_stream() {
    let (mut bench, log) = Bench::reconciled();
    bench.message(events([fill_to(8)]));
    bench.told();
    bench.message(events([fill_to(6)]));
    bench.wait(LAG);
    bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    assert_eq!(
        bench.told(),
        [
            "reconciled Inconsistent",
            "left 8",
            "remaining size",
            "unreconciled Repeated 1",
            "left 6?"
        ]
    );
    assert_eq!(bench.asks(), None, "not at once");
    bench.wait(Duration::from_secs(1));
    bench.answer(Ok(snapshot(
        &[(1, "4", "10")],
        &[log[0].clone(), fill_to(8), fill_to(6)],
    )));
    assert_eq!(bench.told(), ["reconciled Inconsistent"]);
}

#[test]
fn a_doubt_while_rest_is_being_asked_is_settled_by_another_question() {
    let (mut bench, mut log) = Bench::reconciled();
    bench.gap();
    bench.resubscribe();
    bench.message(positions("1"));
    bench.wait(HOLD_FOR);
    bench.told();
    let question = bench.asks().unwrap();
    bench.message(events([fill_to(8)]));
    log.push(fill_to(8));
    bench
        .reconciler
        .answer(question, Ok(snapshot(&[(1, "2", "10")], &log)), bench.now);
    assert_eq!(
        bench.told(),
        ["left 8?", "reconciled Gap", "unreconciled Repeated 0"]
    );
    assert!(!bench.reconciler.is_reconciled());
}

#[test]
fn what_the_client_lost_is_asked_for_anew() {
    let (mut bench, log) = Bench::reconciled();
    let lagged = || ClientEvent::Lagged {
        session: SESSION,
        missed: 3,
    };
    bench.client(lagged());
    bench.wait(LAG);
    let question = bench.asks().unwrap();
    bench.client(lagged());
    bench
        .reconciler
        .answer(question, Ok(snapshot(&[(1, "0", "10")], &log)), bench.now);
    assert_eq!(
        bench.told(),
        ["lagged", "lagged"],
        "the answer may be older than the loss"
    );
    bench.wait(LAG);
    bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    assert_eq!(bench.told(), ["reconciled Lagged"]);
}

#[test]
fn a_reconciliation_can_be_asked_for() {
    let (mut bench, log) = Bench::reconciled();
    bench.reconciler.request(bench.now);
    bench.wait(LAG);
    bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    assert_eq!(bench.told(), ["reconciled Requested"]);
}
