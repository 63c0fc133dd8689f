//! Who sends which messages.
//!
//! A document describes an application, which for us is the server. What operations say of the application means the
//! opposite in the two versions: in 2.x `publish` is what others publish to it; in 3.x `send` is what it sends itself.

use std::collections::HashSet;

use super::guesses;
use super::keys::{Keys, key_by_reference};
use super::messages::Message;
use super::{Document, Node};
use crate::codegen::error::{CodegenError, Problem};

/// Where channels are kept. Those among the components are no part of the application by themselves.
pub(super) const CHANNELS: [&[&str]; 2] = [&["channels"], &["components", "channels"]];
/// The messages of a document by who sends them; the client is the party that connects.
pub(crate) struct Protocol<'d> {
    /// Each message once, in the order of the operations.
    pub(crate) client: Vec<Message<'d>>,
    /// A message may be here and among the client's.
    pub(crate) server: Vec<Message<'d>>,
    /// Messages that no operation names.
    pub(crate) others: Vec<Message<'d>>,
    /// What had to be guessed.
    pub(crate) guesses: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sender {
    Client,
    Server,
    Unknown,
}

impl Sender {
    fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// Sorts the messages of a document.
pub(super) fn protocol(document: &Document) -> Result<Protocol<'_>, CodegenError> {
    let mut sorting = Sorting {
        document,
        keys: Keys::new(document)?,
        placed: HashSet::new(),
        whole: Vec::new(),
        protocol: Protocol {
            client: Vec::new(),
            server: Vec::new(),
            others: Vec::new(),
            guesses: Vec::new(),
        },
    };
    if document.is_3() {
        sorting.operations_3()?;
    } else {
        let channels = document.channels(&["channels"])?;
        sorting.operations_2(&channels, |sender| sender)?;
    }
    sorting.rest()?;
    Ok(sorting.guessed())
}

struct Sorting<'d> {
    document: &'d Document,
    keys: Keys,
    /// What was sorted in already, and where: messages, choices and lists of them. A document can name a long list as
    /// often as the list is long, so that none may be gone through twice.
    placed: HashSet<(Sender, String)>,
    /// Channels of which an operation takes all messages, and who sends them.
    whole: Vec<(Sender, Node<'d>)>,
    protocol: Protocol<'d>,
}

impl<'d> Sorting<'d> {
    /// 2.x: channels hold their operations; `sender` has the last word on who sends.
    fn operations_2(
        &mut self,
        channels: &[(String, Node<'d>)],
        sender: impl Fn(Sender) -> Sender,
    ) -> Result<(), CodegenError> {
        for (channel, node) in channels {
            for operation in node.children() {
                let direction = operation.last_segment();
                let from = match direction.as_str() {
                    "publish" => Sender::Client,
                    "subscribe" => Sender::Server,
                    _ => continue,
                };
                let operation = operation.resolve()?;
                let id = operation.text("operationId").map(str::to_owned);
                let otherwise = id.unwrap_or_else(|| format!("{channel} {direction}"));
                if let Some(message) = operation.given("message") {
                    self.place(sender(from), &message, &otherwise)?;
                }
            }
        }
        Ok(())
    }

    /// 3.x: operations stand by themselves and name their channel.
    fn operations_3(&mut self) -> Result<(), CodegenError> {
        for operation in self.document.group(&["operations"])? {
            let id = operation.last_segment();
            let operation = operation.resolve()?;
            let action = operation
                .get("action")
                .ok_or_else(|| operation.problem(Problem::NoAction))?;
            let sender = match action.string()? {
                "receive" => Sender::Client,
                "send" => Sender::Server,
                _ => return Err(action.problem(Problem::NoAction)),
            };
            self.exchange(sender, &operation, &id)?;
            if let Some(reply) = operation.given("reply") {
                self.exchange(sender.other(), &reply.resolve()?, &format!("{id} reply"))?;
            }
        }
        Ok(())
    }

    /// The messages of a 3.x operation or reply: those it lists, or else all of its channel.
    fn exchange(&mut self, sender: Sender, node: &Node<'d>, id: &str) -> Result<(), CodegenError> {
        let messages = match (node.given("messages"), node.given("channel")) {
            (Some(list), _) if list.value.is_sequence() => Some(list),
            (Some(list), _) => return Err(list.expected("a list of messages")),
            (None, Some(channel)) => self.all_of(sender, channel.resolve()?)?,
            (None, None) => None,
        };
        self.place_all(sender, messages, |_| id.to_owned())
    }

    fn all_of(
        &mut self,
        sender: Sender,
        channel: Node<'d>,
    ) -> Result<Option<Node<'d>>, CodegenError> {
        let messages = channel.holder("messages")?;
        self.whole.push((sender, channel));
        Ok(messages)
    }

    /// What no operation names.
    fn rest(&mut self) -> Result<(), CodegenError> {
        let document = self.document;
        for message in document.group(&["components", "messages"])? {
            self.place(Sender::Unknown, &message, &message.last_segment())?;
        }
        for path in CHANNELS {
            let channels = document.channels(path)?;
            for (_, channel) in &channels {
                let messages = channel.holder("messages")?;
                self.place_all(Sender::Unknown, messages, Node::last_segment)?;
            }
            self.operations_2(&channels, |_| Sender::Unknown)?;
        }
        Ok(())
    }

    /// What there is, with what one had better look at.
    fn guessed(self) -> Protocol<'d> {
        let Self {
            mut protocol,
            whole,
            ..
        } = self;
        let places = whole
            .iter()
            .map(|(sender, channel)| (*sender, &channel.pointer));
        let places: HashSet<_> = places.collect();
        let mut told = HashSet::new();
        let both_ways = whole.iter().filter(|(sender, channel)| {
            places.contains(&(sender.other(), &channel.pointer)) && told.insert(&channel.pointer)
        });
        let both_ways: Vec<_> = both_ways
            .map(|(_, channel)| channel.last_segment())
            .collect();
        protocol.guesses = guesses::of(&protocol, &both_ways);
        protocol
    }

