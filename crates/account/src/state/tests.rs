use rocketfi_protocol::{AccountAddress, AssetId, OrderEventData, OrderId, Round, decode};

use super::*;
use crate::inconsistency::Difference;
use crate::samples::{
    ACCOUNT, INSTRUMENT, collateral, decimal, event, events, fill, modified, open_order,
    open_orders, payment, placed, position, positions,
};
use crate::snapshot::{Held, Log, Snapshot, Touched};

mod rebasing;

fn state() -> AccountState {
    AccountState::new(ACCOUNT)
}

fn after(messages: &[ServerMessage]) -> AccountState {
    let mut state = state();
    for message in messages {
        state.apply(message);
    }
    state
}

fn open(state: &AccountState) -> Vec<u64> {
    state.open_orders().map(|order| order.id().0).collect()
}

#[test]
fn a_snapshot_replaces_and_a_partial_update_merges() {
    let other = INSTRUMENT.to_string().replace('1', "2").parse().unwrap();
    let two = PositionUpdate {
        account: ACCOUNT,
        positions: [(INSTRUMENT, position("1")), (other, position("2"))].into(),
    };
    let mut state = after(&[collateral("5"), collateral("7"), two.into(), positions("3")]);
    assert_eq!(state.collateral()[&AssetId(0)], decimal("7"));
    assert_eq!(state.positions()[&INSTRUMENT], position("3"));
    assert_eq!(
        state.positions()[&other],
        position("2"),
        "what is missing says nothing"
    );
    let change = state.apply(&positions("0.00"));
    assert_eq!(change.positions, [INSTRUMENT]);
    assert_eq!(state.positions().len(), 1, "a quantity of zero closes");
}

#[test]
fn orders_open_by_list_or_event_and_end_by_either() {
    let mut state = after(&[
        open_orders([open_order(1, "0", "5"), open_order(2, "1", "5")]),
        events([event(3, placed(1, "5"))]),
        open_orders([]),
    ]);
    assert_eq!(open(&state), [1, 2, 3], "an empty list says nothing");
    assert!(state.order(OrderId(3)).unwrap().view().is_none());
    state.apply(&open_orders([open_order(1, "5", "5")]));
    state.apply(&events([
        event(2, fill(2, "4", "0", "5")),
        event(3, OrderEventData::Canceled),
    ]));
    assert!(open(&state).is_empty());
    let status = |id| state.order(OrderId(id)).unwrap().status();
    assert_eq!(
        [1, 2, 3].map(status),
        [Status::Filled, Status::Filled, Status::Canceled]
    );
}

#[test]
fn a_view_follows_the_events_until_it_is_told_anew() {
    let mut state = after(&[
        events([event(1, placed(1, "10"))]),
        open_orders([open_order(1, "0", "10")]),
        events([event(1, fill(2, "4.0", "6", "10"))]),
    ]);
    let view = |state: &AccountState| state.order(OrderId(1)).unwrap().view().unwrap().clone();
    assert_eq!(view(&state).filled_quantity, decimal("4"));
    state.apply(&events([event(2, placed(1, "10"))]));
    state.apply(&open_orders([open_order(2, "0", "10")]));
    state.apply(&events([event(2, modified(2, "8"))]));
    let changed = state.order(OrderId(2)).unwrap().view().unwrap();
    assert_eq!(
        (&changed.price, &changed.quantity),
        (&decimal("101"), &decimal("8"))
    );
}

#[test]
fn a_list_that_is_ahead_is_not_put_back_by_the_fills_that_it_counts() {
    let mut state = after(&[
        events([event(1, placed(1, "10"))]),
        open_orders([open_order(1, "8", "10")]),
        events([event(1, fill(2, "4", "6", "10"))]),
    ]);
    let filled = |state: &AccountState| {
        let view = state.order(OrderId(1)).unwrap().view().unwrap();
        view.filled_quantity.clone()
    };
    assert_eq!(filled(&state), decimal("8"));
    state.apply(&events([event(1, fill(3, "5", "1", "10"))]));
    assert_eq!(filled(&state), decimal("9"));
}

#[test]
fn a_view_is_not_put_back_by_an_event_that_comes_late() {
    let mut state = after(&[
        events([event(1, placed(1, "10"))]),
        events([event(1, modified(3, "8"))]),
        open_orders([open_order(1, "0", "8")]),
    ]);
    state.apply(&events([event(1, modified(2, "9"))]));
    let view = state.order(OrderId(1)).unwrap().view().unwrap();
    assert_eq!(view.quantity, decimal("8"));
}

#[test]
fn an_event_counts_once() {
    let message = events([event(1, placed(1, "10")), event(1, fill(2, "4", "6", "10"))]);
    let mut state = state();
    let first = state.apply(&message);
    assert_eq!(
        (first.order_events, first.fills, first.duplicates),
        (2, 1, 0)
    );
    let second = state.apply(&message);
    assert_eq!(
        (second.order_events, second.fills, second.duplicates),
        (0, 0, 2)
    );
    assert!(second.is_empty());
    assert_eq!(state.fills().count(), 1);
    assert_eq!(state.news(message), None);
}

