//! Rows and columns, with numbers on the right.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Text};
use ratatui::widgets::{Cell, Row, Table as Widget};

use super::theme::DIM;

/// No cell is wider; what is longer is cut on the right, where it shows. A number that has lost its head is a lie.
const WIDEST: usize = 16;

/// A column: its name, its width, and where its cells stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    name: &'static str,
    /// At least; as wide as its longest cell, if that is more. Zero takes what the others leave.
    width: u16,
    alignment: Alignment,
}

/// Words.
pub(crate) const fn left(name: &'static str, width: u16) -> Column {
    Column {
        name,
        width,
        alignment: Alignment::Left,
    }
}

/// Numbers.
pub(crate) const fn right(name: &'static str, width: u16) -> Column {
    Column {
        name,
        width,
        alignment: Alignment::Right,
    }
}

/// A table that is being filled.
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Row<'static>>,
}

impl Table {
    pub(crate) fn new(first: Column, others: impl Iterator<Item = Column>) -> Self {
        Self {
            columns: std::iter::once(first).chain(others).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: impl Iterator<Item = (String, Style)>) {
        let cell = |(column, (text, style)): (&mut Column, (String, Style))| {
            let text = if column.width == 0 { text } else { cut(text) };
            if column.width > 0 {
                let width = u16::try_from(Line::raw(text.as_str()).width()).unwrap_or(u16::MAX);
                column.width = column.width.max(width);
            }
            aligned(text, column).style(style)
        };
        let cells: Vec<Cell<'_>> = self.columns.iter_mut().zip(cells).map(cell).collect();
        self.rows.push(Row::new(cells));
    }

    /// Draws as many rows as there is room for, and says how many there are beyond; or else that there are none.
    pub(crate) fn draw(mut self, frame: &mut Frame<'_>, area: Rect, none: &'static str) {
        if self.rows.is_empty() {
            frame.render_widget(Line::styled(none, DIM), area);
            return;
        }
        let height = usize::from(area.height);
        let total = self.rows.len();
        // Where there is hardly any room, the names of the columns are the first to go.
        let has_names = height > 4 || height > total;
        let room = height.saturating_sub(usize::from(has_names));
        if total > room && room > 0 {
            self.rows.truncate(room - 1);
            let more = format!("… {} more", total - room + 1);
            self.rows.push(Row::new([more]).style(DIM));
        }
        let widths = self.columns.iter().map(|column| match column.width {
            0 => Constraint::Fill(1),
            width => Constraint::Length(width),
        });
        let names = self
            .columns
            .iter()
            .map(|it| aligned(it.name.to_owned(), it));
        let mut table = Widget::new(self.rows, widths.collect::<Vec<_>>()).column_spacing(1);
        if has_names {
            table = table.header(Row::new(names.collect::<Vec<_>>()).style(DIM));
        }
        frame.render_widget(table, area);
    }
}

fn aligned(text: String, column: &Column) -> Cell<'static> {
    Cell::from(Text::from(text).alignment(column.alignment))
}

fn cut(text: String) -> String {
    if text.chars().count() <= WIDEST {
        return text;
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_number_loses_its_tail_and_says_so() {
        assert_eq!(cut("1,234,567.12345678".to_owned()), "1,234,567.12345…");
        assert_eq!(cut("1,234,567.123456".to_owned()), "1,234,567.123456");
    }
}
