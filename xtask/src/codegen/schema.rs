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
    /// An array whose places have meanings.
    Tuple(Vec<Node<'d>>),
    Map {
        key: Option<Node<'d>>,
        value: Node<'d>,
    },
    Any,
}

/// Keywords that say more than a Rust type can: they are not checked.
pub(crate) const UNCHECKED: &[&str] = &[
    "not",
    "if",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "unevaluatedProperties",
];

/// Keywords that give a schema a form of its own.
const STRUCTURE: &[&str] = &[
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "items",
    "prefixItems",
    "oneOf",
    "anyOf",
    "enum",
    "const",
    "then",
    "else",
];

/// Whether the schema has a form beside what its `allOf` and its wrappers give it.
fn has_structure(node: &Node<'_>) -> bool {
    STRUCTURE.iter().any(|keyword| node.get(keyword).is_some())
}

/// Whether a part of an `allOf` only describes what the other parts are.
fn is_remark(node: &Node<'_>) -> bool {
    let bare = ["$ref", "allOf", "type"];
    node.value.is_mapping()
        && !has_structure(node)
        && bare.iter().all(|keyword| node.get(keyword).is_none())
}

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
        if seen.contains(&settled.node.pointer) {
            let problem = Problem::RefCycle(target.to_owned());
            return Err(settled.node.problem(problem));
        }
        seen.push(settled.node.pointer.clone());
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
        self.nullable |= ["oneOf", "anyOf"]
            .iter()
            .filter_map(|key| node.get(key))
            .any(|list| list.children().iter().any(is_null_schema));
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
    if let Some(all) = node.get("allOf").filter(|_| !has_structure(node)) {
        let parts = all.children();
        let mut real = parts.into_iter().filter(|part| !is_remark(part));
        if let (Some(part), None) = (real.next(), real.next()) {
            return Ok(Some((part, false)));
        }
    }
    let Some(branches) = branches(node)?.filter(|_| node.get("properties").is_none()) else {
        return Ok(None);
    };
    let (null, mut real): (Vec<_>, Vec<_>) = branches.into_iter().partition(is_null_schema);
    Ok((real.len() == 1 && !null.is_empty()).then(|| (real.remove(0), true)))
}

/// The schema itself and all that its `allOf` adds, in order.
pub(crate) fn conjuncts<'d>(node: &Node<'d>) -> Result<Vec<Node<'d>>, CodegenError> {
    let mut found = Vec::new();
    gather(node, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn gather<'d>(
    node: &Node<'d>,
    above: &mut Vec<String>,
    found: &mut Vec<Node<'d>>,
) -> Result<(), CodegenError> {
    if above.contains(&node.pointer) {
        return Err(node.problem(Problem::RefCycle(node.place())));
    }
    above.push(node.pointer.clone());
    found.push(node.clone());
    for part in node.get("allOf").iter().flat_map(Node::children) {
        gather(&settle(&part)?.node, above, found)?;
    }
    above.pop();
    Ok(())
}

/// A choice, and the fields that all its branches share.
pub(crate) struct Choice<'d> {
    pub(crate) branches: Vec<Node<'d>>,
    pub(crate) base: Vec<Node<'d>>,
}

/// The choice that a schema offers, if any of its parts does. Branches that only demand what is declared elsewhere are
/// no choice of types.
pub(crate) fn choice<'d>(node: &Node<'d>) -> Result<Option<Choice<'d>>, CodegenError> {
    if !node.value.is_mapping() {
        return Ok(None);
    }
    let parts = conjuncts(node)?;
    for part in &parts {
        let Some(found) = branches(part)? else {
            continue;
        };
        let real: Vec<_> = found
            .into_iter()
            .filter(|branch| !is_null_schema(branch) && branch.value != &Value::Bool(false))
            .collect();
        if real.iter().all(is_demand) {
            continue;
        }
        let is_base = parts.iter().any(|part| part.get("properties").is_some());
        let demands = |part: &&Node<'_>| is_base && part.get("required").is_some();
        let base = parts
            .iter()
            .filter(|part| part.get("properties").is_some() || demands(part))
            .cloned()
            .collect();
        return Ok(Some(Choice {
            branches: real,
            base,
        }));
    }
    Ok(None)
}

/// Whether a branch names no type: `required: [a]`, or nothing at all.
fn is_demand(node: &Node<'_>) -> bool {
    let form = STRUCTURE.iter().filter(|keyword| **keyword != "required");
    node.value.is_mapping()
        && form.clone().all(|keyword| node.get(keyword).is_none())
        && ["$ref", "allOf", "type"]
            .iter()
            .all(|keyword| node.get(keyword).is_none())
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

/// Whether two schemas say the same but for their descriptions, references followed.
pub(crate) fn same<'d>(a: &Node<'d>, b: &Node<'d>) -> Result<bool, CodegenError> {
    let mut seen = Vec::new();
    let mut open = vec![(a.clone(), b.clone())];
    while let Some((a, b)) = open.pop() {
        let (a, b) = (a.resolve()?, b.resolve()?);
        let pair = (a.pointer.clone(), b.pointer.clone());
        if pair.0 == pair.1 || seen.contains(&pair) {
            continue;
        }
        seen.push(pair);
        match (a.value, b.value) {
            (Value::Mapping(_), Value::Mapping(_)) | (Value::Sequence(_), Value::Sequence(_)) => {}
            (one, other) if one == other => continue,
            _ => return Ok(false),
        }
        let (ours, theirs) = (said(&a), said(&b));
        if ours.len() != theirs.len() {
            return Ok(false);
        }
        for (one, other) in ours.into_iter().zip(theirs) {
            if one.last_segment() != other.last_segment() {
                return Ok(false);
            }
            open.push((one, other));
        }
    }
    Ok(true)
}

/// What a node holds beside words for its reader and parts that are only referred to. A property may be called like one
/// of those: its value is an object then.
fn said<'d>(node: &Node<'d>) -> Vec<Node<'d>> {
    let silent = |member: &Node<'_>| match member.last_segment().as_str() {
        "description" | "title" => member.value.is_string(),
        "examples" => member.value.is_sequence(),
        "example" => !member.value.is_mapping(),
        "$defs" | "definitions" => true,
        _ => false,
    };
    let mut members = node.children();
    if node.value.is_mapping() {
        members.retain(|member| !silent(member));
    }
    members
}

/// The strings a schema lists, in order and once each.
pub(crate) fn words<'d>(node: &Node<'d>) -> Result<Vec<&'d str>, CodegenError> {
    let mut words = Vec::new();
    for part in conjuncts(node)? {
        let listed = match (part.get("enum"), part.get("const")) {
            (Some(list), _) => list.children(),
            (None, constant) => constant.into_iter().collect(),
        };
        for word in listed.iter().filter_map(|value| value.value.as_str()) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        if !words.is_empty() {
            break;
        }
    }
    Ok(words)
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

/// The names under `type`, without null.
pub(crate) fn real_types<'d>(node: &Node<'d>) -> Vec<&'d str> {
    let mut names = type_names(node);
    names.retain(|name| *name != "null");
    names
}

fn is_null(node: &Node<'_>) -> bool {
    node.value.is_null()
}