#[test]
fn the_same_event_may_be_written_otherwise() {
    let mut state = after(&[events([event(1, fill(2, "4", "6", "10"))])]);
    let again = events([event(1, fill(2, "4.0", "6.00", "10"))]);
    assert_eq!(state.apply(&again).duplicates, 1);
}

#[test]
fn only_what_is_new_is_left_of_a_message() {
    let known = event(1, placed(1, "10"));
    let new = event(1, fill(2, "4", "6", "10"));
    let state = after(&[events([known.clone()])]);
    let message = events([known, new.clone(), new.clone()]);
    assert_eq!(state.news(message), Some(events([new])));
    assert_eq!(
        state.news(events([])),
        Some(events([])),
        "it had nothing to lose"
    );
}

#[test]
fn what_cannot_be_is_told() {
    let unknown = state().apply(&events([event(9, fill(2, "4", "6", "10"))]));
    let expected = Inconsistency::UnknownOrder {
        order_id: OrderId(9),
        event: "fill",
    };
    assert_eq!(unknown.inconsistencies, [expected]);

    let mut state = after(&[events([event(1, placed(1, "10"))])]);
    let jump = state.apply(&events([event(1, fill(2, "4", "5", "10"))]));
    let expected = Inconsistency::RemainingSize {
        order_id: OrderId(1),
        expected: 6.into(),
        told: 5.into(),
    };
    assert_eq!(jump.inconsistencies, [expected]);

    state.apply(&events([event(1, OrderEventData::Canceled)]));
    let open = state.apply(&open_orders([open_order(1, "5", "10")]));
    let expected = Inconsistency::EndedButOpen {
        order_id: OrderId(1),
        status: Status::Canceled,
    };
    assert_eq!(open.inconsistencies, [expected]);
    assert_eq!(state.open_orders().len(), 0, "it stays ended");

    let mut state = after(&[payment(8).into()]);
    let back = state.apply(&payment(7).into());
    let expected = Inconsistency::RoundBackwards {
        instrument_id: INSTRUMENT,
        last: Round(8),
        told: Round(7),
    };
    assert_eq!(back.inconsistencies, [expected]);
    assert_eq!(state.last_funding()[&INSTRUMENT].round, Round(8));
    assert_eq!(
        state.apply(&payment(7).into()).inconsistencies,
        [],
        "known by now"
    );
}

#[test]
fn a_filled_order_that_is_listed_as_open_is_told() {
    let mut state = after(&[events([
        event(1, placed(1, "4")),
        event(1, fill(2, "4", "0", "4")),
    ])]);
    let told = state
        .apply(&open_orders([open_order(1, "0", "4")]))
        .inconsistencies;
    assert_eq!(told[0].name(), "ended but open");
    // The last word of its list fits.
    assert_eq!(
        state
            .apply(&open_orders([open_order(1, "4", "4")]))
            .inconsistencies,
        []
    );
}

#[test]
fn events_of_one_message_build_on_one_another() {
    let course = events([
        event(1, placed(1, "10")),
        event(1, fill(2, "4", "6", "10")),
        event(1, fill(2, "6", "0", "10")),
        event(2, placed(2, "1")),
        event(2, OrderEventData::Canceled),
    ]);
    assert_eq!(state().doubts(&course), []);
    let gap = events([event(1, placed(1, "10")), event(1, fill(2, "6", "0", "10"))]);
    assert_eq!(state().doubts(&gap).len(), 1);
}

#[test]
fn a_doubt_changes_nothing() {
    let state = after(&[events([event(1, placed(1, "10"))])]);
    let before = state.clone();
    assert_eq!(
        state
            .doubts(&events([event(1, fill(2, "4", "5", "10"))]))
            .len(),
        1
    );
    assert_eq!(state, before);
}

#[test]
fn messages_about_others_are_ignored() {
    let mut other = AccountState::new(AccountAddress::from_bytes([8; 20]));
    let before = other.clone();
    let messages = [
        events([event(1, placed(1, "10"))]),
        open_orders([open_order(1, "0", "5")]),
        positions("3"),
        collateral("5"),
        payment(1).into(),
        decode("\"Pong\"").unwrap(),
    ];
    for message in &messages {
        assert_eq!(other.apply(message), Change::default());
    }
    assert_eq!(other, before);
}

#[test]
fn history_is_bounded_and_forgets_the_oldest() {
    let mut state = AccountState::with_history(ACCOUNT, 3);
    for order in 0..10 {
        state.apply(&events([
            event(order, placed(order, "1")),
            event(order, OrderEventData::Canceled),
        ]));
        state.apply(&payment(order).into());
    }
    let kept: Vec<_> = state.order_events().map(|event| event.order_id.0).collect();
    assert_eq!(kept, [8, 9, 9]);
    assert_eq!(state.funding_payments().len(), 3);
    assert!(state.order(OrderId(6)).is_none() && state.order(OrderId(7)).is_some());
}

#[test]
fn the_reference_frames_fold_without_a_panic() {
    // Whatever a server sends, in whatever order.
    let frames = include_str!("../../../protocol/tests/frames/server.ndjson");
    for line in frames.lines().chain(frames.lines().rev()) {
        if let Ok(message) = decode(line) {
            let mut state = AccountState::new(message.account().unwrap_or(ACCOUNT));
            state.apply(&message);
            state.apply(&message);
        }
    }
}
