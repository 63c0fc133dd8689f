//! What the code of two snapshots does with what their specifications do not foresee. Copied into the crate that the
//! snapshots become, and run there.

use std::fmt::Debug;

use golden::{externally_tagged_unions as key, told_by_shape as shape, told_by_tag as tag};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The variant's name, if it is written back as it came.
fn kept<T: Clone + Debug + DeserializeOwned + PartialEq + Serialize>(
    json: &str,
    name: impl Fn(&T) -> &'static str,
) -> &'static str {
    let value: T = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    assert_eq!(value.clone(), value);
    name(&value)
}

fn refused<T: DeserializeOwned>(json: &str) -> String {
    match serde_json::from_str::<T>(json) {
        Ok(_) => panic!("{json} is taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_the_server_adds_is_kept_byte_for_byte() {
    for json in [
        r#"{ "type" : "halt", "at":1.50, "why": [ ] }"#,
        r#"{"type":7,"price":"1"}"#,
        r#"{"price":"1"}"#,
        "[ 1 ]",
        "null",
        r#""tick""#,
    ] {
        assert_eq!(
            kept(json, tag::ServerMessage::name),
            "Unrecognized",
            "{json}"
        );
    }
    for json in [
        r#"{"key": "a"}"#,
        r#"{"id" : 5}"#,
        r#"{"id":"a", "note":1}"#,
        r#"{"level":{"price":"1"}}"#,
        "[]",
        "[5]",
        "1e3",
    ] {
        assert_eq!(
            kept(json, shape::ServerMessage::name),
            "Unrecognized",
            "{json}"
        );
    }
}

#[test]
fn what_the_client_sends_is_what_is_specified() {
    for json in [r#"{"op":"halt","id":1}"#, r#"{"id":1}"#, "null", "[]"] {
        assert_eq!(
            refused::<tag::ClientMessage>(json),
            "expected a variant of ClientMessage",
            "{json}"
        );
    }
    for json in [r#"{"id":"a"}"#, r#"{"value":"a"}"#, r#"{"key":1}"#, "[]"] {
        assert_eq!(
            refused::<shape::ClientMessage>(json),
            "expected a variant of ClientMessage",
            "{json}"
        );
    }
}

#[test]
fn a_known_message_that_is_malformed_is_an_error_of_its_own() {
    let error = refused::<tag::ServerMessage>(r#"{"type":"trade","price":"1"}"#);
    assert!(error.starts_with("trade: missing field `count`"), "{error}");
    // It has all that a tick has: it is none.
    let error = refused::<tag::ServerMessage>(r#"{"type":"trade","price":"1","count":"2"}"#);
    assert!(error.starts_with("trade: invalid type: string"), "{error}");
    let error = refused::<tag::ClientMessage>(r#"{"op":"cancel","id":true}"#);
    assert!(
        error.starts_with("cancel: invalid type: boolean"),
        "{error}"
    );
}

#[test]
fn without_a_tag_the_largest_that_fits_is_tried_and_then_the_next() {
    assert_eq!(kept(r#"{"id":"a"}"#, shape::ServerMessage::name), "small");
    assert_eq!(
        kept(
            r#"{"id":"a","level":{"price":"1"}}"#,
            shape::ServerMessage::name
        ),
        "large"
    );
    assert_eq!(kept(r#"{"key":"a"}"#, shape::ClientMessage::name), "get");
    assert_eq!(
        kept(r#"{"key":"a","value":"b"}"#, shape::ClientMessage::name),
        "set"
    );
    assert_eq!(kept(r#"["a"]"#, shape::ServerMessage::name), "pair");
    assert_eq!(kept(r#"["a",5]"#, shape::ServerMessage::name), "pair");
}

#[test]
fn new_members_and_elements_break_nothing() {
    let name = |json| {
        serde_json::from_str::<tag::ServerMessage>(json)
            .unwrap()
            .name()
    };
    assert_eq!(name(r#"{"new":[1],"type":"tick","price":"1"}"#), "tick");
    assert_eq!(name(r#"{"type":"tick","price":"1","count":5}"#), "tick");
    let name = |json| {
        serde_json::from_str::<shape::ServerMessage>(json)
            .unwrap()
            .name()
    };
    assert_eq!(name(r#"{"new":[1],"id":"a"}"#), "small");
    assert_eq!(name(r#"["a",5,"new"]"#), "pair");
    let sent: tag::ClientMessage =
        serde_json::from_str(r#"{"op":"cancel","id":1,"new":2}"#).unwrap();
    assert_eq!(sent.name(), "cancel");
}

#[test]
fn what_has_no_payload_may_come_with_a_null_one() {
    for json in [r#""Cleared""#, r#"{"Cleared":null}"#] {
        let value: key::ServerMessage = serde_json::from_str(json).unwrap();
        assert_eq!(value.name(), "Cleared");
    }
}
