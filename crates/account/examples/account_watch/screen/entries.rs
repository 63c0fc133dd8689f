//! Events to lines of the log. Prices, values and lists go to their panels instead.

use std::time::SystemTime;

use rocketfi_account::client::Event as ClientEvent;
use rocketfi_account::protocol::{
    Decimal, OrderEvent, OrderEventData, OrderFill, ServerMessage, Side,
};
use rocketfi_account::{AccountState, Event, Origin};

use super::amount::{exact, gain, is_negative, is_positive, money, size};
use super::journal::{Entry, Tone};
use super::names::Names;
use crate::describe::{self, Line};

/// What there is to say of an event, which the state has taken in already.
pub(crate) fn entries(
    event: &Event,
    state: &AccountState,
    names: &Names,
    at: SystemTime,
) -> Vec<Entry> {
    match event {
        Event::Message {
            message: ServerMessage::OrderEventUpdate(update),
            origin,
            ..
        } => {
            let entry = |event| order_event(event, *origin, state, names, at);
            update.order_events.iter().map(entry).collect()
        }
        Event::Message {
            message: ServerMessage::PositionFundingUpdate(payment),
            origin,
            ..
        } => {
            let name = names.of(payment.instrument_id);
            let text = format!("{name} {}", gain(&payment.pnl));
            let is_missed = *origin == Origin::Backfill;
            vec![entry(at, ("funding", text), Tone::Quiet, is_missed)]
        }
        Event::Message { .. } | Event::Client(ClientEvent::Message { .. }) => Vec::new(),
        other => describe::account(other)
            .into_iter()
            .map(|line| Entry {
                is_remark: true,
                ..entry(at, line, tone(other), false)
            })
            .collect(),
    }
}

fn order_event(
    event: &OrderEvent,
    origin: Origin,
    state: &AccountState,
    names: &Names,
    at: SystemTime,
) -> Entry {
    let side = side_of(event, state);
    let (label, what) = happened(event);
    let name = names.of(event.instrument);
    let side_name = side.as_ref().map_or("", Side::as_str).to_lowercase();
    let id = format!("#{}", event.order_id);
    let words = [name, side_name, what, id];
    let words: Vec<String> = words.into_iter().filter(|it| !it.is_empty()).collect();
    let text = format!("{}{}", describe::mark(origin), words.join(" "));
    let tone = match &event.event_data {
        OrderEventData::Fill(_) => match side {
            Some(Side::Sell) => Tone::Sell,
            _ => Tone::Buy,
        },
        OrderEventData::Rejected(_) => Tone::Bad,
        OrderEventData::Placed(_) | OrderEventData::Modified(_) => Tone::Plain,
        _ => Tone::Quiet,
    };
    let is_fill = matches!(event.event_data, OrderEventData::Fill(_));
    entry(
        at,
        (label, text),
        tone,
        is_fill && origin == Origin::Backfill,
    )
}

fn entry(at: SystemTime, (label, text): Line, tone: Tone, is_missed: bool) -> Entry {
    Entry {
        at,
        label,
        text,
        tone,
        is_missed,
        is_remark: false,
    }
}

fn happened(event: &OrderEvent) -> Line {
    match &event.event_data {
        OrderEventData::Fill(fill) => ("fill", filled(fill)),
        OrderEventData::Placed(placed) => ("placed", at_price(&placed.size, &placed.price)),
        OrderEventData::Modified(change) => ("modified", at_price(&change.size, &change.price)),
        OrderEventData::Canceled => ("canceled", String::new()),
        OrderEventData::Rejected(rejected) => ("rejected", rejected.reason.to_string()),
        _ => (
            "order event",
            "of a kind this program does not know".to_owned(),
        ),
    }
}

fn at_price(quantity: &Decimal, price: &Decimal) -> String {
    format!("{} at {}", size(quantity), exact(price))
}

fn filled(fill: &OrderFill) -> String {
    let left = if fill.is_filled {
        "filled".to_owned()
    } else {
        format!("{} left", size(&fill.remaining_size))
    };
    let role = if fill.is_passive { "maker" } else { "taker" };
    let pnl = fill
        .pnl
        .get()
        .map(|pnl| format!(", pnl {}", gain(pnl)))
        .unwrap_or_default();
    let fee = money(&fill.fee_amount);
    format!(
        "{}, {left}, {role}, fee {fee}{pnl}",
        at_price(&fill.size, &fill.price)
    )
}

/// An order event has no side: the list of open orders has, and a size may carry a sign.
fn side_of(event: &OrderEvent, state: &AccountState) -> Option<Side> {
    let listed = state.order(event.order_id).and_then(|order| order.view());
    listed
        .map(|view| view.side.clone())
        .or_else(|| by_sign(event))
}

fn by_sign(event: &OrderEvent) -> Option<Side> {
    let size = match &event.event_data {
        OrderEventData::Fill(fill) => &fill.size,
        OrderEventData::Placed(placed) => &placed.size,
        OrderEventData::Modified(change) => &change.size,
        _ => return None,
    };
    if is_negative(size) {
        Some(Side::Sell)
    } else {
        is_positive(size).then_some(Side::Buy)
    }
}

fn tone(event: &Event) -> Tone {
    match event {
        Event::Reconciled(_) => Tone::Good,
        Event::Gap { .. } | Event::SourceFailed { .. } | Event::SubscribeFailed { .. } => Tone::Bad,
        Event::Unreconciled { .. } | Event::Inconsistent(_) | Event::Closed { .. } => Tone::Warn,
        Event::Audited => Tone::Quiet,
        Event::Client(event) => match event {
            ClientEvent::Connected { .. } | ClientEvent::Resubscribed { .. } => Tone::Plain,
            ClientEvent::DialFailed { .. }
            | ClientEvent::Lagged { .. }
            | ClientEvent::ServerError { .. }
            | ClientEvent::Malformed { .. } => Tone::Bad,
            _ => Tone::Warn,
        },
        _ => Tone::Plain,
    }
}
