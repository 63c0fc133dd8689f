//! A client that believes nothing: it works out from order events and funding what everything else
//! must say, and compares.

use std::collections::{BTreeMap, BTreeSet};

use rocketfi_mock_server::market::{Market, MarketConfig, Tick};
use rocketfi_protocol::{
    AccountAddress, AccountRisk, AuctionFillUpdate, Candle, CandleInterval, Decimal, InstrumentId,
    Level, Map, MarkPrice, Number, OpenOrder, OrderEvent, OrderEventData, OrderFill, OrderId,
    OrderPlaced, Position, PositionFundingUpdate, Round, ServerMessage, Side, SubscriptionKind,
    Timestamp,
};
use rust_decimal::Decimal as Amount;

pub(crate) struct Follower {
    accounts: BTreeMap<AccountAddress, Account>,
    instruments: Vec<InstrumentId>,
    rounds: BTreeMap<InstrumentId, Round>,
    candles: BTreeMap<InstrumentId, Candle>,
    ids: BTreeSet<OrderId>,
    /// All that was ever printed on the tape.
    volumes: BTreeMap<InstrumentId, Amount>,
}

struct Account {
    collateral: Amount,
    orders: BTreeMap<OrderId, Order>,
    holdings: BTreeMap<InstrumentId, Holding>,
    order_events: Vec<OrderEvent>,
    payments: Vec<PositionFundingUpdate>,
}

/// Sizes carry the sign of the side.
#[derive(Clone, Debug)]
struct Order {
    instrument: InstrumentId,
    price: Amount,
    original: Amount,
    filled: Amount,
}

#[derive(Clone, Copy, Debug, Default)]
struct Holding {
    quantity: Amount,
    /// What all fills brought in and cost.
    cash: Amount,
    realised: Amount,
}

fn exact(decimal: &Decimal) -> Amount {
    decimal
        .to_decimal()
        .expect("the market writes plain decimals")
}

impl Follower {
    pub(crate) fn new(config: &MarketConfig) -> Self {
        let account = |address: &AccountAddress| {
            let account = Account {
                collateral: config.collateral,
                orders: BTreeMap::new(),
                holdings: BTreeMap::new(),
                order_events: Vec::new(),
                payments: Vec::new(),
            };
            (*address, account)
        };
        Self {
            accounts: config.accounts.iter().map(account).collect(),
            instruments: config.instruments.iter().map(|spec| spec.id).collect(),
            rounds: BTreeMap::new(),
            candles: BTreeMap::new(),
            ids: BTreeSet::new(),
            volumes: BTreeMap::new(),
        }
    }

    /// Takes in one tick and checks what it says about itself.
    pub(crate) fn follow(&mut self, tick: &Tick, now: Timestamp) {
        for event in &tick.order_events {
            self.follow_event(event, now);
        }
        for update in &tick.updates {
            match update {
                ServerMessage::PositionFundingUpdate(it) => self.follow_funding(it, tick, now),
                ServerMessage::FundingRateUpdate(it) => {
                    let last = self.rounds.insert(it.instrument_id, it.round);
                    assert!(last.is_none_or(|last| it.round.0 == last.0 + 1));
                }
                ServerMessage::CandleUpdate(it) => self.follow_candle(&it.candle),
                ServerMessage::AuctionFillUpdate(it) => {
                    let printed: Amount = it.fills.iter().map(|fill| exact(&fill.size)).sum();
                    *self.volumes.entry(it.instrument_id).or_default() += printed;
                }
                ServerMessage::InstrumentStatsUpdate(it) => {
                    let volume = self.volumes.get(&it.instrument_id).copied();
                    let told = exact(&it.instrument_stats.volume_24h);
                    assert_eq!(told, volume.unwrap_or_default());
                }
                _ => {}
            }
        }
        for event in &tick.order_events {
            told_of(event, tick);
        }
        self.check_updates(tick);
    }

