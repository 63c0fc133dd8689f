//! How variants are told apart, and what is said where they are not.

use std::fmt::Write;

use super::super::marks::marks;
use super::{Telling, tell};
use crate::codegen::document::Document;
use crate::codegen::generate_from_text;
use crate::codegen::model::{Fixed, Marks};

/// Reads component schemas as the variants of a union.
fn told(schemas: &[&str]) -> (Telling, Vec<Vec<Marks>>) {
    let mut text = String::from("asyncapi: 3.0.0\ncomponents:\n  schemas:\n");
    for (index, schema) in schemas.iter().enumerate() {
        writeln!(text, "    S{index}: {schema}").unwrap();
    }
    let document = Document::parse("spec.yaml".to_owned(), &text).unwrap();
    let schemas = document.component_schemas();
    let variants = schemas.iter().map(|schema| marks(schema, &[], 0).unwrap());
    let mut variants: Vec<_> = variants.collect();
    (tell(&mut variants), variants)
}

/// The tag's path, and the pairs that are alike.
fn telling(schemas: &[&str]) -> (Option<String>, Vec<(usize, usize, bool)>) {
    let (telling, _) = told(schemas);
    (telling.tag.map(|path| path.join(".")), telling.alike)
}

fn tag(schemas: &[&str]) -> Option<String> {
    let (tag, alike) = telling(schemas);
    assert_eq!(alike, []);
    tag
}

/// The paths of the fixed values that are looked at, for each variant.
fn fixed(schemas: &[&str]) -> Vec<String> {
    let (_, variants) = told(schemas);
    let paths = |forms: &Vec<Marks>| {
        let marks = forms.iter().flat_map(|marks| &marks.fixed);
        marks
            .map(|mark| mark.path.join("."))
            .collect::<Vec<_>>()
            .join(" ")
    };
    variants.iter().map(paths).collect()
}

#[test]
fn a_value_that_differs_in_all_is_the_tag() {
    let number = [
        "{required: [op], properties: {op: {const: 1}}}",
        "{required: [op], properties: {op: {enum: [2, 3]}}}",
    ];
    assert_eq!(tag(&number).as_deref(), Some("op"));
    let flag = [
        "{properties: {ok: {const: true}}}",
        "{properties: {ok: {const: false}}}",
    ];
    assert_eq!(tag(&flag).as_deref(), Some("ok"));
    let nested = [
        "{properties: {a: {properties: {b: {const: x}}}}}",
        "{properties: {a: {properties: {b: {const: y}}}}}",
    ];
    assert_eq!(tag(&nested).as_deref(), Some("a.b"));
    let place = ["{prefixItems: [{const: x}]}", "{prefixItems: [{const: y}]}"];
    assert_eq!(tag(&place).as_deref(), Some("0"));
    let items = [
        "{type: array, items: {properties: {t: {const: x}}}}",
        "{type: array, items: {properties: {t: {const: y}}}}",
    ];
    assert_eq!(tag(&items).as_deref(), Some("0.t"));
}

#[test]
fn one_value_of_two_variants_is_no_tag() {
    let shared = [
        "{required: [t, a], properties: {t: {enum: [x, y]}, a: {}}}",
        "{required: [t], properties: {t: {enum: [y, z]}}}",
    ];
    assert_eq!(tag(&shared), None);
    let missing = [
        "{required: [t], properties: {t: {const: x}}}",
        "{required: [t], properties: {t: {const: y}}}",
        "{required: [a], properties: {a: {}}}",
    ];
    assert_eq!(tag(&missing), None);
    let one_form = [
        "{oneOf: [{required: [t], properties: {t: {const: x}}}, {required: [t], properties: {t: {const: y}}}]}",
        "{required: [t], properties: {t: {const: z}}}",
    ];
    assert_eq!(tag(&one_form).as_deref(), Some("t"));
}

#[test]
fn the_best_tag_is_short_then_always_there_then_of_one_value_then_early() {
    let both = |first: &str, second: &str| {
        let of = |value: &str| {
            let member = |schema: &str| schema.replace('V', value);
            format!(
                "{{required: [a, b, deep], properties: {{{}, {}}}}}",
                member(first),
                member(second)
            )
        };
        let (one, other) = (of("x"), of("y"));
        tag(&[&one, &other])
    };
    let deep = "deep: {type: object, required: [c], properties: {c: {const: V}}}";
    assert_eq!(both(deep, "loose: {const: V}").as_deref(), Some("loose"));
    assert_eq!(
        both("loose: {const: V}", "a: {const: V}").as_deref(),
        Some("a")
    );
    assert_eq!(
        both("b: {enum: [V, V2]}", "a: {const: V}").as_deref(),
        Some("a")
    );
    assert_eq!(both("b: {const: V}", "a: {const: V}").as_deref(), Some("b"));
}

