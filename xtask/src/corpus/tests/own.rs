//! Documents of our own, each of one theme, with examples of every message.

use std::fmt::Write;

use super::super::document::{self, Document};
use super::super::maker::Maker;
use super::super::progress::Progress;
use super::super::survey::survey;
use crate::codegen::{Output, generate_alone, workspace};

fn documents() -> Vec<Document> {
    document::load(&workspace().join("xtask/testdata/corpus")).unwrap()
}

#[test]
fn every_example_comes_back_equal_and_as_the_right_variant() {
    let package = workspace().join("target/corpus-own");
    let rows = survey(&documents(), &Maker::OURS, &package, true, &Progress::new()).unwrap();
    let mut failures = String::new();
    for row in rows {
        let examples = row.examples.as_ref().unwrap();
        if !row.reason().is_empty() {
            let (name, reason, problems) = (&row.document, row.reason(), &examples.problems);
            writeln!(failures, "{name}: {reason}: {problems:#?}").unwrap();
        }
        assert!(
            examples.valid >= row.messages,
            "{} lacks examples",
            row.document
        );
    }
    assert_eq!(failures, "");
}

/// The run above takes the generator's word for what the variants are called and which message is which.
#[test]
fn messages_have_the_types_and_variants_that_they_should() {
    for document in documents() {
        let output = generate_alone(&document.path).unwrap();
        insta::assert_snapshot!(document.name.trim_end_matches(".yaml"), told(&output));
    }
}

/// A line for every message, and what the generator warns of but for missing descriptions and formats.
fn told(output: &Output) -> String {
    let mut lines = Vec::new();
    for message in &output.messages {
        let unions = message
            .unions
            .iter()
            .map(|within| format!("{}::{}", within.union, within.variants.join("|")));
        let unions = unions.collect::<Vec<_>>().join(", ");
        lines.push(format!("{}: {} in {unions}", message.name, message.rust));
    }
    let usual = ["without a description", "integers without a format"];
    let odd = output.warnings.iter().filter(|warning| {
        usual.iter().all(|usual| !warning.starts_with(usual))
            && !warning.contains("delivery annotation")
    });
    lines.extend(odd.map(|warning| format!("warning: {warning}")));
    lines.join("\n")
}
