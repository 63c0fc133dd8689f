//! What REST answers: the envelopes, around the same views that the stream brings.
//!
//! The exchange serves them on the host of the WebSocket, over https and without `/ws`, as JSON in camel case; reading
//! needs no key. They are for reconciliation: REST gives snapshots, the stream gives updates, and after a gap the two
//! are compared. Source: the exchange's public documentation, which is in prose. So these are written by hand, and read
//! as tolerantly as the messages are: unknown fields are ignored, a list that is `null` is empty, page data may be
//! missing. A list that is missing altogether is an error, for an account without orders must not be made of whatever
//! a proxy answers.
//!
//! ```
//! use rocketfi_protocol::rest::{OPEN_ORDERS, OpenOrdersPage};
//!
//! assert_eq!(OPEN_ORDERS, "/open-orders");
//! let page: OpenOrdersPage = serde_json::from_str(r#"{"orders":null,"pageNumber":0,"pageSize":100}"#)?;
//! assert!(page.orders.is_empty());
//! # Ok::<(), serde_json::Error>(())
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    AccountAddress, AssetId, Decimal, InstrumentId, OpenOrder, OrderEvent, Position,
    PositionFundingUpdate, Round, Timestamp,
};

/// Path of [`OpenOrdersPage`]: `GET /open-orders?account=…&pageNumber=0&pageSize=100`.
pub const OPEN_ORDERS: &str = "/open-orders";
/// Path of [`Positions`]: `GET /position?account=…[&instrumentId=…]`.
pub const POSITION: &str = "/position";
/// Path of [`Collaterals`]: `GET /collateral?account=…[&assetId=…]`.
pub const COLLATERAL: &str = "/collateral";
/// Path of [`OrderEventsPage`]: `GET /order-events?account=…&pageNumber=0&pageSize=100`.
pub const ORDER_EVENTS: &str = "/order-events";
/// Path of [`PositionFundingEventsPage`]: `GET /position-funding-events?account=…&pageNumber=0&pageSize=100`.
pub const POSITION_FUNDING_EVENTS: &str = "/position-funding-events";

/// Entries of a page, unless the request names another number. Pages are counted from 0.
pub const PAGE_SIZE: u64 = 100;

/// A page of an account's open orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenOrdersPage {
    /// The orders of this page.
    #[serde(deserialize_with = "or_default")]
    pub orders: Vec<OpenOrder>,
    /// Which page it is, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_number: Option<u64>,
    /// How many entries a full page has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u64>,
}

/// An account's positions. A snapshot: unlike in a `PositionUpdate`, an instrument that is missing is not held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Positions {
    /// The positions, by instrument.
    #[serde(deserialize_with = "or_default")]
    pub positions: BTreeMap<InstrumentId, Position>,
}

/// What an account holds as collateral.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Collaterals {
    /// The amounts, by asset.
    #[serde(deserialize_with = "or_default")]
    pub collaterals: BTreeMap<AssetId, Decimal>,
}

/// A page of what happened to an account's orders, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderEventsPage {
    /// The events of this page.
    #[serde(deserialize_with = "or_default")]
    pub order_events: Vec<OrderEvent>,
    /// Which page it is, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_number: Option<u64>,
    /// How many entries a full page has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u64>,
}

/// A page of an account's funding payments, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PositionFundingEventsPage {
    /// The payments of this page.
    #[serde(deserialize_with = "or_default")]
    pub events: Vec<PositionFundingEvent>,
    /// Which page it is, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_number: Option<u64>,
    /// How many entries a full page has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u64>,
}

/// A funding payment of an account in one instrument, with what it was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PositionFundingEvent {
    /// The funding rate of the round, a fraction and not a percentage.
    pub funding_rate: Decimal,
    /// When it was paid, in milliseconds since the Unix epoch.
    pub timestamp: Timestamp,
    /// The funding round it was paid for, a running number.
    pub round: Round,
    /// The instrument of the position.
    pub instrument_id: InstrumentId,
    /// What the account received (positive) or paid (negative), in quote currency.
    pub pnl: Decimal,
    /// The account that paid or received.
    pub account: AccountAddress,
    /// What was held, negative when short.
    pub position_quantity: Decimal,
    /// The mark price at which it was valued.
    pub instrument_mark_price: Decimal,
}

/// The same payment as the stream tells it.
impl From<PositionFundingEvent> for PositionFundingUpdate {
    fn from(event: PositionFundingEvent) -> Self {
        Self {
            account: event.account,
            funding_rate: event.funding_rate,
            timestamp: event.timestamp,
            round: event.round,
            instrument_id: event.instrument_id,
            pnl: event.pnl,
        }
    }
}

/// An exchange that has nothing to list says `null`.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn reads<T>(text: &Value) -> T
    where
        T: serde::de::DeserializeOwned,
    {
        serde_json::from_str(&text.to_string()).unwrap()
    }

    #[test]
    fn nothing_to_list_is_null_or_empty() {
        assert_eq!(
            reads::<OpenOrdersPage>(&json!({"orders": null, "pageNumber": 2})).page_number,
            Some(2)
        );
        assert_eq!(
            reads::<Positions>(&json!({"positions": null})),
            Positions::default()
        );
        assert_eq!(
            reads::<Collaterals>(&json!({"collaterals": {}})),
            Collaterals::default()
        );
        assert_eq!(
            reads::<OrderEventsPage>(&json!({"orderEvents": null})),
            OrderEventsPage::default()
        );
        assert_eq!(
            reads::<PositionFundingEventsPage>(&json!({"events": null, "total": 0})),
            PositionFundingEventsPage::default()
        );
    }

    #[test]
    fn an_answer_to_another_question_is_not_an_empty_one() {
        for text in ["{}", r#"{"error":"throttled"}"#, "[]", "null"] {
            assert!(serde_json::from_str::<OpenOrdersPage>(text).is_err());
            assert!(serde_json::from_str::<Positions>(text).is_err());
            assert!(serde_json::from_str::<Collaterals>(text).is_err());
            assert!(serde_json::from_str::<OrderEventsPage>(text).is_err());
            assert!(serde_json::from_str::<PositionFundingEventsPage>(text).is_err());
        }
    }

    #[test]
    fn amounts_are_keyed_by_the_number_of_their_asset() {
        let text = json!({"collaterals": {"0": "1000.50", "18446744073709551615": "-1"}});
        let read: Collaterals = reads(&text);
        assert_eq!(read.collaterals[&AssetId(0)].as_str(), "1000.50");
        assert_eq!(read.collaterals[&AssetId(u64::MAX)].as_str(), "-1");
        assert_eq!(serde_json::to_value(&read).unwrap(), text);
    }

    #[test]
    fn a_payment_is_the_same_in_both_forms() {
        let text = json!({
            "fundingRate": "0.0001", "timestamp": 1_787_011_201_500_u64, "round": 8_812_346,
            "instrumentId": "0x05a8de04b1273c9f", "pnl": "-6.4251", "positionQuantity": "0.5",
            "account": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "instrumentMarkPrice": "64251.0"
        });
        let event: PositionFundingEvent = reads(&text);
        assert_eq!(serde_json::to_value(&event).unwrap(), text);
        let update = PositionFundingUpdate::from(event.clone());
        assert_eq!((update.round, update.pnl), (event.round, event.pnl));
    }
}
