//! What the keys of a document call its messages.

use std::collections::{HashMap, HashSet};

use super::operations::CHANNELS;
use super::{Document, Node};
use crate::codegen::error::CodegenError;

/// Keys of messages, by the places that they lead to.
#[derive(Default)]
pub(super) struct Keys {
    components: HashMap<String, String>,
    channels: HashMap<String, String>,
}

impl Keys {
    pub(super) fn new(document: &Document) -> Result<Self, CodegenError> {
        let mut keys = Self::default();
        for message in document.group(&["components", "messages"])? {
            note(&mut keys.components, &message)?;
        }
        let mut seen = HashSet::new();
        for path in CHANNELS {
            for (_, channel) in document.channels(path)? {
                let messages = channel.holder("messages")?;
                let messages = messages.filter(|holder| seen.insert(holder.pointer.clone()));
                for message in messages.iter().flat_map(Node::children) {
                    note(&mut keys.channels, &message)?;
                }
            }
        }
        Ok(keys)
    }

    /// The key of a message; that among the components if it has two.
    pub(super) fn get(&self, message: &Node<'_>) -> Option<String> {
        let place = &message.pointer;
        let key = self.components.get(place);
        key.or_else(|| self.channels.get(place)).cloned()
    }
}

/// A message that two keys lead to has its own, or else the first.
fn note(keys: &mut HashMap<String, String>, message: &Node<'_>) -> Result<(), CodegenError> {
    let (key, target) = (message.last_segment(), message.resolve()?);
    if target.pointer == message.pointer {
        keys.insert(target.pointer, key);
    } else {
        keys.entry(target.pointer).or_insert(key);
    }
    Ok(())
}

/// The name under which a reference found a message elsewhere; a place in an operation or in a list is no name.
pub(super) fn key_by_reference(message: &Node<'_>) -> Option<String> {
    let key = message.last_segment();
    let unnamed = key == "message" || key.bytes().all(|byte| byte.is_ascii_digit());
    (!unnamed).then_some(key)
}
