//! What is held back, for how long, and what becomes of it.

use super::*;

#[test]
fn what_a_newer_snapshot_will_say_is_not_told_again() {
    let (mut bench, log) = Bench::reconciled();
    bench.gap();
    bench.message(positions("7"));
    bench.message(risk());
    bench.message(events([fill_to(9)]));
    // From here on the snapshot will be newer than all of that.
    bench.resubscribe();
    bench.message(collateral("8"));
    bench.wait(LAG);
    bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    assert_eq!(
        bench.told(),
        [
            "gap",
            "resubscribed",
            "reconciled Gap",
            "AccountRiskUpdate",
            "left 9",
            "CollateralUpdate"
        ]
    );
    assert_eq!(
        bench.reconciler.state().positions()[&INSTRUMENT],
        position("3")
    );
}

#[test]
fn events_that_are_held_back_survive_another_gap() {
    let (mut bench, mut log) = Bench::reconciled();
    bench.gap();
    bench.resubscribe();
    bench.message(events([fill_to(8)]));
    bench.gap();
    bench.resubscribe();
    bench.wait(LAG);
    log.extend([9, 8, 7].map(fill_to));
    bench.answer(Ok(snapshot(&[(1, "3", "10")], &log)));
    let told = bench.told();
    assert_eq!(
        told[4..],
        ["reconciled Gap", "missed left 9", "left 8", "missed left 7"],
        "once, and in order"
    );
}

#[test]
fn too_many_messages_are_let_go_and_marked() {
    let (mut bench, mut log) = Bench::reconciled_with(|config| config.hold_capacity = 2);
    bench.gap();
    bench.resubscribe();
    for remaining in [8, 7] {
        bench.message(events([fill_to(remaining)]));
    }
    assert_eq!(bench.told(), ["gap", "resubscribed"]);
    bench.message(events([fill_to(6)]));
    assert_eq!(
        bench.told(),
        ["unreconciled Overflow 3", "left 8?", "left 7?", "left 6?"]
    );
    bench.message(events([fill_to(5)]));
    assert_eq!(bench.told(), ["left 5?"]);
    bench.wait(LAG);
    log.extend([9, 8, 7, 6, 5].map(fill_to));
    bench.answer(Ok(snapshot(&[(1, "4", "10")], &log)));
    bench.message(events([fill_to(4)]));
    assert_eq!(bench.told(), ["reconciled Gap", "missed left 9", "left 4"]);
}

#[test]
fn nothing_is_held_back_for_longer_than_configured() {
    let (mut bench, _) = Bench::reconciled();
    bench.gap();
    bench.message(events([fill_to(8)]));
    bench.wait(HOLD_FOR.saturating_sub(MOMENT));
    bench.message(positions("1"));
    assert_eq!(bench.told(), ["gap"]);
    bench.wait(MOMENT);
    assert_eq!(
        bench.told(),
        ["unreconciled Overdue 2", "left 8?", "PositionUpdate?"]
    );
    bench.message(positions("2"));
    assert_eq!(bench.told(), ["PositionUpdate?"]);
}

#[test]
fn what_flows_after_the_confirmations_is_as_new_as_the_snapshot() {
    let (mut bench, log) = Bench::reconciled();
    bench.gap();
    bench.message(positions("1"));
    bench.wait(HOLD_FOR);
    bench.told();
    // It flows, but before all kinds are live: the snapshot will be newer.
    bench.message(collateral("1"));
    bench.told();
    bench.resubscribe();
    bench.message(positions("2"));
    bench.wait(LAG);
    bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
    bench.told();
    let state = bench.reconciler.state();
    assert_eq!(state.positions()[&INSTRUMENT], position("2"));
    assert_eq!(state.collateral()[&AssetId(0)], decimal("5"));
}

#[test]
fn after_another_gap_messages_are_held_back_again() {
    let (mut bench, _) = Bench::reconciled();
    bench.gap();
    bench.message(positions("1"));
    bench.wait(HOLD_FOR);
    bench.told();
    bench.gap();
    bench.message(positions("2"));
    assert_eq!(bench.told(), ["gap"]);
}

#[test]
fn what_is_held_back_is_told_before_the_end() {
    let (mut bench, _) = Bench::reconciled();
    bench.gap();
    bench.message(events([fill_to(8)]));
    let reason = CloseReason::Requested;
    bench.client(ClientEvent::Closed { reason });
    assert_eq!(
        bench.told(),
        ["gap", "unreconciled Closed 1", "left 8?", "closed"]
    );
}

#[test]
fn what_came_before_the_confirmations_is_old_even_if_it_is_let_go_after_them() {
    let (mut bench, log) = Bench::reconciled();
    bench.gap();
    bench.message(events([event(2, placed(99, "1"))]));
    bench.message(crate::samples::open_orders([open_order(2, "0", "1")]));
    bench.resubscribe();
    bench.wait(HOLD_FOR);
    bench.told();
    let log = [log, vec![event(2, placed(99, "1"))]].concat();
    bench.answer(Ok(snapshot(&[(1, "0", "10"), (2, "0", "1")], &log)));
    let order = bench.reconciler.state().order(OrderId(2)).unwrap();
    assert!(
        order.view().is_some(),
        "its list was dropped, for the snapshot has it"
    );
}
