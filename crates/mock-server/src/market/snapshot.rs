//! The state of a market, as a new subscriber is shown it.

use rocketfi_protocol::{AssetId, ServerMessage, SubscriptionKind};

use super::Market;
use super::account::Account;
use super::listing::Listing;
use super::spec::SETTLEMENT_ASSET;

impl Market {
    /// What a new subscriber is told at once; empty for kinds that carry events, and for entities
    /// that this market does not know.
    #[must_use]
    pub fn snapshot(&self, kind: &SubscriptionKind) -> Vec<ServerMessage> {
        if let Some(account) = kind.account() {
            return self
                .account(account)
                .map_or_else(Vec::new, |it| self.statement(kind, it));
        }
        if let SubscriptionKind::AssetPriceFeed { asset_id } = kind {
            let asset = self.assets.iter().find(|asset| asset.spec.id == *asset_id);
            return asset
                .map(|asset| asset.price_update(self.now()))
                .into_iter()
                .collect();
        }
        let wanted = |listing: &Listing| Some(listing.spec.id) == kind.instrument_id();
        let index = self.listings.iter().position(wanted);
        index.map_or_else(Vec::new, |index| self.feed(kind, index))
    }

    /// Whether this market has the account, the instrument and the asset that `kind` names.
    #[must_use]
    pub fn knows(&self, kind: &SubscriptionKind) -> bool {
        let asset_id = match kind {
            SubscriptionKind::AssetPriceFeed { asset_id }
            | SubscriptionKind::Collateral { asset_id, .. } => Some(*asset_id),
            _ => None,
        };
        kind.account()
            .is_none_or(|account| self.account(account).is_some())
            && kind
                .instrument_id()
                .is_none_or(|id| self.instruments().any(|spec| spec.id == id))
            && asset_id.is_none_or(|id| self.assets().any(|spec| spec.id == id))
    }

    fn statement(&self, kind: &SubscriptionKind, account: &Account) -> Vec<ServerMessage> {
        let statements = self.statements(account);
        match kind {
            SubscriptionKind::Collateral { asset_id, .. } => self
                .holds(*asset_id)
                .then(|| statements.collateral(*asset_id))
                .into_iter()
                .collect(),
            SubscriptionKind::Position { .. } => vec![statements.all_positions()],
            SubscriptionKind::AccountRisk { .. } => vec![statements.risk()],
            SubscriptionKind::OpenOrders { .. } => vec![statements.all_orders()],
            // Events, which have no state to show.
            _ => Vec::new(),
        }
    }

    /// Whether accounts have an amount of this asset, be it zero.
    fn holds(&self, asset_id: AssetId) -> bool {
        asset_id == SETTLEMENT_ASSET || self.assets().any(|spec| spec.id == asset_id)
    }

    fn feed(&self, kind: &SubscriptionKind, index: usize) -> Vec<ServerMessage> {
        self.with_feeds(index, |feeds| match kind {
            SubscriptionKind::Orderbook { .. } => vec![feeds.orderbook()],
            SubscriptionKind::PriceFeed { .. } => vec![feeds.mark_price(), feeds.quote()],
            SubscriptionKind::Ticker { .. } => vec![feeds.ticker()],
            SubscriptionKind::InstrumentStats { .. } => vec![feeds.stats()],
            SubscriptionKind::FundingRate { .. } => feeds.funding_rate().into_iter().collect(),
            SubscriptionKind::LastMatchPrice { .. } => feeds.last_match().into_iter().collect(),
            SubscriptionKind::Candle { interval, .. } => {
                feeds.candle(interval).into_iter().collect()
            }
            // Events, which have no state to show.
            _ => Vec::new(),
        })
    }
}
