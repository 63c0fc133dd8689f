//! What lies around a schema that has a form: references, descriptions, ways of saying that null is allowed.

use serde_yaml::Value;

use super::{branches, is_null, is_null_schema, type_names};
use crate::codegen::document::Node;
use crate::codegen::error::{CodegenError, Problem};

/// A schema without the wrappers that only describe it or make it nullable.
pub(crate) struct Peeled<'d> {
    /// A reference, or a schema that has a form.
    pub(crate) node: Node<'d>,
    pub(crate) nullable: bool,
    pub(crate) docs: Option<String>,
    pub(crate) default: Option<Node<'d>>,
}

/// Keywords that give a schema a form of its own.
pub(super) const STRUCTURE: &[&str] = &[
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
