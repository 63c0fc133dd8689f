//! All layouts, and what the generator makes of each.

use serde_yaml::Value;

use super::tree::{Files, json_file, yaml_file};
use super::{messages, schemas, text};

/// One way to write the protocol down.
pub(super) struct Layout {
    pub(super) name: &'static str,
    pub(super) make: fn(Value) -> Files,
    pub(super) gives: Gives,
}

/// What the generator makes of a layout, against what it makes of our own specification.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Gives {
    /// The same code but for docs, and so the same answer to every frame: no frame needs to be tried again.
    Code,
    /// The same public items in another order; the frames are tried in [`super::frames`].
    Api,
    /// The same code, with a warning that has these words: something was missing and has been guessed.
    Guess(&'static str),
}

const fn layout(name: &'static str, make: fn(Value) -> Files, gives: Gives) -> Layout {
    Layout { name, make, gives }
}

/// All layouts.
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
    ),
    layout(
        "channel_per_page",
        |spec| yaml_file(&messages::per_page(spec)),
        Gives::Api,
    ),
    layout(
        "message_traits",
        |spec| yaml_file(&messages::traits(spec)),
        Gives::Code,
    ),
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
    ),
    layout(
        "schemars_embedded",
        |spec| yaml_file(&schemas::with_embedded_defs(spec)),
        Gives::Code,
    ),
    layout(
        "utoipa",
        |spec| yaml_file(&schemas::utoipa(spec)),
        Gives::Code,
    ),
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
    layout("split_files", text::split, Gives::Code),
    layout("file_per_schema", text::file_per_schema, Gives::Code),
    layout(
        "no_descriptions",
        |spec| yaml_file(&schemas::no_descriptions(spec)),
        Gives::Guess("description"),
    ),
    layout(
        "no_formats",
        |spec| yaml_file(&schemas::no_formats(spec)),
        Gives::Guess("format"),
    ),
    // Several at once.
    layout(
        "v2_6_utoipa_per_variant",
        |spec| {
            json_file(&messages::v2_6(schemas::utoipa(messages::per_variant(
                spec,
            ))))
        },
        Gives::Code,
    ),
    layout(
        "v2_6_traits_per_variant",
        |spec| yaml_file(&messages::v2_6(messages::traits_per_variant(spec))),
        Gives::Code,
    ),
    layout(
        "schemars_per_page",
        |spec| yaml_file(&messages::per_page(schemas::schemars_1(spec))),
        Gives::Api,
    ),
    layout(
        "split_null_list_underscore",
        |spec| {
            text::split(named(schemas::null_in_type_list(spec), |union, tag| {
                format!("{union}_{tag}")
            }))
        },
        Gives::Code,
    ),
];

fn named(spec: Value, names: fn(&str, &str) -> String) -> Value {
    schemas::branches_as_components(spec, names)
}

fn capital(tag: &str) -> String {
    let (first, rest) = tag.split_at(1);
    first.to_uppercase() + rest
}
