//! Which form a schema has: the kind of Rust type that stands for it.

use serde_yaml::Value;

use super::{choice, conjuncts, is_null, real_types};
use crate::codegen::document::Node;
use crate::codegen::error::{CodegenError, Problem};
use crate::codegen::model::Integer;

/// What a schema describes.
pub(crate) enum Form<'d> {
    Record,
    Union,
    Words,
    Integer(Integer),
    Number,
    Bool,
    String,
    List(Option<Node<'d>>),
    /// An array whose places have meanings.
    Tuple(Vec<Node<'d>>),
    Map {
        key: Option<Node<'d>>,
        value: Node<'d>,
    },
    Any,
}

/// The form of a schema that [`peel`] returned.
pub(crate) fn form<'d>(node: &Node<'d>) -> Result<Form<'d>, CodegenError> {
    match node.value {
        Value::Bool(_) => return Ok(Form::Any),
        Value::Mapping(_) => {}
        _ => return Err(node.expected("a schema")),
    }
    if choice(node)?.is_some() {
        return Ok(Form::Union);
    }
    let parts = conjuncts(node)?;
    for part in &parts {
        if let Some(list) = part.get("enum").or_else(|| part.get("const"))
            && let Some(form) = listed(part, &list)?
        {
            return Ok(form);
        }
    }
    let typed = parts.iter().find(|part| !real_types(part).is_empty());
    match typed.map(|part| (part, real_types(part))) {
        Some((part, names)) => match names.as_slice() {
            [name] => Ok(of_type(name, part, &parts)),
            _ => Ok(Form::Any),
        },
        None => Ok(untyped(&parts)),
    }
}

/// The form of an enum or a constant; `None` leaves it to the schema's type.
fn listed<'d>(node: &Node<'d>, list: &Node<'d>) -> Result<Option<Form<'d>>, CodegenError> {
    let values = match list.value {
        Value::Sequence(_) if node.get("enum").is_some() => list.children(),
        _ => vec![list.clone()],
    };
    let real: Vec<_> = values.iter().filter(|value| !is_null(value)).collect();
    let all = |test: fn(&Value) -> bool| real.iter().all(|value| test(value.value));
    Ok(match real.len() {
        0 if node.get("enum").is_some() => return Err(list.problem(Problem::EmptyEnum)),
        0 => None,
        _ if all(Value::is_string) => Some(Form::Words),
        _ if all(|value| value.is_i64() || value.is_u64()) => Some(Form::Integer(width(node))),
        _ if all(Value::is_number) => Some(Form::Number),
        _ if all(Value::is_bool) => Some(Form::Bool),
        _ => Some(Form::Any),
    })
}

/// Names of types that are no JSON Schema and yet mean one thing only.
const SYNONYMS: &[(&str, &str)] = &[
    ("int", "integer"),
    ("int32", "integer"),
    ("int64", "integer"),
    ("long", "integer"),
    ("float", "number"),
    ("double", "number"),
    ("bool", "boolean"),
    ("list", "array"),
    ("map", "object"),
];

/// What a type's name means in JSON Schema, or nothing.
pub(crate) fn known_type(name: &str) -> Option<&str> {
    let known = [
        "string", "boolean", "number", "integer", "array", "object", "null",
    ];
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == name);
    synonym
        .map(|(_, known)| *known)
        .or_else(|| known.into_iter().find(|known| *known == name))
}

fn of_type<'d>(name: &str, node: &Node<'d>, parts: &[Node<'d>]) -> Form<'d> {
    match known_type(name) {
        Some("string") => Form::String,
        Some("boolean") => Form::Bool,
        Some("number") => Form::Number,
        Some("integer") => match unknown_width(node) {
            Some(format) if format.contains("128") || format.contains("256") => Form::Any,
            _ => Form::Integer(width(node)),
        },
        Some("array") => array(parts),
        Some("object") => object(parts),
        _ => Form::Any,
    }
}

fn untyped<'d>(parts: &[Node<'d>]) -> Form<'d> {
    let array_like = ["items", "prefixItems"];
    let array_like = |part: &Node<'d>| array_like.iter().any(|key| part.get(key).is_some());
    if parts.iter().any(array_like) {
        array(parts)
    } else {
        object(parts)
    }
}

fn array<'d>(parts: &[Node<'d>]) -> Form<'d> {
    let find = |key: &str| parts.iter().find_map(|part| part.get(key));
    if let Some(places) = find("prefixItems").filter(|places| places.value.is_sequence()) {
        return Form::Tuple(places.children());
    }
    match find("items") {
        Some(items) if items.value.is_sequence() => Form::Tuple(items.children()),
        items => Form::List(items.filter(|items| items.value != &Value::Bool(false))),
    }
}

fn object<'d>(parts: &[Node<'d>]) -> Form<'d> {
    let find = |key: &str| parts.iter().find_map(|part| part.get(key));
    let declared = |part: &Node<'d>| {
        let groups = ["properties", "then", "else"]
            .iter()
            .filter_map(|key| part.get(key));
        groups.into_iter().any(|group| !group.children().is_empty())
    };
    if parts.iter().any(declared) {
        return Form::Record;
    }
    match others(parts) {
        Some(Others::Of(value)) => Form::Map {
            key: find("propertyNames"),
            value,
        },
        _ => Form::Any,
    }
}

/// What an object's members may be that it does not declare.
pub(crate) enum Others<'d> {
    Any,
    Of(Node<'d>),
}

/// The members that the schema allows in words of its own; nothing where it is silent.
pub(crate) fn others<'d>(parts: &[Node<'d>]) -> Option<Others<'d>> {
    let find = |key: &str| parts.iter().find_map(|part| part.get(key));
    let patterns = find("patternProperties").map(|map| map.children());
    match (
        find("additionalProperties"),
        patterns.unwrap_or_default().as_slice(),
    ) {
        (Some(schema), []) if schema.value.is_mapping() => Some(Others::Of(schema)),
        (Some(schema), _) if schema.value.is_mapping() => Some(Others::Any),
        (_, [pattern]) => Some(Others::Of(pattern.clone())),
        (_, [_, _, ..]) => Some(Others::Any),
        (Some(flag), []) if flag.value == &Value::Bool(true) => Some(Others::Any),
        _ => None,
    }
}

/// The width of an integer that says it, or 64 bits.
fn width(node: &Node<'_>) -> Integer {
    let bound = |key: &str| node.get(key).map(|bound| bound.value.clone());
    let unsigned = ["minimum", "exclusiveMinimum"]
        .iter()
        .any(|key| bound(key).is_some_and(|least| least.as_f64() >= Some(0.0)));
    let large = bound("maximum").is_some_and(|maximum| maximum.is_u64() && !maximum.is_i64());
    // OpenAPI has no unsigned formats: its tools write a signed one and a minimum.
    match node.text("format") {
        Some("int32" | "int16" | "int8") if !unsigned => Integer::I32,
        Some("int32" | "int16" | "int8" | "uint32" | "uint16" | "uint8") => Integer::U32,
        Some("uint64" | "uint") => Integer::U64,
        _ if unsigned || large => Integer::U64,
        _ => Integer::I64,
    }
}

/// The format of an integer, if it is none that says a width.
pub(crate) fn unknown_width<'d>(node: &Node<'d>) -> Option<&'d str> {
    let known = [
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "uint",
    ];
    node.text("format").filter(|format| !known.contains(format))
}
