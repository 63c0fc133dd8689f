//! The messages of a document with their examples, found without the generator, so that what it refuses counts too.

use std::collections::BTreeSet;

use serde_json::Value;

use super::pointer::{child, resolve};

/// A message, where it really stands.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) pointer: String,
    /// Where its payload's schema stands, and in which language.
    pub(crate) payload: Option<Payload>,
    pub(crate) examples: Vec<Example>,
}

/// What a message carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    pub(crate) pointer: String,
    /// `schemaFormat`, if it is told.
    pub(crate) format: Option<String>,
}

/// An example of a payload.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Example {
    pub(crate) pointer: String,
    pub(crate) value: Value,
}

/// All messages that the document itself holds, each once, and those that stand at the given places besides.
pub(crate) fn collect<'p>(
    tree: &Value,
    besides: impl IntoIterator<Item = &'p str>,
) -> Vec<Message> {
    let mut places = Vec::new();
    places.extend(children(tree, "/components/messages"));
    for channels in ["/channels", "/components/channels"] {
        for channel in children(tree, channels) {
            let channel = resolve(tree, &channel).unwrap_or(channel);
            places.extend(children(tree, &child(&channel, "messages")));
            for operation in ["publish", "subscribe"] {
                places.extend(operation_messages(
                    tree,
                    &format!("{channel}/{operation}/message"),
                ));
            }
        }
    }
    places.extend(besides.into_iter().map(ToOwned::to_owned));
    let mut seen = BTreeSet::new();
    let found = places.iter().filter_map(|place| resolve(tree, place));
    found
        .filter(|pointer| {
            tree.pointer(pointer).is_some_and(Value::is_object) && seen.insert(pointer.clone())
        })
        .map(|pointer| Message::new(tree, pointer))
        .collect()
}

/// 2.x: one message or a choice of them.
fn operation_messages(tree: &Value, place: &str) -> Vec<String> {
    let choice = format!("{place}/oneOf");
    match tree.pointer(&choice) {
        Some(_) => children(tree, &choice),
        None => tree
            .pointer(place)
            .map(|_| place.to_owned())
            .into_iter()
            .collect(),
    }
}

fn children(tree: &Value, place: &str) -> Vec<String> {
    match tree.pointer(place) {
        Some(Value::Object(members)) => members.keys().map(|key| child(place, key)).collect(),
        Some(Value::Array(items)) => (0..items.len())
            .map(|index| format!("{place}/{index}"))
            .collect(),
        _ => Vec::new(),
    }
}

impl Message {
    fn new(tree: &Value, pointer: String) -> Self {
        let payload = Payload::find(tree, &pointer);
        let mut examples: Vec<_> = children(tree, &child(&pointer, "examples"))
            .into_iter()
            .filter_map(|place| Example::of_message(tree, place))
            .collect();
        if let Some(schema) = payload
            .as_ref()
            .and_then(|payload| resolve(tree, &payload.pointer))
        {
            let mut places = vec![child(&schema, "example")];
            // In OpenAPI `examples` may be a map; in a JSON Schema it is a list or nothing.
            if tree
                .pointer(&child(&schema, "examples"))
                .is_some_and(Value::is_array)
            {
                places.extend(children(tree, &child(&schema, "examples")));
            }
            examples.extend(
                places
                    .into_iter()
                    .filter_map(|place| Example::at(tree, place)),
            );
        }
        Self {
            pointer,
            payload,
            examples,
        }
    }
}

impl Payload {
    /// 2.x tells the format beside the payload, 3.x inside it, around the schema.
    fn find(tree: &Value, message: &str) -> Option<Self> {
        let outer = child(message, "payload");
        let holder = resolve(tree, &outer).unwrap_or_else(|| outer.clone());
        let value = tree.pointer(&holder)?;
        let text = |value: &Value| Some(value.get("schemaFormat")?.as_str()?.to_owned());
        if value.get("schemaFormat").is_some() && value.get("schema").is_some() {
            return Some(Self {
                pointer: child(&holder, "schema"),
                format: text(value),
            });
        }
        Some(Self {
            pointer: outer,
            format: tree.pointer(message).and_then(text),
        })
    }
}

impl Example {
    /// An entry of a message's `examples` wraps its payload, except where people forgot that it does.
    fn of_message(tree: &Value, place: String) -> Option<Self> {
        const WRAPPER: &[&str] = &["headers", "name", "summary"];
        let Some(members) = tree.pointer(&place).and_then(Value::as_object) else {
            return Self::at(tree, place);
        };
        if members.contains_key("payload") {
            return Self::at(tree, child(&place, "payload"));
        }
        let wraps_nothing = members
            .keys()
            .all(|key| WRAPPER.contains(&key.as_str()) || key.starts_with("x-"));
        if wraps_nothing && !members.is_empty() {
            return None;
        }
        Self::at(tree, place)
    }

    fn at(tree: &Value, pointer: String) -> Option<Self> {
        let value = tree.pointer(&pointer)?.clone();
        Some(Self { pointer, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::document::parse;

    const DOCUMENT: &str = "
asyncapi: 2.6.0
channels:
  ticks:
    publish: {message: {oneOf: [{$ref: '#/components/messages/Tick'}, {payload: {type: string, example: hi}}]}}
    subscribe: {message: {$ref: '#/components/messages/Tick'}}
components:
  messages:
    Tick:
      schemaFormat: application/schema+json;version=draft-07
      payload: {$ref: '#/components/schemas/Tick'}
      examples:
        - {name: one, payload: {price: 1}}
        - {price: 2, name: two}
        - {name: headers alone, headers: {}}
        - 3
    Wrapped:
      payload: {schemaFormat: avro, schema: {examples: [4]}}
  schemas:
    Tick: {type: object, examples: [{price: 5}]}
";

    #[test]
    fn every_message_is_found_once_with_all_examples_of_its_payload() {
        let found = collect(
            &parse(DOCUMENT).unwrap(),
            ["/components/messages/Wrapped", "/absent"],
        );
        let told: Vec<_> = found
            .iter()
            .map(|message| {
                let examples: Vec<_> = message
                    .examples
                    .iter()
                    .map(|example| example.value.to_string())
                    .collect();
                format!("{} {}", message.pointer, examples.join(" "))
            })
            .collect();
        assert_eq!(
            told,
            [
                r#"/components/messages/Tick {"price":1} {"name":"two","price":2} 3 {"price":5}"#,
                "/components/messages/Wrapped 4",
                r#"/channels/ticks/publish/message/oneOf/1 "hi""#,
            ]
        );
    }

    #[test]
    fn the_format_is_read_where_either_version_tells_it() {
        let found = collect(&parse(DOCUMENT).unwrap(), []);
        let payload = |pointer: &str, format: &str| Payload {
            pointer: pointer.to_owned(),
            format: Some(format.to_owned()),
        };
        let draft = "application/schema+json;version=draft-07";
        assert_eq!(
            found[0].payload,
            Some(payload("/components/messages/Tick/payload", draft))
        );
        assert_eq!(
            found[1].payload,
            Some(payload(
                "/components/messages/Wrapped/payload/schema",
                "avro"
            ))
        );
    }
}
