//! A seeded, lively market and its accounts: what a default server pushes.
//!
//! [`Market`] is pure: it does no I/O, reads no clock and shares nothing. [`Market::tick`] moves it
//! on by [`TICK`] of its own time and answers with everything there is to tell; the same
//! [`MarketConfig`] always gives the same ticks, whoever listens, and however fast they come.
//!
//! It is consistent with itself, as a client can check from the messages alone:
//!
//! - Sizes in order events carry a sign, negative for a sale, for an order event has no side. The
//!   signed sizes of an account's fills add up to its position.
//! - `remaining_size` is `original_size` less what was filled, and an `OpenOrder` says the same
//!   with `quantity` and `filledQuantity`, without a sign.
//! - An order that was placed rests until it is cancelled or filled; one that was rejected was
//!   never placed.
//! - Collateral is what the account began with, plus the `pnl` of its fills, less their
//!   `fee_amount`, plus the `pnl` of its funding. A fill that opens a position has a `pnl` of null.
//! - Equity is collateral plus the unrealised profit of all positions; what is available is equity
//!   less the margin of positions and of resting orders, both at 20 times leverage.
//! - All updates of a tick show the state at its end, and order events come before them.
//!
//! Some things are simpler than on an exchange: a funding round lasts 1.5 seconds, the "24 hours"
//! of the statistics began with the market, the greeks of an option are plausible but computed by
//! no model, and strangers do not react to the accounts.

mod account;
mod asset;
mod book;
mod candle;
mod config;
mod desk;
mod feeds;
mod funding;
mod listing;
mod log;
mod order;
mod position;
mod query;
mod random;
mod snapshot;
mod spec;
mod statements;
mod tick;
mod trader;
mod updates;

use std::time::Duration;

use rocketfi_protocol::{AccountAddress, Decimal, InstrumentId, OrderEvent, Timestamp};
use rust_decimal::Decimal as Amount;

pub use self::config::{MarketConfig, demo_accounts};
pub use self::spec::{AssetSpec, InstrumentClass, InstrumentSpec, SETTLEMENT_ASSET};
pub use self::tick::Tick;

pub(crate) use self::log::Log;

use self::account::Account;
use self::asset::Asset;
use self::desk::Desk;
use self::listing::Listing;
use self::random::Random;
use self::trader::Trader;

/// How far a tick moves the market's own clock.
pub const TICK: Duration = Duration::from_millis(100);
const TICK_MILLIS: u64 = 100;

/// Where the market's own clock starts, in milliseconds since the Unix epoch: 18 August 2026,
/// midnight.
pub const EPOCH: Timestamp = Timestamp(1_787_011_200_000);

/// The market. See the [module's documentation](self).
#[derive(Clone, Debug)]
pub struct Market {
    ticks: u64,
    next_order_id: u64,
    assets: Vec<Asset>,
    listings: Vec<Listing>,
    accounts: Vec<Account>,
    /// One for each account, in the same order.
    traders: Vec<Trader>,
}

impl Market {
    /// A market at [`EPOCH`], in which nobody has done anything yet.
    ///
    /// # Panics
    /// When an instrument's underlying is none of the assets, or its tick or lot size is out of
    /// bounds. [`MockServerBuilder::start`](crate::MockServerBuilder::start) answers with an
    /// error instead.
    #[must_use]
    pub fn new(config: &MarketConfig) -> Self {
        let random = |family: u64, index: usize| {
            let index = u64::try_from(index).expect("a position in a list fits u64");
            Random::new(config.seed, (family << 32) + index)
        };
        let asset = |(index, spec): (usize, &AssetSpec)| Asset::new(spec.clone(), random(1, index));
        let assets: Vec<_> = config.assets.iter().enumerate().map(asset).collect();
        let listing = |(index, spec): (usize, &InstrumentSpec)| {
            assert!(
                spec.fault(&config.assets).is_none(),
                "no market can be made of {spec:?}"
            );
            let asset = assets
                .iter()
                .position(|asset| asset.spec.id == spec.underlying);
            let asset = asset.expect("checked above");
            Listing::new(
                spec.clone(),
                asset,
                assets[asset].index(),
                EPOCH,
                random(2, index),
            )
        };
        let listings = config.instruments.iter().enumerate().map(listing).collect();
        let account = |address: &AccountAddress| Account::new(*address, config.collateral);
        let traders = (0..config.accounts.len()).map(|index| Trader::new(random(3, index)));
        Self {
            ticks: 0,
            next_order_id: 1_000,
            listings,
            accounts: config.accounts.iter().map(account).collect(),
            traders: traders.collect(),
            assets,
        }
    }

    /// Moves on by [`TICK`], and answers with everything there is to tell.
    pub fn tick(&mut self) -> Tick {
        self.ticks += 1;
        for account in &mut self.accounts {
            account.settle_changes();
        }
        self.move_prices();
        let order_events = self.trade();
        let mut updates = self.settle_funding();
        updates.extend(self.private_updates());
        updates.extend(self.public_updates());
        Tick {
            order_events,
            updates,
        }
    }

    /// The market's own time: [`EPOCH`] plus [`TICK`] for every tick.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        Timestamp(EPOCH.0 + self.ticks * TICK_MILLIS)
    }

    /// The accounts that trade.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountAddress> {
        self.accounts
            .iter()
            .map(|account| account.address)
            .collect()
    }

    /// The instruments that are traded.
    pub fn instruments(&self) -> impl Iterator<Item = &InstrumentSpec> {
        self.listings.iter().map(|listing| &listing.spec)
    }

    /// The assets with an index price.
    pub fn assets(&self) -> impl Iterator<Item = &AssetSpec> {
        self.assets.iter().map(|asset| &asset.spec)
    }

    fn move_prices(&mut self) {
        let now = self.now();
        for asset in &mut self.assets {
            asset.advance();
        }
        for listing in &mut self.listings {
            listing.advance(self.assets[listing.asset].index(), now);
        }
    }

    /// Lets every account's resting orders meet the market, then lets every other account act.
    fn trade(&mut self) -> Vec<OrderEvent> {
        let mut events = Vec::new();
        let now = self.now();
        for (turn, (account, trader)) in (1..).zip(self.accounts.iter_mut().zip(&mut self.traders))
        {
            let mut desk = Desk {
                account,
                listings: &mut self.listings,
                next_order_id: &mut self.next_order_id,
                events: &mut events,
                now,
            };
            desk.sweep(trader.random());
            if (self.ticks + turn).is_multiple_of(2) && !desk.listings.is_empty() {
                let intent = trader.decide(desk.account, desk.listings);
                desk.carry_out(intent);
            }
        }
        events
    }

    /// The identifiers of the instruments, in order.
    pub(crate) fn instrument_ids(&self) -> Vec<InstrumentId> {
        self.instruments().map(|spec| spec.id).collect()
    }
}

/// As it goes over the wire: exact, without trailing zeros.
fn wire(amount: Amount) -> Decimal {
    Decimal::from(amount.normalize())
}
