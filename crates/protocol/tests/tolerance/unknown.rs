//! What the specification does not have yet is kept, and costs nothing else.

use rocketfi_protocol::{
    ClientMessage, MarkPrice, OrderEventData, RawJson, ServerMessage, SubscriptionKind, decode,
    decode_client, encode,
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