    fn follow_event(&mut self, event: &OrderEvent, now: Timestamp) {
        let account = self
            .accounts
            .get_mut(&event.account)
            .expect("one of the market's accounts");
        account.order_events.push(event.clone());
        let id = event.order_id;
        match &event.event_data {
            OrderEventData::Placed(placed) => {
                assert!(self.ids.insert(id), "order ids are not used twice");
                assert_eq!(placed.timestamp, now);
                account
                    .orders
                    .insert(id, Order::placed(event.instrument, placed));
            }
            OrderEventData::Rejected(_) => assert!(self.ids.insert(id), "it was never placed"),
            OrderEventData::Canceled => {
                account
                    .orders
                    .remove(&id)
                    .expect("only what rests can be cancelled");
            }
            OrderEventData::Modified(modified) => {
                let order = account
                    .orders
                    .get_mut(&id)
                    .expect("only what rests can change");
                assert_eq!(order.filled, Amount::ZERO);
                assert!(
                    order.original.is_sign_positive() == exact(&modified.size).is_sign_positive()
                );
                order.original = exact(&modified.size);
                order.price = exact(&modified.price);
            }
            OrderEventData::Fill(fill) => {
                assert_eq!(fill.timestamp, now);
                account.follow_fill(id, event.instrument, fill);
            }
            other => panic!("an unknown event: {other:?}"),
        }
    }

    fn follow_funding(&mut self, funding: &PositionFundingUpdate, tick: &Tick, now: Timestamp) {
        let account = self
            .accounts
            .get_mut(&funding.account)
            .expect("one of the accounts");
        let quantity = account.holdings[&funding.instrument_id].quantity;
        let rate = tick.updates.iter().find_map(|it| match it {
            ServerMessage::FundingRateUpdate(it) if it.instrument_id == funding.instrument_id => {
                Some((it.round, exact(&it.funding_rate)))
            }
            _ => None,
        });
        assert_eq!(rate, Some((funding.round, exact(&funding.funding_rate))));
        assert_eq!(funding.timestamp, now);
        let pnl = exact(&funding.pnl);
        // A long position pays when the rate is positive.
        let received = -quantity * exact(&funding.funding_rate);
        assert!(pnl.is_zero() || pnl.is_sign_positive() == received.is_sign_positive());
        account.collateral += pnl;
        account.payments.push(funding.clone());
    }

    /// The candle of a minute: it goes on, or a new one opens where the old one closed.
    fn follow_candle(&mut self, candle: &Candle) {
        if candle.interval != CandleInterval::M1 {
            return;
        }
        let [open, high, low, close] =
            [candle.open, candle.high, candle.low, candle.close].map(Number::as_f64);
        assert!(low <= open.min(close) && high >= open.max(close));
        let Some(last) = self.candles.insert(candle.instrument_id, candle.clone()) else {
            return;
        };
        if last.is_closed {
            assert_eq!((candle.slot.0, candle.open), (last.slot.0 + 1, last.close));
        } else {
            assert_eq!((candle.slot, candle.open), (last.slot, last.open));
            assert!(candle.volume.as_f64() >= last.volume.as_f64());
        }
    }

    /// Every update of a tick shows what has been worked out.
    fn check_updates(&self, tick: &Tick) {
        for update in &tick.updates {
            match update {
                ServerMessage::CollateralUpdate(it) => {
                    assert_eq!(exact(&it.collateral), self.accounts[&it.account].collateral);
                }
                ServerMessage::PositionUpdate(it) => {
                    for (id, position) in &it.positions {
                        let held = self.accounts[&it.account].held(*id);
                        assert_eq!(exact(&position.quantity), held);
                    }
                }
                ServerMessage::OpenOrdersUpdate(it) => {
                    assert!(!it.orders.is_empty());
                    for order in &it.orders {
                        self.accounts[&it.account].check_order(order);
                    }
                }
                ServerMessage::OrderbookUpdate(it) => {
                    check_book(&it.orderbook.bids, &it.orderbook.asks);
                }
                _ => {}
            }
        }
    }

    /// Compares what has been worked out with what a new subscriber would be shown.
    pub(crate) fn compare(&self, market: &Market) {
        let marks: BTreeMap<_, _> = self
            .instruments
            .iter()
            .map(|id| (*id, mark_and_quote(market, *id)))
            .collect();
        for (address, account) in &self.accounts {
            account.compare(*address, market, &marks);
        }
        for id in &self.instruments {
            self.compare_book(market, *id);
        }
    }
}

