//! What the market publishes about one instrument.

use rocketfi_protocol::{
    AuctionFill, AuctionFillUpdate, CandleInterval, CandleUpdate, InstrumentStats,
    InstrumentStatsUpdate, LastMatchPriceUpdate, MarkPrice, MarkPriceIv, MarkPriceUpdate,
    MarkPriceValue, Optional, OrderbookUpdate, Quote, QuoteUpdate, ServerMessage, Ticker,
    TickerUpdate, Timestamp,
};
use rust_decimal::Decimal as Amount;

use super::book::{self, Levels};
use super::candle::number;
use super::funding;
use super::listing::Listing;
use super::spec::InstrumentClass;
use super::wire;

/// An instrument with everything that its messages are made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Feeds<'a> {
    pub(super) listing: &'a Listing,
    pub(super) index: Amount,
    pub(super) bids: &'a Levels,
    pub(super) asks: &'a Levels,
    /// Lots that the accounts hold, long and short alike.
    pub(super) accounts_interest: i64,
    pub(super) now: Timestamp,
}

impl Feeds<'_> {
    pub(super) fn orderbook(&self) -> ServerMessage {
        let orderbook = book::view(&self.listing.spec, self.bids, self.asks);
        OrderbookUpdate {
            instrument_id: self.listing.spec.id,
            orderbook,
        }
        .into()
    }

    pub(super) fn quote(&self) -> ServerMessage {
        let ((bid_price, bid_lots), (ask_price, ask_lots)) = self.best();
        let spec = &self.listing.spec;
        let quote = Quote {
            timestamp: self.now,
            bid_price: wire(spec.price(bid_price)),
            bid_size: wire(spec.quantity(bid_lots)),
            ask_price: wire(spec.price(ask_price)),
            ask_size: wire(spec.quantity(ask_lots)),
        };
        QuoteUpdate {
            instrument_id: spec.id,
            quote,
        }
        .into()
    }

    pub(super) fn mark_price(&self) -> ServerMessage {
        let price = wire(self.mark());
        let mark_price = match self.listing.spec.class {
            InstrumentClass::Perpetual | InstrumentClass::Future => {
                MarkPrice::Price(MarkPriceValue {
                    price,
                    timestamp: self.now,
                })
            }
            InstrumentClass::Call { strike } => MarkPrice::PriceIv(MarkPriceIv {
                price,
                iv: wire(Amount::new(self.listing.volatility, 4)),
                delta: wire(self.delta(strike)).into(),
                gamma: wire(self.gamma()).into(),
                theta: wire(self.theta()).into(),
                vega: wire(self.vega()).into(),
                rho: Optional::Null,
                timestamp: self.now,
            }),
        };
        MarkPriceUpdate {
            instrument_id: self.listing.spec.id,
            mark_price,
        }
        .into()
    }

    pub(super) fn ticker(&self) -> ServerMessage {
        let ((bid_price, bid_lots), (ask_price, ask_lots)) = self.best();
        let spec = &self.listing.spec;
        let middle = (spec.price(bid_price) + spec.price(ask_price)) / Amount::TWO;
        let strike = match spec.class {
            InstrumentClass::Call { strike } => Some(strike),
            InstrumentClass::Perpetual | InstrumentClass::Future => None,
        };
        let of_an_option = |greek: Amount| nullable(strike.map(|_| wire(greek)));
        let ticker = Ticker {
            timestamp: self.now,
            ask_size: wire(spec.quantity(ask_lots)).into(),
            ask_price: wire(spec.price(ask_price)).into(),
            bid_size: wire(spec.quantity(bid_lots)).into(),
            bid_price: wire(spec.price(bid_price)).into(),
            mark_price: wire(self.mark()).into(),
            mid_price: wire(middle).into(),
            implied_volatility: of_an_option(Amount::new(self.listing.volatility, 4)),
            delta: nullable(strike.map(|strike| wire(self.delta(strike)))),
            gamma: of_an_option(self.gamma()),
            theta: of_an_option(self.theta()),
            vega: of_an_option(self.vega()),
            rho: Optional::Null,
        };
        TickerUpdate {
            instrument_id: spec.id,
            ticker,
        }
        .into()
    }

    /// `None` before the first trade.
    pub(super) fn last_match(&self) -> Option<ServerMessage> {
        let spec = &self.listing.spec;
        let last_match_price = wire(spec.price(self.listing.last_match?));
        Some(
            LastMatchPriceUpdate {
                instrument_id: spec.id,
                last_match_price,
            }
            .into(),
        )
    }

    /// This tick's trades, one message a price.
    pub(super) fn auctions(&self) -> impl Iterator<Item = ServerMessage> {
        let spec = &self.listing.spec;
        self.listing.prints.iter().map(|(price, sizes)| {
            let fill = |lots: &i64| AuctionFill {
                size: wire(spec.quantity(*lots)),
                timestamp: self.now,
            };
            AuctionFillUpdate {
                instrument_id: spec.id,
                price: wire(spec.price(*price)),
                fills: sizes.iter().map(fill).collect(),
            }
            .into()
        })
    }

    pub(super) fn stats(&self) -> ServerMessage {
        let listing = self.listing;
        let spec = &listing.spec;
        let premium = funding::premium(spec, listing.mid, self.index);
        let of_a_perpetual =
            |value: Amount| nullable(listing.funding.is_charged().then(|| wire(value)));
        let interest = spec.quantity(listing.house_interest + self.accounts_interest);
        let instrument_stats = InstrumentStats {
            open_interest: number(interest),
            forecast_funding_rate: of_a_perpetual(funding::rate(premium)),
            premium_index: of_a_perpetual(premium),
            volume_24h: wire(spec.quantity(listing.volume)),
            quote_volume_24h: wire(spec.money(listing.turnover)),
            price_change_24h: wire(spec.price(listing.mid - listing.opening)),
        };
        InstrumentStatsUpdate {
            instrument_id: spec.id,
            instrument_stats,
        }
        .into()
    }

    pub(super) fn candle(&self, interval: &CandleInterval) -> Option<ServerMessage> {
        let series = self
            .listing
            .candles
            .iter()
            .find(|series| series.interval() == interval)?;
        Some(
            CandleUpdate {
                candle: series.view(&self.listing.spec),
            }
            .into(),
        )
    }

    pub(super) fn funding_rate(&self) -> Option<ServerMessage> {
        let funding = &self.listing.funding;
        funding
            .is_charged()
            .then(|| funding.rate_update(&self.listing.spec))
    }

    /// Price and lots of the best bid and the best ask.
    fn best(&self) -> ((i64, i64), (i64, i64)) {
        let nothing = (self.listing.mid, 0);
        let bid = self
            .bids
            .last_key_value()
            .map_or(nothing, |(price, lots)| (*price, *lots));
        let ask = self
            .asks
            .first_key_value()
            .map_or(nothing, |(price, lots)| (*price, *lots));
        (bid, ask)
    }

    fn mark(&self) -> Amount {
        self.listing.spec.price(self.listing.mid)
    }

    // The greeks below have the right sign and size and move with the market. No model stands
    // behind them.

    fn delta(&self, strike: Amount) -> Amount {
        let moneyness = (self.index - strike) / self.index;
        let delta = Amount::new(5, 1) + moneyness * Amount::from(3);
        delta
            .clamp(Amount::new(1, 2), Amount::new(99, 2))
            .round_dp(4)
    }

    fn gamma(&self) -> Amount {
        (Amount::TWO / self.index).round_dp(8)
    }

    fn theta(&self) -> Amount {
        -(self.mark() * Amount::new(self.listing.volatility, 4) / Amount::from(20)).round_dp(4)
    }

    fn vega(&self) -> Amount {
        (self.index / Amount::ONE_THOUSAND).round_dp(4)
    }
}

/// Present as `null` where there is no value, as the exchange does in its tickers.
fn nullable<T>(value: Option<T>) -> Optional<T> {
    value.map_or(Optional::Null, Optional::Value)
}
