//! Where one account's orders meet one tick's market: placed, filled, changed, cancelled, refused.

use rocketfi_protocol::{
    OrderEvent, OrderEventData, OrderFill, OrderId, OrderModified, OrderPlaced, OrderRejected,
    OrderType, RejectionReason, Timestamp,
};
use rust_decimal::Decimal as Amount;

use super::account::{Account, initial_margin};
use super::funding::DECIMALS;
use super::listing::Listing;
use super::order::Order;
use super::random::Random;
use super::spec::SETTLEMENT_ASSET;
use super::trader::Intent;
use super::wire;

/// One account in one tick.
///
/// Invariant, before and after every method: an account's bids are all below its asks, no bid is
/// above the middle price and no ask below it, once [`Desk::sweep`] has run in this tick.
pub(super) struct Desk<'a> {
    pub(super) account: &'a mut Account,
    pub(super) listings: &'a mut [Listing],
    pub(super) next_order_id: &'a mut u64,
    pub(super) events: &'a mut Vec<OrderEvent>,
    pub(super) now: Timestamp,
}

impl Desk<'_> {
    /// Fills resting orders that the price has moved through, and, now and then, a part of those
    /// that it touches.
    pub(super) fn sweep(&mut self, random: &mut Random) {
        let ids: Vec<_> = self.account.orders.keys().copied().collect();
        for id in ids {
            let order = &self.account.orders[&id];
            // How far the order is on the wrong side of the middle price, in ticks.
            let crossed = order.signed(order.price - self.listings[order.listing].mid);
            let lots = match crossed {
                1.. => order.remaining(),
                -1..=0 if random.chance(35) => random.between(1, order.remaining()),
                _ => continue,
            };
            self.fill_resting(id, lots);
        }
    }

    pub(super) fn carry_out(&mut self, intent: Intent) {
        match intent {
            Intent::Take {
                listing,
                is_buy,
                lots,
                slippage,
            } => {
                self.take(listing, is_buy, lots, slippage);
            }
            Intent::Place {
                listing,
                is_buy,
                distance,
                lots,
            } => {
                self.place(listing, is_buy, distance, lots);
            }
            Intent::Modify { id, distance, lots } => self.modify(id, distance, lots),
            Intent::Cancel { id } => self.cancel(id),
        }
    }

    /// A market order that accepts prices up to `slippage` ticks from the middle.
    fn take(&mut self, listing: usize, is_buy: bool, lots: i64, slippage: i64) {
        let worst = worse(self.listings[listing].mid, is_buy, slippage);
        let mut order = self.draft(listing, is_buy, worst, lots, OrderType::Market);
        if let Some(reason) = self.refusal(&order) {
            return self.reject(&order, reason);
        }
        self.tell_placed(&order, false);
        let mid = self.listings[listing].mid;
        for (price, lots) in self.listings[listing].book.take(mid, is_buy, lots) {
            self.fill(&mut order, lots, price, false);
        }
        self.account.changes.filled.push(order);
    }

    /// A limit order that rests `distance` ticks from the middle.
    fn place(&mut self, listing: usize, is_buy: bool, distance: i64, lots: i64) {
        let price = worse(self.listings[listing].mid, is_buy, -distance);
        let order = self.draft(listing, is_buy, price, lots, OrderType::Limit);
        if self.lacks_margin(&order) {
            return self.reject(&order, RejectionReason::MarginViolated);
        }
        self.tell_placed(&order, true);
        self.account.changes.resting.insert(order.id);
        self.account.orders.insert(order.id, order);
    }

    /// Changes an order of which nothing is filled: whether a size on the wire would count what
    /// was filled is nowhere written.
    fn modify(&mut self, id: OrderId, distance: i64, lots: i64) {
        let Some(order) = self
            .account
            .orders
            .get_mut(&id)
            .filter(|order| order.filled == 0)
        else {
            return;
        };
        order.price = worse(self.listings[order.listing].mid, order.is_buy, -distance);
        order.lots = lots;
        let order = order.clone();
        let spec = &self.listings[order.listing].spec;
        let modified = OrderModified {
            price: wire(spec.price(order.price)),
            size: wire(spec.quantity(order.signed(lots))),
            timestamp: self.now,
        };
        self.tell(&order, OrderEventData::Modified(modified));
        self.account.changes.resting.insert(id);
    }

    fn cancel(&mut self, id: OrderId) {
        if let Some(order) = self.account.orders.remove(&id) {
            self.tell(&order, OrderEventData::Canceled);
            self.account.changes.resting.remove(&id);
            self.account.changes.cancelled = true;
        }
    }

    fn reject(&mut self, order: &Order, reason: RejectionReason) {
        self.tell(order, OrderEventData::Rejected(OrderRejected { reason }));
    }

    /// Why a market order cannot be carried out; `None` when it can.
    fn refusal(&self, order: &Order) -> Option<RejectionReason> {
        let listing = &self.listings[order.listing];
        if order.signed(order.price - listing.mid) < 1 {
            Some(RejectionReason::TooMuchSlippage)
        } else if listing.book.liquidity(order.is_buy) < order.lots {
            Some(RejectionReason::NotEnoughLiquidity)
        } else if self.would_meet_itself(order) {
            Some(RejectionReason::SelfTradePrevention)
        } else if self.lacks_margin(order) {
            Some(RejectionReason::MarginViolated)
        } else {
            None
        }
    }

    /// Whether the account itself rests at one of the prices that a market order would reach.
    fn would_meet_itself(&self, order: &Order) -> bool {
        let listing = &self.listings[order.listing];
        let reached = listing
            .book
            .clone()
            .take(listing.mid, order.is_buy, order.lots)
            .pop();
        let opposite = self
            .account
            .orders
            .values()
            .filter(|it| it.listing == order.listing && it.is_buy != order.is_buy);
        reached.is_some_and(|(price, _)| {
            opposite
                .map(|own| order.signed(own.price - price))
                .any(|beyond| beyond <= 0)
        })
    }

    /// Reducing a position needs no margin; anything else must be covered.
    fn lacks_margin(&self, order: &Order) -> bool {
        let held = self.account.lots(order.listing);
        let reduces = (held > 0) != order.is_buy && order.lots <= held.abs();
        let spec = &self.listings[order.listing].spec;
        let needed = initial_margin(spec.quantity(order.lots) * spec.price(order.price));
        !reduces && needed > self.account.risk(self.listings).available()
    }

    fn fill_resting(&mut self, id: OrderId, lots: i64) {
        let Some(mut order) = self.account.orders.remove(&id) else {
            return;
        };
        let price = order.price;
        self.fill(&mut order, lots, price, true);
        if order.remaining() == 0 {
            self.account.changes.resting.remove(&id);
            self.account.changes.filled.push(order);
        } else {
            self.account.changes.resting.insert(id);
            self.account.orders.insert(id, order);
        }
    }

    fn fill(&mut self, order: &mut Order, lots: i64, price: i64, is_passive: bool) {
        order.filled += lots;
        let listing = &mut self.listings[order.listing];
        listing.print(price, lots);
        let spec = &listing.spec;
        let position = self.account.positions.entry(order.listing).or_default();
        let realised = position.fill(order.signed(lots), price, self.now);
        let pnl = realised.map(|units| spec.money(units));
        let fee_rate = fee_rate(is_passive);
        let fee = (spec.quantity(lots) * spec.price(price) * fee_rate).round_dp(DECIMALS);
        self.account.collateral += pnl.unwrap_or_default() - fee;
        self.account.changes.collateral = true;
        self.account.changes.positions.insert(order.listing);
        let filled = OrderFill {
            price: wire(spec.price(price)),
            size: wire(spec.quantity(order.signed(lots))),
            remaining_size: wire(spec.quantity(order.signed(order.remaining()))),
            original_size: wire(spec.quantity(order.signed(order.lots))),
            settlement_asset: SETTLEMENT_ASSET,
            pnl: pnl.map(wire).into(),
            timestamp: self.now,
            is_passive,
            is_filled: order.remaining() == 0,
            fee_rate: wire(fee_rate),
            fee_amount: wire(fee),
            is_liquidation: false,
            is_adl: Some(false),
        };
        self.tell(order, OrderEventData::Fill(filled));
    }

    fn draft(
        &mut self,
        listing: usize,
        is_buy: bool,
        price: i64,
        lots: i64,
        placed_as: OrderType,
    ) -> Order {
        let id = OrderId(*self.next_order_id);
        *self.next_order_id += 1;
        Order {
            id,
            listing,
            is_buy,
            price,
            lots,
            filled: 0,
            placed_at: self.now,
            placed_as,
        }
    }

    fn tell_placed(&mut self, order: &Order, is_passive: bool) {
        let spec = &self.listings[order.listing].spec;
        let size = wire(spec.quantity(order.signed(order.lots)));
        let placed = OrderPlaced {
            price: wire(spec.price(order.price)),
            size: size.clone(),
            remaining_size: size.clone(),
            original_size: size,
            settlement_asset: SETTLEMENT_ASSET,
            timestamp: self.now,
            is_passive,
            is_filled: false,
        };
        self.tell(order, OrderEventData::Placed(placed));
    }

    fn tell(&mut self, order: &Order, event_data: OrderEventData) {
        let event = OrderEvent {
            order_id: order.id,
            account: self.account.address,
            instrument: self.listings[order.listing].spec.id,
            event_data,
        };
        self.account.order_events.push(event.clone());
        self.events.push(event);
    }
}

