//! What is open, newest first.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use rocketfi_account::Order;
use rocketfi_account::protocol::{OpenOrder, Side, Timestamp};

use super::amount::{exact, size, steps};
use super::draw::{View, age};
use super::table::{Column, Table, left, right};
use super::theme::{self, BAD, BOLD, DIM, GOOD, PLAIN};

/// How long the bar of what is filled is.
const BAR: u16 = 6;

/// An order as listed, and its age.
type Shown<'a> = (&'a OpenOrder, Option<Duration>);
/// What a column shows: a text, and how it looks.
type Show = fn(Shown<'_>) -> (String, Style);

/// From left to right, each with the width of the panel from which on there is room for it.
const COLUMNS: [(Column, u16, Show); 7] = [
    (left("side", 4), 0, |(it, _)| side(&it.side)),
    (left("type", 6), 70, |(it, _)| (kind(it), PLAIN)),
    (right("price", 9), 0, |(it, _)| (exact(&it.price), PLAIN)),
    (right("filled/size", 11), 0, |(it, _)| (filled(it), PLAIN)),
    (left("", BAR), 60, |(it, _)| bar(it)),
    (right("age", 6), 50, |(_, age)| (old(age), DIM)),
    (right("id", 6), 78, |(it, _)| (it.order_id.to_string(), DIM)),
];

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View<'_>) {
    let open = view.account.open_orders();
    let area = theme::panel(frame, area, "Open orders", Some(open.len()), view.caveat());
    let columns: Vec<_> = COLUMNS
        .iter()
        .filter(|(_, from, _)| area.width >= *from)
        .collect();
    let mut table = Table::new(left("instrument", 0), columns.iter().map(|(it, ..)| *it));
    let mut orders: Vec<&Order> = open.collect();
    orders.reverse();
    for order in orders {
        let Some(listed) = order.view() else {
            // Placed a moment ago: the list that tells the rest is on its way.
            let text = format!(
                "{} #{}",
                view.board.names.of(order.instrument_id()),
                order.id()
            );
            table.row(std::iter::once((text, DIM)));
            continue;
        };
        let name = listed.ticker.as_deref().filter(|name| !name.is_empty());
        let known = || view.board.names.of(order.instrument_id());
        let name = name.map_or_else(known, str::to_owned);
        let shown = (listed, age_of(listed, view, view.now));
        let cells = columns.iter().map(|(_, _, show)| show(shown));
        table.row(std::iter::once((name, BOLD)).chain(cells));
    }
    table.draw(frame, area, view.nothing("no open orders"));
}

/// By the exchange's own clock.
fn age_of(order: &OpenOrder, view: &View<'_>, now: Instant) -> Option<Duration> {
    let Timestamp(now) = view.board.exchange_time(now)?;
    Some(Duration::from_millis(now.saturating_sub(order.timestamp.0)))
}

fn old(time: Option<Duration>) -> String {
    time.map_or_else(|| "–".to_owned(), age)
}

fn side(side: &Side) -> (String, Style) {
    let style = match side {
        Side::Buy => GOOD,
        Side::Sell => BAD,
        _ => PLAIN,
    };
    (side.as_str().to_lowercase(), style)
}

fn kind(order: &OpenOrder) -> String {
    let trigger = order.trigger_type.get();
    let name = trigger.map_or(order.order_type.as_str(), |it| it.as_str());
    name.to_lowercase()
}

fn filled(order: &OpenOrder) -> String {
    format!("{}/{}", size(&order.filled_quantity), size(&order.quantity))
}

fn bar(order: &OpenOrder) -> (String, Style) {
    let full = steps(&order.filled_quantity, &order.quantity, BAR).unwrap_or_default();
    let bar = "▰".repeat(full.into()) + &"▱".repeat((BAR - full).into());
    (bar, if full > 0 { GOOD } else { DIM })
}
