use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::InstrumentType;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountRisk {
    pub account: String,
    pub available_collateral: String,
    pub margin_requirement: String,
    pub unreserved_margin: String,
    pub equity: String,
    pub reserved_margin: String,
    pub unrealized_pnl: String,
    pub notional_value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRiskUpdate {
    pub account: String,
    pub risk: AccountRisk,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollateralUpdate {
    pub asset_id: u64,
    pub account: String,
    pub collateral: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    pub quantity: String,
    pub average_price: String,
    pub liquidation_price: String,
    pub accrued_funding: String,
    pub unrealized_pnl: String,
    pub reserved_margin: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocated_initial_margin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standalone_initial_margin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leverage_setting: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument_type: Option<InstrumentType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub underlying_ticker: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PositionFundingUpdate {
    pub account: String,
    pub funding_rate: String,
    pub timestamp: u64,
    pub round: u64,
    pub instrument_id: String,
    pub pnl: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionUpdate {
    pub account: String,
    pub positions: BTreeMap<String, Position>,
}
