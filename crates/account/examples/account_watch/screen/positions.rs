//! What is held.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use rocketfi_account::protocol::Position;

use super::amount::{gain, is_negative, money, reckoned, size};
use super::draw::View;
use super::risk::colour;
use super::table::{Column, Table, left, right};
use super::theme::{self, BAD, BOLD, GOOD, PLAIN};

/// What a column shows: a text, and how it looks.
type Show = fn(&Position) -> (String, Style);

/// From left to right, each with the width of the panel from which on there is room for it.
const COLUMNS: [(Column, u16, Show); 7] = [
    (left("side", 5), 0, side),
    (right("quantity", 8), 0, |it| (size(&it.quantity), PLAIN)),
    (right("avg price", 9), 0, |it| {
        (reckoned(&it.average_price), PLAIN)
    }),
    (right("liq price", 9), 70, |it| {
        (reckoned(&it.liquidation_price), PLAIN)
    }),
    (right("unrealised", 10), 0, |it| {
        (gain(&it.unrealized_pnl), colour(&it.unrealized_pnl))
    }),
    (right("funding", 8), 96, |it| {
        (gain(&it.accrued_funding), colour(&it.accrued_funding))
    }),
    (right("margin", 9), 78, margin),
];

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View<'_>) {
    let held = view.account.positions();
    let area = theme::panel(frame, area, "Positions", Some(held.len()), view.caveat());
    let columns: Vec<_> = COLUMNS
        .iter()
        .filter(|(_, from, _)| area.width >= *from)
        .collect();
    let mut table = Table::new(left("instrument", 0), columns.iter().map(|(it, ..)| *it));
    for (id, position) in held {
        let name = position.ticker.as_deref().filter(|name| !name.is_empty());
        let name = name.map_or_else(|| view.board.names.of(*id), str::to_owned);
        let cells = columns.iter().map(|(_, _, show)| show(position));
        table.row(std::iter::once((name, BOLD)).chain(cells));
    }
    table.draw(frame, area, view.nothing("no positions"));
}

fn side(position: &Position) -> (String, Style) {
    if is_negative(&position.quantity) {
        ("short".to_owned(), BAD)
    } else {
        ("long".to_owned(), GOOD)
    }
}

fn margin(position: &Position) -> (String, Style) {
    let own = position.allocated_initial_margin.as_ref();
    (money(own.unwrap_or(&position.reserved_margin)), PLAIN)
}
