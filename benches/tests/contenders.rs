//! That the contenders do the same work.

use rocketfi_benches::frames;
use rocketfi_plain as plain;
use rocketfi_protocol::{ServerMessage, decode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("a good frame")
}

fn round_trip<T: Serialize + DeserializeOwned>(text: &str) -> Value {
    let message: T = serde_json::from_str(text).expect("a good frame");
    value(&serde_json::to_string(&message).expect("a good frame"))
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
fn no_frame_is_unrecognised() {
    for frame in frames::ALL {
        let message = decode(frame.text).unwrap();
        assert!(!matches!(message, ServerMessage::Unrecognized(_)));
    }
}