impl Follower {
    /// What the accounts rest is part of the book.
    fn compare_book(&self, market: &Market, instrument_id: InstrumentId) {
        let [ServerMessage::OrderbookUpdate(told)] =
            &*market.snapshot(&SubscriptionKind::Orderbook { instrument_id })
        else {
            panic!()
        };
        let mut resting = BTreeMap::<(bool, Amount), Amount>::new();
        let orders = self
            .accounts
            .values()
            .flat_map(|account| account.orders.values());
        for order in orders.filter(|order| order.instrument == instrument_id) {
            let key = (order.original.is_sign_positive(), order.price);
            *resting.entry(key).or_default() += (order.original - order.filled).abs();
        }
        for (is_bid, levels) in [(true, &told.orderbook.bids), (false, &told.orderbook.asks)] {
            for level in levels {
                let own = resting.get(&(is_bid, exact(&level.price))).copied();
                assert!(exact(&level.quantity) >= own.unwrap_or_default());
            }
        }
        check_book(&told.orderbook.bids, &told.orderbook.asks);
    }
}

impl Order {
    fn placed(instrument: InstrumentId, placed: &OrderPlaced) -> Self {
        assert_eq!(placed.size, placed.original_size);
        assert_eq!(placed.size, placed.remaining_size);
        assert!(!placed.is_filled);
        let original = exact(&placed.size);
        Self {
            instrument,
            price: exact(&placed.price),
            original,
            filled: Amount::ZERO,
        }
    }
}

impl Account {
    fn held(&self, id: InstrumentId) -> Amount {
        self.holdings
            .get(&id)
            .map_or(Amount::ZERO, |holding| holding.quantity)
    }

    fn follow_fill(&mut self, id: OrderId, instrument: InstrumentId, fill: &OrderFill) {
        let order = self
            .orders
            .get_mut(&id)
            .expect("only what was placed is filled");
        let (price, size) = (exact(&fill.price), exact(&fill.size));
        assert_eq!(order.original.is_sign_positive(), size.is_sign_positive());
        order.filled += size;
        assert_eq!(exact(&fill.original_size), order.original);
        assert_eq!(exact(&fill.remaining_size), order.original - order.filled);
        assert_eq!(fill.is_filled, order.original == order.filled);
        let is_better = if size.is_sign_positive() {
            price <= order.price
        } else {
            price >= order.price
        };
        assert!(is_better, "never worse than the limit");
        if fill.is_filled {
            self.orders.remove(&id);
        }
        let fee = (price * size.abs() * exact(&fill.fee_rate)).round_dp(8);
        assert_eq!(exact(&fill.fee_amount), fee);
        let holding = self.holdings.entry(instrument).or_default();
        let closes = !holding.quantity.is_zero()
            && holding.quantity.is_sign_positive() != size.is_sign_positive();
        assert_eq!(
            fill.pnl.get().is_some(),
            closes,
            "what closes nothing realises nothing"
        );
        let pnl = fill.pnl.get().map_or(Amount::ZERO, exact);
        holding.quantity += size;
        holding.cash -= size * price;
        holding.realised += pnl;
        self.collateral += pnl - fee;
    }

    /// An order in an update either rests or was just filled to the end.
    fn check_order(&self, told: &OpenOrder) {
        let Some(order) = self.orders.get(&told.order_id) else {
            assert_eq!(told.quantity, told.filled_quantity, "it rests no more");
            return;
        };
        let side = if order.original.is_sign_positive() {
            Side::Buy
        } else {
            Side::Sell
        };
        assert_eq!((told.instrument_id, &told.side), (order.instrument, &side));
        assert_eq!(exact(&told.price), order.price);
        assert_eq!(exact(&told.quantity), order.original.abs());
        assert_eq!(exact(&told.filled_quantity), order.filled.abs());
    }

