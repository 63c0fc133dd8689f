//! The reference frames, written by an independent implementation of the protocol: each is read into its typed variant
//! and written back as an equal JSON value.

use std::collections::BTreeSet;
use std::fmt::Debug;

use rocketfi_protocol::{ClientMessage, Message, ServerMessage, decode, decode_client, encode};
use serde_json::Value;

const SERVER: &str = include_str!("frames/server.ndjson");
const SERVER_LARGE: &str = include_str!("frames/server_large.ndjson");
const CLIENT: &str = include_str!("frames/client.ndjson");

/// Split at line feeds only: a frame may hold any other line separator.
fn frames(file: &str) -> impl Iterator<Item = &str> {
    file.split('\n').filter(|line| !line.is_empty())
}

fn tag(frame: &Value) -> &str {
    match frame {
        Value::String(name) => name,
        Value::Object(object) => object.keys().next().expect("a frame has a tag"),
        _ => panic!("a frame is a string or an object"),
    }
}

/// Goes through all the ways of reading a frame; answers what is wrong with the first that differs.
fn check<M: Message + Debug>(frame: &str, name: fn(&M) -> &str) -> Result<(), String> {
    let value: Value = serde_json::from_str(frame).map_err(|error| error.to_string())?;
    let readings = [
        ("from_str", serde_json::from_str(frame)),
        ("from_slice", serde_json::from_slice(frame.as_bytes())),
        ("from_reader", serde_json::from_reader(frame.as_bytes())),
        ("from_value", serde_json::from_value(value.clone())),
    ];
    for (way, reading) in readings {
        let message: M = reading.map_err(|error| format!("{way}: {error}"))?;
        let written: Value =
            serde_json::from_str(&encode(&message)).map_err(|error| error.to_string())?;
        if name(&message) != tag(&value) || format!("{message:?}").contains("Unrecognized") {
            return Err(format!("{way}: not typed: {message:?}"));
        }
        if written != value {
            return Err(format!("{way}: written as {written}"));
        }
    }
    Ok(())
}

fn check_all<M: Message + Debug>(file: &str, name: fn(&M) -> &str, expected: usize) {
    let results: Vec<_> = frames(file)
        .map(|frame| (frame, check(frame, name)))
        .collect();
    let failures: Vec<_> = results
        .iter()
        .filter(|(_, result)| result.is_err())
        .collect();
    println!(
        "{} of {} frames are equal",
        results.len() - failures.len(),
        results.len()
    );
    assert!(
        failures.is_empty(),
        "{} of {} frames differ: {failures:#?}",
        failures.len(),
        results.len()
    );
    assert_eq!(results.len(), expected, "frames have been lost or added");
}

#[test]
fn every_server_frame_is_typed_and_comes_back_equal() {
    check_all(SERVER, ServerMessage::name, 78);
}

#[test]
fn every_large_server_frame_is_typed_and_comes_back_equal() {
    check_all(SERVER_LARGE, ServerMessage::name, 4);
}

#[test]
fn every_client_frame_is_typed_and_comes_back_equal() {
    check_all(CLIENT, ClientMessage::name, 31);
}

#[test]
fn the_helpers_read_what_serde_json_reads() {
    for frame in frames(SERVER).chain(frames(SERVER_LARGE)) {
        assert_eq!(decode(frame).unwrap(), serde_json::from_str(frame).unwrap());
    }
    for frame in frames(CLIENT) {
        assert_eq!(
            decode_client(frame).unwrap(),
            serde_json::from_str(frame).unwrap()
        );
    }
}

#[test]
fn reading_what_was_written_gives_the_same_message() {
    for message in frames(SERVER).map(|frame| decode(frame).unwrap()) {
        assert_eq!(decode(&encode(&message)).unwrap(), message);
    }
    for message in frames(CLIENT).map(|frame| decode_client(frame).unwrap()) {
        assert_eq!(decode_client(&encode(&message)).unwrap(), message);
    }
}

#[test]
fn the_frames_cover_every_variant() {
    let server: BTreeSet<_> = frames(SERVER).map(tag_of).collect();
    let client: BTreeSet<_> = frames(CLIENT).map(tag_of).collect();
    assert_eq!(server, names(ServerMessage::NAMES));
    assert_eq!(client, names(ClientMessage::NAMES));
}

fn tag_of(frame: &str) -> String {
    tag(&serde_json::from_str(frame).expect("a frame is JSON")).to_owned()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}
