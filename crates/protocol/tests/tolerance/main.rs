//! What the wire allows itself, beside what the specification says: both spellings of a payload-less variant, batches
//! without their tag, names and fields that nobody here knows yet.

mod spelling;
mod unknown;
mod verbatim;

use rocketfi_protocol::{ServerMessage, decode, encode};
use serde_json::Value;

const FRAMES: &str = include_str!("../frames/server.ndjson");

/// The first reference frame that has something at `pointer`, with `value` there instead.
fn with(pointer: &str, value: Value) -> Value {
    let mut frames = FRAMES
        .split('\n')
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut frame = frames
        .find(|frame| frame.pointer(pointer).is_some())
        .expect("a frame has such a place");
    *frame.pointer_mut(pointer).expect("it was just seen") = value;
    frame
}

fn read(frame: &Value) -> ServerMessage {
    decode(&frame.to_string()).unwrap_or_else(|error| panic!("{error}: {frame}"))
}

fn written(message: &ServerMessage) -> Value {
    serde_json::from_str(&encode(message)).expect("what is written is JSON")
}
