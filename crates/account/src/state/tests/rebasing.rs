//! What a snapshot of REST does to a state.

use super::*;

fn snapshot(orders: &[(u64, &str, &str)], log: Vec<OrderEvent>) -> Snapshot {
    Snapshot {
        open_orders: orders
            .iter()
            .map(|(id, filled, quantity)| open_order(*id, filled, quantity))
            .collect(),
        positions: [(INSTRUMENT, position("3"))].into(),
        collateral: [(AssetId(0), decimal("5"))].into(),
        order_events: Log {
            entries: log,
            is_whole: true,
        },
        payments: Log::default(),
    }
}

/// A state that was put right once, with one open order of 10.
fn founded() -> (AccountState, Vec<OrderEvent>) {
    let mut state = state();
    let log = vec![event(1, placed(1, "10"))];
    state.rebase(
        &snapshot(&[(1, "0", "10")], log.clone()),
        &Touched::default(),
        &Held::default(),
    );
    (state, log)
}

fn rebase(
    state: &mut AccountState,
    snapshot: &Snapshot,
    held: &[ServerMessage],
) -> super::super::Rebased {
    state.rebase(snapshot, &Touched::default(), &Held::of(held.iter()))
}

fn told(rebased: &super::super::Rebased) -> Vec<OrderEvent> {
    rebased
        .events
        .iter()
        .map(|news| news.event.clone())
        .collect()
}

#[test]
fn what_happened_before_anything_was_known_is_history_and_not_news() {
    let mut state = state();
    let log = vec![
        event(1, placed(1, "10")),
        event(2, placed(2, "1")),
        event(2, OrderEventData::Canceled),
    ];
    let rebased = rebase(&mut state, &snapshot(&[(1, "0", "10")], log), &[]);
    assert_eq!(rebased.events, []);
    assert_eq!(open(&state), [1]);
    assert_eq!(state.order_events().len(), 3);
    assert_eq!(rebased.appeared, [OrderId(1)]);
}

#[test]
fn an_order_that_only_the_log_tells_of_is_open() {
    let mut state = state();
    let log = vec![event(1, placed(1, "10")), event(2, placed(2, "1"))];
    rebase(&mut state, &snapshot(&[(1, "0", "10")], log), &[]);
    assert_eq!(
        open(&state),
        [1, 2],
        "it was placed after the list was made"
    );
}

#[test]
fn what_is_held_back_is_news_even_the_first_time() {
    let mut state = state();
    let news = event(1, fill(2, "4", "6", "10"));
    let held = [events([news.clone()])];
    let log = vec![event(1, placed(1, "10")), news];
    rebase(&mut state, &snapshot(&[(1, "4", "10")], log), &held);
    assert_eq!(state.apply(&held[0]).fills, 1);
}

#[test]
fn missed_fills_come_once_and_in_order() {
    let (mut state, mut log) = founded();
    let missed = [
        event(1, fill(2, "4", "6", "10")),
        event(1, fill(3, "1", "5", "10")),
    ];
    log.extend(missed.clone());
    let rebased = rebase(&mut state, &snapshot(&[(1, "5", "10")], log.clone()), &[]);
    assert_eq!(told(&rebased), missed);
    assert_eq!(rebased.missed_fills(), [OrderId(1), OrderId(1)]);
    let again = rebase(&mut state, &snapshot(&[(1, "5", "10")], log), &[]);
    assert_eq!(again.events, []);
}

#[test]
fn a_fill_that_is_held_back_and_in_the_log_was_not_missed_and_comes_once() {
    let (mut state, mut log) = founded();
    let held = [events([event(1, fill(3, "1", "5", "10"))])];
    log.extend([
        event(1, fill(2, "4", "6", "10")),
        event(1, fill(3, "1", "5", "10")),
    ]);
    let rebased = rebase(&mut state, &snapshot(&[(1, "5", "10")], log), &held);
    assert_eq!(rebased.missed_fills().len(), 1);
    assert_eq!(rebased.events.len(), 2, "in the order of the log");
    assert_eq!(state.news(held[0].clone()), None);
}

#[test]
fn an_order_that_is_not_listed_any_more_has_vanished() {
    let (mut state, log) = founded();
    let rebased = rebase(&mut state, &snapshot(&[], log), &[]);
    assert_eq!((rebased.vanished, open(&state)), (vec![OrderId(1)], vec![]));
}

