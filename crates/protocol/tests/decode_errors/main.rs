//! What `decode` says about a frame that it cannot read: where the fault is, briefly, and without a value of the frame.

mod hostile;

use rocketfi_protocol::{DecodeError, decode, decode_client};
use serde_json::{Value, json};

const SERVER: &str = include_str!("../frames/server.ndjson");
const CLIENT: &str = include_str!("../frames/client.ndjson");
const ADDRESS: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

fn body(variant: &str, path: &str, reason: &str) -> DecodeError {
    DecodeError::Body {
        variant: variant.into(),
        path: path.into(),
        reason: reason.into(),
    }
}

#[test]
fn what_is_not_json_is_a_syntax_error_with_its_place() {
    let table = [
        ("", 1, 0),
        ("{", 1, 1),
        ("Pong", 1, 1),
        ("\"Pong\" \"Pong\"", 1, 8),
        ("{\"Pong\":\nnul}", 2, 4),
        ("{\"OpenOrdersUpdate\":{\"account\":\"0xf3", 1, 36),
        ("{\"Pong\":null,}", 1, 14),
        ("\u{feff}\"Pong\"", 1, 1),
    ];
    for (frame, line, column) in table {
        let expected = DecodeError::Syntax { line, column };
        assert_eq!(decode(frame).unwrap_err(), expected, "{frame}");
        assert_eq!(decode_client(frame).unwrap_err(), expected, "{frame}");
    }
}

#[test]
fn what_is_no_tagged_object_is_a_shape_error() {
    let frames = [
        "{}",
        "[]",
        "17",
        "null",
        "true",
        r#"["Pong"]"#,
        r#"{"Never":1,"Nowhere":2}"#,
        r#"{"Pong":null,"Error":"x"}"#,
        r#"{"SubscribeConfirmation":{"Ticker":{"instrumentId":"0x05a8de04b1273c9f"}},"Pong":null}"#,
    ];
    for frame in frames {
        assert_eq!(decode(frame), Err(DecodeError::Shape), "{frame}");
    }
    for frame in [
        "{}",
        "[]",
        "17",
        "null",
        r#"{"Never":1,"Nowhere":2}"#,
        r#"{"Ping":null,"Subscribe":{"OrderEvents":{}}}"#,
    ] {
        assert_eq!(decode_client(frame), Err(DecodeError::Shape), "{frame}");
    }
}

