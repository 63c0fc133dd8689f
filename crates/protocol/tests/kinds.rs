//! Every subscription kind of the specification, as it is sent and as it is confirmed.

use rocketfi_protocol::{
    AccountAddress, AssetId, CandleInterval, ClientMessage, InstrumentId, ServerMessage,
    SubscriptionKind, decode, encode,
};
use serde_json::{Value, json};

const ACCOUNT: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const INSTRUMENT: &str = "0x05a8de04b1273c9f";

/// Each kind, and the payload that stands for it on the wire.
fn kinds() -> Vec<(SubscriptionKind, Value)> {
    let account: AccountAddress = ACCOUNT.parse().expect("an address");
    let instrument_id: InstrumentId = INSTRUMENT.parse().expect("an instrument id");
    let asset_id = AssetId(1);
    let of_account = json!({ "account": ACCOUNT });
    let of_instrument = json!({ "instrumentId": INSTRUMENT });
    let of_both = json!({ "account": ACCOUNT, "instrumentId": INSTRUMENT });
    let filter = |account, instrument_id| SubscriptionKind::OrderEvents {
        account,
        instrument_id,
    };
    let mut kinds = vec![
        (
            SubscriptionKind::Orderbook { instrument_id },
            of_instrument.clone(),
        ),
        (
            SubscriptionKind::PriceFeed { instrument_id },
            of_instrument.clone(),
        ),
        (
            SubscriptionKind::AssetPriceFeed { asset_id },
            json!({ "assetId": 1 }),
        ),
        (filter(None, None), json!({})),
        (filter(Some(account), None), of_account.clone()),
        (filter(None, Some(instrument_id)), of_instrument.clone()),
        (filter(Some(account), Some(instrument_id)), of_both),
        (
            SubscriptionKind::Collateral { asset_id, account },
            json!({ "assetId": 1, "account": ACCOUNT }),
        ),
        (SubscriptionKind::Position { account }, of_account.clone()),
        (
            SubscriptionKind::AccountRisk { account },
            of_account.clone(),
        ),
        (SubscriptionKind::OpenOrders { account }, of_account.clone()),
        (
            SubscriptionKind::FundingRate { instrument_id },
            of_instrument.clone(),
        ),
        (SubscriptionKind::PositionFunding { account }, of_account),
        (
            SubscriptionKind::LastMatchPrice { instrument_id },
            of_instrument.clone(),
        ),
        (
            SubscriptionKind::AuctionFills { instrument_id },
            of_instrument.clone(),
        ),
        (
            SubscriptionKind::Ticker { instrument_id },
            of_instrument.clone(),
        ),
        (
            SubscriptionKind::InstrumentStats { instrument_id },
            of_instrument,
        ),
    ];
    kinds.extend(["1m", "5m", "15m", "30m", "1h", "4h", "1d"].map(|text| {
        let interval: CandleInterval = text.parse().unwrap();
        let payload = json!({ "instrumentId": INSTRUMENT, "interval": text });
        (
            SubscriptionKind::Candle {
                instrument_id,
                interval,
            },
            payload,
        )
    }));
    kinds
}

#[test]
fn every_kind_is_written_as_specified() {
    for (kind, payload) in kinds() {
        let name = kind.name().to_owned();
        let subscribe = encode(&ClientMessage::from(kind.clone()));
        let unsubscribe = encode(&ClientMessage::Unsubscribe(kind));
        for (frame, tag) in [(subscribe, "Subscribe"), (unsubscribe, "Unsubscribe")] {
            let frame: Value = serde_json::from_str(&frame).unwrap();
            assert_eq!(frame, json!({ tag: { &name: &payload } }));
        }
    }
}

#[test]
fn a_confirmation_carries_an_equal_kind() {
    for (kind, payload) in kinds() {
        let frame = json!({ "SubscribeConfirmation": { kind.name(): payload } }).to_string();
        assert_eq!(
            decode(&frame),
            Ok(ServerMessage::SubscribeConfirmation(kind))
        );
    }
}

#[test]
fn all_kinds_are_here() {
    let mut names: Vec<_> = kinds()
        .iter()
        .map(|(kind, _)| kind.name().to_owned())
        .collect();
    names.dedup();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SubscriptionKind::NAMES.len());
}
