use std::collections::VecDeque;
use std::task::{Context, Waker};

use rocketfi_protocol::{LastMatchPriceUpdate, encode};

use super::*;
use crate::fault::Fault;
use crate::market::MarketConfig;

const CLIENTS: usize = 1_000;

/// A hub with so many sessions, all subscribed to the same stream.
fn crowd(kind: &SubscriptionKind) -> (Hub, Vec<Seat>) {
    let rules = Rules {
        strict_known: false,
        snapshots: false,
    };
    let market = Market::new(&MarketConfig::new(1));
    let hub = Hub::new(market, Journal::new(10), rules, 64);
    let request = encode(&ClientMessage::Subscribe(kind.clone()));
    let seats = (0..CLIENTS).map(|_| {
        let seat = hub.enter(Arc::default());
        hub.receive_text(seat.session, &request);
        assert_eq!(waiting(&seat).len(), 1, "the confirmation");
        seat
    });
    let seats = seats.collect();
    (hub, seats)
}

/// Takes what waits for a session: where each text lies in memory, and what it is.
fn waiting(seat: &Seat) -> Vec<(*const u8, String)> {
    let mut frames = VecDeque::new();
    let cx = Context::from_waker(Waker::noop());
    assert!(seat.inbox.poll(&cx, &mut frames, true).is_pending());
    let texts = frames.iter().map(|frame| frame.to_text().unwrap());
    let texts: Vec<_> = texts.map(|text| (text.as_ptr(), text.to_owned())).collect();
    frames.clear();
    // What was taken is written.
    assert!(seat.inbox.poll(&cx, &mut frames, true).is_pending());
    texts
}

fn encoded_by(hub: &Hub, work: impl FnOnce(&Hub)) -> u64 {
    let before = hub.press.encoded();
    work(hub);
    hub.press.encoded() - before
}

fn last_match() -> ServerMessage {
    let SubscriptionKind::LastMatchPrice { instrument_id } = last_match_kind() else {
        unreachable!("it is made below");
    };
    let update = LastMatchPriceUpdate {
        instrument_id,
        last_match_price: 7_u32.into(),
    };
    update.into()
}

fn last_match_kind() -> SubscriptionKind {
    let ids = Market::new(&MarketConfig::new(1)).instrument_ids();
    SubscriptionKind::LastMatchPrice {
        instrument_id: ids[0],
    }
}

#[test]
fn a_message_is_encoded_once_for_a_thousand_clients_who_share_its_bytes() {
    let (hub, seats) = crowd(&last_match_kind());
    let message = last_match();
    let encoded = encoded_by(&hub, |hub| assert_eq!(hub.push(&message), CLIENTS));
    assert_eq!(encoded, 1);
    let first = waiting(&seats[0]);
    assert_eq!(first[0].1, encode(&message));
    for seat in &seats[1..] {
        assert_eq!(waiting(seat), first);
    }
}

#[test]
fn a_tick_is_encoded_once_for_a_thousand_clients_who_share_its_bytes() {
    let ids = Market::new(&MarketConfig::new(1)).instrument_ids();
    let kind = SubscriptionKind::Ticker {
        instrument_id: ids[0],
    };
    let (hub, seats) = crowd(&kind);
    // Not every tick has news for this stream.
    let mut sent = None;
    let encoded = encoded_by(&hub, |hub| {
        sent = (0..20).map(|_| hub.tick()).find(|sent| *sent > 0);
    });
    assert_eq!(sent, Some(CLIENTS));
    assert_eq!(encoded, 1);
    let first = waiting(&seats[0]);
    for seat in &seats[1..] {
        assert_eq!(waiting(seat), first);
    }
}

#[test]
fn a_habit_makes_no_frame_anew_for_what_it_only_moves_or_repeats() {
    let (hub, seats) = crowd(&last_match_kind());
    let message = last_match();
    hub.inject(Fault::Duplicate, Phase::Streaming);
    let encoded = encoded_by(&hub, |hub| assert_eq!(hub.push(&message), CLIENTS));
    assert_eq!(encoded, 1);
    let first = waiting(&seats[0]);
    assert_eq!(first[0], first[1]);
    for seat in &seats[1..] {
        assert_eq!(waiting(seat), first);
    }
}

#[test]
fn nothing_is_encoded_for_a_stream_that_nobody_listens_to() {
    let (hub, _seats) = crowd(&last_match_kind());
    for seat in 1..=u64::try_from(CLIENTS).unwrap() {
        hub.receive_text(
            seat,
            &encode(&ClientMessage::Unsubscribe(last_match_kind())),
        );
    }
    assert_eq!(encoded_by(&hub, |hub| assert_eq!(hub.tick(), 0)), 0);
}
