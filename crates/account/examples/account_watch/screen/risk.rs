//! What the account is worth, and how much of that is pledged.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use rocketfi_account::protocol::{AccountRisk, Decimal};
use rust_decimal::Decimal as Amount;

use super::amount::{gain, is_negative, is_positive, money, per_cent, steps};
use super::draw::View;
use super::theme::{self, BAD, BOLD, DIM, GOOD, PLAIN, WARN};

/// From here on somebody should look, and from here on do something: per cent of the equity.
const HIGH: Amount = Amount::from_parts(50, 0, 0, false, 0);
const DANGEROUS: Amount = Amount::from_parts(80, 0, 0, false, 0);

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View<'_>, is_wide: bool) {
    if is_wide {
        let area = theme::panel(frame, area, "Collateral & risk", None, view.caveat());
        frame.render_widget(Paragraph::new(column(view, area.width)), area);
    } else if area.height > 1 {
        let area = theme::panel(frame, area, "Collateral & risk", None, view.caveat());
        frame.render_widget(Paragraph::new(lines(view, area.width)), area);
    } else {
        frame.render_widget(Paragraph::new(lines(view, area.width)), area);
    }
}

/// In as many lines as there is room for.
fn lines(view: &View<'_>, width: u16) -> Vec<Line<'static>> {
    let Some(risk) = view.account.risk() else {
        return vec![unknown(view)];
    };
    let mut first = Vec::new();
    let mut add = |label: &str, text: String, style| {
        first.push(Span::styled(format!("{label} "), DIM));
        first.push(Span::styled(text, style));
        first.push(Span::raw("  "));
    };
    add("equity", money(&risk.equity), BOLD);
    add("available", money(&risk.available_collateral), PLAIN);
    add(
        "unrealised",
        gain(&risk.unrealized_pnl),
        colour(&risk.unrealized_pnl),
    );
    if width >= 90 {
        add("notional", money(&risk.notional_value), PLAIN);
    }
    let mut second = vec![
        Span::styled("margin ", DIM),
        Span::raw(money(&risk.margin_requirement)),
        Span::raw("  "),
    ];
    second.extend(gauge(risk, (width / 4).clamp(8, 30)));
    if width < 90 {
        second.push(Span::styled("  notional ", DIM));
        second.push(Span::raw(money(&risk.notional_value)));
    }
    vec![Line::from(first), Line::from(second)]
}

/// One figure a line.
fn column(view: &View<'_>, width: u16) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let row = |label: &str, text: String, style: Style| {
        let rest = usize::from(width).saturating_sub(16);
        Line::from(vec![
            Span::styled(format!("{label:<16}"), DIM),
            Span::styled(format!("{text:>rest$}"), style),
        ])
    };
    for (asset, amount) in view.account.collateral() {
        lines.push(row(&format!("collateral {asset}"), money(amount), PLAIN));
    }
    let Some(risk) = view.account.risk() else {
        lines.push(unknown(view));
        return lines;
    };
    lines.extend([
        row("equity", money(&risk.equity), BOLD),
        row(
            "unrealised",
            gain(&risk.unrealized_pnl),
            colour(&risk.unrealized_pnl),
        ),
        row("available", money(&risk.available_collateral), PLAIN),
        row("notional", money(&risk.notional_value), PLAIN),
        row("margin", money(&risk.margin_requirement), PLAIN),
        row("reserved", money(&risk.reserved_margin), PLAIN),
        Line::from(gauge(risk, width.saturating_sub(18))),
    ]);
    lines
}

/// How much of the equity the positions take as margin.
fn gauge(risk: &AccountRisk, width: u16) -> Vec<Span<'static>> {
    let Some(used) = per_cent(&risk.margin_requirement, &risk.equity) else {
        return vec![Span::styled("margin use unknown", DIM)];
    };
    let style = match used {
        used if used >= DANGEROUS => BAD,
        used if used >= HIGH => WARN,
        _ => GOOD,
    };
    let full = steps(&risk.margin_requirement, &risk.equity, width).unwrap_or_default();
    vec![
        Span::styled("█".repeat(full.into()), style),
        Span::styled("░".repeat((width - full.min(width)).into()), DIM),
        Span::styled(format!(" {used:.1} % in use"), style),
    ]
}

/// REST does not tell it, so it is unknown for a while after a gap.
fn unknown(view: &View<'_>) -> Line<'static> {
    let text = match view.board.last {
        Some(_) => "margin is not known until the stream tells it",
        None => "not known yet",
    };
    Line::styled(text, DIM)
}

pub(crate) fn colour(gain: &Decimal) -> Style {
    if is_negative(gain) {
        BAD
    } else if is_positive(gain) {
        GOOD
    } else {
        PLAIN
    }
}