#[test]
fn an_order_that_the_stream_has_just_told_of_has_not_vanished() {
    let (mut state, log) = founded();
    let held = [open_orders([open_order(1, "4", "10")])];
    let rebased = rebase(&mut state, &snapshot(&[], log.clone()), &held);
    assert_eq!((rebased.vanished, open(&state)), (vec![], vec![1]));
    let mut touched = Touched::default();
    touched.note(&held[0]);
    let rebased = state.rebase(&snapshot(&[], log), &touched, &Held::default());
    assert_eq!((rebased.vanished, open(&state)), (vec![], vec![1]));
}

#[test]
fn an_order_that_ended_by_its_events_is_not_opened_by_an_older_list() {
    let (mut state, mut log) = founded();
    log.push(event(1, OrderEventData::Canceled));
    let rebased = rebase(&mut state, &snapshot(&[(1, "0", "10")], log), &[]);
    assert_eq!(rebased.vanished, [OrderId(1)]);
    assert_eq!(state.order(OrderId(1)).unwrap().status(), Status::Canceled);
}

#[test]
fn an_order_that_was_placed_after_the_list_was_made_stays() {
    let (mut state, mut log) = founded();
    log.push(event(2, placed(2, "1")));
    rebase(&mut state, &snapshot(&[(1, "0", "10")], log), &[]);
    assert_eq!(open(&state), [1, 2]);
}

#[test]
fn what_the_stream_has_touched_is_as_new_as_the_snapshot() {
    let (mut state, log) = founded();
    let mut touched = Touched::default();
    for message in [
        positions("9"),
        collateral("9"),
        open_orders([open_order(1, "9", "10")]),
    ] {
        touched.note(&message);
        state.apply(&message);
    }
    state.rebase(
        &snapshot(&[(1, "0", "10")], log.clone()),
        &touched,
        &Held::default(),
    );
    assert_eq!(state.positions()[&INSTRUMENT], position("9"));
    assert_eq!(state.collateral()[&AssetId(0)], decimal("9"));
    let view = |state: &AccountState| state.order(OrderId(1)).unwrap().view().unwrap().clone();
    assert_eq!(view(&state).filled_quantity, decimal("9"));
    rebase(&mut state, &snapshot(&[(1, "0", "10")], log), &[]);
    assert_eq!(state.positions()[&INSTRUMENT], position("3"));
    assert_eq!(state.collateral()[&AssetId(0)], decimal("5"));
    assert_eq!(view(&state).filled_quantity, decimal("0"));
}

#[test]
fn a_position_that_is_not_listed_is_closed() {
    let (mut state, log) = founded();
    let mut flat = snapshot(&[(1, "0", "10")], log);
    flat.positions.clear();
    rebase(&mut state, &flat, &[]);
    assert!(state.positions().is_empty());
}

#[test]
fn a_snapshot_without_a_fill_that_was_told_before_is_old() {
    let (mut state, mut log) = founded();
    let told = event(1, fill(2, "4", "6", "10"));
    state.apply(&events([told.clone()]));
    let count = state.event_count();
    assert!(state.outdates(&snapshot(&[], log.clone()), count));
    assert!(
        !state.outdates(&snapshot(&[], log.clone()), count - 1),
        "it came afterwards"
    );
    log.push(told);
    assert!(!state.outdates(&snapshot(&[], log), count));
}

#[test]
fn a_log_that_begins_after_a_fill_does_not_prove_its_snapshot_old() {
    let (mut state, _) = founded();
    state.apply(&events([event(1, fill(5, "4", "6", "10"))]));
    let count = state.event_count();
    let of_log = |begins: u64, is_whole| {
        let later = event(2, fill(begins, "1", "0", "1"));
        let mut snapshot = snapshot(&[], vec![later]);
        snapshot.order_events.is_whole = is_whole;
        snapshot
    };
    assert!(
        !state.outdates(&of_log(6, false), count),
        "behind its pages"
    );
    assert!(!state.outdates(&of_log(5, false), count));
    assert!(!state.outdates(&of_log(6, true), count), "first page only");
    assert!(state.outdates(&of_log(5, true), count));
    assert!(state.outdates(&of_log(4, false), count), "it reaches back");
}

#[test]
fn a_fill_that_was_compared_is_not_asked_for_again() {
    let (mut state, mut log) = founded();
    let cancel = event(1, OrderEventData::Canceled);
    log.extend([event(1, fill(2, "4", "6", "10")), cancel.clone()]);
    rebase(&mut state, &snapshot(&[], log), &[]);
    // The next log is read back to the newest entry of this one.
    assert!(!state.outdates(&snapshot(&[], vec![cancel]), state.event_count()));
}

