//! Tables that can be read in a log, and copied into a document.

use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};

use crate::sample::Sample;

/// The columns of [`spread`].
pub(crate) const SPREAD: [&str; 4] = ["p50", "p99", "p99.9", "max"];

/// A table whose first columns are words, as many as said, and whose others are figures.
pub(crate) fn table<'a>(words: usize, columns: impl IntoIterator<Item = &'a str>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(columns);
    for column in table.column_iter_mut().skip(words) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

pub(crate) fn title(text: &str) {
    println!("\n## {text}\n");
}

pub(crate) fn spread(sample: &Sample) -> [String; 4] {
    [500, 990, 999, 1_000].map(|thousandths| millis(sample.per_mille(thousandths)))
}

pub(crate) fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}

pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}

/// In per cent, cut off after the first digit behind the point. 0 of 0 is 0.
pub(crate) fn share(part: usize, whole: usize) -> String {
    let thousandths = part * 1_000 / whole.max(1);
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// In MiB, cut off after the second digit behind the point.
pub(crate) fn mebibytes(bytes: usize) -> String {
    let hundredths = bytes * 100 / (1 << 20);
    format!("{}.{:02} MiB", hundredths / 100, hundredths % 100)
}

/// Whether an aim was reached, in a word.
pub(crate) const fn verdict(reached: bool) -> &'static str {
    if reached { "reached" } else { "missed" }
}