#[test]
fn values_that_tell_no_pair_are_not_looked_at() {
    let of = |channel: &str, kind: &str| {
        format!(
            "{{required: [jsonrpc, channel, kind], properties: {{jsonrpc: {{const: '2.0'}}, channel: {{const: {channel}}}, kind: {{const: {kind}}}}}}}"
        )
    };
    let all = [of("a", "x"), of("a", "y"), of("b", "x")];
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(telling(&all), (None, vec![]));
    assert_eq!(fixed(&all), ["channel kind"; 3]);
    // With two of them one path is enough.
    assert_eq!(fixed(&all[..2]), ["kind", "kind"]);
}

#[test]
fn a_fixed_value_beside_a_free_one_is_looked_at_where_nothing_else_tells() {
    assert_eq!(
        fixed(&["{type: string}", "{type: string, const: x}"]),
        ["", ""]
    );
    let (_, variants) = told(&["{type: string}", "{type: string, const: x}"]);
    assert!(variants[0][0].fixed.is_empty());
    assert!(variants[1][0].fixed[0].values == [Fixed::Text("x".to_owned())]);
    let members = [
        "{required: [a], properties: {a: {type: string}}}",
        "{required: [a], properties: {a: {const: x}}}",
    ];
    assert_eq!(fixed(&members), ["", "a"]);
    assert_eq!(telling(&members), (None, vec![]));
    // What is required tells these, so that an unknown value is for the variant itself to judge.
    let more = [
        "{required: [a], properties: {a: {type: string}}}",
        "{required: [a, b], properties: {a: {const: x}, b: {}}}",
    ];
    assert_eq!(fixed(&more), ["", ""]);
}

#[test]
fn of_a_tagged_union_only_the_way_to_the_tag_is_asked_for() {
    let of = |value: &str| {
        format!(
            "{{required: [head, data], properties: {{head: {{required: [t], properties: {{t: {{const: {value}}}}}}}, data: {{}}}}}}"
        )
    };
    let (telling, variants) = told(&[&of("x"), &of("y")]);
    assert_eq!(telling.tag, Some(vec!["head".to_owned(), "t".to_owned()]));
    let names: Vec<_> = variants[0][0]
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    assert_eq!(names, ["head"]);
}

#[test]
fn kinds_and_required_members_tell() {
    assert_eq!(
        tag(&[
            "{type: string}",
            "{type: integer}",
            "{type: array}",
            "{type: object}"
        ]),
        None
    );
    assert_eq!(
        tag(&[
            "{required: [a], properties: {a: {}}}",
            "{required: [a, b], properties: {a: {}, b: {}}}"
        ]),
        None
    );
    assert_eq!(
        tag(&[
            "{required: [a], properties: {a: {type: string}}}",
            "{required: [a], properties: {a: {type: integer}}}"
        ]),
        None
    );
}

#[test]
fn what_is_alike_is_found_and_whether_optional_members_differ() {
    let same = "{required: [a], properties: {a: {type: string}}}";
    let more = "{required: [a], properties: {a: {type: string}, b: {}}}";
    assert_eq!(telling(&[same, same]), (None, vec![(0, 1, false)]));
    assert_eq!(telling(&[same, more]), (None, vec![(0, 1, true)]));
    assert_eq!(
        telling(&["{type: integer}", "{type: number}"]).1,
        [(0, 1, false)]
    );
    assert_eq!(
        telling(&[same, "{type: string}", more, same]).1,
        [(0, 2, true), (0, 3, false), (2, 3, true)]
    );
}

#[test]
fn what_is_alike_is_told_by_its_names() {
    let message = |name: &str, more: &str| {
        format!(
            "        - {{name: {name}, payload: {{type: object, required: [id, at], properties: {{id: {{type: string}}, at: {{type: string}}{more}}}}}}}\n"
        )
    };
    let text = format!(
        "asyncapi: 2.6.0\nchannels:\n  /:\n    subscribe:\n      message:\n        oneOf:\n{}{}{}",
        message("opened", ""),
        message("closed", ""),
        message("priced", ", price: {type: string}")
    );
    let warnings = generate_from_text(&text, "").unwrap().warnings;
    let about: Vec<_> = warnings
        .iter()
        .filter(|warning| warning.starts_with("variants"))
        .collect();
    assert_eq!(
        about,
        [
            "variants that nothing tells apart, so that the first that fits is taken: ServerMessage::Opened and Closed",
            "variants that optional members alone tell apart: ServerMessage::Opened and Priced, ServerMessage::Closed and Priced",
        ]
    );
}
