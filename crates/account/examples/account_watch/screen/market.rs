//! The price of one instrument.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use rocketfi_account::protocol::{Decimal, Optional, Ticker};

use super::amount::{exact, size};
use super::draw::View;
use super::theme::{self, ACCENT, BAD, BOLD, DIM, GOOD};

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View<'_>, is_wide: bool) {
    if area.is_empty() {
        return;
    }
    let name = view.board.instrument.map(|id| view.board.names.of(id));
    let name = name.unwrap_or_else(|| "no instrument".to_owned());
    if is_wide {
        let area = theme::panel(frame, area, &name, None, None);
        frame.render_widget(Paragraph::new(lines(view, area.width)), area);
    } else {
        frame.render_widget(line(&name, view.board.ticker.as_ref()), area);
    }
}

/// In one line.
fn line(name: &str, ticker: Option<&Ticker>) -> Line<'static> {
    let mut spans = vec![Span::styled(name.to_owned(), ACCENT)];
    let Some(ticker) = ticker else {
        spans.push(Span::styled("  no prices yet", DIM));
        return Line::from(spans);
    };
    let mut add = |label: &'static str, style, price: &Optional<Decimal>, of: Option<&Decimal>| {
        spans.push(Span::styled(format!("   {label} "), DIM));
        spans.push(Span::styled(shown(price), style));
        if let Some(quantity) = of {
            spans.push(Span::styled(format!(" × {}", size(quantity)), DIM));
        }
    };
    add("bid", GOOD, &ticker.bid_price, ticker.bid_size.get());
    add("ask", BAD, &ticker.ask_price, ticker.ask_size.get());
    add("mark", BOLD, &ticker.mark_price, None);
    Line::from(spans)
}

/// One below the other, as in a book: the ask above the bid.
fn lines(view: &View<'_>, width: u16) -> Vec<Line<'static>> {
    let Some(ticker) = &view.board.ticker else {
        return vec![Line::styled("no prices yet", DIM)];
    };
    let row = |label: &str, style, price: &Optional<Decimal>, of: Option<&Decimal>| {
        let quantity = of.map_or_else(String::new, |it| format!("× {}", size(it)));
        let price = shown(price);
        let rest = usize::from(width).saturating_sub(6 + 14);
        Line::from(vec![
            Span::styled(format!("{label:<6}"), DIM),
            Span::styled(format!("{price:>14}"), style),
            Span::styled(format!("{quantity:>rest$}"), DIM),
        ])
    };
    vec![
        row("ask", BAD, &ticker.ask_price, ticker.ask_size.get()),
        row("mark", BOLD, &ticker.mark_price, None),
        row("bid", GOOD, &ticker.bid_price, ticker.bid_size.get()),
        row("spread", DIM, &spread(ticker), None),
    ]
}

/// Reckoned exactly, where both sides are numbers.
fn spread(ticker: &Ticker) -> Optional<Decimal> {
    let number = |price: &Optional<Decimal>| price.get()?.to_decimal().ok();
    match (number(&ticker.ask_price), number(&ticker.bid_price)) {
        (Some(ask), Some(bid)) => Optional::Value(Decimal::from(ask - bid)),
        _ => Optional::Absent,
    }
}

fn shown(price: &Optional<Decimal>) -> String {
    price.get().map_or_else(|| "–".to_owned(), exact)
}
