//! The rows as a table: for a terminal and a log, or for the docs.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::row::{Examples, Row};
use super::text::{counted, shortened, squeezed};

/// With these two a row has 120 columns.
const NAME: usize = 34;
const REASON: usize = 25;
const HEADER: [&str; 8] = [
    "document",
    "version",
    "messages",
    "types",
    "generated",
    "compiled",
    "examples",
    "reason",
];

/// Aligned columns, and below them in full what did not fit.
pub(crate) fn plain(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| {
        cells(
            row,
            |name| squeezed(name, NAME),
            |reason| shortened(reason, REASON),
        )
    });
    let mut text = table(lines, rows, presets::NOTHING);
    text.push_str(&list("Reasons", rows, |row| {
        let reason = row.reason();
        let cut =
            shortened(&reason, REASON) != reason || squeezed(&row.document, NAME) != row.document;
        if cut && !reason.is_empty() {
            vec![reason]
        } else {
            Vec::new()
        }
    }));
    text.push_str(&list("Examples that do not come back equal", rows, |row| {
        row.examples
            .as_ref()
            .map(|examples| examples.problems.clone())
            .unwrap_or_default()
    }));
    text
}

/// For `docs/`: everything in the table itself.
pub(crate) fn markdown(rows: &[Row]) -> String {
    // Types and pointers hold what Markdown takes for its own.
    let escape = |text: &str| {
        text.replace('|', "\\|")
            .replace('<', "\\<")
            .replace('*', "\\*")
    };
    table(
        rows.iter().map(|row| cells(row, escape, escape)),
        rows,
        presets::ASCII_MARKDOWN,
    )
}

fn table(
    lines: impl Iterator<Item = Vec<String>>,
    rows: &[Row],
    style: comfy_table::TableStyle,
) -> String {
    let mut table = Table::new();
    table
        .load_style(style)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(HEADER);
    table.add_rows(lines);
    table.add_row(totals(rows));
    let last = HEADER.len() - 1;
    for column in table.column_iter_mut().take(last).skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect::<Vec<_>>()
        .concat()
}

fn cells(row: &Row, name: impl Fn(&str) -> String, reason: impl Fn(&str) -> String) -> Vec<String> {
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    vec![
        name(&row.document),
        row.version.clone().unwrap_or_else(|| "-".to_owned()),
        format!("{}/{}", row.typed, row.messages),
        row.types.to_string(),
        yes(row.generated),
        yes(row.compiled),
        row.examples.as_ref().map_or_else(|| "-".to_owned(), share),
        reason(&row.reason()),
    ]
}

fn share(examples: &Examples) -> String {
    format!("{}/{}", examples.equal, examples.valid)
}

fn totals(rows: &[Row]) -> Vec<String> {
    let count = |what: fn(&Row) -> bool| rows.iter().filter(|row| what(row)).count();
    let sum = |what: fn(&Row) -> usize| rows.iter().map(what).sum::<usize>();
    let examples = rows.iter().filter_map(|row| row.examples.as_ref());
    let examples = examples.fold(None, |sum: Option<(usize, usize)>, examples| {
        let (equal, valid) = sum.unwrap_or_default();
        Some((equal + examples.equal, valid + examples.valid))
    });
    vec![
        counted(rows.len(), "document"),
        String::new(),
        format!("{}/{}", sum(|row| row.typed), sum(|row| row.messages)),
        sum(|row| row.types).to_string(),
        count(|row| row.generated).to_string(),
        count(|row| row.compiled).to_string(),
        examples.map_or_else(
            || "-".to_owned(),
            |(equal, valid)| format!("{equal}/{valid}"),
        ),
        format!("{} refused", count(|row| !row.generated)),
    ]
}

/// A titled list, if there is anything in it.
fn list(title: &str, rows: &[Row], items: impl Fn(&Row) -> Vec<String>) -> String {
    let mut parts = Vec::new();
    for row in rows {
        let items = items(row);
        if !items.is_empty() {
            parts.push(format!("  {}\n", row.document));
            parts.extend(items.iter().map(|item| format!("    {item}\n")));
        }
    }
    if parts.is_empty() {
        return String::new();
    }
    format!("\n{title}:\n{}", parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let fine = Row {
            document: "a-document-with-a-name-as-long-as-github-allows.yaml".to_owned(),
            version: Some("3.0.0".to_owned()),
            messages: 12,
            typed: 12,
            types: 30,
            generated: true,
            compiled: true,
            examples: Some(Examples {
                valid: 3,
                equal: 2,
                problems: vec![
                    "#/components/messages/A/examples/0: as payload: differs at /a".to_owned(),
                ],
                ..Examples::default()
            }),
            ..Row::default()
        };
        let refused = Row {
            document: "b.json".to_owned(),
            messages: 1,
            failure: Some(
                "#/components/messages/A: `a | b` cannot be turned into a Rust type".to_owned(),
            ),
            ..Row::default()
        };
        vec![fine, refused]
    }

    #[test]
    fn a_terminal_gets_120_columns_and_the_rest_below() {
        let text = plain(&rows());
        assert!(text.lines().take(4).all(|line| line.chars().count() <= 120));
        insta::assert_snapshot!("corpus_table", text);
    }

    #[test]
    fn the_docs_get_everything_in_the_table() {
        insta::assert_snapshot!("corpus_markdown", markdown(&rows()));
    }
}
