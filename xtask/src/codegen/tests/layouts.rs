//! The same protocol written down in many ways: whatever the layout, the code must be the same.
//!
//! Each layout is made from our own specification by a function here; what it gives lies in `testdata/layouts/`, so
//! that it can be read, and `UPDATE_LAYOUTS=1 cargo test -p xtask layouts` writes it anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_yaml::Value;

use super::testdata;
use crate::codegen::error::report;
use crate::codegen::{Job, Output, diff, generate, generate_from_text};
use tree::{Files, json_file, yaml_file};

mod api;
mod frames;
mod messages;
mod schemas;
mod text;
mod tree;

/// One way to write the protocol down.
pub(super) struct Layout {
    name: &'static str,
    make: fn(Value) -> Files,
    gives: Gives,
    /// Why it does not work yet. Whoever makes it work takes this away: a test sees to it.
    pending: Option<&'static str>,
}

/// What the generator makes of a layout, against what it makes of our own specification.
#[derive(Clone, Copy, PartialEq)]
enum Gives {
    /// The same code but for docs, and so the same answer to every frame: no frame needs to be tried again.
    Code,
    /// The same public items in another order; the frames are tried in [`frames`].
    Api,
    /// The same code, with a warning that has these words: something was missing and has been guessed.
    Guess(&'static str),
}

const fn layout(name: &'static str, make: fn(Value) -> Files, gives: Gives) -> Layout {
    Layout {
        name,
        make,
        gives,
        pending: None,
    }
}

impl Layout {
    const fn pending(mut self, why: &'static str) -> Self {
        self.pending = Some(why);
        self
    }
}

/// All layouts, and which of them are still pending.
pub(super) const LAYOUTS: &[Layout] = &[
    layout(
        "v2_6_publish_subscribe",
        |spec| yaml_file(&messages::v2_6(spec)),
        Gives::Code,
    ),
    layout(
        "inlined_messages",
        |spec| yaml_file(&messages::inlined(spec)),
        Gives::Code,
    ),
    layout(
        "message_per_variant",
        |spec| yaml_file(&messages::per_variant(spec)),
        Gives::Code,
    )
    .pending("no client message: the messages of operations do not make a union"),
    layout(
        "channel_per_page",
        |spec| yaml_file(&messages::per_page(spec)),
        Gives::Api,
    )
    .pending("no client message: the messages of operations do not make a union"),
    layout(
        "message_traits",
        |spec| yaml_file(&messages::traits(spec)),
        Gives::Code,
    )
    .pending("no client message: names in message traits are not seen"),
    layout(
        "unions_of_refs",
        |spec| {
            yaml_file(&named(spec, |union, tag| {
                format!("{union}{}", capital(tag))
            }))
        },
        Gives::Code,
    ),
    layout(
        "variants_double_colon",
        |spec| yaml_file(&named(spec, |union, tag| format!("{union}::{tag}"))),
        Gives::Code,
    ),
    layout(
        "variants_underscore",
        |spec| yaml_file(&named(spec, |union, tag| format!("{union}_{tag}"))),
        Gives::Code,
    ),
    layout(
        "schemars_0_8",
        |spec| yaml_file(&schemas::schemars_0_8(spec)),
        Gives::Code,
    ),
    layout(
        "schemars_1",
        |spec| yaml_file(&schemas::schemars_1(spec)),
        Gives::Code,
    ),
    layout(
        "schemars_defs",
        |spec| yaml_file(&schemas::with_defs(spec)),
        Gives::Code,
    )
    .pending("name clash: a type that is defined twice in the same words is refused"),
    layout(
        "schemars_embedded",
        |spec| yaml_file(&schemas::with_embedded_defs(spec)),
        Gives::Code,
    )
    .pending("dangling reference: `$id` does not begin a document of its own"),
    layout(
        "utoipa",
        |spec| yaml_file(&schemas::utoipa(spec)),
        Gives::Code,
    )
    .pending("`int64` with `minimum: 0` is taken as i64"),
    layout(
        "null_in_type_list",
        |spec| yaml_file(&schemas::null_in_type_list(spec)),
        Gives::Code,
    ),
    layout(
        "discriminator",
        |spec| yaml_file(&schemas::discriminator(spec)),
        Gives::Code,
    ),
    layout("json", |spec| json_file(&spec), Gives::Code),
    layout("anchors_and_merge_keys", text::with_anchors, Gives::Code),
    layout("split_files", text::split, Gives::Code)
        .pending("references to other files are refused"),
    layout("file_per_schema", text::file_per_schema, Gives::Code)
        .pending("references to other files are refused"),
    layout(
        "no_descriptions",
        |spec| yaml_file(&schemas::no_descriptions(spec)),
        Gives::Guess("description"),
    )
    .pending("no warning about missing descriptions"),
    layout(
        "no_formats",
        |spec| yaml_file(&schemas::no_formats(spec)),
        Gives::Guess("format"),
    )
    .pending("no warning about missing formats"),
    // Several at once.
    layout(
        "v2_6_utoipa_per_variant",
        |spec| {
            json_file(&messages::v2_6(schemas::utoipa(messages::per_variant(
                spec,
            ))))
        },
        Gives::Code,
    )
    .pending("no client message: the messages of operations do not make a union"),
    layout(
        "v2_6_traits_per_variant",
        |spec| yaml_file(&messages::v2_6(messages::traits_per_variant(spec))),
        Gives::Code,
    )
    .pending("no client message: the messages of operations do not make a union"),
    layout(
        "schemars_per_page",
        |spec| yaml_file(&messages::per_page(schemas::schemars_1(spec))),
        Gives::Api,
    )
    .pending("no client message: the messages of operations do not make a union"),
    layout(
        "split_null_list_underscore",
        |spec| {
            text::split(named(schemas::null_in_type_list(spec), |union, tag| {
                format!("{union}_{tag}")
            }))
        },
        Gives::Code,
    )
    .pending("references to other files are refused"),
];

fn named(spec: Value, names: fn(&str, &str) -> String) -> Value {
    schemas::branches_as_components(spec, names)
}

fn capital(tag: &str) -> String {
    let (first, rest) = tag.split_at(1);
    first.to_uppercase() + rest
}

/// Our own specification's output, for all to be compared with.
static OWN: LazyLock<Output> = LazyLock::new(|| generate(&Job::new(None, None, None)).unwrap());

/// Where a layout's files lie: a part of its name is the name of the layout.
fn path(layout: &Layout, file: &str) -> PathBuf {
    let mut path = testdata("layouts").join(layout.name).into_os_string();
    path.push(file);
    path.into()
}

/// The document of a layout, which refers to its other files.
pub(super) fn document(layout: &Layout) -> PathBuf {
    path(layout, &(layout.make)(tree::own())[0].0)
}

/// Those that the generator understands so far.
pub(super) fn working() -> impl Iterator<Item = &'static Layout> {
    LAYOUTS.iter().filter(|layout| layout.pending.is_none())
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
    let failures: Vec<_> = working()
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
fn a_layout_that_works_is_no_longer_pending() {
    let pending = LAYOUTS.iter().filter(|layout| layout.pending.is_some());
    let states: Vec<_> = pending.map(|layout| (layout.name, check(layout))).collect();
    for (name, state) in &states {
        println!(
            "{name}: {}",
            state.as_ref().err().map_or("works", String::as_str)
        );
    }
    let done: Vec<_> = states.iter().filter(|(_, state)| state.is_ok()).collect();
    assert!(
        done.is_empty(),
        "these work now, take their `pending` away: {done:?}"
    );
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
    for layout in working() {
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
    for guessed in [
        "ServerMessage::QuoteUpdate has no delivery annotation",
        "SubscriptionKind::Orderbook",
    ] {
        assert!(
            warnings.iter().any(|warning| warning.contains(guessed)),
            "{guessed}: {warnings:#?}"
        );
    }
}
