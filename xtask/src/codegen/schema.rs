//! Reads one JSON schema: takes its wrappers off and says which form it has.

use serde_yaml::Value;

use super::document::Node;
use super::error::{CodegenError, Problem};
use super::model::Integer;

/// A schema without the wrappers that only describe it or make it nullable.
pub(crate) struct Peeled<'d> {
    /// A reference, or a schema that has a form.
    pub(crate) node: Node<'d>,
    pub(crate) nullable: bool,
    pub(crate) docs: Option<String>,
    pub(crate) default: Option<Node<'d>>,
}

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
    Map {
        key: Option<Node<'d>>,
        value: Node<'d>,
    },
    Any,
}

/// Keywords that no Rust type can stand for.
const UNSUPPORTED: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependencies",
    "prefixItems",
];

/// Takes off `allOf` of one, nullable unions and `nullable: true`, collecting what they say.
pub(crate) fn peel<'d>(node: &Node<'d>) -> Result<Peeled<'d>, CodegenError> {
    let mut peeled = Peeled {
        node: node.clone(),
        nullable: false,
        docs: None,
        default: None,
    };
    loop {
        peeled.take_notes();
        if peeled.node.reference().is_some() {
            return Ok(peeled);
        }
        match inner(&peeled.node)? {
            Some((node, nullable)) => {
                peeled.nullable |= nullable;
                peeled.node = node;
            }
            None => return Ok(peeled),
        }
    }
}

/// [`peel`] and every reference it meets, down to a schema that has a form.
pub(crate) fn settle<'d>(node: &Node<'d>) -> Result<Peeled<'d>, CodegenError> {
    let mut settled = peel(node)?;
    let mut seen = Vec::new();
    while let Some(target) = settled.node.reference() {
        if seen.contains(&target) {
            let problem = Problem::RefCycle(target.to_owned());
            return Err(settled.node.problem(problem));
        }
        seen.push(target);
        let inner = peel(&settled.node.resolve()?)?;
        settled = Peeled {
            node: inner.node,
            nullable: settled.nullable || inner.nullable,
            docs: settled.docs.or(inner.docs),
            default: settled.default.or(inner.default),
        };
    }
    Ok(settled)
}

impl Peeled<'_> {
    fn take_notes(&mut self) {
        let node = &self.node;
        self.nullable |= node
            .get("nullable")
            .is_some_and(|flag| flag.value == &Value::Bool(true));
        self.nullable |= type_names(node).contains(&"null");
        self.nullable |= node
            .get("enum")
            .is_some_and(|list| list.children().iter().any(is_null));
        if self.docs.is_none() {
            self.docs = node.text("description").map(str::to_owned);
        }
        if self.default.is_none() {
            self.default = node.get("default");
        }
    }
}

/// The schema inside a wrapper, and whether the wrapper allows null.
fn inner<'d>(node: &Node<'d>) -> Result<Option<(Node<'d>, bool)>, CodegenError> {
    if let Some(all) = node.get("allOf") {
        let mut parts = all.children();
        if parts.len() == 1 && node.get("properties").is_none() {
            return Ok(Some((parts.remove(0), false)));
        }
    }
    let Some(branches) = branches(node)? else {
        return Ok(None);
    };
    let (null, mut real): (Vec<_>, Vec<_>) = branches.into_iter().partition(is_null_schema);
    Ok((real.len() == 1 && !null.is_empty()).then(|| (real.remove(0), true)))
}

/// The branches of `oneOf` or `anyOf`.
pub(crate) fn branches<'d>(node: &Node<'d>) -> Result<Option<Vec<Node<'d>>>, CodegenError> {
    let Some(list) = node.get("oneOf").or_else(|| node.get("anyOf")) else {
        return Ok(None);
    };
    match list.value {
        Value::Sequence(items) if !items.is_empty() => Ok(Some(list.children())),
        _ => Err(list.expected("a list of schemas")),
    }
}

/// Whether a branch does nothing but allow null.
pub(crate) fn is_null_schema(node: &Node<'_>) -> bool {
    type_names(node) == ["null"]
}

