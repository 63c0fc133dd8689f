//! The order of things after a connection and after a gap.

use super::*;

#[test]
fn rest_is_asked_when_every_kind_is_confirmed_and_its_lag_has_passed() {
    let mut bench = Bench::new();
    let kinds = bench.kinds();
    for kind in &kinds[1..] {
        bench.reconciler.subscribed(kind.clone(), Ok(()), bench.now);
    }
    bench.wait(LAG * 10);
    assert_eq!(bench.asks(), None);
    bench
        .reconciler
        .subscribed(kinds[0].clone(), Ok(()), bench.now);
    bench.wait(LAG.saturating_sub(MOMENT));
    assert_eq!(bench.asks(), None);
    assert_eq!(bench.reconciler.deadline(), Some(bench.now + MOMENT));
    bench.wait(MOMENT);
    assert_eq!(bench.asks(), Some(1));
    assert_eq!(bench.asks(), None, "once");
}

#[test]
fn a_kind_that_is_refused_is_told_and_waited_for() {
    let mut bench = Bench::new();
    let kinds = bench.kinds();
    let error = SubscribeError::Unsubscribed;
    bench
        .reconciler
        .subscribed(kinds[0].clone(), Err(error), bench.now);
    for kind in &kinds[1..] {
        bench.reconciler.subscribed(kind.clone(), Ok(()), bench.now);
    }
    bench.wait(LAG);
    assert_eq!(bench.told(), ["no OrderEvents"]);
    assert_eq!(bench.asks(), None);
}

#[test]
fn after_a_gap_comes_the_truth_then_what_was_missed_then_what_was_held_back() {
    let (mut bench, mut log) = Bench::reconciled();
    bench.message(events([fill_to(9)]));
    assert_eq!(bench.told(), ["left 9"]);
    bench.gap();
    assert!(!bench.reconciler.is_reconciled());
    bench.resubscribe();
    bench.message(events([fill_to(6)]));
    bench.message(positions("7"));
    assert_eq!(bench.told(), ["gap", "resubscribed"]);
    bench.wait(LAG);
    // REST is ahead of what was held back by one fill, which is on its way.
    log.extend([9, 8, 7, 6, 5].map(fill_to));
    bench.answer(Ok(snapshot(&[(1, "5", "10")], &log)));
    assert_eq!(
        bench.told(),
        [
            "reconciled Gap",
            "missed left 8 7",
            "left 6",
            "missed left 5",
            "PositionUpdate"
        ]
    );
    bench.message(events([fill_to(5), fill_to(4)]));
    assert_eq!(bench.told(), ["left 4"]);
    assert!(bench.reconciler.is_reconciled());
    let state = bench.reconciler.state();
    assert_eq!(state.positions()[&INSTRUMENT], position("7"));
    assert_eq!(
        state.order(OrderId(1)).unwrap().lifecycle().remaining(),
        Some(4.into())
    );
}

#[test]
fn a_list_that_is_behind_the_log_is_no_contradiction() {
    let (mut bench, mut log) = Bench::reconciled();
    bench.gap();
    bench.resubscribe();
    bench.message(crate::samples::open_orders([open_order(1, "0", "10")]));
    bench.wait(LAG);
    log.push(event(1, rocketfi_protocol::OrderEventData::Canceled));
    bench.answer(Ok(snapshot(&[], &log)));
    assert_eq!(
        bench.told()[2..],
        ["reconciled Gap", "missed left ", "OpenOrdersUpdate"]
    );
    assert_eq!(bench.reconciler.state().open_orders().len(), 0);
}

#[test]
fn the_report_says_what_changed_meanwhile() {
    let (mut bench, mut log) = Bench::reconciled();
    bench.message(positions("1"));
    bench.message(collateral("4"));
    bench.gap();
    bench.resubscribe();
    bench.wait(LAG);
    log.extend([fill_to(9), event(2, placed(99, "1"))]);
    let mut told = snapshot(&[(2, "0", "1")], &log);
    told.payments.entries.push(payment(1));
    bench.answer(Ok(told));
    let mut events = std::iter::from_fn(|| bench.reconciler.next(bench.now));
    let report = events.find_map(|event| match event {
        Event::Reconciled(report) => Some(report),
        _ => None,
    });
    let expected = Reconciliation {
        trigger: Trigger::Gap,
        vanished: vec![OrderId(1)],
        appeared: vec![OrderId(2)],
        missed_fills: vec![OrderId(1)],
        order_events: 2,
        funding: 1,
        positions: vec![INSTRUMENT],
        collateral: vec![AssetId(0)],
        complete: true,
        held: 0,
        attempts: 1,
        took: LAG,
    };
    assert_eq!(report, Some(expected));
}

