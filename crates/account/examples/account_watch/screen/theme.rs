//! Colours, and how panels look. Only the sixteen colours of the terminal, so that its user's choice holds.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders};

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const DIM: Style = Style::new().add_modifier(Modifier::DIM);
pub(crate) const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
pub(crate) const GOOD: Style = Style::new().fg(Color::Green);
pub(crate) const WARN: Style = Style::new().fg(Color::Yellow);
pub(crate) const BAD: Style = Style::new().fg(Color::Red);
pub(crate) const ACCENT: Style = Style::new().fg(Color::Cyan);

/// White on a colour: to be seen from the other side of the room. The brackets of blanks are part of it.
pub(crate) fn badge(text: &str, colour: Color) -> Span<'static> {
    let style = Style::new()
        .fg(Color::Black)
        .bg(colour)
        .add_modifier(Modifier::BOLD);
    Span::styled(format!(" {text} "), style)
}

/// A rule with a title, and the room below it. What is said on the right is left out where there is no room for it.
pub(crate) fn panel(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    count: Option<usize>,
    note: Option<Span<'static>>,
) -> Rect {
    let mut name = vec![Span::styled(format!("─ {title} "), BOLD)];
    name.extend(count.map(|count| Span::styled(format!("{count} "), ACCENT)));
    let left = Line::from(name);
    let taken = left.width();
    let mut block = Block::new()
        .borders(Borders::TOP)
        .border_style(DIM)
        .title_top(left);
    if let Some(note) = note
        && taken + note.width() + 4 <= usize::from(area.width)
    {
        let note = vec![Span::raw(" "), note, Span::raw(" ")];
        block = block.title_top(Line::from(note).right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// Takes the light from what is old, but leaves it to be read.
pub(crate) fn fade(frame: &mut Frame<'_>, area: Rect) {
    let area = area.intersection(frame.area());
    frame.buffer_mut().set_style(area, DIM);
}