    /// Sorts in all that a list or a map holds.
    fn place_all(
        &mut self,
        sender: Sender,
        holder: Option<Node<'d>>,
        otherwise: impl Fn(&Node<'d>) -> String,
    ) -> Result<(), CodegenError> {
        let holder = holder.filter(|node| self.placed.insert((sender, node.pointer.clone())));
        for message in holder.iter().flat_map(Node::children) {
            self.place(sender, &message, &otherwise(&message))?;
        }
        Ok(())
    }

    /// Sorts in what stands at a place: a message, or a choice of them.
    fn place(
        &mut self,
        sender: Sender,
        node: &Node<'d>,
        otherwise: &str,
    ) -> Result<(), CodegenError> {
        let placed = &mut self.placed;
        let fresh = |node: &Node<'_>| {
            let at = |sender| (sender, node.pointer.clone());
            let mut named = [Sender::Client, Sender::Server].into_iter().map(at);
            let other = sender == Sender::Unknown && named.any(|named| placed.contains(&named));
            !other && placed.insert(at(sender))
        };
        for Choice {
            message,
            referenced,
        } in choices(node, fresh)?
        {
            let elsewhere = || referenced.then(|| key_by_reference(&message)).flatten();
            let key = self.keys.get(&message).or_else(elsewhere);
            let message = Message::new(self.document, message, key, otherwise)?;
            self.list(sender).push(message);
        }
        Ok(())
    }

    fn list(&mut self, sender: Sender) -> &mut Vec<Message<'d>> {
        match sender {
            Sender::Client => &mut self.protocol.client,
            Sender::Server => &mut self.protocol.server,
            Sender::Unknown => &mut self.protocol.others,
        }
    }
}

/// One message of those that stand at a place.
pub(super) struct Choice<'d> {
    /// Resolved.
    pub(super) message: Node<'d>,
    /// Whether a reference led to it.
    referenced: bool,
}

/// The messages at a place, one or those of a `oneOf`, as far as they and the choices they stand in are `fresh`.
pub(super) fn choices<'d>(
    node: &Node<'d>,
    mut fresh: impl FnMut(&Node<'d>) -> bool,
) -> Result<Vec<Choice<'d>>, CodegenError> {
    let mut found = Vec::new();
    let mut left = vec![node.clone()];
    while let Some(node) = left.pop() {
        let message = node.resolve()?;
        if !fresh(&message) {
            continue;
        }
        match message.given("oneOf") {
            Some(choice) => left.extend(choice.children().into_iter().rev()),
            None => found.push(Choice {
                referenced: message.pointer != node.pointer,
                message,
            }),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