/// `ticks` further from the middle on the side that is worse for the account.
const fn worse(mid: i64, is_buy: bool, ticks: i64) -> i64 {
    if is_buy { mid + ticks } else { mid - ticks }
}

/// Two hundredths of a percent for a resting order, five for one that takes.
fn fee_rate(is_passive: bool) -> Amount {
    if is_passive {
        Amount::new(2, 4)
    } else {
        Amount::new(5, 4)
    }
}

#[cfg(test)]
mod tests {
    use rocketfi_protocol::AccountAddress;

    use super::*;
    use crate::market::spec::{default_assets, default_instruments};

    const NOW: Timestamp = Timestamp(0);

    /// An account, alone in a market of one instrument.
    struct Room {
        account: Account,
        listing: Listing,
        next_order_id: u64,
    }

    impl Room {
        fn new(collateral: u64) -> Self {
            let spec = default_instruments().swap_remove(0);
            let index = default_assets()[1].price;
            let address = AccountAddress::from_bytes([1; 20]);
            Self {
                account: Account::new(address, Amount::from(collateral)),
                listing: Listing::new(spec, 0, index, NOW, Random::new(1, 1)),
                next_order_id: 1,
            }
        }

        /// Carries out an intent, and answers with what became of it.
        fn try_out(&mut self, intent: Intent) -> Vec<OrderEventData> {
            let mut events = Vec::new();
            let mut desk = Desk {
                account: &mut self.account,
                listings: std::slice::from_mut(&mut self.listing),
                next_order_id: &mut self.next_order_id,
                events: &mut events,
                now: NOW,
            };
            desk.carry_out(intent);
            events.into_iter().map(|event| event.event_data).collect()
        }
    }

