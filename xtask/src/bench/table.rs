//! Rows as tables: for a terminal and a log, or for the docs.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use rocketfi_report::{Row, Target, Unit};

const HEADER: [&str; 6] = ["of", "what", "median", "10th to 90th", "target", "met"];

/// A table for every topic that the rows name, in the order in which they name them.
pub(crate) fn tables(rows: &[Row], markdown: bool) -> String {
    rows.chunk_by(|one, next| one.table == next.table)
        .map(|rows| {
            let title = &rows[0].table;
            let style = if markdown {
                presets::ASCII_MARKDOWN
            } else {
                presets::NOTHING
            };
            format!("### {title}\n\n{}", table(rows, style))
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn table(rows: &[Row], style: comfy_table::TableStyle) -> String {
    let mut table = Table::new();
    table
        .load_style(style)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(HEADER);
    table.add_rows(rows.iter().map(cells));
    for column in table.column_iter_mut().skip(2).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
        .lines()
        .flat_map(|line| [line.trim_end().to_owned(), "\n".to_owned()])
        .collect()
}

fn cells(row: &Row) -> [String; 6] {
    let show = |value| figure(value, row.unit);
    let spread = if row.low < row.high {
        format!("{} – {}", show(row.low), show(row.high))
    } else {
        "-".to_owned()
    };
    let (target, met) = row.target.map_or(("-".to_owned(), "-"), |target| {
        let met = target.is_met(row.value);
        (
            self::target(target, row.unit),
            if met { "yes" } else { "no" },
        )
    });
    [
        row.case.clone(),
        row.what.clone(),
        show(row.value),
        spread,
        target,
        met.to_owned(),
    ]
}

fn target(target: Target, unit: Unit) -> String {
    match target {
        Target::AtMost(value) => format!("≤ {}", figure(value, unit)),
        Target::AtLeast(value) => format!("≥ {}", figure(value, unit)),
        Target::Exactly(value) => figure(value, unit),
    }
}

fn figure(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Ratio => format!("{value:.2}"),
        Unit::Count => format!("{value:.0}"),
        Unit::Nanos if value < 1e3 => format!("{value:.0} ns"),
        Unit::Nanos if value < 1e6 => format!("{:.1} µs", value / 1e3),
        Unit::Nanos => format!("{:.1} ms", value / 1e6),
        Unit::Seconds => format!("{value:.2} s"),
        Unit::Bytes if value < MIB => format!("{:.1} KiB", value / KIB),
        Unit::Bytes => format!("{:.1} MiB", value / MIB),
        Unit::PerSecond if value < 1e6 => format!("{:.1} k/s", value / 1e3),
        Unit::PerSecond => format!("{:.2} M/s", value / 1e6),
    }
}

const KIB: f64 = (1 << 10) as f64;
const MIB: f64 = (1 << 20) as f64;

#[cfg(test)]
mod tests {
    use rocketfi_report::Sample;

    use super::*;

    fn rows() -> Vec<Row> {
        let sample = Sample::from_iter([0.39, 0.4, 0.47]);
        let nanos = Sample::from_iter([640.0, 684.4, 1020.0]);
        let bytes = Sample::from_iter([52.5 * MIB]);
        vec![
            Row::median("decode", "plain", "ticker", &nanos, Unit::Nanos),
            Row::median("decode", "decode", "ticker", &sample, Unit::Ratio).at_most(0.45),
            Row::median("decode", "serde", "fill", &sample, Unit::Ratio).at_least(0.41),
            Row::exact("allocations", "decode", "ticker", 1, Unit::Count).exactly(0),
            Row::median("allocations", "codegen", "peak", &bytes, Unit::Bytes),
        ]
    }

    #[test]
    fn a_topic_is_a_table_that_says_what_is_met() {
        insta::assert_snapshot!("bench_table", tables(&rows(), false));
    }

    #[test]
    fn the_docs_get_markdown() {
        insta::assert_snapshot!("bench_markdown", tables(&rows(), true));
    }
}
