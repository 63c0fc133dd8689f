//! That the contenders do the same work.

use rocketfi_benches::frames;
use rocketfi_plain as plain;
use rocketfi_protocol::{ServerMessage, decode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The generated types show an example frame with every variant.
const SERVER: &str = include_str!("../../crates/protocol/src/generated/server_message.rs");
const KINDS: &str = include_str!("../../crates/protocol/src/generated/subscription_kind.rs");

fn examples(generated: &str) -> Vec<&str> {
    let frame = |line| str::strip_prefix(line, "    /// let frame = r#\"");
    let frames = generated.lines().filter_map(frame);
    frames
        .map(|text| text.strip_suffix("\"#;").expect("a raw string"))
        .collect()
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn round_trip<T: Serialize + DeserializeOwned>(text: &str) -> Value {
    let message: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    serde_json::to_value(message).expect("what was read can be written")
}

#[test]
fn plain_and_generated_types_write_what_they_read() {
    for frame in frames::ALL {
        let sent = value(frame.text);
        assert_eq!(round_trip::<plain::ServerMessage>(frame.text), sent);
        assert_eq!(round_trip::<ServerMessage>(frame.text), sent);
    }
}

#[test]
fn plain_types_know_every_variant_of_which_there_is_an_example() {
    let messages = examples(SERVER);
    let kinds = examples(KINDS);
    assert!(messages.len() > 12 && kinds.len() > 12);
    // The plain types keep raw JSON as a string, which they could not read.
    let readable = |text: &&str| !text.contains("PlaceOrder");
    for text in messages.into_iter().filter(readable) {
        assert_eq!(round_trip::<plain::ServerMessage>(text), value(text));
    }
    for text in kinds {
        assert_eq!(round_trip::<plain::SubscriptionKind>(text), value(text));
    }
}

#[test]
fn no_frame_is_unrecognised() {
    for frame in frames::ALL {
        let message = decode(frame.text).unwrap();
        assert!(!matches!(message, ServerMessage::Unrecognized(_)));
    }
}
