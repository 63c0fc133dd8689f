//! What the specification does not have yet is kept, and costs nothing else.

use rocketfi_protocol::{
    ClientMessage, DecodeError, MarkPrice, OrderEventData, RawJson, ServerMessage, SignatureScheme,
    SubscriptionKind, decode, decode_client, encode,
};
use serde_json::{Value, json};

use super::{FRAMES, read, with, written};

#[test]
fn an_unknown_variant_keeps_its_name_and_its_json() {
    let table = [
        (
            r#"{"MarginCall":{ "b":1.50, "a":[1e400, null] }}"#,
            "MarginCall",
            Some(r#"{ "b":1.50, "a":[1e400, null] }"#),
        ),
        (r#"{"MarginCall":null}"#, "MarginCall", Some("null")),
        (r#"{"":7}"#, "", Some("7")),
        (
            r#"{"nothing like \"it\"":"x"}"#,
            "nothing like \"it\"",
            Some("\"x\""),
        ),
        (r#""MarginCall""#, "MarginCall", None),
        (r#""pong""#, "pong", None),
    ];
    for (frame, name, payload) in table {
        let message = decode(frame).unwrap();
        let ServerMessage::Unrecognized(variant) = &message else {
            panic!("{message:?}")
        };
        assert_eq!(variant.name(), name);
        assert_eq!(message.name(), name);
        assert_eq!(variant.payload().map(RawJson::as_str), payload);
        assert_eq!(encode(&message), frame);
    }
}

/// Places where the server chooses from a list that may grow, each in the pointer syntax of RFC 6901.
const OPEN_PLACES: [&str; 12] = [
    "/OrderEventUpdate/orderEvents/0/eventData",
    "/OrderEventUpdate/orderEvents/0/eventData/rejected/reason",
    "/OpenOrdersUpdate/orders/0/orderType",
    "/OpenOrdersUpdate/orders/0/side",
    "/OpenOrdersUpdate/orders/0/instrumentType",
    "/OpenOrdersUpdate/orders/0/triggerType",
    "/PositionUpdate/positions/0x0000000000000010/instrumentType",
    "/MarkPriceUpdate/markPrice",
    "/AssetMarkPriceUpdate/markPrice",
    "/CandleUpdate/candle/interval",
    "/SubscribeConfirmation/Candle/interval",
    "/SubscribeConfirmation",
];

#[test]
fn an_unknown_word_never_costs_the_rest_of_its_message() {
    for place in OPEN_PLACES {
        let frame = with(place, json!("somethingNew"));
        let message = read(&frame);
        assert!(
            !matches!(message, ServerMessage::Unrecognized(_)),
            "{place}"
        );
        assert!(format!("{message:?}").contains("somethingNew"), "{place}");
        assert_eq!(written(&message), frame, "{place}");
    }
}

#[test]
fn an_unknown_arm_never_costs_the_rest_of_its_message() {
    let places = [
        OPEN_PLACES[0],
        OPEN_PLACES[7],
        OPEN_PLACES[8],
        OPEN_PLACES[11],
        "/TransactionResult/response",
    ];
    for place in places {
        for payload in [
            json!({ "deep": [1.5, "x"] }),
            json!(null),
            json!(18_446_744_073_709_551_615_u64),
        ] {
            let frame = with(place, json!({ "somethingNew": payload }));
            let message = read(&frame);
            assert!(
                !matches!(message, ServerMessage::Unrecognized(_)),
                "{place}"
            );
            assert!(format!("{message:?}").contains("Unrecognized"), "{place}");
            assert_eq!(written(&message), frame, "{place}");
        }
    }
}

#[test]
fn the_neighbours_of_an_unknown_arm_stay_typed() {
    let mut frame = with(
        "/OrderEventUpdate/orderEvents/1/eventData",
        json!({ "expired": { "at": 1 } }),
    );
    frame["OrderEventUpdate"]["orderEvents"][0]["eventData"] = json!("canceled");
    let ServerMessage::OrderEventUpdate(update) = read(&frame) else {
        panic!()
    };
    assert_eq!(update.order_events[0].event_data, OrderEventData::Canceled);
    let OrderEventData::Unrecognized(arm) = &update.order_events[1].event_data else {
        panic!()
    };
    assert_eq!(
        (arm.name(), arm.payload().unwrap().as_str()),
        ("expired", r#"{"at":1}"#)
    );
    assert!(!matches!(
        update.order_events[2].event_data,
        OrderEventData::Unrecognized(_)
    ));
}

#[test]
fn an_unknown_kind_may_be_subscribed_and_confirmed() {
    let frame =
        r#"{"Subscribe":{"Liquidations":{"instrumentId":"0x05a8de04b1273c9f","depth":5.0}}}"#;
    let message = decode_client(frame).unwrap();
    let ClientMessage::Subscribe(kind) = &message else {
        panic!("{message:?}")
    };
    assert_eq!(kind.name(), "Liquidations");
    assert!(matches!(kind, SubscriptionKind::Unrecognized(_)));
    assert!(kind.updates().is_empty());
    assert_eq!(encode(&message), frame);
    let confirmation = frame.replace("Subscribe", "SubscribeConfirmation");
    assert_eq!(
        decode(&confirmation),
        Ok(ServerMessage::SubscribeConfirmation(kind.clone()))
    );
}

#[test]
fn unknown_fields_are_ignored_at_every_depth() {
    fn add_fields(value: &mut Value) {
        match value {
            Value::Object(object) => object.values_mut().for_each(add_fields),
            Value::Array(items) => items.iter_mut().for_each(add_fields),
            _ => return,
        }
        // Only a record may grow fields: a union's object has one key, and a map's keys are all entries.
        if let Value::Object(record) = value
            && record
                .keys()
                .all(|key| key.starts_with(|first: char| first.is_ascii_lowercase()))
            && record.len() > 1
        {
            record.insert("zzzLater".to_owned(), json!({ "a": [{ "b": null }] }));
        }
    }
    for line in FRAMES
        .split('\n')
        .filter(|line| !line.is_empty() && !line.contains("TransactionResult"))
    {
        let mut frame: Value = serde_json::from_str(line).unwrap();
        add_fields(&mut frame);
        assert_eq!(decode(&frame.to_string()), decode(line), "{frame}");
    }
}

#[test]
fn an_arm_without_a_payload_may_yet_get_one() {
    let mut frame = with("/MarkPriceUpdate/markPrice", json!("Suspended"));
    let ServerMessage::MarkPriceUpdate(update) = read(&frame) else {
        panic!()
    };
    let MarkPrice::Unrecognized(arm) = &update.mark_price else {
        panic!()
    };
    assert_eq!((arm.name(), arm.payload()), ("Suspended", None));
    frame["MarkPriceUpdate"]["markPrice"] = json!({ "Suspended": { "since": 5 } });
    assert_eq!(written(&read(&frame)), frame);
}

/// Of the places above, those that take a word and no variant.
const WORDS: [&str; 8] = [
    OPEN_PLACES[1],
    OPEN_PLACES[2],
    OPEN_PLACES[3],
    OPEN_PLACES[4],
    OPEN_PLACES[5],
    OPEN_PLACES[6],
    OPEN_PLACES[9],
    OPEN_PLACES[10],
];

#[test]
fn a_word_with_a_payload_loses_the_payload_and_nothing_else() {
    for place in WORDS {
        let known = with(place, json!("somethingNew"));
        for payload in [json!({ "code": 1, "deep": [{}] }), json!(null), json!(7)] {
            let message = read(&with(place, json!({ "somethingNew": payload })));
            assert_eq!(message, read(&known), "{place}");
            assert_eq!(written(&message), known, "{place}");
        }
    }
    let side = "/OpenOrdersUpdate/orders/0/side";
    assert_eq!(
        read(&with(side, json!({ "Sell": { "short": true } }))),
        read(&with(side, json!("Sell")))
    );
}

#[test]
fn a_word_is_nothing_but_a_string_or_an_object_with_one_key() {
    for place in WORDS {
        for value in [
            json!({}),
            json!({ "a": 1, "b": {} }),
            json!(["Buy"]),
            json!(7),
            json!(true),
        ] {
            let frame = with(place, value).to_string();
            let error = decode(&frame).expect_err(&frame);
            assert!(matches!(error, DecodeError::Body { .. }), "{error:?}");
        }
    }
}

#[test]
fn a_closed_enum_takes_no_payload() {
    for json in [r#"{"EIP712":null}"#, r#"{"EIP712":{"domain":1}}"#] {
        let error = serde_json::from_str::<SignatureScheme>(json).unwrap_err();
        let expected = "invalid type: map, expected a value of SignatureScheme";
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

#[test]
fn keys_beside_an_unknown_arm_cost_nothing_but_themselves() {
    let upper = [OPEN_PLACES[7], OPEN_PLACES[8], OPEN_PLACES[11]];
    let places = [(OPEN_PLACES[0], "expired")].into_iter();
    for (place, name) in places.chain(upper.map(|place| (place, "Expired"))) {
        for payload in [json!({ "at": 1 }), json!({})] {
            // Fields stand on both sides of the name.
            let frame = with(
                place,
                json!({ "Absent": null, "aaa": [{}], name: payload, "zzz": 2 }),
            );
            let kept = with(place, json!({ name: payload }));
            assert_eq!(read(&frame), read(&kept), "{place}");
            assert_eq!(written(&read(&frame)), kept, "{place}");
        }
        let frame = with(place, json!({ "aaa": 1, name: null, "zzz": 2 }));
        assert_eq!(
            written(&read(&frame)),
            with(place, json!({ name: null })),
            "{place}"
        );
    }
}

#[test]
fn keys_beside_an_unknown_message_cost_nothing_but_themselves() {
    let payload = r#"{ "b":1.50, "a":[1e400] }"#;
    let table = [
        (format!(r#"{{"MarginCall":{payload},"seq":1}}"#), payload),
        (
            format!(r#"{{"seq":1,"sent":{{"at":1}},"MarginCall":{payload},"Empty":null}}"#),
            payload,
        ),
        (r#"{"MarginCall":null,"seq":1}"#.to_owned(), "null"),
        (r#"{"seq":{},"MarginCall":null}"#.to_owned(), "null"),
    ];
    for (frame, payload) in table {
        let message = decode(&frame).unwrap_or_else(|error| panic!("{error}: {frame}"));
        assert!(matches!(message, ServerMessage::Unrecognized(_)), "{frame}");
        let kept = format!(r#"{{"MarginCall":{payload}}}"#);
        assert_eq!(encode(&message), kept, "{frame}");
    }
}

#[test]
fn fields_without_a_variant_among_them_are_no_message() {
    for frame in [
        r#"{"a":1,"b":2}"#,
        r#"{"instrument":"x","quote":{"bid":"1"},"seq":{}}"#,
        r#"{"MarginCall":1,"seq":2}"#,
        r#"{"MarginCall":{},"Liquidation":{}}"#,
        r#"{"MarginCall":{},"MarginCall":{}}"#,
        r#"{"MarginCall":null,"Liquidation":null}"#,
    ] {
        assert_eq!(decode(frame), Err(DecodeError::Shape), "{frame}");
    }
    let frame = r#"{"SubscribeAll":{},"seq":2}"#;
    assert_eq!(decode_client(frame), Err(DecodeError::Shape));
}
