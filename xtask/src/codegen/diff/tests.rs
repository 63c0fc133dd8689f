//! Small changes, one after the other, and what is said of each.

use std::fs;
use std::path::Path;

use super::side::Side;
use super::{compare, compare_files, exit_code};
use crate::codegen::annotations::Annotations;
use crate::codegen::document::Document;
use crate::codegen::error::{CodegenError, report};
use crate::codegen::{Job, on_a_large_stack};

mod table;

/// The only occurrence of a text, replaced.
fn edited(spec: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(spec.to_owned(), |spec, (old, new)| {
        assert_eq!(spec.matches(old).count(), 1, "{old}");
        spec.replace(old, new)
    })
}

fn compared(old: &str, new: &str, annotations: &str) -> Result<super::Report, CodegenError> {
    let side = |name: &str, text: &str| {
        let document = Document::parse(name.to_owned(), text)?;
        Side::read(&document, || {
            Annotations::parse("annotations.yaml".to_owned(), annotations)
        })
    };
    on_a_large_stack(|| Ok(compare(&side("old.yaml", old)?, &side("new.yaml", new)?)))
}

fn said(old: &str, new: &str, annotations: &str) -> String {
    match compared(old, new, annotations) {
        Ok(report) => report.to_string(),
        Err(error) => format!("error: {}\n", report(&error)),
    }
}

#[test]
fn each_small_change_is_told_and_judged() {
    let told = table::CHANGES.iter().map(|(name, edits)| {
        let said = said(table::SPEC, &edited(table::SPEC, edits), table::ANNOTATIONS);
        format!("# {name}\n{said}\n")
    });
    insta::assert_snapshot!("small_changes", told.collect::<String>());
}

#[test]
fn each_small_change_taken_back_is_told_too() {
    let told = table::CHANGES.iter().map(|(name, edits)| {
        let said = said(&edited(table::SPEC, edits), table::SPEC, table::ANNOTATIONS);
        format!("# {name}, taken back\n{said}\n")
    });
    insta::assert_snapshot!("small_changes_taken_back", told.collect::<String>());
}

fn own() -> (String, String) {
    let job = Job::new(None, None, None);
    let [spec, annotations] =
        [job.spec, job.annotations].map(|path| fs::read_to_string(path).unwrap());
    (spec, annotations)
}

#[test]
fn changes_of_our_own_protocol_are_told() {
    let (spec, annotations) = own();
    let new = edited(&spec, table::OWN_CHANGES);
    insta::assert_snapshot!("own_changes", said(&spec, &new, &annotations));
}

#[test]
fn json_says_the_same() {
    let (spec, annotations) = own();
    let new = edited(&spec, table::OWN_CHANGES);
    let report = compared(&spec, &new, &annotations).unwrap();
    let json = report.json();
    let list = |key: &str| json[key].as_array().unwrap().clone();
    for change in list("changes") {
        let [at, what] = ["at", "what"].map(|key| change[key].as_str().unwrap());
        assert!(report.to_string().contains(&format!("{at}: {what}")));
    }
    let summary = format!(
        "{} breaking, {} compatible changes; {} annotations no longer match\n",
        json["breaking"], json["compatible"], json["annotations_no_longer_matching"]
    );
    assert!(report.to_string().ends_with(&summary));
    insta::assert_snapshot!("own_changes_as_json", format!("{:#}", json["changes"][0]));
}

#[test]
fn nothing_changes_where_nothing_changed() {
    let (spec, annotations) = own();
    for (spec, annotations) in [
        (spec.as_str(), annotations.as_str()),
        (table::SPEC, table::ANNOTATIONS),
    ] {
        assert_eq!(said(spec, spec, annotations), "no changes\n");
    }
}

#[test]
fn the_exit_code_tells_broken_from_compatible_and_unreadable() {
    let code = |change: &str| {
        let (_, edits) = table::CHANGES
            .iter()
            .find(|(name, _)| *name == change)
            .unwrap();
        exit_code(&compared(
            table::SPEC,
            &edited(table::SPEC, edits),
            table::ANNOTATIONS,
        ))
    };
    assert_eq!(code("a server variant added"), 0);
    assert_eq!(code("a server variant removed"), 1);
    let job = Job::new(None, None, None);
    let absent = compare_files(&job.spec, Path::new("absent.yaml"), &job.annotations);
    assert_eq!(exit_code(&absent), 2);
    assert_eq!(
        exit_code(&compare_files(&job.spec, &job.spec, &job.annotations)),
        0
    );
}

#[test]
fn an_error_is_about_the_entry_with_the_longest_name() {
    let text = "fields: {A.b: {name: x}, A.b/c: {name: y}}";
    let notes = Annotations::parse("annotations.yaml".to_owned(), text).unwrap();
    let entries = [
        "/fields/A.b",
        "/fields/A.b/name",
        "/fields/A.b/c/name",
        "/fields/A.bc",
    ];
    let entries = entries.map(|pointer| notes.entry(pointer));
    let [short, long] = ["fields/A.b", "fields/A.b/c"].map(|entry| Some(entry.to_owned()));
    assert_eq!(entries, [short.clone(), short, long, None]);
}

#[test]
fn what_matches_neither_document_is_counted_alone() {
    let annotations = format!("{}  Nothing.at: {{name: when}}\n", table::ANNOTATIONS);
    let told = said(table::SPEC, table::SPEC, &annotations);
    let expected = "Annotations\n  1 entry matches neither document\nno changes\n";
    assert_eq!(told, expected);
}

/// A server of two messages, both ways of telling them apart.
fn server(trade: &str, quote: &str) -> String {
    format!(
        "
asyncapi: 2.6.0
channels:
  /:
    subscribe:
      message:
        oneOf:
          - {{name: Trade, payload: {trade}}}
          - {{name: Quote, payload: {quote}}}
"
    )
}

fn tagged(value: &str) -> String {
    format!(
        "{{type: object, required: [kind, price], properties: {{kind: {{const: {value}}}, price: {{type: string}}}}}}"
    )
}

#[test]
fn a_variant_that_is_recognised_by_another_value_breaks_clients() {
    let old = server(&tagged("trade"), &tagged("quote"));
    let new = server(&tagged("deal"), &tagged("quote"));
    let told = said(&old, &new, "");
    let line = "Trade: recognised by kind: \"deal\"; \"trade\" before (older clients no longer recognise it)";
    assert!(told.contains(&format!("breaking    {line}")), "{told}");
}

#[test]
fn a_variant_that_is_no_longer_announced_by_its_name_breaks_clients() {
    let keyed = |name: &str| {
        format!("{{type: object, required: [{name}], properties: {{{name}: {{type: string}}}}}}")
    };
    let old = server(&keyed("Trade"), &keyed("Quote"));
    let new = server(&tagged("trade"), &tagged("quote"));
    let told = said(&old, &new, "");
    for name in ["Trade", "Quote"] {
        let line = format!("{name}: recognised by what is in it; by its name before");
        assert!(told.contains(&format!("breaking    {line}")), "{told}");
    }
}

#[test]
fn another_variant_does_not_change_how_the_others_are_recognised() {
    let old = server(&tagged("trade"), &tagged("quote"));
    let new = old.replace(
        "          - {name: Quote",
        "          - {name: Halt, payload: {type: object, required: [reason], properties: {reason: {type: string}}}}\n          - {name: Quote",
    );
    let told = said(&old, &new, "");
    assert!(
        told.contains("Halt: added") && !told.contains("recognised by"),
        "{told}"
    );
}
