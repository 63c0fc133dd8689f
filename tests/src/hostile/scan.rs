//! The scanner against serde: a frame of the protocol, changed where a schema has something to say, and no more.

use arbitrary::{Arbitrary, Unstructured};
use rocketfi_protocol::ServerMessage;

use super::json::Json;
use super::take::list;

const FRAMES: &str = include_str!("../../../crates/protocol/tests/frames/server.ndjson");

/// Values that one type or another takes, or nearly.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "truer",
    "nul",
    "0",
    "-0",
    "7",
    "-7",
    "007",
    "1.0",
    "1e3",
    "1E400",
    "-1",
    "4294967295",
    "4294967296",
    "-2147483648",
    "-2147483649",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775807",
    "-9223372036854775808",
    "-9223372036854775809",
    "- 1",
    "+1",
    ".5",
    "\"\"",
    "\"1.5\"",
    "\"0123456789abcde\"",
    "\"0123456789abcdef\"",
    "\"0x05a8de04b1273c9f\"",
    "\"0X05A8DE04B1273C9F\"",
    "\"05a8de04b1273c9f\"",
    "\"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"",
    "\"0xab\"",
    "\"0xabc\"",
    "\"\\u0031\"",
    "\"é\"",
    "\"\u{1}\"",
    "\"Buy\"",
    "\"buy\"",
    "\"Pong\"",
    "\"Ok\"",
    "{}",
    "[]",
    "[{}]",
    "[null]",
    "{\"Price\":{}}",
    "{\"Buy\":null}",
    "{\"a\":1,\"a\":2}",
    "[[[[]]]]",
    "{\"a\":{\"b\":[1,\"}\"]}}",
    "\"]}{[\"",
    "1 2",
    "",
    "\"",
];

/// Names that some type has, or nearly.
const NAMES: &[&str] = &[
    "\"new\"",
    "\"account\"",
    "\"price\"",
    "\"pric\\u0065\"",
    "\"\"",
    "\"stats\"",
    "\"bidPrice\"",
    "\"Pong\"",
    "\"OrderEventUpdate\"",
    "\"orderEvents\"",
    "\"timestamp\"",
    "price",
    "1",
];

const BLANKS: &[&str] = &["", "", "", " ", "\n\t", "\r\n  ", "\u{b}", "\u{a0}"];

/// A change at one of the frame's values.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Edit {
    place: u8,
    what: What,
    first: u8,
    second: u8,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum What {
    Replace,
    Swap,
    Repeat,
    Remove,
    Insert,
    Rename,
}

/// Reading with the scanner gives what serde gives, or refuses what serde refuses: for the frame as it was changed, and
/// for the same frame cut off somewhere.
///
/// # Panics
/// When that is not so.
pub fn scan(bytes: &[u8]) {
    if let Some(frame) = changed(&mut Unstructured::new(bytes)) {
        reads_alike(&frame);
        let end = bytes.len() * 7 % (frame.len() + 1);
        if let Some(start) = frame.get(..end) {
            reads_alike(start);
        }
    }
}

pub(super) fn reads_alike(frame: &str) {
    let scanned = rocketfi_protocol::decode(frame).ok();
    let read: Option<ServerMessage> = serde_json::from_str(frame).ok();
    assert_eq!(scanned, read, "{frame}");
    // Whatever was there before.
    let mut place = ServerMessage::Error("before".into());
    let placed = rocketfi_protocol::decode_into(frame, &mut place).ok();
    assert_eq!(placed.map(|()| place), read, "{frame}");
}

fn changed(input: &mut Unstructured<'_>) -> Option<String> {
    let frames = FRAMES.split('\n');
    let frames: Vec<_> = frames
        .filter(|line| (1..4096).contains(&line.len()))
        .collect();
    let mut frame = Json::read(frames[input.arbitrary::<u8>().ok()? as usize % frames.len()]);
    let blanks = pick(BLANKS, input.arbitrary().ok()?);
    for edit in list::<Edit>(input).ok()? {
        apply(edit, &mut frame);
    }
    Some(frame.write(blanks))
}

fn apply(edit: Edit, frame: &mut Json) {
    let place = usize::from(edit.place) % frame.count();
    let Some(value) = frame.nth(place) else {
        return;
    };
    let new = || Json::read(pick(VALUES, edit.second));
    match (edit.what, value) {
        (What::Replace, value) => *value = new(),
        (What::Insert, Json::Object(members)) => {
            let at = index(edit.first, members.len() + 1);
            members.insert(at, (pick(NAMES, edit.first).to_owned(), new()));
        }
        (What::Rename, Json::Object(members)) if !members.is_empty() => {
            let at = index(edit.first, members.len());
            pick(NAMES, edit.second).clone_into(&mut members[at].0);
        }
        (what, Json::Object(members)) => rearrange(what, edit, members),
        (What::Insert, Json::List(items)) => {
            let at = index(edit.first, items.len() + 1);
            items.insert(at, new());
        }
        (what, Json::List(items)) => rearrange(what, edit, items),
        (_, Json::Leaf(_)) => {}
    }
}

fn rearrange<T: Clone>(what: What, edit: Edit, items: &mut Vec<T>) {
    if items.is_empty() {
        return;
    }
    let (first, second) = (
        index(edit.first, items.len()),
        index(edit.second, items.len()),
    );
    match what {
        What::Swap => items.swap(first, second),
        What::Repeat => items.insert(second, items[first].clone()),
        What::Remove => drop(items.remove(first)),
        What::Replace | What::Insert | What::Rename => {}
    }
}

fn index(number: u8, length: usize) -> usize {
    usize::from(number) % length
}

fn pick(texts: &'static [&'static str], number: u8) -> &'static str {
    texts[index(number, texts.len())]
}
