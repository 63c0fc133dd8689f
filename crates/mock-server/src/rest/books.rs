//! All that REST shows of one account, at one moment.

use std::collections::BTreeMap;

use rocketfi_protocol::{AccountAddress, AssetId, Decimal, InstrumentId, OpenOrder, Position};

use crate::market::Market;

/// The state of one account. Of what happened to it only the numbers are here: the market's logs
/// grow at their end, so a number is enough to show them as they were.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Books {
    pub(super) open_orders: Vec<OpenOrder>,
    pub(super) positions: BTreeMap<InstrumentId, Position>,
    pub(super) collaterals: BTreeMap<AssetId, Decimal>,
    /// The number that the next order event will have.
    pub(super) next_order_event: usize,
    /// The number that the next payment will have.
    pub(super) next_funding_event: usize,
}

impl Books {
    /// As they are now; `None` when no such account trades.
    pub(super) fn of(market: &Market, account: AccountAddress) -> Option<Self> {
        Some(Self {
            open_orders: market.open_orders(account)?,
            positions: market.positions(account)?,
            collaterals: market.collaterals(account)?,
            next_order_event: market.order_log(account)?.next(),
            next_funding_event: market.funding_log(account)?.next(),
        })
    }
}
