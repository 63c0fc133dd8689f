//! What a tick has to tell, beside the order events.

use rocketfi_protocol::rest::PositionFundingEvent;
use rocketfi_protocol::{CandleUpdate, PositionFundingUpdate, ServerMessage};

use super::account::Account;
use super::book::Levels;
use super::candle::INTERVALS;
use super::feeds::Feeds;
use super::funding::TICKS_PER_ROUND;
use super::listing::Listing;
use super::statements::Statements;
use super::{Market, wire};

/// Every so many ticks: prices and books; accounts' values; statistics and long candles.
const QUICK: u64 = 2;
const STEADY: u64 = 5;
const SLOW: u64 = 10;

impl Market {
    pub(super) fn settle_funding(&mut self) -> Vec<ServerMessage> {
        if !self.ticks.is_multiple_of(TICKS_PER_ROUND) {
            return Vec::new();
        }
        let now = self.now();
        let mut updates = Vec::new();
        for (index, listing) in self.listings.iter_mut().enumerate() {
            if !listing.funding.is_charged() {
                continue;
            }
            let asset = self.assets[listing.asset].index();
            listing
                .funding
                .settle(&listing.spec, listing.mid, asset, now);
            updates.push(listing.funding.rate_update(&listing.spec));
            let payments = self
                .accounts
                .iter_mut()
                .filter_map(|it| pay_funding(it, index, listing));
            updates.extend(payments);
        }
        updates
    }

    pub(super) fn private_updates(&self) -> Vec<ServerMessage> {
        let revalue = self.ticks.is_multiple_of(STEADY);
        let told = self
            .accounts
            .iter()
            .map(|it| self.statements(it).after_tick(revalue));
        told.flatten().collect()
    }

    pub(super) fn public_updates(&self) -> Vec<ServerMessage> {
        let mut updates = Vec::new();
        for index in 0..self.listings.len() {
            self.with_feeds(index, |feeds| self.instrument_updates(feeds, &mut updates));
        }
        if self.ticks.is_multiple_of(STEADY) {
            updates.extend(
                self.assets
                    .iter()
                    .map(|asset| asset.price_update(self.now())),
            );
        }
        updates
    }

    fn instrument_updates(&self, feeds: &Feeds<'_>, updates: &mut Vec<ServerMessage>) {
        let ended = feeds.listing.ended.iter().cloned();
        updates.extend(ended.map(|candle| CandleUpdate { candle }.into()));
        if !feeds.listing.prints.is_empty() {
            updates.extend(feeds.auctions());
            updates.extend(feeds.last_match());
        }
        if self.ticks.is_multiple_of(QUICK) {
            updates.extend([
                feeds.orderbook(),
                feeds.quote(),
                feeds.mark_price(),
                feeds.ticker(),
            ]);
        }
        if self.ticks.is_multiple_of(STEADY) {
            updates.extend(feeds.candle(&INTERVALS[0].0));
        }
        if self.ticks.is_multiple_of(SLOW) {
            updates.push(feeds.stats());
            updates.extend(INTERVALS[1..].iter().filter_map(|(it, _)| feeds.candle(it)));
        }
    }

    pub(super) fn with_feeds<T>(&self, index: usize, make: impl FnOnce(&Feeds<'_>) -> T) -> T {
        let listing = &self.listings[index];
        let (bids, asks): (Levels, Levels) = {
            let orders = self
                .accounts
                .iter()
                .flat_map(|account| account.orders.values());
            listing
                .book
                .levels(listing.mid, orders.filter(|order| order.listing == index))
        };
        make(&Feeds {
            listing,
            index: self.assets[listing.asset].index(),
            bids: &bids,
            asks: &asks,
            accounts_interest: self.accounts.iter().map(|it| it.lots(index).abs()).sum(),
            now: self.now(),
        })
    }

    pub(super) fn statements<'a>(&'a self, account: &'a Account) -> Statements<'a> {
        Statements {
            account,
            listings: &self.listings,
            assets: &self.assets,
        }
    }
}

/// Pays one account its funding of one instrument; `None` when it holds none.
fn pay_funding(account: &mut Account, index: usize, listing: &Listing) -> Option<ServerMessage> {
    let position = account
        .positions
        .get_mut(&index)
        .filter(|position| position.lots != 0)?;
    let pnl = listing
        .funding
        .payment(&listing.spec, position, listing.mid);
    position.funding += pnl;
    account.collateral += pnl;
    account.changes.collateral = true;
    account.changes.positions.insert(index);
    let event = PositionFundingEvent {
        funding_rate: wire(listing.funding.rate),
        timestamp: listing.funding.at,
        round: listing.funding.round,
        instrument_id: listing.spec.id,
        pnl: wire(pnl),
        account: account.address,
        position_quantity: wire(listing.spec.quantity(position.lots)),
        instrument_mark_price: wire(listing.spec.price(listing.mid)),
    };
    account.funding_events.push(event.clone());
    Some(PositionFundingUpdate::from(event).into())
}