#[test]
fn a_client_sends_only_what_is_specified() {
    let unknown = |name: &str| Err(DecodeError::UnknownVariant { name: name.into() });
    assert_eq!(decode_client(r#""Pong""#), unknown("Pong"));
    assert_eq!(
        decode_client(r#"{"SubscribeAll":{"a":1}}"#),
        unknown("SubscribeAll")
    );
    assert_eq!(decode_client(r#"{"subscribe":null}"#), unknown("subscribe"));
    assert_eq!(decode_client(&format!("{{\"{ADDRESS}\":1}}")), unknown("?"));
    assert_eq!(
        decode_client(&format!("\"{}\"", "x".repeat(1 << 17))),
        unknown("?")
    );
    assert_eq!(
        decode_client(r#"{"orderEvents":[]}"#),
        unknown("orderEvents")
    );
}

/// A reference frame of that variant, with something else at a place in it.
fn spoilt(pointer: &str, value: Value) -> String {
    let mut frames = SERVER
        .split('\n')
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut frame = frames
        .find(|frame| frame.pointer(pointer).is_some())
        .expect("a frame has such a place");
    *frame.pointer_mut(pointer).expect("it was just seen") = value;
    frame.to_string()
}

fn message(frame: &str) -> String {
    decode(frame).expect_err("the frame is spoilt").to_string()
}

#[test]
fn a_bad_body_is_named_by_variant_and_place() {
    let table = [
        ("/OpenOrdersUpdate", "OpenOrdersUpdate"),
        ("/OpenOrdersUpdate/account", "OpenOrdersUpdate at account"),
        (
            "/OpenOrdersUpdate/orders/2/price",
            "OpenOrdersUpdate at orders[2].price",
        ),
        (
            "/OpenOrdersUpdate/orders/0/side",
            "OpenOrdersUpdate at orders[0].side",
        ),
        (
            "/OrderbookUpdate/orderbook/bids",
            "OrderbookUpdate at orderbook.bids",
        ),
        (
            "/OrderEventUpdate/orderEvents/0/eventData/fill/price",
            "OrderEventUpdate at orderEvents[0].eventData.fill.price",
        ),
        // The key of a map is data: here an instrument.
        (
            "/PositionUpdate/positions/0x0000000000000010/quantity",
            "PositionUpdate at positions.?.quantity",
        ),
        (
            "/TransactionResult/signature",
            "TransactionResult at signature",
        ),
        (
            "/SubscribeConfirmation/Candle/instrumentId",
            "SubscribeConfirmation at Candle.instrumentId",
        ),
        ("/Error", "Error"),
    ];
    for (place, named) in table {
        let text = message(&spoilt(place, json!(false)));
        assert!(
            text.starts_with(&format!("bad body of {named}: ")),
            "{place}: {text}"
        );
    }
}

#[test]
fn a_reason_tells_what_was_expected_and_no_value() {
    let fill = "/OrderEventUpdate/orderEvents/0/eventData";
    let table = [
        (
            "/OpenOrdersUpdate/orders/0/price",
            json!(64_002.5),
            "invalid type: floating point, expected a decimal number in a string",
        ),
        (
            "/OpenOrdersUpdate/orders/0/orderId",
            json!("1000000"),
            "invalid type: string, expected u64",
        ),
        (
            "/OpenOrdersUpdate/orders/0/orderId",
            json!(-1000),
            "invalid value: integer, expected u64",
        ),
        (
            "/OpenOrdersUpdate/orders/0",
            json!({ "orderId": 7 }),
            "missing field `trader`",
        ),
        (
            "/OpenOrdersUpdate/account",
            json!("0xf39Fd6"),
            "expected 40 hexadecimal digits, with or without 0x, found 6 bytes",
        ),
        (
            "/PositionUpdate/positions",
            json!({ ADDRESS: 1 }),
            "expected 16 hexadecimal digits, with or without 0x, found 40 bytes",
        ),
        (
            "/TransactionResult/signature",
            json!("0xabc"),
            "expected an even number of hexadecimal digits",
        ),
        (
            "/OpenOrdersUpdate",
            json!(null),
            "invalid type: null, expected struct OpenOrdersUpdate",
        ),
        (fill, json!("fill"), "fill needs a payload"),
    ];
    for (place, value, reason) in table {
        let text = message(&spoilt(place, value));
        assert!(text.ends_with(&format!(": {reason}")), "{place}: {text}");
    }
}

#[test]
fn a_bad_body_of_an_untagged_batch_is_named_like_any() {
    let table = [
        (
            r#"{"orderEvents":[{"orderId":7}]}"#,
            "orderEvents[0]",
            "missing field `account`",
        ),
        (
            r#"{"x":1,"account":null}"#,
            "",
            "missing field `orderEvents`",
        ),
        (
            r#"{"orderEvents":[],"orderEvents":[]}"#,
            "",
            "duplicate field `orderEvents`",
        ),
        (
            r#"{"instrumentId":7,"orderEvents":[]}"#,
            "instrumentId",
            "invalid type: integer, expected an instrument id of 16 hexadecimal digits in a string",
        ),
    ];
    for (frame, path, reason) in table {
        assert_eq!(
            decode(frame).unwrap_err(),
            body("OrderEventUpdate", path, reason),
            "{frame}"
        );
    }
}

#[test]
fn a_variant_without_the_payload_it_needs_has_a_bad_body() {
    let reason = "expected a payload";
    assert_eq!(
        decode(r#""TickerUpdate""#).unwrap_err(),
        body("TickerUpdate", "", reason)
    );
    assert_eq!(
        decode_client(r#""Subscribe""#).unwrap_err(),
        body("Subscribe", "", reason)
    );
}

#[test]
fn a_clients_bad_body_is_named_too() {
    let mut lines = CLIENT.split('\n');
    let line = lines
        .find(|line| line.contains("SubmitTransaction"))
        .unwrap();
    let mut frame: Value = serde_json::from_str(line).unwrap();
    frame["SubmitTransaction"]["signatureScheme"] = json!("EIP-SENTINEL");
    let reason = "expected a value of SignatureScheme";
    let expected = body("SubmitTransaction", "signatureScheme", reason);
    assert_eq!(decode_client(&frame.to_string()).unwrap_err(), expected);
    assert_eq!(
        decode_client(r#"{"Subscribe":{"Collateral":{"assetId":1}}}"#).unwrap_err(),
        body("Subscribe", "Collateral", "missing field `account`")
    );
}

#[test]
fn the_text_reads_as_one_sentence() {
    let table = [
        (
            body("Error", "", "expected a string"),
            "bad body of Error: expected a string",
        ),
        (
            body("TickerUpdate", "ticker.t", "x"),
            "bad body of TickerUpdate at ticker.t: x",
        ),
        (
            DecodeError::Syntax { line: 1, column: 7 },
            "not JSON at line 1, column 7",
        ),
        (
            DecodeError::UnknownVariant { name: "Foo".into() },
            "unknown variant Foo",
        ),
    ];
    for (error, text) in table {
        assert_eq!(error.to_string(), text);
    }
}
