//! The ways to read a frame. What was read is dropped within the measurement, since somebody has to.

use std::hint::black_box;

use rocketfi_plain as plain;
use rocketfi_protocol::{ServerMessage, decode};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::contender::{Contender, Work};
use crate::frames::Frame;

/// (a): plain types, derived.
pub const PLAIN: Contender = Contender {
    name: "plain",
    start: |frame| reading(frame, read::<plain::ServerMessage>),
};

/// (b): the same types through a tree of JSON values.
pub const VALUE: Contender = Contender {
    name: "value",
    start: |frame| {
        reading(frame, |text| {
            let value: Value = read(text);
            plain::ServerMessage::deserialize(value).expect(GOOD)
        })
    },
};

/// (c): looking at every byte and keeping nothing.
pub const IGNORED_ANY: Contender = Contender {
    name: "ignored_any",
    start: |frame| reading(frame, read::<IgnoredAny>),
};

/// The generated types, all tolerance in, through serde.
pub const SERDE: Contender = Contender {
    name: "serde",
    start: |frame| reading(frame, read::<ServerMessage>),
};

/// What a user calls.
pub const DECODE: Contender = Contender {
    name: "decode",
    start: |frame| reading(frame, |text| decode(text).expect(GOOD)),
};

/// All of them, the baseline first.
pub const ALL: &[Contender] = &[PLAIN, VALUE, IGNORED_ANY, SERDE, DECODE];

const GOOD: &str = "the frames are good ones";

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect(GOOD)
}

fn reading<T>(frame: Frame, read: impl Fn(&str) -> T + 'static) -> Work {
    Box::new(move || {
        black_box(read(black_box(frame.text)));
    })
}
