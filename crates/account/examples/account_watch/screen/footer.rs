//! What can be done.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::board::Board;
use super::theme::{ACCENT, DIM};

/// The keys, by how much they matter where there is little room.
const KEYS: [(&str, &str); 6] = [
    ("q", "quit"),
    ("r", "reconcile"),
    ("g", "gaps only"),
    ("p", "hold"),
    ("↑↓ PgUp PgDn", "scroll"),
    ("?", "help"),
];

const HELP: [&str; 3] = [
    "RECONCILED: compared with REST, nothing is known to be missing. STALE: no connection, what you see is old.",
    "RECONCILING: connected again, REST is being asked. UNRECONCILED: events flow meanwhile. NO SNAPSHOT: REST fails.",
    "What is marked as missed the stream has not brought; it is told once all the same. Times are UTC.",
];

pub(crate) fn rows(board: &Board) -> u16 {
    if board.has_help { 4 } else { 1 }
}

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, board: &Board) {
    let mut keys = Vec::new();
    for (key, meaning) in KEYS {
        keys.push(Span::styled(key, ACCENT));
        keys.push(Span::styled(format!(" {meaning}   "), DIM));
    }
    let mut lines = Vec::new();
    if board.has_help {
        lines.extend(HELP.map(Line::raw));
    }
    lines.push(Line::from(keys));
    frame.render_widget(Paragraph::new(lines), area);
}
