//! Reads one JSON schema: takes its wrappers off and says which form it has.

use serde_yaml::Value;

use super::document::Node;
use super::error::{CodegenError, Problem};

mod forms;
mod same;
mod wrappers;

pub(crate) use forms::{Form, Others, form, known_type, others, unknown_width};
pub(crate) use same::same;
use wrappers::STRUCTURE;
pub(crate) use wrappers::{Peeled, peel, settle};

/// Keywords that say more than a Rust type can: they are not checked.
pub(crate) const UNCHECKED: &[&str] = &[
    "not",
    "if",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "unevaluatedProperties",
];

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
