//! One message, several ways to write it.

use rocketfi_protocol::{
    ClientMessage, Optional, OrderEventData, Position, ServerMessage, TransactionResponse, decode,
    decode_client, encode,
};
use serde_json::{Value, json};

use super::{read, with, written};

#[test]
fn a_payload_less_variant_is_a_string_or_an_object() {
    for frame in [
        r#""Pong""#,
        r#"{"Pong":null}"#,
        r#"{"Pong":{}}"#,
        " { \"Pong\" : null } ",
    ] {
        assert_eq!(decode(frame), Ok(ServerMessage::Pong), "{frame}");
    }
    for frame in [
        r#""ExecuteOnDisconnectCleared""#,
        r#"{"ExecuteOnDisconnectCleared":null}"#,
    ] {
        assert_eq!(decode(frame), Ok(ServerMessage::ExecuteOnDisconnectCleared));
    }
    for frame in [r#""Ping""#, r#"{"Ping":null}"#] {
        assert_eq!(decode_client(frame), Ok(ClientMessage::Ping));
    }
    for frame in [
        r#""ClearExecuteOnDisconnect""#,
        r#"{"ClearExecuteOnDisconnect":null}"#,
    ] {
        assert_eq!(
            decode_client(frame),
            Ok(ClientMessage::ClearExecuteOnDisconnect)
        );
    }
    let place = "/OrderEventUpdate/orderEvents/0/eventData";
    for canceled in [json!("canceled"), json!({ "canceled": null })] {
        let ServerMessage::OrderEventUpdate(update) = read(&with(place, canceled)) else {
            panic!()
        };
        assert_eq!(update.order_events[0].event_data, OrderEventData::Canceled);
    }
}

