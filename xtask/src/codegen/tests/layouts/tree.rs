//! What the layouts share: taking a document apart and writing it down.

use std::fs;

use serde_yaml::{Mapping, Value};

use crate::codegen::{Job, yaml};

/// Names and texts of a document's files; the first one is the document itself.
pub(super) type Files = Vec<(String, String)>;

/// The two unions at the top, and the operation that each belongs to.
pub(super) const MESSAGES: [(&str, &str); 2] = [
    ("ClientMessage", "receiveClientMessage"),
    ("ServerMessage", "sendServerMessage"),
];

/// Our own specification, shortened to keep all layouts small: no examples, no descriptions of fields, a sentence for
/// whatever else is described.
pub(super) fn own() -> Value {
    let text = fs::read_to_string(Job::new(None, None, None).spec).unwrap();
    let mut spec = yaml::parse(&text).unwrap();
    strip(&mut spec, &["examples"]);
    shorten(&mut spec);
    each_schema(&mut spec, |schema| {
        if let Some(Value::Mapping(fields)) = schema.get_mut("properties") {
            let described = fields.values_mut().filter_map(Value::as_mapping_mut);
            described.for_each(|field| drop(field.shift_remove("description")));
        }
    });
    spec
}

/// Leaves the first sentence of every description.
fn shorten(value: &mut Value) {
    match value {
        Value::Mapping(map) => {
            if let Some(Value::String(text)) = map.get_mut("description") {
                let end = text.find(". ").into_iter().chain(text.find(".\n")).min();
                text.truncate(end.map_or(text.len(), |end| end + 1));
            }
            map.values_mut().for_each(shorten);
        }
        Value::Sequence(items) => items.iter_mut().for_each(shorten),
        _ => {}
    }
}

/// A piece of a document, from YAML.
pub(super) fn piece(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// A reference to a place, in this file unless it names another.
pub(super) fn reference(place: &str) -> Value {
    map([("$ref", place.into())])
}

pub(super) fn map<K: Into<Value>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
    let entries = entries.into_iter().map(|(key, value)| (key.into(), value));
    Value::Mapping(entries.collect())
}

/// The members of an object.
pub(super) fn members(value: &mut Value) -> &mut Mapping {
    value.as_mapping_mut().expect("an object")
}

pub(super) fn list(value: &Value) -> Vec<Value> {
    value.as_sequence().cloned().unwrap_or_default()
}

pub(super) fn key(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

pub(super) fn take(value: &mut Value, key: &str) -> Option<Value> {
    members(value).shift_remove(key)
}

/// Sets a member if there is something to set.
pub(super) fn set(map: &mut Mapping, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        map.insert(key.into(), value);
    }
}

/// Removes members of these names, wherever they stand.
pub(super) fn strip(value: &mut Value, keys: &[&str]) {
    match value {
        Value::Mapping(map) => {
            for key in keys {
                map.shift_remove(*key);
            }
            map.values_mut().for_each(|value| strip(value, keys));
        }
        Value::Sequence(items) => items.iter_mut().for_each(|value| strip(value, keys)),
        _ => {}
    }
}

/// Writes every reference anew.
pub(super) fn retarget(value: &mut Value, target: &dyn Fn(&str) -> String) {
    match value {
        Value::Mapping(map) => {
            if let Some(Value::String(place)) = map.get_mut("$ref") {
                *place = target(place);
            }
            let rest = map.values_mut();
            rest.for_each(|value| retarget(value, target));
        }
        Value::Sequence(items) => items.iter_mut().for_each(|value| retarget(value, target)),
        _ => {}
    }
}

/// The component schemas of a document.
pub(super) fn schemas(spec: &mut Value) -> &mut Mapping {
    members(&mut spec["components"]["schemas"])
}

/// Edits all schemas among the components, the inner ones before those that hold them.
pub(super) fn each_schema(spec: &mut Value, mut edit: impl FnMut(&mut Mapping)) {
    for schema in schemas(spec).values_mut() {
        each_in(schema, &mut edit);
    }
}

/// Edits a schema and all that stand in it.
pub(super) fn each_in(schema: &mut Value, edit: &mut dyn FnMut(&mut Mapping)) {
    let Value::Mapping(map) = schema else { return };
    for (keyword, inner) in map.iter_mut() {
        match (keyword.as_str().unwrap_or_default(), inner) {
            ("oneOf" | "anyOf" | "allOf", Value::Sequence(branches)) => {
                for branch in branches {
                    each_in(branch, edit);
                }
            }
            ("properties", Value::Mapping(fields)) => {
                for field in fields.values_mut() {
                    each_in(field, edit);
                }
            }
            ("items" | "additionalProperties" | "propertyNames", inner) => each_in(inner, edit),
            _ => {}
        }
    }
    edit(map);
}

/// Whether a schema is one of the protocol's unions, rather than a type or null.
pub(super) fn is_union(schema: &Value) -> bool {
    let mut branches = list(&schema["oneOf"]).into_iter();
    branches.any(|branch| branch.get("title").is_some())
}

/// What a branch of a union is called on the wire.
pub(super) fn tag(branch: &Value) -> String {
    let fields = branch["properties"].as_mapping();
    let field = fields.and_then(|fields| fields.keys().next());
    let unit = branch.get("const").unwrap_or(&branch["enum"][0]);
    key(field.unwrap_or(unit))
}

/// A document in one YAML file.
pub(super) fn yaml_file(spec: &Value) -> Files {
    vec![(String::from(".yaml"), yaml_text(spec))]
}

/// A document in one JSON file.
pub(super) fn json_file(spec: &Value) -> Files {
    let text = serde_json::to_string_pretty(spec).unwrap();
    vec![(String::from(".json"), text + "\n")]
}

pub(super) fn yaml_text(value: &Value) -> String {
    serde_yaml::to_string(value).unwrap()
}
