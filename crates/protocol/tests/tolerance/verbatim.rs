//! What passes through unchanged: odd numbers, absent against null, and JSON that is nobody's business.

use rocketfi_protocol::{ClientMessage, decode, decode_client, encode};
use serde_json::{Value, json};

use super::{read, with, written};

#[test]
fn absent_and_null_are_kept_apart() {
    let table = [
        ("/OrderEventUpdate/orderEvents/0/eventData/fill/pnl", "pnl"),
        ("/MarkPriceUpdate/markPrice/PriceIV/delta", "delta"),
        ("/TickerUpdate/ticker/V", "V"),
        ("/OpenOrdersUpdate/orders/0/triggerType", "triggerType"),
        (
            "/PositionUpdate/positions/0x0000000000000010/leverageSetting",
            "leverageSetting",
        ),
        (
            "/InstrumentStatsUpdate/instrumentStats/premiumIndex",
            "premiumIndex",
        ),
    ];
    for (place, field) in table {
        let null = with(place, Value::Null);
        let mut absent = null.clone();
        let (record, _) = place.rsplit_once('/').unwrap();
        absent
            .pointer_mut(record)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(field);
        assert_ne!(read(&null), read(&absent), "{place}");
        assert_eq!(written(&read(&null)), null, "{place}");
        assert_eq!(written(&read(&absent)), absent, "{place}");
    }
}

#[test]
fn odd_decimals_cost_nothing_but_their_own_value() {
    for text in ["", "1e-18", "-0.0", "007", "NaN", &"9".repeat(58)] {
        let frame = with("/LastMatchPriceUpdate/lastMatchPrice", json!(text));
        assert_eq!(written(&read(&frame)), frame);
    }
}

#[test]
fn an_instruction_passes_through_byte_for_byte() {
    let instruction = "{ \"PlaceOrder\" :[ {\"price\":1.50,\t\"size\":123456789012345678901234567890 },\n\
        {\"b\":1e400,\"a\":\"\\u00e9\\/\",\"a\":-0} ] }";
    let frame = format!(
        "{{\"SubmitTransaction\":{{\"data\":{{\"sender\":\"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\",\
         \"instruction\":{instruction},\"nonce\":18446744073709551615}},\"serializationFormat\":\"JSON\",\
         \"signatureScheme\":\"EIP712\",\"signature\":\"0xABcd\"}}}}"
    );
    let message = decode_client(&frame).unwrap();
    let ClientMessage::SubmitTransaction(transaction) = &message else {
        panic!()
    };
    assert_eq!(transaction.data.instruction.as_str(), instruction);
    assert_eq!(encode(&message), frame);
}

#[test]
fn open_ended_transaction_bodies_pass_through_byte_for_byte() {
    let frame = r#"{"TransactionResult":{"signature":"0xab","response":{"CreateVault":{ "b":1.50,"a":1e400 }}}}"#;
    assert_eq!(encode(&decode(frame).unwrap()), frame);
}
