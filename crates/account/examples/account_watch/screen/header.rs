//! Who, where, and how far what is shown can be trusted.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Color;
use ratatui::text::{Line, Span};
use rocketfi_account::client::SessionId;

use super::board::{Last, Link, Trouble};
use super::draw::{View, age};
use super::log::time_of_day;
use super::theme::{self, ACCENT, BAD, BOLD, DIM, GOOD, PLAIN, WARN};
use crate::describe::{count, seconds};

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View<'_>) {
    let [first, second] = Layout::vertical([Constraint::Length(1); 2]).areas(area);
    let badge = Line::from(badge(view));
    let width = u16::try_from(badge.width()).unwrap_or(first.width);
    let [left, right] =
        Layout::horizontal([Constraint::Min(0), Constraint::Length(width)]).areas(first);
    frame.render_widget(identity(view), left);
    frame.render_widget(badge, right);
    let [left, right] =
        Layout::horizontal([Constraint::Min(0), Constraint::Length(clock_width(second))])
            .areas(second);
    frame.render_widget(course(view), left);
    let clock = time_of_day(view.clock);
    frame.render_widget(
        Line::styled(format!("{clock} UTC"), DIM).right_aligned(),
        right,
    );
}

/// Where there is little room, what happened is more than what time it is.
const fn clock_width(area: Rect) -> u16 {
    if area.width >= 100 { 13 } else { 0 }
}

/// The one word that matters.
pub(crate) fn badge(view: &View<'_>) -> Span<'static> {
    let (text, colour) = match &view.board.link {
        Link::Closed => ("CLOSED", Color::Red),
        Link::Down { .. } if view.board.last.is_none() => ("CONNECTING", Color::Yellow),
        Link::Down { .. } => ("STALE", Color::Red),
        Link::Up { .. } if view.is_reconciled => ("RECONCILED", Color::Green),
        Link::Up { .. } if view.board.trouble.is_some() => ("NO SNAPSHOT", Color::Red),
        Link::Up { .. } if view.board.is_unreconciled => ("UNRECONCILED", Color::Yellow),
        Link::Up { .. } => ("RECONCILING", Color::Yellow),
    };
    theme::badge(text, colour)
}

fn identity(view: &View<'_>) -> Line<'static> {
    let board = view.board;
    let mut spans = vec![
        Span::styled("RocketFi ", BOLD),
        Span::styled(board.place.clone(), ACCENT),
        // Debug is the shortened form: a screen may be seen by others.
        Span::raw(format!("  account {:?}  ", board.address)),
    ];
    spans.extend(link(view));
    Line::from(spans)
}

fn link(view: &View<'_>) -> Vec<Span<'static>> {
    let since = |since| age(view.now.saturating_duration_since(since));
    match &view.board.link {
        Link::Up {
            session: SessionId(number),
            since: up,
        } => vec![
            Span::styled("● ", GOOD),
            Span::raw(format!("session {number}, up {}", since(*up))),
        ],
        Link::Down { since: down, retry } => {
            let next = retry.map_or_else(String::new, |(attempt, at)| {
                let left = at.saturating_duration_since(view.now);
                format!(", attempt {} in {:.1} s", attempt + 1, left.as_secs_f64())
            });
            let text = format!("down for {}{next}", since(*down));
            vec![Span::styled("○ ", BAD), Span::styled(text, BAD)]
        }
        Link::Closed => vec![Span::styled("○ the client has ended", BAD)],
    }
}

/// How the account is followed.
fn course(view: &View<'_>) -> Line<'static> {
    let board = view.board;
    let gaps = if board.gaps == 0 { DIM } else { PLAIN };
    let mut spans = vec![
        Span::styled(count(board.gaps, "gap"), gaps),
        Span::styled(" · ", DIM),
        Span::raw(count(board.reconciliations, "reconciliation")),
    ];
    if board.audits > 0 {
        spans.push(Span::styled(" · ", DIM));
        spans.push(Span::raw(count(board.audits, "audit")));
    }
    spans.push(Span::styled(" · ", DIM));
    match (&board.trouble, &board.hole, board.last) {
        (Some(trouble), ..) => spans.push(Span::styled(no_snapshot(trouble, view), BAD)),
        (None, Some(hole), _) if board.stale_since.is_some() => {
            let since = time_of_day(hole.at);
            let text = format!("old since {since}: {}", hole.cause);
            spans.push(Span::styled(text, WARN));
        }
        (None, _, Some(last)) => spans.extend(last_of(last, view)),
        (None, _, None) => spans.push(Span::styled("not reconciled yet", WARN)),
    }
    Line::from(spans)
}

fn last_of(last: Last, view: &View<'_>) -> Vec<Span<'static>> {
    let ago = age(view.now.saturating_duration_since(last.at));
    let fills = match last.missed_fills {
        0 => Span::raw("no fill missed"),
        number => Span::styled(format!("{} missed", count(number, "fill")), WARN),
    };
    let took = format!("last {ago} ago, took {}, ", seconds(last.took));
    vec![Span::raw(took), fills]
}

fn no_snapshot(trouble: &Trouble, view: &View<'_>) -> String {
    let left = trouble.retry_at.saturating_duration_since(view.now);
    let Trouble { attempt, error, .. } = trouble;
    format!(
        "REST: {error}, attempt {} in {:.1} s",
        attempt + 1,
        left.as_secs_f64()
    )
}
