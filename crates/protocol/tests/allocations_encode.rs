//! How often writing a frame allocates. The counts are exact, and those of one thread.

use allocation_counter::{AllocationInfo, measure};
use rocketfi_protocol::{
    AccountAddress, ClientMessage, ServerMessage, SubscriptionKind, decode, encode, encode_into,
};

/// A fill, with two accounts that are not written all in lower case.
const FILL: &str = r#"{"OrderEventUpdate":{"account":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","orderEvents":[{"orderId":7301,"account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","instrument":"0x05a8de04b1273c9f","eventData":{"fill":{"price":"91250.5","size":"0.25","remaining_size":"0.75","original_size":"1","settlement_asset":0,"pnl":"-12.503","timestamp":1795618800431,"is_passive":true,"is_filled":false,"fee_rate":"0.0002","fee_amount":"4.562525","is_liquidation":false,"is_adl":false}}}]}}"#;
const BOOK: &str = r#"{"OrderbookUpdate":{"instrumentId":"0x05a8de04b1273c9f","orderbook":{"bids":[{"price":"64250.50","quantity":"1.000"}],"asks":[{"price":"64251.00","quantity":"1.000"},{"price":"64251.50","quantity":"8.137"}]}}}"#;
const POSITIONS: &str = r#"{"PositionUpdate":{"account":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","positions":{"0x2ceaee21bf46bc00":{"quantity":"-1.75","averagePrice":"91000.25","liquidationPrice":"48000.125","accruedFunding":"-0.000123","unrealizedPnl":"-1000.5","reservedMargin":"9600","allocatedInitialMargin":"9600","standaloneInitialMargin":"9750.5","leverageSetting":10,"createdAt":1795618700431,"updatedAt":1795618800431,"instrumentType":"Perpetuals","ticker":"C00-PERP","underlyingTicker":"C00"}}}}"#;
const UNKNOWN: &str = r#"{"NewerUpdate":{"text":"\u2028 \" ü"}}"#;

fn allocations(work: impl FnOnce()) -> u64 {
    let AllocationInfo { count_total, .. } = measure(work);
    count_total
}

#[test]
fn a_buffer_with_room_is_written_to_without_an_allocation() {
    for text in [FILL, BOOK, POSITIONS, UNKNOWN, "\"Pong\""] {
        let message: ServerMessage = decode(text).unwrap();
        let mut frame = String::with_capacity(2 * text.len());
        let first = allocations(|| encode_into(&message, &mut frame));
        let second = allocations(|| encode_into(&message, &mut frame));
        assert_eq!((first, second), (0, 0), "{text}");
        assert_eq!(frame, encode(&message));
    }
}

#[test]
fn an_address_is_written_without_an_allocation_the_first_time_too() {
    let mut frame = String::with_capacity(200);
    for last in 0..200 {
        let account = AccountAddress::from_bytes([last; 20]);
        let request = ClientMessage::Subscribe(SubscriptionKind::OpenOrders { account });
        assert_eq!(allocations(|| encode_into(&request, &mut frame)), 0);
        assert_eq!(frame, encode(&request));
    }
}

#[test]
fn a_frame_of_its_own_is_allocated_once_when_it_is_short() {
    // serde_json begins with 128 bytes.
    assert_eq!(allocations(|| drop(encode(&ClientMessage::Ping))), 1);
}
