//! The messages of a document, and which side sends them.
//!
//! A document describes an application. Ours is the server, which has the sockets. In 2.x `publish` is what others
//! publish to the application, so the client sends it; in 3.x `send` is what the application itself sends, so the
//! server does. The two versions are each other's opposite.

use std::collections::BTreeSet;

use serde_yaml::Value;

#[cfg(test)]
mod tests;

use super::{Document, Node};
use crate::codegen::error::{CodegenError, Problem};

/// A message, with what its traits add.
#[derive(Clone)]
pub(crate) struct Message<'d> {
    pub(crate) name: String,
    pub(crate) node: Node<'d>,
    traits: Vec<Node<'d>>,
    /// 2.x: traits win over the message's own members.
    traits_win: bool,
}

/// Who sends what.
#[derive(Default)]
pub(crate) struct Protocol<'d> {
    pub(crate) client: Vec<Message<'d>>,
    pub(crate) server: Vec<Message<'d>>,
    /// Messages that no operation names.
    pub(crate) others: Vec<Message<'d>>,
}

impl Document {
    /// The payload of the message of that name, wherever the version keeps messages; failing that, the schema.
    pub(crate) fn payload(&self, role: &'static str, name: &str) -> Result<Node<'_>, CodegenError> {
        let Protocol {
            client,
            server,
            others,
        } = self.protocol()?;
        for message in client.iter().chain(&server).chain(&others) {
            if message.name == name || message.text("name") == Some(name) {
                let missing = || message.node.problem(Problem::NoPayload);
                return message.payload()?.ok_or_else(missing);
            }
        }
        self.schema(name).ok_or_else(|| {
            self.root().problem(Problem::NoMessage {
                role,
                name: name.to_owned(),
            })
        })
    }

    /// All messages, each once on either side, in the order of the operations.
    pub(crate) fn protocol(&self) -> Result<Protocol<'_>, CodegenError> {
        let mut found = Found {
            second: self.version().starts_with("2."),
            ..Found::default()
        };
        let root = self.root();
        for channel in members(&root, "channels") {
            found.channel(&channel)?;
        }
        for operation in members(&root, "operations") {
            found.operation(&operation)?;
        }
        found.others(&root)?;
        Ok(found.protocol)
    }
}

fn members<'d>(node: &Node<'d>, key: &str) -> Vec<Node<'d>> {
    node.get(key).map(|map| map.children()).unwrap_or_default()
}

/// One of the two sides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

impl Side {
    const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

#[derive(Default)]
struct Found<'d> {
    protocol: Protocol<'d>,
    second: bool,
    /// Places of the messages that an operation names.
    sent: BTreeSet<String>,
}

impl<'d> Found<'d> {
    /// 2.x keeps operations in the channel.
    fn channel(&mut self, channel: &Node<'d>) -> Result<(), CodegenError> {
        let address = channel.last_segment();
        let channel = channel.resolve()?;
        for (key, side) in [("subscribe", Side::Server), ("publish", Side::Client)] {
            let Some(operation) = channel.get(key) else {
                continue;
            };
            let named = operation.resolve()?;
            let fallback = named
                .text("operationId")
                .map_or_else(|| format!("{address} {key}"), str::to_owned);
            if let Some(message) = named.get("message") {
                for message in choices(&message)? {
                    self.send(side, &message, &fallback)?;
                }
            }
        }
        Ok(())
    }

    /// 3.x.
    fn operation(&mut self, operation: &Node<'d>) -> Result<(), CodegenError> {
        let fallback = operation.last_segment();
        let operation = operation.resolve()?;
        let side = match operation.text("action") {
            Some("send") => Side::Server,
            Some("receive") => Side::Client,
            _ => {
                let place = operation.get("action").unwrap_or(operation);
                return Err(place.expected("`send` or `receive`"));
            }
        };
        self.all(side, &operation, &fallback)?;
        match operation.get("reply") {
            Some(reply) => {
                let reply = reply.resolve()?;
                self.all(side.other(), &reply, &format!("{fallback} reply"))
            }
            None => Ok(()),
        }
    }

    /// The messages that an operation or a reply lists, or all of its channel.
    fn all(&mut self, side: Side, node: &Node<'d>, fallback: &str) -> Result<(), CodegenError> {
        let messages = match (node.get("messages"), node.get("channel")) {
            (Some(list), _) => list.children(),
            (None, Some(channel)) => members(&channel.resolve()?, "messages"),
            (None, None) => Vec::new(),
        };
        for message in messages {
            self.send(side, &message, fallback)?;
        }
        Ok(())
    }

