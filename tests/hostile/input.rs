//! What a fuzzer would make of the reference frames.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const SERVER: &str = include_str!("../../crates/protocol/tests/frames/server.ndjson");
const CLIENT: &str = include_str!("../../crates/protocol/tests/frames/client.ndjson");

/// Anything.
pub(crate) fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..most)
}

/// A frame of the protocol with some pieces replaced, by bytes or by a piece of another frame.
pub(crate) fn damaged_frame() -> impl Strategy<Value = Vec<u8>> {
    let patch = prop_oneof![
        vec(any::<u8>(), 0..4),
        "[\\[\\]{}\",:0-9a-z\\\\.-]{0,4}".prop_map(String::into_bytes),
        (frame(), any::<Index>(), 0_usize..40).prop_map(|(frame, at, length)| {
            let start = at.index(frame.len());
            frame[start..frame.len().min(start + length)].to_vec()
        }),
    ];
    let patches = vec((any::<Index>(), 0_usize..8, patch), 0..4);
    (frame(), patches).prop_map(|(mut frame, patches)| {
        for (at, cut, patch) in patches {
            let start = at.index(frame.len() + 1);
            let end = frame.len().min(start + cut);
            frame.splice(start..end, patch);
        }
        frame
    })
}

fn frame() -> impl Strategy<Value = Vec<u8>> {
    let lines = SERVER.split('\n').chain(CLIENT.split('\n'));
    let frames = lines.filter(|line| (1..2048).contains(&line.len()));
    select(
        frames
            .map(|line| line.as_bytes().to_vec())
            .collect::<Vec<_>>(),
    )
}