    fn take(is_buy: bool, lots: i64, slippage: i64) -> Intent {
        Intent::Take {
            listing: 0,
            is_buy,
            lots,
            slippage,
        }
    }

    fn place(is_buy: bool, distance: i64, lots: i64) -> Intent {
        Intent::Place {
            listing: 0,
            is_buy,
            distance,
            lots,
        }
    }

    fn rejection(reason: RejectionReason) -> [OrderEventData; 1] {
        [OrderEventData::Rejected(OrderRejected { reason })]
    }

    #[test]
    fn what_cannot_be_covered_is_rejected_and_leaves_no_trace() {
        let mut poor = Room::new(10);
        let refused = rejection(RejectionReason::MarginViolated);
        assert_eq!(poor.try_out(take(true, 4, 10)), refused);
        assert_eq!(poor.try_out(place(true, 2, 4)), refused);
        assert!(poor.account.orders.is_empty() && poor.account.positions.is_empty());
        assert_eq!(poor.account.collateral, Amount::TEN);
    }

    #[test]
    fn a_position_can_always_be_reduced() {
        let mut room = Room::new(1_000);
        assert!(room.try_out(take(true, 4, 10)).len() >= 2);
        room.account.collateral = Amount::ZERO;
        let refused = rejection(RejectionReason::MarginViolated);
        assert_eq!(room.try_out(take(true, 1, 10)), refused);
        assert_eq!(
            room.try_out(take(false, 5, 10)),
            refused,
            "it would go short"
        );
        assert_ne!(room.try_out(take(false, 4, 10)), refused);
        assert_eq!(room.account.lots(0), 0);
    }

    #[test]
    fn an_account_does_not_trade_with_itself() {
        let mut room = Room::new(1_000_000);
        room.try_out(place(false, 1, 5));
        let refused = rejection(RejectionReason::SelfTradePrevention);
        assert_eq!(room.try_out(take(true, 1, 10)), refused);
        assert_ne!(room.try_out(take(false, 1, 10)), refused);
    }

    #[test]
    fn a_market_order_is_filled_whole_or_not_at_all() {
        let mut room = Room::new(100_000_000);
        let all = room.listing.book.liquidity(true);
        let refused = rejection(RejectionReason::NotEnoughLiquidity);
        assert_eq!(room.try_out(take(true, all + 1, 10)), refused);
        assert_eq!(
            room.try_out(take(true, 1, 0)),
            rejection(RejectionReason::TooMuchSlippage)
        );
        let events = room.try_out(take(true, all, 10));
        assert!(matches!(events.last(), Some(OrderEventData::Fill(fill)) if fill.is_filled));
        assert_eq!(room.account.lots(0), all);
    }

    #[test]
    fn an_order_that_is_partly_filled_is_not_modified() {
        let mut room = Room::new(1_000_000);
        room.try_out(place(true, 1, 5));
        let id = *room.account.orders.keys().next().unwrap();
        let modify = Intent::Modify {
            id,
            distance: 3,
            lots: 7,
        };
        assert_eq!(room.try_out(modify).len(), 1);
        room.account.orders.get_mut(&id).unwrap().filled = 1;
        assert_eq!(room.try_out(modify), []);
        assert_eq!(room.account.orders[&id].lots, 7);
    }
}