    fn compare(
        &self,
        account: AccountAddress,
        market: &Market,
        marks: &BTreeMap<InstrumentId, Amount>,
    ) {
        let collateral = SubscriptionKind::Collateral {
            asset_id: 0.into(),
            account,
        };
        let [ServerMessage::CollateralUpdate(it)] = &*market.snapshot(&collateral) else {
            panic!()
        };
        assert_eq!(exact(&it.collateral), self.collateral);
        let all = market.collaterals(account).expect("it trades");
        assert_eq!(all[&it.asset_id], it.collateral);
        let others = all.iter().filter(|(id, _)| **id != it.asset_id);
        assert!(others.into_iter().all(|(_, amount)| amount.as_str() == "0"));
        assert_eq!(all.len(), market.assets().count());

        let [ServerMessage::OpenOrdersUpdate(it)] =
            &*market.snapshot(&SubscriptionKind::OpenOrders { account })
        else {
            panic!()
        };
        assert!(
            it.orders
                .iter()
                .map(|order| order.order_id)
                .eq(self.orders.keys().copied())
        );
        it.orders.iter().for_each(|order| self.check_order(order));
        assert_eq!(market.open_orders(account).as_ref(), Some(&it.orders));

        let [ServerMessage::PositionUpdate(it)] =
            &*market.snapshot(&SubscriptionKind::Position { account })
        else {
            panic!()
        };
        let held = self
            .holdings
            .iter()
            .filter(|(_, holding)| !holding.quantity.is_zero());
        for (id, _) in held {
            assert!(it.positions.contains_key(id), "a position is missing");
        }
        let mut open = it.positions.clone();
        open.retain(|_, position| position.quantity.as_str() != "0");
        let listed = market.positions(account).map(Map::from_iter);
        assert_eq!(listed.as_ref(), Some(&open));
        let unrealised = it
            .positions
            .iter()
            .map(|(id, told)| self.check_position(*id, told, marks));
        let unrealised: Amount = unrealised.sum();

        let [ServerMessage::AccountRiskUpdate(it)] =
            &*market.snapshot(&SubscriptionKind::AccountRisk { account })
        else {
            panic!()
        };
        self.check_risk(&it.risk, unrealised, marks);
        assert_eq!(market.risk(account).as_ref(), Some(&it.risk));
        let logged = market.order_events(account).expect("it trades");
        assert!(logged.eq(&self.order_events));
        let logged = market.funding_events(account).expect("it trades");
        let updates = logged.cloned().map(PositionFundingUpdate::from);
        assert!(updates.eq(self.payments.iter().cloned()));
    }

    /// Profit, realised or not, is the cash that moved plus what is held is worth.
    fn check_position(
        &self,
        id: InstrumentId,
        told: &Position,
        marks: &BTreeMap<InstrumentId, Amount>,
    ) -> Amount {
        let holding = self.holdings[&id];
        assert_eq!(exact(&told.quantity), holding.quantity);
        let unrealised = exact(&told.unrealized_pnl);
        let worth = holding.quantity * marks[&id];
        assert_eq!(holding.realised + unrealised, holding.cash + worth);
        let by_average = (marks[&id] - exact(&told.average_price)) * holding.quantity;
        assert!((by_average - unrealised).abs() < Amount::new(1, 4));
        unrealised
    }

    fn check_risk(
        &self,
        told: &AccountRisk,
        unrealised: Amount,
        marks: &BTreeMap<InstrumentId, Amount>,
    ) {
        let twentieth = Amount::new(5, 2);
        let held = self
            .holdings
            .iter()
            .map(|(id, holding)| holding.quantity.abs() * marks[id]);
        let notional: Amount = held.sum();
        let resting = self
            .orders
            .values()
            .map(|it| (it.original - it.filled).abs() * it.price);
        let reserved = resting.sum::<Amount>() * twentieth;
        let equity = self.collateral + unrealised;
        assert_eq!(exact(&told.unrealized_pnl), unrealised);
        assert_eq!(exact(&told.equity), equity);
        assert_eq!(exact(&told.notional_value), notional);
        assert_eq!(exact(&told.margin_requirement), notional * twentieth);
        assert_eq!(exact(&told.reserved_margin), reserved);
        assert_eq!(exact(&told.unreserved_margin), equity - reserved);
        assert_eq!(
            exact(&told.available_collateral),
            equity - reserved - notional * twentieth
        );
    }
}

