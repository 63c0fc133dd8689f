use serde::{Deserialize, Serialize};

use crate::InstrumentType;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenOrder {
    pub order_id: u64,
    pub trader: String,
    pub order_type: OrderType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_type: Option<TriggerType>,
    pub instrument_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument_type: Option<InstrumentType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub underlying_asset: Option<String>,
    pub price: String,
    pub quantity: String,
    pub filled_quantity: String,
    pub side: Side,
    pub timestamp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twap_interval: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twap_original_quantity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twap_filled_quantity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twap_frequency: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twap_randomize: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrdersUpdate {
    pub account: String,
    pub orders: Vec<OpenOrder>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderEvent {
    pub order_id: u64,
    pub account: String,
    pub instrument: String,
    pub event_data: OrderEventData,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrderEventData {
    Fill(OrderFill),
    Placed(OrderPlaced),
    Canceled,
    Modified(OrderModified),
    Rejected(OrderRejected),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderEventUpdate {
    pub account: Option<String>,
    pub instrument_id: Option<String>,
    pub order_events: Vec<OrderEvent>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of the message"
)]
pub struct OrderFill {
    pub price: String,
    pub size: String,
    pub remaining_size: String,
    pub original_size: String,
    pub settlement_asset: u64,
    pub pnl: Option<String>,
    pub timestamp: u64,
    pub is_passive: bool,
    pub is_filled: bool,
    pub fee_rate: String,
    pub fee_amount: String,
    pub is_liquidation: bool,
    #[serde(default)]
    pub is_adl: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderModified {
    pub price: String,
    pub size: String,
    pub timestamp: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub price: String,
    pub size: String,
    pub remaining_size: String,
    pub original_size: String,
    pub settlement_asset: u64,
    pub timestamp: u64,
    pub is_passive: bool,
    pub is_filled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRejected {
    pub reason: RejectionReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrderType {
    Limit,
    Market,
    Twap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RejectionReason {
    MarginViolated,
    NotEnoughLiquidity,
    TooMuchSlippage,
    SelfTradePrevention,
    MarketMakerProtection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Side {
    Buy,
    Sell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TriggerType {
    StopLoss,
    TakeProfit,
}