#[test]
fn a_payload_less_variant_is_written_as_a_string() {
    assert_eq!(encode(&ServerMessage::Pong), r#""Pong""#);
    assert_eq!(encode(&ClientMessage::Ping), r#""Ping""#);
    assert_eq!(
        encode(&ClientMessage::ClearExecuteOnDisconnect),
        r#""ClearExecuteOnDisconnect""#
    );
}

#[test]
fn a_ping_from_the_server_is_kept_for_whoever_answers_it() {
    for frame in [r#""Ping""#, r#"{"Ping":null}"#] {
        let message = decode(frame).unwrap();
        assert_eq!((message.name(), encode(&message).as_str()), ("Ping", frame));
    }
}

const EVENTS: &str = r#"[{"orderId":7,"account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "instrument":"0x05a8de04b1273c9f","eventData":"canceled"}]"#;

#[test]
fn an_order_event_batch_may_lack_its_tag() {
    let account = r#""account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266""#;
    let instrument = r#""instrumentId":"0x05a8de04b1273c9f""#;
    let events = format!("\"orderEvents\":{EVENTS}");
    let new = r#""sequence":{"a":[1]}"#;
    let newer = r#""sent":1787054400123"#;
    let batches = [
        vec![account, instrument, &events],
        vec![account, &events, instrument],
        vec![instrument, account, &events],
        vec![instrument, &events, account],
        vec![&events, account, instrument],
        vec![&events, instrument, account],
        vec![new, account, instrument, &events],
        vec![new, &events, instrument, account],
        vec![new, newer, account, instrument, &events],
        vec![account, new, instrument, &events],
        vec![account, instrument, &events, new],
    ];
    let tagged = decode(&format!(
        "{{\"OrderEventUpdate\":{{{account},{instrument},{events}}}}}"
    ))
    .unwrap();
    for fields in batches {
        let frame = format!("{{{}}}", fields.join(","));
        assert_eq!(decode(&frame).as_ref(), Ok(&tagged), "{frame}");
        assert_eq!(
            serde_json::from_str::<ServerMessage>(&frame).unwrap(),
            tagged
        );
        let value: Value = serde_json::from_str(&frame).unwrap();
        assert_eq!(
            serde_json::from_value::<ServerMessage>(value).unwrap(),
            tagged
        );
    }
}

#[test]
fn an_untagged_batch_keeps_absent_and_null_apart() {
    let bare = decode(&format!("{{\"orderEvents\":{EVENTS}}}")).unwrap();
    let ServerMessage::OrderEventUpdate(update) = &bare else {
        panic!("{bare:?}")
    };
    assert_eq!(
        (update.account, update.instrument_id),
        (Optional::Absent, Optional::Absent)
    );
    let null = format!("{{\"account\":null,\"orderEvents\":{EVENTS},\"instrumentId\":null}}");
    let ServerMessage::OrderEventUpdate(update) = decode(&null).unwrap() else {
        panic!()
    };
    assert_eq!(
        (update.account, update.instrument_id),
        (Optional::Null, Optional::Null)
    );
    // It goes out with the tag it should have had.
    assert_eq!(
        written(&bare)["OrderEventUpdate"]["orderEvents"][0]["orderId"],
        7
    );
}

#[test]
fn both_spellings_of_a_quote_are_read_and_one_is_written() {
    let quote =
        json!({ "timestamp": 5, "bidPrice": "1", "bidSize": "2", "askPrice": "3", "askSize": "4" });
    let message = read(&with("/QuoteUpdate/quote", quote));
    let expected = json!({ "timestamp": 5, "bid_price": "1", "bid_size": "2", "ask_price": "3", "ask_size": "4" });
    assert_eq!(written(&message)["QuoteUpdate"]["quote"], expected);
}

#[test]
fn the_stats_of_older_servers_are_read() {
    let mut frame = with(
        "/InstrumentStatsUpdate/instrumentId",
        json!("0x05a8de04b1273c9f"),
    );
    let expected = read(&frame);
    let update = frame["InstrumentStatsUpdate"].as_object_mut().unwrap();
    let stats = update.remove("instrumentStats").unwrap();
    update.insert("stats".to_owned(), stats);
    assert_eq!(read(&frame), expected);
    assert!(
        written(&expected)["InstrumentStatsUpdate"]
            .get("instrumentStats")
            .is_some()
    );
}

fn response(json: Value) -> TransactionResponse {
    let ServerMessage::TransactionResult(result) = read(&with("/TransactionResult/response", json))
    else {
        panic!()
    };
    result.response
}

#[test]
fn a_transaction_response_has_short_forms() {
    for json in [json!(null), json!("Ok"), json!({ "Ok": null })] {
        assert_eq!(response(json), TransactionResponse::Ok);
    }
    for json in [json!("nonce too low"), json!({ "Err": "nonce too low" })] {
        assert_eq!(
            response(json),
            TransactionResponse::Err("nonce too low".into())
        );
    }
}

#[test]
fn what_older_servers_leave_out_has_a_default_but_is_not_written() {
    let old = json!({ "quantity": "1", "averagePrice": "1", "liquidationPrice": "1", "accruedFunding": "0",
        "unrealizedPnl": "0", "reservedMargin": "0" });
    let position: Position = serde_json::from_value(old.clone()).unwrap();
    assert_eq!(position.ticker_or_default(), "");
    assert_eq!(position.instrument_type_or_default().as_str(), "Unknown");
    assert_eq!(serde_json::to_value(&position).unwrap(), old);
}

#[test]
fn addresses_and_instruments_are_read_in_any_spelling() {
    let spellings = [
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "f39fd6e51aad88f6f4ce6ab8827279cfffb92266",
        "0xF39FD6E51AAD88F6F4CE6AB8827279CFFFB92266",
    ];
    for spelling in spellings {
        let message = read(&with("/CollateralUpdate/account", json!(spelling)));
        assert_eq!(
            written(&message)["CollateralUpdate"]["account"],
            spellings[0]
        );
    }
    let message = read(&with(
        "/LastMatchPriceUpdate/instrumentId",
        json!("05A8DE04B1273C9F"),
    ));
    assert_eq!(
        written(&message)["LastMatchPriceUpdate"]["instrumentId"],
        "0x05a8de04b1273c9f"
    );
}
