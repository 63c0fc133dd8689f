//! Draws everything: a pure function of what is known and of the time.

use std::time::{Duration, Instant, SystemTime};

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};
use rocketfi_account::AccountState;

use super::board::{Board, Link};
use super::layout::{self, Areas, SMALLEST, Wants};
use super::theme::{self, DIM, WARN};
use super::{footer, header, hole, log, market, orders, positions, risk};

/// All that is drawn.
pub(crate) struct View<'a> {
    pub(crate) board: &'a Board,
    pub(crate) account: &'a AccountState,
    pub(crate) is_reconciled: bool,
    pub(crate) now: Instant,
    pub(crate) clock: SystemTime,
}

impl<'a> View<'a> {
    pub(crate) fn now(board: &'a Board, account: &'a AccountState, is_reconciled: bool) -> Self {
        Self {
            board,
            account,
            is_reconciled,
            now: Instant::now(),
            clock: SystemTime::now(),
        }
    }

    /// For how long what is shown has been old.
    pub(crate) fn stale_for(&self) -> Option<Duration> {
        let since = self.board.stale_since?;
        Some(self.now.saturating_duration_since(since))
    }

    /// What stands on the right of a panel whose content is not to be relied on.
    pub(crate) fn caveat(&self) -> Option<Span<'static>> {
        let text = match self.stale_for() {
            Some(time) => format!("stale for {}", age(time)),
            None if self.board.last.is_none() => "not complete yet".to_owned(),
            None => return None,
        };
        Some(Span::styled(text, WARN))
    }

    /// What stands in an empty panel.
    pub(crate) const fn nothing(&self, none: &'static str) -> &'static str {
        match self.board.last {
            Some(_) => none,
            None => "not known yet",
        }
    }
}

pub(crate) fn draw(frame: &mut Frame<'_>, view: &View<'_>) {
    let wants = Wants {
        positions: view.account.positions().len(),
        orders: view.account.open_orders().len(),
        footer: footer::rows(view.board),
    };
    match layout::areas(frame.area(), wants) {
        Some(areas) => draw_all(frame, view, &areas),
        None => hint(frame, view),
    }
}

fn draw_all(frame: &mut Frame<'_>, view: &View<'_>, areas: &Areas) {
    header::draw(frame, areas.header, view);
    market::draw(frame, areas.market, view, areas.is_wide);
    risk::draw(frame, areas.risk, view, areas.is_wide);
    hole::draw(frame, areas.hole, view.board);
    positions::draw(frame, areas.positions, view);
    orders::draw(frame, areas.orders, view);
    log::draw(frame, areas.log, view);
    footer::draw(frame, areas.footer, view.board);
    if view.stale_for().is_some() {
        for area in [areas.positions, areas.orders] {
            theme::fade(frame, below_title(area));
        }
        let has_title = areas.risk.height > 1;
        let risk = if has_title {
            below_title(areas.risk)
        } else {
            areas.risk
        };
        theme::fade(frame, risk);
    }
    if !matches!(view.board.link, Link::Up { .. }) {
        theme::fade(frame, areas.market);
    }
}

fn below_title(area: Rect) -> Rect {
    let title = area.height.min(1);
    Rect {
        y: area.y + title,
        height: area.height - title,
        ..area
    }
}

/// The terminal is too small.
fn hint(frame: &mut Frame<'_>, view: &View<'_>) {
    let (width, height) = SMALLEST;
    let lines = vec![
        Line::from(header::badge(view)),
        Line::styled(format!("make it {width}x{height} or larger, q quits"), DIM),
    ];
    let hint = Paragraph::new(lines).wrap(Wrap { trim: true });
    frame.render_widget(hint, frame.area());
}

/// `8s`, `1:23`, `2:05:09`, `3d 04h`: how old something is, at a glance.
pub(crate) fn age(time: Duration) -> String {
    let seconds = time.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}:{:02}", seconds % 60),
        (0, ..) => format!("{hours}:{:02}:{:02}", minutes % 60, seconds % 60),
        _ => format!("{days}d {:02}h", hours % 24),
    }
}
