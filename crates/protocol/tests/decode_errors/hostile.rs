//! Input made to break things: nothing panics, no error is long, and no value of the frame shows in one.

use std::fmt::Debug;

use proptest::prelude::*;
use rocketfi_protocol::{DecodeError, Message, decode, decode_client};
use serde_json::{Value, json};

use super::{ADDRESS, CLIENT, SERVER};

/// The error of a frame that must not be readable as `M`, after checking that its text is short.
fn short<M: Message + Debug>(result: Result<M, DecodeError>) -> Option<String> {
    let error = result.err()?;
    let [display, debug] = [error.to_string(), format!("{error:?}")];
    assert!(display.chars().count() <= 300, "{display}");
    assert!(debug.chars().count() <= 400, "{debug}");
    Some(format!("{display}\n{debug}"))
}

#[test]
fn depth_and_size_neither_overflow_nor_show() {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
    let keys: Vec<_> = (0..20_000)
        .map(|index| format!("\"k{index}\":{index}"))
        .collect();
    let unclosed = "[".repeat(1 << 17);
    let long = "é".repeat(1 << 17);
    let bodies = [
        &deep,
        &objects,
        &format!("{{{}}}", keys.join(",")),
        &unclosed,
        &format!("\"{long}\""),
        &format!("{{\"{long}\":0}}"),
    ];
    for body in bodies {
        let frames = [
            body.clone(),
            format!("{{\"OpenOrdersUpdate\":{body}}}"),
            format!("{{\"OpenOrdersUpdate\":{{\"account\":{body}}}}}"),
            format!("{{\"PositionUpdate\":{{\"account\":\"{ADDRESS}\",\"positions\":{body}}}}}"),
            format!("{{\"orderEvents\":{body}}}"),
            format!("{{\"Subscribe\":{body}}}"),
            format!("{{\"Unknown\":{body}}}"),
        ];
        for frame in frames {
            short(decode(&frame));
            short(decode_client(&frame));
        }
    }
}

/// Every value in a frame that would tell something about an account or the market: numbers, and strings with digits.
fn secrets(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            secret(key, found);
            secrets(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| secrets(item, found)),
        Value::String(text) => secret(text, found),
        Value::Number(number) => secret(&number.to_string(), found),
        Value::Bool(_) | Value::Null => {}
    }
}

/// Shorter ones would be found by chance, and names of fields and types are no values.
fn secret(text: &str, found: &mut Vec<String>) {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if text.len() >= 5 && digits >= 4 {
        found.push(text.to_owned());
        found.extend(text.strip_prefix("0x").map(str::to_owned));
    }
}

fn assert_no_leak(text: &str, frame: &Value) -> Result<(), TestCaseError> {
    let mut found = Vec::new();
    secrets(frame, &mut found);
    for secret in found {
        prop_assert!(!text.contains(&secret), "{secret} shows in {text}");
    }
    Ok(())
}

fn frame() -> impl Strategy<Value = Value> {
    let lines = SERVER
        .split('\n')
        .chain(CLIENT.split('\n'))
        .filter(|line| !line.is_empty() && line.len() < 4000);
    let frames: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).expect("a frame is JSON"))
        .collect();
    prop::sample::select(frames)
}

/// What stands where it should not; each is or holds something that must not show.
fn intruder() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just(ADDRESS.to_owned()),
        Just(ADDRESS[2..].to_lowercase()),
        Just("64250.505050".to_owned()),
        Just("x\", expected `64250505050".to_owned()),
        Just("`64250505050` at line 1 column 2".to_owned()),
        "[0-9]{8,30}",
        "[0-9a-f]{40}",
        "[a-z][a-z0-9_]{0,20}[0-9]{4}",
    ];
    text.prop_flat_map(|text| {
        let number: Value = text
            .parse::<u64>()
            .map_or(json!(98_765_432_109.75), Value::from);
        prop_oneof![
            Just(json!(text)),
            Just(json!({ &text: text })),
            Just(json!([text, number])),
            Just(number),
            Just(json!(-98_765_432_109_i64)),
            Just(Value::Null),
        ]
    })
}

/// All places in a frame, itself included.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(object) => object
            .iter()
            .for_each(|(key, value)| places(value, &format!("{at}/{key}"), found)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| places(item, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_value_of_a_spoilt_frame_shows(mut frame in frame(), at: prop::sample::Index, value in intruder()) {
        let mut all = Vec::new();
        places(&frame, "", &mut all);
        *frame.pointer_mut(&all[at.index(all.len())]).unwrap() = value;
        let text = frame.to_string();
        for error in [short(decode(&text)), short(decode_client(&text))].into_iter().flatten() {
            assert_no_leak(&error, &frame)?;
        }
    }

    #[test]
    fn no_value_of_a_torn_frame_shows(frame in frame(), at: prop::sample::Index, cut in 0_usize..9, patch in "[\\[\\]{}\",:0-9a-z\\\\]{0,3}") {
        let mut text: Vec<char> = frame.to_string().chars().collect();
        let start = at.index(text.len());
        let end = (start + cut).min(text.len());
        text.splice(start..end, patch.chars());
        let text: String = text.into_iter().collect();
        for error in [short(decode(&text)), short(decode_client(&text))].into_iter().flatten() {
            assert_no_leak(&error, &frame)?;
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}|[\\[\\]{}\",:0-9a-zA-Z \\\\]{0,60}") {
        short(decode(&text));
        short(decode_client(&text));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        short(decode(&String::from_utf8_lossy(&bytes)));
    }
}