#[test]
fn a_log_that_does_not_reach_back_brings_nothing_that_may_have_been_forgotten() {
    let mut state = AccountState::with_history(ACCOUNT, 2);
    let mut log: Vec<_> = (1..=4)
        .map(|order| event(order, placed(order, "1")))
        .collect();
    for event in &log {
        state.apply(&events([event.clone()]));
    }
    rebase(&mut state, &Snapshot::default(), &[]);
    log.push(event(5, placed(5, "1")));
    let mut cut = snapshot(&[], log);
    cut.order_events.is_whole = false;
    let rebased = rebase(&mut state, &cut, &[]);
    assert!(!rebased.is_whole);
    assert_eq!(told(&rebased), [event(5, placed(5, "1"))]);
}

#[test]
fn payments_are_missed_once_too() {
    let (mut state, log) = founded();
    let mut with_payments = snapshot(&[(1, "0", "10")], log);
    with_payments.payments.entries = vec![payment(3), payment(4)];
    let rebased = rebase(&mut state, &with_payments, &[]);
    let payments: Vec<_> = rebased
        .payments
        .into_iter()
        .map(|news| news.event)
        .collect();
    assert_eq!(payments, [payment(3), payment(4)]);
    assert_eq!(rebase(&mut state, &with_payments, &[]).payments, []);
    assert_eq!(state.last_funding()[&INSTRUMENT], payment(4));
}

#[test]
fn logs_are_read_back_to_where_they_were_compared() {
    let (mut state, log) = founded();
    let id = |event: &OrderEvent| event.id();
    assert_eq!(state.known().events, Mark::At(vec![id(&log[0])]));
    assert_eq!(super::state().known().events, Mark::Nothing);
    assert_eq!(state.known().payments, Mark::Beginning);
    // What the stream told since has not been compared.
    state.apply(&events([event(2, placed(2, "1"))]));
    assert_eq!(state.known().events, Mark::At(vec![id(&log[0])]));
}

#[test]
fn a_list_of_before_an_end_that_rest_told_is_no_contradiction() {
    let (mut state, mut log) = founded();
    log.push(event(1, OrderEventData::Canceled));
    rebase(&mut state, &snapshot(&[], log), &[]);
    // It was on its way.
    let list = open_orders([open_order(1, "0", "10")]);
    assert_eq!(state.doubts(&list), []);
    state.apply(&list);
    assert!(open(&state).is_empty());
}

#[test]
fn an_audit_goes_on_where_something_is_missing() {
    let (mut state, mut log) = founded();
    let [known, missing, later] = [2, 3, 4].map(|order| event(order, placed(order, "1")));
    state.apply(&events([known.clone(), later.clone()]));
    log.extend([known.clone(), missing, later]);
    state.set_compared(&snapshot(&[(1, "0", "10")], log.clone()));
    let Mark::At(anchors) = state.known().events else {
        panic!("there was something to compare");
    };
    assert_eq!(anchors, [known.id(), log[0].id()]);
}

#[test]
fn an_audit_names_every_difference_and_passes_over_what_the_stream_has_touched() {
    let (mut state, mut log) = founded();
    let same = snapshot(&[(1, "0.0", "10")], log.clone());
    assert!(state.compare(&same, &Touched::default()).is_empty());
    log.push(event(2, placed(2, "1")));
    let mut told = snapshot(&[(2, "0", "1")], log);
    told.positions.clear();
    told.collateral = [(AssetId(0), decimal("6"))].into();
    told.payments.entries.push(payment(1));
    let expected = Difference {
        orders: vec![OrderId(1), OrderId(2)],
        positions: vec![INSTRUMENT],
        collateral: vec![AssetId(0)],
        order_events: 1,
        funding: 1,
    };
    let found = state.compare(&told, &Touched::default());
    assert_eq!(Difference::from(found.clone()), expected);
    assert_eq!(found.clone().since(&found), found);
    assert!(found.clone().since(&Discrepancy::default()).is_empty());
    let mut touched = Touched::default();
    for message in [
        positions("3"),
        collateral("5"),
        open_orders([open_order(1, "0", "10")]),
    ] {
        touched.note(&message);
        state.apply(&message);
    }
    let left = Difference::from(state.compare(&told, &touched));
    assert_eq!(
        (left.orders, left.positions, left.collateral),
        (vec![OrderId(2)], vec![], vec![])
    );
}
