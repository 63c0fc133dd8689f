use std::fmt::Debug;

use rocketfi_protocol::{DecodeError, Message, encode};

use super::discretion::Secrets;
use super::scan::reads_alike;

/// No text makes reading panic; what was read comes back from what is written; what could not be
/// read is told in a short text that holds no value of the frame; the scanner reads what serde reads.
///
/// # Panics
/// When that is not so.
pub fn decode(bytes: &[u8]) {
    let frame = String::from_utf8_lossy(bytes);
    check(&frame, rocketfi_protocol::decode(&frame));
    reads_alike(&frame);
    check(&frame, rocketfi_protocol::decode_client(&frame));
}

fn check<M: Message + Debug + PartialEq>(frame: &str, read: Result<M, DecodeError>) {
    match read {
        Ok(message) => comes_back(&message),
        Err(error) => Secrets::of(frame).assert_kept(&error),
    }
}

fn comes_back<M: Message + Debug + PartialEq>(message: &M) {
    let text = encode(message);
    let again: M = serde_json::from_str(&text).expect("what was written can be read");
    assert_eq!(again, *message, "{text}");
    assert_eq!(encode(&again), text);
}
