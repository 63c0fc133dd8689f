//! The books of one account: collateral, positions, resting orders.

use std::collections::{BTreeMap, BTreeSet};

use rocketfi_protocol::rest::PositionFundingEvent;
use rocketfi_protocol::{AccountAddress, OrderEvent, OrderId};
use rust_decimal::Decimal as Amount;

use super::listing::Listing;
use super::log::Log;
use super::order::Order;
use super::position::Position;

/// Initial margin as a fraction of notional: 20 times leverage.
pub(super) const LEVERAGE: u64 = 20;

/// What one account has.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) address: AccountAddress,
    /// Of the settlement asset. It changes by realised profit, fees and funding, by nothing else.
    pub(super) collateral: Amount,
    /// By instrument, by position in the market's list. None has zero lots after a tick.
    pub(super) positions: BTreeMap<usize, Position>,
    pub(super) orders: BTreeMap<OrderId, Order>,
    pub(super) changes: Changes,
    /// Everything that was told about its orders.
    pub(super) order_events: Log<OrderEvent>,
    pub(super) funding_events: Log<PositionFundingEvent>,
}

/// What changed in this tick, and so what has to be told.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    /// Orders placed, modified or partly filled that still rest.
    pub(super) resting: BTreeSet<OrderId>,
    /// Orders that were filled to the end: told once more, with nothing left to fill.
    pub(super) filled: Vec<Order>,
    pub(super) positions: BTreeSet<usize>,
    pub(super) collateral: bool,
    /// An order that no longer reserves margin.
    pub(super) cancelled: bool,
}

impl Changes {
    pub(super) fn any(&self) -> bool {
        self.collateral
            || self.cancelled
            || !self.resting.is_empty()
            || !self.filled.is_empty()
            || !self.positions.is_empty()
    }
}

/// What an account is worth and what it has pledged, in the settlement asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Risk {
    /// Collateral plus unrealised profit.
    pub(super) equity: Amount,
    pub(super) unrealised: Amount,
    /// The initial margin of all positions at the mark.
    pub(super) margin: Amount,
    /// The margin that resting orders reserve.
    pub(super) reserved: Amount,
    /// The worth of all positions at the mark, without signs.
    pub(super) notional: Amount,
}

impl Risk {
    /// What new orders may still reserve.
    pub(super) fn available(&self) -> Amount {
        self.equity - self.margin - self.reserved
    }

    /// Equity that no resting order has reserved.
    pub(super) fn unreserved(&self) -> Amount {
        self.equity - self.reserved
    }
}

impl Account {
    pub(super) fn new(address: AccountAddress, collateral: Amount) -> Self {
        Self {
            address,
            collateral,
            positions: BTreeMap::new(),
            orders: BTreeMap::new(),
            changes: Changes::default(),
            order_events: Log::default(),
            funding_events: Log::default(),
        }
    }

    /// Lots held of an instrument; negative when short.
    pub(super) fn lots(&self, listing: usize) -> i64 {
        self.positions
            .get(&listing)
            .map_or(0, |position| position.lots)
    }

    pub(super) fn risk(&self, listings: &[Listing]) -> Risk {
        let held = || {
            self.positions
                .iter()
                .map(|(index, position)| (&listings[*index], position))
        };
        let unrealised = held()
            .map(|(listing, position)| listing.spec.money(position.unrealised(listing.mid)))
            .sum::<Amount>();
        let notional = held()
            .map(|(listing, position)| notional(listing, position))
            .sum();
        Risk {
            equity: self.collateral + unrealised,
            unrealised,
            margin: initial_margin(notional),
            reserved: self
                .orders
                .values()
                .map(|order| reserved(listings, order))
                .sum(),
            notional,
        }
    }

    /// The margin that the resting orders of one instrument reserve.
    pub(super) fn reserved_for(&self, listings: &[Listing], listing: usize) -> Amount {
        let orders = self
            .orders
            .values()
            .filter(|order| order.listing == listing);
        orders.map(|order| reserved(listings, order)).sum()
    }

    /// Forgets what changed, and the positions that have been told to be closed.
    pub(super) fn settle_changes(&mut self) {
        self.changes = Changes::default();
        self.positions.retain(|_, position| position.lots != 0);
    }
}

/// The worth of a position at the mark, without a sign.
pub(super) fn notional(listing: &Listing, position: &Position) -> Amount {
    listing.spec.quantity(position.lots).abs() * listing.spec.price(listing.mid)
}

pub(super) fn initial_margin(notional: Amount) -> Amount {
    // 1 / LEVERAGE, which has two decimals: no rounding.
    notional * Amount::new(5, 2)
}

fn reserved(listings: &[Listing], order: &Order) -> Amount {
    let spec = &listings[order.listing].spec;
    initial_margin(spec.quantity(order.remaining()) * spec.price(order.price))
}