/// The form of a schema that [`peel`] returned.
pub(crate) fn form<'d>(node: &Node<'d>) -> Result<Form<'d>, CodegenError> {
    match node.value {
        Value::Bool(true) => return Ok(Form::Any),
        Value::Bool(false) => return Err(node.problem(Problem::Unsupported("false"))),
        Value::Mapping(_) => {}
        _ => return Err(node.expected("a schema")),
    }
    if let Some(keyword) = UNSUPPORTED
        .iter()
        .find(|keyword| node.get(keyword).is_some())
    {
        let place = node.get(keyword).unwrap_or_else(|| node.clone());
        return Err(place.problem(Problem::Unsupported(keyword)));
    }
    if branches(node)?.is_some() {
        return Ok(Form::Union);
    }
    if has_words(node)? {
        return Ok(Form::Words);
    }
    typed(node)
}

fn typed<'d>(node: &Node<'d>) -> Result<Form<'d>, CodegenError> {
    let names = type_names(node);
    let mut real = names.iter().filter(|name| **name != "null");
    match (real.next().copied(), real.next()) {
        (Some(_), Some(_)) => Ok(Form::Any),
        (Some("string"), None) => Ok(Form::String),
        (Some("boolean"), None) => Ok(Form::Bool),
        (Some("number"), None) => Ok(Form::Number),
        (Some("integer"), None) => integer(node).map(Form::Integer),
        (Some("array"), None) => Ok(Form::List(node.get("items"))),
        (Some("object"), None) => Ok(object(node)),
        (Some(_), None) => {
            let place = node.get("type").unwrap_or_else(|| node.clone());
            Err(place.problem(Problem::Unsupported("type")))
        }
        (None, _) if node.get("items").is_some() => Ok(Form::List(node.get("items"))),
        (None, _) => Ok(object(node)),
    }
}

fn object<'d>(node: &Node<'d>) -> Form<'d> {
    let has_fields = node
        .get("properties")
        .is_some_and(|fields| !fields.children().is_empty());
    if has_fields || node.get("allOf").is_some() {
        return Form::Record;
    }
    let pattern = node
        .get("patternProperties")
        .and_then(|map| map.children().into_iter().next());
    let values = node
        .get("additionalProperties")
        .filter(|schema| schema.value.is_mapping());
    match values.or(pattern) {
        Some(value) => Form::Map {
            key: node.get("propertyNames"),
            value,
        },
        None => Form::Any,
    }
}

fn integer(node: &Node<'_>) -> Result<Integer, CodegenError> {
    let unsigned = node
        .get("minimum")
        .is_some_and(|minimum| minimum.value.as_u64().is_some());
    match node.text("format") {
        None if unsigned => Ok(Integer::U64),
        None | Some("int64") => Ok(Integer::I64),
        Some("int32" | "int16" | "int8") => Ok(Integer::I32),
        Some("uint32" | "uint16" | "uint8") => Ok(Integer::U32),
        Some("uint64" | "uint") => Ok(Integer::U64),
        Some(other) => {
            let place = node.get("format").unwrap_or_else(|| node.clone());
            Err(place.problem(Problem::IntegerFormat(other.to_owned())))
        }
    }
}

/// Whether the schema lists strings; an enum of anything else is judged by its type, one of both is refused.
fn has_words(node: &Node<'_>) -> Result<bool, CodegenError> {
    let Some(list) = node.get("enum").or_else(|| node.get("const")) else {
        return Ok(false);
    };
    let values = match list.value {
        Value::Sequence(_) => list.children(),
        _ => vec![list.clone()],
    };
    let real: Vec<_> = values.iter().filter(|value| !is_null(value)).collect();
    let strings = real.iter().filter(|value| value.value.is_string()).count();
    match (strings, real.len()) {
        (_, 0) => Err(list.problem(Problem::EmptyEnum)),
        (0, _) => Ok(false),
        (strings, all) if strings == all => Ok(true),
        _ => Err(list.problem(Problem::MixedEnum)),
    }
}

/// The strings a schema lists, in order.
pub(crate) fn words<'d>(node: &Node<'d>) -> Vec<&'d str> {
    match (node.get("enum"), node.get("const")) {
        (Some(list), _) => list
            .children()
            .iter()
            .filter_map(|item| item.value.as_str())
            .collect(),
        (None, Some(constant)) => constant.value.as_str().into_iter().collect(),
        (None, None) => Vec::new(),
    }
}

fn type_names<'d>(node: &Node<'d>) -> Vec<&'d str> {
    match node.get("type") {
        Some(list) if list.value.is_sequence() => list
            .children()
            .iter()
            .filter_map(|item| item.value.as_str())
            .collect(),
        Some(name) => name.value.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}

fn is_null(node: &Node<'_>) -> bool {
    node.value.is_null()
}
