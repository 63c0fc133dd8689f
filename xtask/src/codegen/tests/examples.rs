//! The specification's own examples against the types made from it.

use std::collections::BTreeSet;

use rocketfi_protocol::{ClientMessage, ServerMessage, SubscriptionKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::codegen::Job;
use crate::codegen::document::{Document, Node};

fn document() -> Document {
    Document::load(&Job::new(None, None, None).spec).unwrap()
}

/// What stands under `examples` at a place; a message's examples wrap their payload.
fn examples(node: &Node<'_>) -> Vec<Value> {
    let examples = node.get("examples").unwrap().children();
    let payload = |example: &Node<'_>| {
        let wrapped = example.get("payload").map(|payload| payload.value);
        serde_json::to_value(wrapped.unwrap_or(example.value)).unwrap()
    };
    examples.iter().map(payload).collect()
}

/// Reads each example and writes it again; gives what was read.
fn survivors<T: DeserializeOwned + Serialize>(examples: Vec<Value>) -> Vec<T> {
    let survive = |example: Value| {
        let read: T = serde_json::from_str(&example.to_string()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), example);
        read
    };
    examples.into_iter().map(survive).collect()
}

fn message(name: &str) -> Vec<Value> {
    let document = document();
    let messages = document
        .root()
        .get("components")
        .unwrap()
        .get("messages")
        .unwrap();
    examples(&messages.get(name).unwrap())
}

#[test]
fn every_server_variant_has_an_example_that_survives() {
    let read: Vec<ServerMessage> = survivors(message("ServerMessage"));
    let names: BTreeSet<&str> = read.iter().map(ServerMessage::name).collect();
    assert_eq!(names, ServerMessage::NAMES.iter().copied().collect());
}

#[test]
fn every_client_variant_and_every_kind_has_an_example_that_survives() {
    let read: Vec<ClientMessage> = survivors(message("ClientMessage"));
    let names: BTreeSet<&str> = read.iter().map(ClientMessage::name).collect();
    assert_eq!(names, ClientMessage::NAMES.iter().copied().collect());
    let kinds: BTreeSet<&str> = read
        .iter()
        .filter_map(|message| match message {
            ClientMessage::Subscribe(kind) => Some(kind.name()),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, SubscriptionKind::NAMES.iter().copied().collect());
}

#[test]
fn every_branch_of_the_unions_has_an_example_that_survives() {
    let document = document();
    let branches = |name| {
        document
            .schema(name)
            .unwrap()
            .get("oneOf")
            .unwrap()
            .children()
    };
    for branch in branches("ServerMessage") {
        assert_eq!(
            survivors::<ServerMessage>(examples(&branch)).len(),
            1,
            "{}",
            branch.pointer
        );
    }
    for branch in branches("SubscriptionKind") {
        assert!(
            !survivors::<SubscriptionKind>(examples(&branch)).is_empty(),
            "{}",
            branch.pointer
        );
    }
}
