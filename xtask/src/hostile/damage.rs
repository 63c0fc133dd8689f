//! What can be done to a specification.

use arbitrary::Arbitrary;
use serde_yaml::{Mapping, Value};

/// A tree that has grown beyond this is left as it is: size alone finds nothing.
const LARGEST: usize = 20_000;

/// A change at a node, counted in order from the root.
#[derive(Arbitrary, Debug)]
pub(crate) enum Damage {
    Replace(u16, Scalar),
    Delete(u16),
    /// The second becomes like the first.
    Copy(u16, u16),
    Swap(u16, u16),
    /// The second comes into the first, once more.
    Insert(u16, u16, Word),
    /// A member gets another name.
    Rename(u16, Word),
}

#[derive(Arbitrary, Debug)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(Word),
    /// To a schema of the specification.
    Reference(u8),
    List,
    Object,
}

/// Names that mean something in a schema or in Rust, and others.
#[derive(Arbitrary, Debug)]
pub(crate) enum Word {
    Known(u8),
    Other(String),
}

impl Damage {
    pub(crate) fn apply(&self, root: &mut Value) {
        let size = size(root);
        if size > LARGEST {
            return;
        }
        let at = |index: u16| usize::from(index) % size;
        match self {
            Self::Replace(index, scalar) => {
                let value = scalar.value(root);
                *node(root, at(*index)) = value;
            }
            Self::Delete(index) => delete(node(root, at(*index)), *index),
            Self::Copy(from, to) => {
                let copy = node(root, at(*from)).clone();
                *node(root, at(*to)) = copy;
            }
            Self::Swap(one, other) => {
                let copy = node(root, at(*one)).clone();
                let other = std::mem::replace(node(root, at(*other)), copy);
                let place = at(*one) % self::size(root);
                *node(root, place) = other;
            }
            Self::Insert(into, what, name) => {
                let copy = node(root, at(*what)).clone();
                insert(node(root, at(*into)), name.text(), copy);
            }
            Self::Rename(index, name) => rename(node(root, at(*index)), *index, name.text()),
        }
    }
}

impl Scalar {
    fn value(&self, root: &Value) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => (*flag).into(),
            Self::Integer(number) => (*number).into(),
            Self::Float(number) => (*number).into(),
            Self::Text(word) => word.text().into(),
            Self::Reference(index) => reference(root, *index),
            Self::List => Value::Sequence(Vec::new()),
            Self::Object => Value::Mapping(Mapping::new()),
        }
    }
}

fn reference(root: &Value, index: u8) -> Value {
    let schemas = root.get("components").and_then(|node| node.get("schemas"));
    let names: Vec<&str> = schemas
        .and_then(Value::as_mapping)
        .into_iter()
        .flat_map(Mapping::keys)
        .filter_map(Value::as_str)
        .collect();
    let name = names
        .get(usize::from(index) % names.len().max(1))
        .copied()
        .unwrap_or_default();
    let target = format!("#/components/schemas/{name}");
    Value::Mapping(Mapping::from_iter([("$ref".into(), target.into())]))
}

impl Word {
    fn text(&self) -> String {
        match self {
            Self::Known(index) => KNOWN[usize::from(*index) % KNOWN.len()].to_owned(),
            Self::Other(text) => text.clone(),
        }
    }
}

const KNOWN: [&str; 62] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "array",
    "boolean",
    "const",
    "default",
    "description",
    "double",
    "enum",
    "examples",
    "exclusiveMinimum",
    "float",
    "format",
    "int32",
    "int64",
    "integer",
    "items",
    "maximum",
    "maxLength",
    "message",
    "messages",
    "minimum",
    "name",
    "not",
    "null",
    "nullable",
    "number",
    "object",
    "oneOf",
    "patternProperties",
    "payload",
    "prefixItems",
    "properties",
    "publish",
    "required",
    "schemaFormat",
    "string",
    "subscribe",
    "title",
    "type",
    "uint64",
    "uint8",
    "unevaluatedProperties",
    "ClientMessage",
    "ServerMessage",
    "SubscriptionKind",
    "Subscribe",
    "Error",
    "Pong",
    "Unrecognized",
    "Self",
    "self",
    "type_",
    "String",
    "Vec",
    "Option",
    "crate",
    "_",
    "",
    "1",
];

fn delete(value: &mut Value, index: u16) {
    let index = usize::from(index);
    match value {
        Value::Mapping(map) if !map.is_empty() => {
            let key = map
                .keys()
                .nth(index % map.len())
                .cloned()
                .unwrap_or_default();
            map.shift_remove(&key);
        }
        Value::Sequence(list) if !list.is_empty() => drop(list.remove(index % list.len())),
        other => *other = Value::Null,
    }
}

fn insert(value: &mut Value, name: String, copy: Value) {
    match value {
        Value::Mapping(map) => drop(map.insert(name.into(), copy)),
        Value::Sequence(list) => list.push(copy),
        other => *other = copy,
    }
}

fn rename(value: &mut Value, index: u16, name: String) {
    if let Value::Mapping(map) = value {
        let renamed = usize::from(index) % map.len().max(1);
        let members = std::mem::take(map).into_iter().enumerate();
        let name = Value::from(name);
        *map = members
            .map(|(at, (key, value))| (if at == renamed { name.clone() } else { key }, value))
            .collect();
    }
}

/// How many nodes there are, the value itself included.
pub(crate) fn size(value: &Value) -> usize {
    let members = value.as_mapping().into_iter().flat_map(Mapping::values);
    let children = members.chain(value.as_sequence().into_iter().flatten());
    1 + children.map(size).sum::<usize>()
}

/// The node of that number, counted in order; the root when there are not so many.
pub(crate) fn node(root: &mut Value, index: usize) -> &mut Value {
    let mut index = index % size(root);
    let mut value = root;
    while index > 0 {
        index -= 1;
        let children: Vec<&mut Value> = match value {
            Value::Mapping(map) => map.values_mut().collect(),
            Value::Sequence(list) => list.iter_mut().collect(),
            _ => Vec::new(),
        };
        let mut before = index;
        let chosen = children.into_iter().find(|child| {
            let inside = size(child);
            let is_it = before < inside;
            if !is_it {
                before -= inside;
            }
            is_it
        });
        value = chosen.expect("the node is one of so many");
        index = before;
    }
    value
}
