//! The same protocol written down in many ways: whatever the layout, the code must be the same.
//!
//! Each layout is made from our own specification by a function here; what it gives lies in `testdata/layouts/`, so
//! that it can be read, and `UPDATE_LAYOUTS=1 cargo test -p xtask layouts` writes it anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::testdata;
use crate::codegen::error::report;
use crate::codegen::{Job, Output, diff, generate, generate_from_text};
use list::{Gives, LAYOUTS, Layout};

mod api;
mod frames;
mod list;
mod messages;
mod schemas;
mod text;
mod tree;

/// Our own specification's output, for all to be compared with.
static OWN: LazyLock<Output> = LazyLock::new(|| generate(&Job::new(None, None, None)).unwrap());

/// Where a layout's files lie: a part of its name is the name of the layout.
fn path(layout: &Layout, file: &str) -> PathBuf {
    let mut path = testdata("layouts").join(layout.name).into_os_string();
    path.push(file);
    path.into()
}

/// The document of a layout, which refers to its other files.
fn document(layout: &Layout) -> PathBuf {
    path(layout, &(layout.make)(tree::own())[0].0)
}

fn output(layout: &Layout) -> Result<Output, String> {
    let job = Job::new(Some(document(layout)), None, None);
    generate(&job).map_err(|error| report(&error))
}

/// What of a layout's output is not as it should be.
fn check(layout: &Layout) -> Result<(), String> {
    let output = output(layout)?;
    if layout.gives == Gives::Api {
        let (old, new) = (api::api(&OWN), api::api(&output));
        return match old.symmetric_difference(&new).next() {
            Some(item) => Err(format!("one has it and one has not: {item}")),
            None => Ok(()),
        };
    }
    if let Some(difference) = api::first_difference(&api::code(&OWN), &api::code(&output)) {
        return Err(difference);
    }
    match layout.gives {
        Gives::Guess(words)
            if !output
                .warnings
                .iter()
                .any(|warning| warning.contains(words)) =>
        {
            Err(format!("no warning about {words}: {:?}", output.warnings))
        }
        _ => Ok(()),
    }
}

#[test]
fn every_layout_gives_the_same_api() {
    let failures: Vec<_> = LAYOUTS
        .iter()
        .filter_map(|layout| Some(format!("{}: {}", layout.name, check(layout).err()?)))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_order_of_variants_is_no_part_of_the_api() {
    let mut spec = tree::own();
    for union in ["ServerMessage", "SubscriptionKind"] {
        let variants = &mut spec["components"]["schemas"][union]["oneOf"];
        variants.as_sequence_mut().unwrap().reverse();
    }
    let annotations = fs::read_to_string(Job::new(None, None, None).annotations).unwrap();
    let turned = generate_from_text(&tree::yaml_text(&spec), &annotations).unwrap();
    assert_eq!(api::api(&OWN), api::api(&turned));
    assert_ne!(api::code(&OWN), api::code(&turned));
}

#[test]
fn layouts_on_disk_are_what_the_transformations_give() {
    let mut expected = BTreeSet::new();
    for layout in LAYOUTS {
        for (file, text) in (layout.make)(tree::own()) {
            let path = path(layout, &file);
            if std::env::var_os("UPDATE_LAYOUTS").is_some() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &text).unwrap();
            }
            let same = fs::read_to_string(&path).is_ok_and(|old| old == text);
            assert!(
                same,
                "{} differs; run `UPDATE_LAYOUTS=1 cargo test -p xtask layouts`",
                path.display()
            );
            expected.insert(path);
        }
    }
    let mut found = BTreeSet::new();
    files(&testdata("layouts"), &mut found);
    assert_eq!(found, expected, "files of layouts that are no more");
}

fn files(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.insert(path);
        }
    }
}

#[test]
fn no_layout_changes_the_protocol() {
    let own = Job::new(None, None, None);
    for layout in LAYOUTS {
        let compared = diff::compare_files(&own.spec, &document(layout), &own.annotations);
        let compared = compared.unwrap_or_else(|error| panic!("{}", report(&error)));
        assert_eq!(compared.to_string(), "no changes\n", "{}", layout.name);
    }
}

#[test]
fn without_annotations_every_guess_is_named() {
    let nothing = tempfile::NamedTempFile::new().unwrap();
    let job = Job::new(None, Some(nothing.path().to_owned()), None);
    let warnings = generate(&job).unwrap().warnings;
    let all = "no annotations, so no scope, delivery, merge key or subscription is told of \
               ClientMessage, ServerMessage, SubscriptionKind";
    assert_eq!(warnings, [all]);
}

#[test]
fn each_missing_annotation_is_named() {
    let own = fs::read_to_string(Job::new(None, None, None).annotations).unwrap();
    let kept = |line: &&str| {
        let gone = [
            "  QuoteUpdate: {delivery: snapshot}",
            "  Orderbook: {pushes:",
        ];
        !gone.iter().any(|gone| line.starts_with(gone))
    };
    let fewer = tempfile::NamedTempFile::new().unwrap();
    let text: Vec<&str> = own.lines().filter(kept).collect();
    fs::write(fewer.path(), text.join("\n")).unwrap();
    let job = Job::new(None, Some(fewer.path().to_owned()), None);
    let guesses = [
        "SubscriptionKind::Orderbook has no annotation of what it pushes",
        "ServerMessage::QuoteUpdate has no delivery annotation; taken as partial",
    ];
    assert_eq!(generate(&job).unwrap().warnings, guesses);
}