/// What an event changed is told in the same tick.
fn told_of(event: &OrderEvent, tick: &Tick) {
    let told = |name| {
        let mut updates = tick.updates.iter();
        updates.any(|it| it.account() == Some(event.account) && it.name() == name)
    };
    let shows_order = |update: &ServerMessage| match update {
        ServerMessage::OpenOrdersUpdate(it) => it
            .orders
            .iter()
            .any(|order| order.order_id == event.order_id),
        _ => false,
    };
    // A cancelled order has no form in which an update could show it.
    let is_cancelled = tick
        .order_events
        .iter()
        .any(|it| it.order_id == event.order_id && it.event_data == OrderEventData::Canceled);
    if matches!(event.event_data, OrderEventData::Rejected(_)) {
        return;
    }
    assert!(is_cancelled || tick.updates.iter().any(shows_order));
    assert!(told("AccountRiskUpdate"));
    if let OrderEventData::Fill(fill) = &event.event_data {
        assert!(told("PositionUpdate") && told("CollateralUpdate"));
        assert!(
            tick.updates
                .iter()
                .any(|it| is_print_of(it, event.instrument, fill))
        );
    }
}

/// Whether the tape shows this fill.
fn is_print_of(update: &ServerMessage, instrument: InstrumentId, fill: &OrderFill) -> bool {
    let ServerMessage::AuctionFillUpdate(AuctionFillUpdate {
        instrument_id,
        price,
        fills,
    }) = update
    else {
        return false;
    };
    let size = exact(&fill.size).abs();
    *instrument_id == instrument
        && *price == fill.price
        && fills.iter().any(|print| exact(&print.size) == size)
}

fn check_book(bids: &[Level], asks: &[Level]) {
    let prices = |levels: &[Level]| {
        levels
            .iter()
            .map(|level| exact(&level.price))
            .collect::<Vec<_>>()
    };
    let (bid_prices, ask_prices) = (prices(bids), prices(asks));
    assert!(bid_prices.is_sorted_by(|a, b| a > b) && ask_prices.is_sorted_by(|a, b| a < b));
    assert!(bid_prices[0] < ask_prices[0], "a crossed book");
    assert!(bid_prices.iter().all(|price| *price > Amount::ZERO));
    assert!(
        bids.iter()
            .chain(asks)
            .all(|level| exact(&level.quantity) > Amount::ZERO)
    );
}

/// The mark price; checks on the way that book, quote and ticker agree.
fn mark_and_quote(market: &Market, instrument_id: InstrumentId) -> Amount {
    let [
        ServerMessage::MarkPriceUpdate(mark),
        ServerMessage::QuoteUpdate(quote),
    ] = &*market.snapshot(&SubscriptionKind::PriceFeed { instrument_id })
    else {
        panic!()
    };
    let [ServerMessage::OrderbookUpdate(book)] =
        &*market.snapshot(&SubscriptionKind::Orderbook { instrument_id })
    else {
        panic!()
    };
    let [ServerMessage::TickerUpdate(ticker)] =
        &*market.snapshot(&SubscriptionKind::Ticker { instrument_id })
    else {
        panic!()
    };
    let (quote, ticker) = (&quote.quote, &ticker.ticker);
    let (bid, ask) = (&book.orderbook.bids[0], &book.orderbook.asks[0]);
    assert_eq!(
        (&quote.bid_price, &quote.bid_size),
        (&bid.price, &bid.quantity)
    );
    assert_eq!(
        (&quote.ask_price, &quote.ask_size),
        (&ask.price, &ask.quantity)
    );
    assert_eq!(ticker.bid_price.get(), Some(&bid.price));
    assert_eq!(ticker.ask_size.get(), Some(&ask.quantity));
    let price = match &mark.mark_price {
        MarkPrice::Price(it) => &it.price,
        MarkPrice::PriceIv(it) => &it.price,
        other => panic!("an unknown mark price: {other:?}"),
    };
    assert_eq!(ticker.mark_price.get(), Some(price));
    exact(price)
}