    fn send(&mut self, side: Side, node: &Node<'d>, fallback: &str) -> Result<(), CodegenError> {
        let message = Message::new(node, fallback, self.second)?;
        let list = match side {
            Side::Client => &mut self.protocol.client,
            Side::Server => &mut self.protocol.server,
        };
        self.sent.insert(message.node.pointer.clone());
        if list
            .iter()
            .all(|known| known.node.pointer != message.node.pointer)
        {
            list.push(message);
        }
        Ok(())
    }

    fn others(&mut self, root: &Node<'d>) -> Result<(), CodegenError> {
        let components = root.get("components");
        let mut nodes: Vec<Node<'d>> = components
            .iter()
            .flat_map(|components| members(components, "messages"))
            .collect();
        for channel in members(root, "channels") {
            nodes.extend(members(&channel.resolve()?, "messages"));
        }
        for node in nodes {
            let message = Message::new(&node, "message", self.second)?;
            if self.sent.insert(message.node.pointer.clone()) {
                self.protocol.others.push(message);
            }
        }
        Ok(())
    }
}

/// 2.x: one message or a choice of them.
fn choices<'d>(message: &Node<'d>) -> Result<Vec<Node<'d>>, CodegenError> {
    let resolved = message.resolve()?;
    match resolved.get("oneOf") {
        Some(choice) => Ok(choice.children()),
        None => Ok(vec![message.clone()]),
    }
}

impl<'d> Message<'d> {
    fn new(from: &Node<'d>, fallback: &str, second: bool) -> Result<Self, CodegenError> {
        let node = from.resolve()?;
        refuse_format(&node)?;
        if let Some(payload) = node.get("payload") {
            refuse_format(&payload)?;
        }
        let mut traits = Vec::new();
        for each in members(&node, "traits") {
            traits.push(each.resolve()?);
        }
        let mut message = Self {
            name: String::new(),
            node,
            traits,
            traits_win: second,
        };
        message.name = message.called(from, fallback);
        Ok(message)
    }

    /// The key under which it stands; failing that, what it calls itself.
    fn called(&self, from: &Node<'d>, fallback: &str) -> String {
        let keyed = |node: &Node<'d>| {
            let steps: Vec<&str> = node.pointer.rsplitn(3, '/').collect();
            let named = steps.get(1) == Some(&"messages");
            let name = node.last_segment();
            (named && name.parse::<usize>().is_err()).then_some(name)
        };
        let own = ["name", "messageId", "title"];
        keyed(&self.node)
            .or_else(|| keyed(from))
            .or_else(|| own.iter().find_map(|key| self.text(key)).map(str::to_owned))
            .unwrap_or_else(|| fallback.to_owned())
    }

    /// A member of the message or of its traits.
    fn text(&self, key: &str) -> Option<&'d str> {
        let own = self.node.text(key);
        let last = self.traits.iter().rev().find_map(|each| each.text(key));
        if self.traits_win {
            last.or(own)
        } else {
            own.or(last)
        }
    }

    /// What the document says of it.
    pub(crate) fn docs(&self) -> Option<&'d str> {
        self.text("description").or_else(|| self.text("summary"))
    }

    /// The payload's schema; `None` where there is none.
    pub(crate) fn payload(&self) -> Result<Option<Node<'d>>, CodegenError> {
        for each in &self.traits {
            refuse_format(each)?;
        }
        let Some(payload) = self.node.get("payload") else {
            return Ok(None);
        };
        // 3.x: a payload in another schema language stands beside its format.
        if payload.get("schemaFormat").is_some() {
            return Ok(payload.get("schema").or(Some(payload)));
        }
        Ok((!payload.value.is_null()).then_some(payload))
    }
}

/// Refuses what is no JSON Schema: the format of 2.x stands in the message, that of 3.x in the payload.
fn refuse_format(node: &Node<'_>) -> Result<(), CodegenError> {
    let Some(format) = node.get("schemaFormat") else {
        return Ok(());
    };
    let text = format.value.as_str().unwrap_or_default();
    let known = ["asyncapi", "schema+json", "schema+yaml", "openapi", "oai."];
    if known.iter().any(|known| text.contains(known)) || *format.value == Value::Null {
        return Ok(());
    }
    Err(format.problem(Problem::SchemaFormat(text.to_owned())))
}
