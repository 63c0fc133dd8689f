//! The last events, newest last.

use std::time::SystemTime;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::draw::View;
use super::journal::{Entry, Tone};
use super::theme::{self, BAD, DIM, GOOD, PLAIN, WARN};

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View<'_>) {
    let journal = view.board.journal();
    let title = if view.board.only_remarks {
        "Gaps, and what they missed"
    } else {
        "Events"
    };
    let held = journal.below().map(|newer| {
        let text = format!("held, {newer} newer, p goes on");
        Span::styled(text, WARN)
    });
    let area = theme::panel(frame, area, title, None, held);
    let lines: Vec<Line<'_>> = journal.shown(area.height.into()).map(line).collect();
    frame.render_widget(Paragraph::new(lines), area);
}

fn line(entry: &Entry) -> Line<'_> {
    let style = style(entry.tone);
    let label = if entry.is_missed {
        style.add_modifier(Modifier::REVERSED)
    } else {
        style
    };
    Line::from(vec![
        Span::styled(time_of_day(entry.at), DIM),
        Span::raw(" "),
        Span::styled(format!("{:<12}", entry.label), label),
        Span::raw(" "),
        Span::styled(entry.text.as_str(), text_style(entry.tone, style)),
    ])
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Quiet => DIM,
        Tone::Plain => PLAIN,
        Tone::Buy => GOOD,
        Tone::Sell => BAD,
        Tone::Good => GOOD.add_modifier(Modifier::BOLD),
        Tone::Warn => WARN.add_modifier(Modifier::BOLD),
        Tone::Bad => BAD.add_modifier(Modifier::BOLD),
    }
}

/// What concerns the data is loud from end to end; of a fill the label is enough.
const fn text_style(tone: Tone, style: Style) -> Style {
    match tone {
        Tone::Quiet | Tone::Good | Tone::Warn | Tone::Bad => style,
        Tone::Plain | Tone::Buy | Tone::Sell => PLAIN,
    }
}

/// `09:41:07`, in UTC: a program that runs in two places must not show two times.
pub(crate) fn time_of_day(at: SystemTime) -> String {
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.map_or(0, |it| it.as_secs()) % 86_400;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
}
