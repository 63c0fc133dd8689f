//! The ways to write a message.

use std::hint::black_box;

use rocketfi_plain as plain;
use rocketfi_protocol::{ServerMessage, encode, encode_into};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::contender::{Contender, Work};
use crate::frames::Frame;

/// Into a text of its own: (a), then what a user calls.
pub const FRESH: &[Contender] = &[
    Contender {
        name: "plain",
        start: |frame| {
            let message: plain::ServerMessage = read(frame);
            Box::new(move || {
                black_box(serde_json::to_string(black_box(&message)).expect(WRITABLE));
            })
        },
    },
    Contender {
        name: "encode",
        start: |frame| {
            let message: ServerMessage = read(frame);
            Box::new(move || {
                black_box(encode(black_box(&message)));
            })
        },
    },
];

/// Into a buffer that is used again and again: (a), then ours.
pub const REUSED: &[Contender] = &[
    Contender {
        name: "plain",
        start: |frame| into_buffer::<plain::ServerMessage>(frame),
    },
    Contender {
        name: "serde",
        start: |frame| into_buffer::<ServerMessage>(frame),
    },
    Contender {
        name: "encode_into",
        start: |frame| {
            reusing(frame, |message: &ServerMessage, buffer| {
                encode_into(message, buffer);
            })
        },
    },
];

const GOOD: &str = "the frames are good ones";
const WRITABLE: &str = "a message that was read can be written";

fn into_buffer<T: Serialize + DeserializeOwned + 'static>(frame: Frame) -> Work {
    reusing(frame, |message: &T, buffer: &mut Vec<u8>| {
        serde_json::to_writer(buffer, message).expect(WRITABLE);
    })
}

/// The buffer, a `String` or a `Vec`, has grown by the first call, so that measuring does not see it grow.
fn reusing<T, B>(frame: Frame, write: impl Fn(&T, &mut B) + 'static) -> Work
where
    T: DeserializeOwned + 'static,
    B: Buffer,
{
    let message: T = read(frame);
    let mut buffer = B::default();
    let mut work = move || {
        buffer.clear();
        write(black_box(&message), &mut buffer);
        black_box(&buffer);
    };
    work();
    Box::new(work)
}

/// What [`reusing`] needs of a buffer.
trait Buffer: Default + 'static {
    fn clear(&mut self);
}

impl Buffer for Vec<u8> {
    fn clear(&mut self) {
        self.clear();
    }
}

impl Buffer for String {
    fn clear(&mut self) {
        self.clear();
    }
}

fn read<T: DeserializeOwned>(frame: Frame) -> T {
    serde_json::from_str(frame.text).expect(GOOD)
}
