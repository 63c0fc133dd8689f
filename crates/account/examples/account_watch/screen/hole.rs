//! The last gap: whoever comes back to the screen wants to know.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::board::{Board, Hole};
use super::log::time_of_day;
use super::theme::{self, DIM, GOOD, PLAIN, WARN};
use crate::describe::{count, seconds};

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, board: &Board) {
    if area.is_empty() {
        return;
    }
    let area = theme::panel(frame, area, "Last gap", None, None);
    let lines = match &board.hole {
        None => vec![Line::styled("none so far", DIM)],
        Some(hole) => lines(hole, board.missed_fills),
    };
    frame.render_widget(Paragraph::new(lines), area);
}

fn lines(hole: &Hole, in_all: usize) -> Vec<Line<'static>> {
    let row = |label: &str, text: String, style: Style| {
        Line::from(vec![
            Span::styled(format!("{label:<8}"), DIM),
            Span::styled(text, style),
        ])
    };
    let at = time_of_day(hole.at);
    let (healed, missed) = match hole.healed {
        None => (
            row("healed", "not yet".to_owned(), WARN),
            "not known yet".to_owned(),
        ),
        Some((time, missed)) => {
            let healed = row("healed", format!("after {}", seconds(time)), GOOD);
            (
                healed,
                format!("{}, {in_all} in all", count(missed, "fill")),
            )
        }
    };
    vec![
        row("at", format!("{at} UTC"), PLAIN),
        row("cause", hole.cause.to_owned(), PLAIN),
        healed,
        row("missed", missed, PLAIN),
    ]
}
