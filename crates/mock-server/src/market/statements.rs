//! What the market tells an account about itself.

use rocketfi_protocol::{
    AccountRisk, AccountRiskUpdate, AssetId, CollateralUpdate, Decimal, InstrumentId, OpenOrder,
    OpenOrdersUpdate, Optional, Position as PositionView, PositionUpdate, ServerMessage,
};
use rust_decimal::Decimal as Amount;

use super::account::{Account, LEVERAGE, Risk, initial_margin, notional};
use super::asset::Asset;
use super::listing::Listing;
use super::order::Order;
use super::position::Position;
use super::spec::SETTLEMENT_ASSET;
use super::wire;

/// Decimals of an average or a liquidation price, which rarely come out even.
const PRICE_DECIMALS: u32 = 8;

/// An account with everything that its messages are made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statements<'a> {
    pub(super) account: &'a Account,
    pub(super) listings: &'a [Listing],
    pub(super) assets: &'a [Asset],
}

impl Statements<'_> {
    /// What changed in this tick; with `revalue`, also what only the market's prices changed.
    pub(super) fn after_tick(&self, revalue: bool) -> Vec<ServerMessage> {
        let changes = &self.account.changes;
        let risk_moved = changes.any() || (revalue && !self.account.positions.is_empty());
        let parts = [
            self.changed_orders(),
            self.changed_positions(revalue),
            changes
                .collateral
                .then(|| self.collateral(SETTLEMENT_ASSET)),
            risk_moved.then(|| self.risk()),
        ];
        parts.into_iter().flatten().collect()
    }

    pub(super) fn collateral(&self, asset_id: AssetId) -> ServerMessage {
        CollateralUpdate {
            asset_id,
            account: self.account.address,
            collateral: self.collateral_view(asset_id),
        }
        .into()
    }

    /// An account holds nothing but the settlement asset.
    pub(super) fn collateral_view(&self, asset_id: AssetId) -> Decimal {
        wire(if asset_id == SETTLEMENT_ASSET {
            self.account.collateral
        } else {
            Amount::ZERO
        })
    }

    pub(super) fn risk(&self) -> ServerMessage {
        AccountRiskUpdate {
            account: self.account.address,
            risk: self.risk_view(),
        }
        .into()
    }

    pub(super) fn risk_view(&self) -> AccountRisk {
        let risk = self.account.risk(self.listings);
        AccountRisk {
            account: self.account.address,
            available_collateral: wire(risk.available()),
            margin_requirement: wire(risk.margin),
            unreserved_margin: wire(risk.unreserved()),
            equity: wire(risk.equity),
            reserved_margin: wire(risk.reserved),
            unrealized_pnl: wire(risk.unrealised),
            notional_value: wire(risk.notional),
        }
    }

    /// Every resting order: the answer to a new subscription.
    pub(super) fn all_orders(&self) -> ServerMessage {
        self.open_orders(self.account.orders.values())
    }

    /// Every position: the answer to a new subscription.
    pub(super) fn all_positions(&self) -> ServerMessage {
        self.positions(self.account.positions.keys().copied())
    }

    /// Only what changed, as the wire's rule for partial updates allows. A cancelled order is
    /// told by its order event alone, for an open order has no form for it.
    fn changed_orders(&self) -> Option<ServerMessage> {
        let changes = &self.account.changes;
        let resting = changes
            .resting
            .iter()
            .filter_map(|id| self.account.orders.get(id));
        let orders: Vec<_> = changes.filled.iter().chain(resting).collect();
        (!orders.is_empty()).then(|| self.open_orders(orders.into_iter()))
    }

    fn changed_positions(&self, revalue: bool) -> Option<ServerMessage> {
        let changed = &self.account.changes.positions;
        let all = self.account.positions.keys().copied();
        let told: Vec<_> = all
            .filter(|index| revalue || changed.contains(index))
            .collect();
        (!told.is_empty()).then(|| self.positions(told.into_iter()))
    }

    fn open_orders<'o>(&self, orders: impl Iterator<Item = &'o Order>) -> ServerMessage {
        OpenOrdersUpdate {
            account: self.account.address,
            orders: self.order_views(orders),
        }
        .into()
    }

    pub(super) fn order_views<'o>(
        &self,
        orders: impl Iterator<Item = &'o Order>,
    ) -> Vec<OpenOrder> {
        let mut orders: Vec<_> = orders.map(|order| self.open_order(order)).collect();
        orders.sort_by_key(|order| order.order_id);
        orders
    }

    fn open_order(&self, order: &Order) -> OpenOrder {
        let listing = &self.listings[order.listing];
        order.view(
            self.account.address,
            &listing.spec,
            &self.assets[listing.asset].spec,
        )
    }

    fn positions(&self, indices: impl Iterator<Item = usize>) -> ServerMessage {
        PositionUpdate {
            account: self.account.address,
            positions: self.position_views(indices).collect(),
        }
        .into()
    }

    pub(super) fn position_views(
        &self,
        indices: impl Iterator<Item = usize>,
    ) -> impl Iterator<Item = (InstrumentId, PositionView)> {
        let risk = self.account.risk(self.listings);
        let view = move |index: usize| {
            let position = self.account.positions.get(&index)?;
            Some((
                self.listings[index].spec.id,
                self.position(index, position, &risk),
            ))
        };
        indices.filter_map(view)
    }

    fn position(&self, index: usize, position: &Position, risk: &Risk) -> PositionView {
        let listing = &self.listings[index];
        let spec = &listing.spec;
        let margin = wire(initial_margin(notional(listing, position)));
        PositionView {
            quantity: wire(spec.quantity(position.lots)),
            average_price: wire(average_price(listing, position)),
            liquidation_price: wire(liquidation_price(listing, position, risk)),
            accrued_funding: wire(position.funding),
            unrealized_pnl: wire(spec.money(position.unrealised(listing.mid))),
            reserved_margin: wire(self.account.reserved_for(self.listings, index)),
            allocated_initial_margin: Some(margin.clone()),
            standalone_initial_margin: Some(margin),
            leverage_setting: Optional::Value(LEVERAGE),
            created_at: position.opened_at,
            updated_at: position.updated_at,
            instrument_type: Some(spec.class.instrument_type()),
            ticker: Some(spec.ticker.as_str().into()),
            underlying_ticker: Some(self.assets[listing.asset].spec.symbol.as_str().into()),
        }
    }
}

/// Zero when nothing is held.
fn average_price(listing: &Listing, position: &Position) -> Amount {
    let quantity = listing.spec.quantity(position.lots);
    let cost = listing.spec.money(position.cost);
    cost.checked_div(quantity)
        .unwrap_or_default()
        .round_dp(PRICE_DECIMALS)
}

/// The mark at which equity would be down to half the margin requirement, were this the only
/// price to move; zero when no price does that, or nothing is held.
fn liquidation_price(listing: &Listing, position: &Position, risk: &Risk) -> Amount {
    let spare = risk.margin / Amount::TWO - risk.equity;
    let Some(move_needed) = spare.checked_div(listing.spec.quantity(position.lots)) else {
        return Amount::ZERO;
    };
    (listing.spec.price(listing.mid) + move_needed)
        .max(Amount::ZERO)
        .round_dp(PRICE_DECIMALS)
}
