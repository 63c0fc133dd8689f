//! One message of a document, with what its traits add.

use super::{Document, Node};
use crate::codegen::error::{CodegenError, Problem};

/// Media types of schemas that are JSON schemas in all that matters here, by how they begin.
const JSON_SCHEMA: &[&str] = &[
    "application/vnd.aai.asyncapi",
    "application/schema+json",
    "application/schema+yaml",
    "application/vnd.oai.openapi",
    "application/json",
    "application/yaml",
];

/// A message, resolved, with what its traits add.
pub(crate) struct Message<'d> {
    name: String,
    node: Node<'d>,
    /// The message and its traits: of those that have a member, the first decides.
    layers: Vec<Node<'d>>,
}

impl<'d> Message<'d> {
    /// `node` is no reference; `otherwise` names a message that has neither a key nor says its name.
    pub(super) fn new(
        document: &Document,
        node: Node<'d>,
        key: Option<String>,
        otherwise: &str,
    ) -> Result<Self, CodegenError> {
        let layers = layers(&node, document.is_3())?;
        let mut message = Self {
            name: String::new(),
            node,
            layers,
        };
        let said = || {
            ["name", "messageId", "title"]
                .iter()
                .find_map(|member| message.text(member))
        };
        message.name = key.unwrap_or_else(|| said().unwrap_or(otherwise).to_owned());
        Ok(message)
    }

    /// What to call it: its key among the components or in its channel; failing those what it says itself, its
    /// operation's id, or its channel and direction.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The message object's own place.
    pub(crate) fn node(&self) -> &Node<'d> {
        &self.node
    }

    /// The description, or the summary.
    pub(crate) fn docs(&self) -> Option<&'d str> {
        self.text("description").or_else(|| self.text("summary"))
    }

    /// The payload's schema, if it has a payload, unless it is written in another language than JSON schema.
    pub(crate) fn payload(&self) -> Result<Option<Node<'d>>, CodegenError> {
        let payload = self.node.given("payload");
        // 3.x: a schema may stand beside its format, here or where it is kept.
        let resolved = payload.as_ref().and_then(|payload| payload.resolve().ok());
        let formatted = resolved.and_then(|node| Some((node.get("schemaFormat")?, node)));
        if let Some((format, node)) = formatted
            && let Some(schema) = node.get("schema")
        {
            check_format(&format)?;
            return Ok(Some(schema));
        }
        if let (Some(_), Some(format)) = (&payload, self.member("schemaFormat")) {
            check_format(&format)?;
        }
        Ok(payload)
    }

    /// The payloads among the examples. An example with none of the members that examples have is a payload itself.
    pub(crate) fn examples(&self) -> Vec<Node<'d>> {
        let examples = self.member("examples");
        let examples = examples.iter().flat_map(Node::children);
        examples
            .filter_map(|example| {
                let example = example.resolve().unwrap_or(example);
                let has = |member: &&str| example.get(member).is_some();
                let wraps = ["payload", "headers", "name", "summary"].iter().any(has);
                if wraps {
                    example.get("payload")
                } else {
                    Some(example)
                }
            })
            .collect()
    }

    /// Whether it goes by that name, here or in a trait.
    pub(super) fn goes_by(&self, name: &str) -> bool {
        let said = |layer: &Node<'_>| layer.text("name") == Some(name);
        self.node.last_segment() == name || self.layers.iter().any(said)
    }

    /// A member as it is once the traits are merged in; `null` in a patch removes what it meets.
    fn member(&self, key: &str) -> Option<Node<'d>> {
        let first = self.layers.iter().find_map(|layer| layer.get(key))?;
        (!first.value.is_null()).then_some(first)
    }

    /// A member that says something.
    fn text(&self, key: &str) -> Option<&'d str> {
        let text = self.member(key)?.value.as_str()?;
        (!text.trim().is_empty()).then_some(text)
    }
}

/// The message and its traits, the most decisive first. In both versions a later trait overrides an earlier one, but in
/// 2.x the traits override the message too, and in 3.x the message overrides them.
fn layers<'d>(node: &Node<'d>, own_first: bool) -> Result<Vec<Node<'d>>, CodegenError> {
    let traits = node.get("traits");
    let traits = traits.iter().flat_map(Node::children).rev();
    let mut layers = traits
        .map(|layer| layer.resolve())
        .collect::<Result<Vec<_>, _>>()?;
    let own = if own_first { 0 } else { layers.len() };
    layers.insert(own, node.clone());
    Ok(layers)
}

fn check_format(format: &Node<'_>) -> Result<(), CodegenError> {
    let text = format.string()?;
    let known = text.trim().to_ascii_lowercase();
    if JSON_SCHEMA.iter().any(|start| known.starts_with(start)) {
        return Ok(());
    }
    Err(format.problem(Problem::SchemaFormat(text.to_owned())))
}

#[cfg(test)]
mod tests;
