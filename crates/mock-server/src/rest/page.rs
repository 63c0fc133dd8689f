//! The answers to what can be asked for, in pages where there may be many.

use rocketfi_protocol::rest::{
    Collaterals, OpenOrdersPage, OrderEventsPage, PositionFundingEventsPage, Positions,
};
use serde::Serialize;

use super::Endpoint;
use super::books::Books;
use super::query::Query;
use crate::market::{Log, Market};

/// The answer as JSON. The `market` is asked for logs only, and only up to where the books end.
pub(super) fn answer(endpoint: Endpoint, query: &Query, books: Books, market: &Market) -> String {
    match endpoint {
        Endpoint::OpenOrders => json(&open_orders(query, books)),
        Endpoint::Position => json(&positions(query, books)),
        Endpoint::Collateral => json(&collaterals(query, books)),
        Endpoint::OrderEvents => json(&order_events(query, &books, market)),
        Endpoint::PositionFundingEvents => json(&funding_events(query, &books, market)),
    }
}

fn open_orders(query: &Query, books: Books) -> OpenOrdersPage {
    OpenOrdersPage {
        orders: page(query, books.open_orders.into_iter()),
        page_number: Some(query.page_number),
        page_size: Some(query.page_size),
    }
}

fn positions(query: &Query, mut books: Books) -> Positions {
    books.positions.retain(|id, _| query.wants_instrument(*id));
    Positions {
        positions: books.positions,
    }
}

fn collaterals(query: &Query, mut books: Books) -> Collaterals {
    books.collaterals.retain(|id, _| query.wants_asset(*id));
    Collaterals {
        collaterals: books.collaterals,
    }
}

fn order_events(query: &Query, books: &Books, market: &Market) -> OrderEventsPage {
    let log = market.order_log(query.account);
    OrderEventsPage {
        order_events: newest_first(query, log, books.next_order_event),
        page_number: Some(query.page_number),
        page_size: Some(query.page_size),
    }
}

fn funding_events(query: &Query, books: &Books, market: &Market) -> PositionFundingEventsPage {
    let log = market.funding_log(query.account);
    PositionFundingEventsPage {
        events: newest_first(query, log, books.next_funding_event),
        page_number: Some(query.page_number),
        page_size: Some(query.page_size),
    }
}

fn newest_first<T: Clone>(query: &Query, log: Option<&Log<T>>, next: usize) -> Vec<T> {
    let entries = log.into_iter().flat_map(|log| log.before(next).rev());
    page(query, entries).into_iter().cloned().collect()
}

/// A page that begins behind the end is empty.
fn page<T>(query: &Query, entries: impl Iterator<Item = T>) -> Vec<T> {
    let first = query.page_number.saturating_mul(query.page_size);
    let [first, size] =
        [first, query.page_size].map(|it| usize::try_from(it).unwrap_or(usize::MAX));
    entries.skip(first).take(size).collect()
}

fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("strings, numbers, and maps by strings and numbers")
}