#[test]
fn what_was_asked_before_a_gap_is_not_answered_after_it() {
    let (mut bench, log) = Bench::reconciled();
    bench.gap();
    bench.resubscribe();
    bench.wait(LAG);
    let question = bench.asks().unwrap();
    bench.gap();
    bench
        .reconciler
        .answer(question, Ok(snapshot(&[], &log)), bench.now);
    assert!(!bench.reconciler.is_reconciled());
    bench.resubscribe();
    bench.wait(LAG);
    assert_eq!(bench.asks(), Some(question + 1));
    bench
        .reconciler
        .answer(question, Ok(snapshot(&[], &log)), bench.now);
    assert!(
        !bench.reconciler.is_reconciled(),
        "it answers the other one"
    );
}

#[test]
fn a_confirmation_of_an_earlier_session_is_told_late_and_does_not_count() {
    let (mut bench, _) = Bench::reconciled();
    bench.gap();
    bench.confirm_all();
    bench.wait(LAG);
    assert_eq!(bench.asks(), None);
    bench.resubscribe();
    bench.wait(LAG);
    assert!(bench.asks().is_some());
}

#[test]
fn a_confirmation_of_the_next_session_may_be_told_before_the_gap() {
    let mut bench = Bench::new();
    bench.confirm_all();
    let mut kinds = bench.kinds();
    let first = kinds.remove(0);
    // The first session confirmed the first kind, and the second one all others.
    bench.client(ClientEvent::Gap {
        session: SESSION,
        cause: GapCause::HeartbeatTimeout,
        kinds: vec![first.clone()],
        missed: None,
    });
    bench.wait(LAG);
    assert_eq!(bench.asks(), None);
    let (session, kinds) = (SESSION, vec![first]);
    bench.client(ClientEvent::Resubscribed { session, kinds });
    bench.wait(LAG);
    assert!(bench.asks().is_some());
}

#[test]
fn a_gap_that_is_told_after_all_confirmations_of_the_next_session_is_healed() {
    let mut bench = Bench::new();
    bench.confirm_all();
    bench.wait(LAG.saturating_sub(MOMENT));
    bench.client(ClientEvent::Gap {
        session: SESSION,
        cause: GapCause::HeartbeatTimeout,
        kinds: Vec::new(),
        missed: None,
    });
    bench.wait(MOMENT);
    assert_eq!(bench.asks(), None, "the lag is counted anew");
    bench.wait(LAG);
    assert!(bench.asks().is_some());
}

#[test]
fn a_kind_that_is_restored_later_is_waited_for() {
    let (mut bench, _) = Bench::reconciled();
    bench.gap();
    let mut kinds = bench.kinds();
    let last = kinds.split_off(kinds.len() - 1);
    for (kinds, asks) in [(kinds, false), (last, true)] {
        let session = SESSION;
        bench.client(ClientEvent::Resubscribed { session, kinds });
        bench.wait(LAG);
        assert_eq!(bench.asks().is_some(), asks);
    }
}

#[test]
fn margin_of_before_a_gap_is_forgotten_unless_it_was_told_since() {
    for told_since in [false, true] {
        let (mut bench, log) = Bench::reconciled();
        bench.message(risk());
        bench.gap();
        if told_since {
            bench.message(risk());
        }
        bench.resubscribe();
        bench.wait(LAG);
        bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
        bench.told();
        assert_eq!(bench.reconciler.state().risk().is_some(), told_since);
    }
}

#[test]
fn other_messages_pass_through_whatever_happens() {
    let mut bench = Bench::new();
    let ticker = r#"{"TickerUpdate":{"instrumentId":"0x0000000000000001","ticker":{"t":1}}}"#;
    bench.message(rocketfi_protocol::decode(ticker).unwrap());
    bench.message(positions("1"));
    assert_eq!(bench.told(), ["client"]);
}
