//! Comparing with REST on a healthy connection.

use super::*;
use crate::reconciler::settle::AUDIT_LOOKS;

const EVERY: Duration = Duration::from_secs(60);

fn audited() -> (Bench, Vec<OrderEvent>) {
    Bench::reconciled_with(|config| config.audit_every = Some(EVERY))
}

/// Lets the time come at which REST is asked next.
fn until_asked(bench: &mut Bench) {
    while let Some(next) = bench.reconciler.deadline().filter(|at| *at > bench.now) {
        bench.wait(next - bench.now);
    }
}

#[test]
fn an_audit_that_finds_nothing_says_so_and_comes_again() {
    let (mut bench, log) = audited();
    for _ in 0..2 {
        bench.wait(EVERY);
        assert_eq!(bench.asks(), None, "its lag is waited for");
        bench.wait(LAG);
        bench.message(positions("4"));
        bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
        assert_eq!(
            bench.told(),
            ["PositionUpdate", "audited"],
            "the stream is newer"
        );
        assert!(bench.reconciler.is_reconciled());
        bench.message(positions("3"));
        bench.told();
    }
}

#[test]
fn a_difference_that_stays_is_put_right() {
    let (mut bench, mut log) = audited();
    log.push(fill_to(9));
    bench.wait(EVERY);
    for _ in 0..AUDIT_LOOKS {
        assert!(bench.told().is_empty());
        until_asked(&mut bench);
        bench.answer(Ok(snapshot(&[(1, "1", "10")], &log)));
    }
    assert_eq!(bench.told(), ["audit"]);
    until_asked(&mut bench);
    bench.answer(Ok(snapshot(&[(1, "1", "10")], &log)));
    assert_eq!(bench.told(), ["reconciled Audit", "missed left 9"]);
}

#[test]
fn what_is_on_its_way_is_no_difference() {
    let (mut bench, mut log) = audited();
    bench.wait(EVERY);
    until_asked(&mut bench);
    log.push(fill_to(9));
    bench.answer(Ok(snapshot(&[(1, "1", "10")], &log)));
    bench.message(events([fill_to(9)]));
    until_asked(&mut bench);
    bench.answer(Ok(snapshot(&[(1, "1", "10")], &log)));
    assert_eq!(bench.told(), ["left 9", "audited"]);
}

#[test]
fn something_else_on_its_way_each_time_is_no_difference() {
    let (mut bench, mut log) = audited();
    bench.wait(EVERY);
    for remaining in [9, 8] {
        until_asked(&mut bench);
        log.push(fill_to(remaining));
        let filled = (10 - remaining).to_string();
        bench.answer(Ok(snapshot(&[(1, &filled, "10")], &log)));
        bench.message(events([fill_to(remaining)]));
    }
    assert_eq!(bench.told(), ["left 9", "audited", "left 8"]);
}

#[test]
fn an_audit_without_an_answer_is_tried_again() {
    let (mut bench, log) = audited();
    bench.wait(EVERY);
    until_asked(&mut bench);
    bench.answer(Err(SourceError::Broken));
    assert!(bench.reconciler.is_reconciled());
    until_asked(&mut bench);
    bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    assert_eq!(bench.told().last().unwrap(), "audited");
}

#[test]
fn a_gap_ends_an_audit() {
    let (mut bench, log) = audited();
    bench.wait(EVERY);
    until_asked(&mut bench);
    let question = bench.asks().unwrap();
    bench.gap();
    bench
        .reconciler
        .answer(question, Ok(snapshot(&[(1, "0", "10")], &log)), bench.now);
    assert_eq!(bench.told(), ["gap"]);
}
