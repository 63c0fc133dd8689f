//! One instrument as it trades: its middle price, its book, and the trades printed on it.

use rocketfi_protocol::{Candle, Timestamp};
use rust_decimal::Decimal as Amount;
use rust_decimal::prelude::ToPrimitive;

use super::book::{Book, DEPTH};
use super::candle::CandleSeries;
use super::funding::Funding;
use super::random::Random;
use super::spec::{InstrumentClass, InstrumentSpec};

/// No middle price is lower: the lowest of the book's bids must stay above zero.
const LOWEST_MID: i64 = 20;
const _: () = assert!(DEPTH < 20, "the lowest bid stays above zero");

/// The state of one instrument. All prices in ticks, all sizes in lots.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) spec: InstrumentSpec,
    /// Which of the market's assets it follows, by position.
    pub(super) asset: usize,
    /// The price halfway between the house's best bid and best ask, and the mark price.
    pub(super) mid: i64,
    pub(super) book: Book,
    pub(super) funding: Funding,
    pub(super) candles: Vec<CandleSeries>,
    /// Candles that ended in this tick.
    pub(super) ended: Vec<Candle>,
    /// The trades of this tick: each price with the sizes traded at it.
    pub(super) prints: Vec<(i64, Vec<i64>)>,
    pub(super) last_match: Option<i64>,
    pub(super) volume: i64,
    /// In units of one tick times one lot.
    pub(super) turnover: i128,
    /// The middle price at the start.
    pub(super) opening: i64,
    /// What everybody but the accounts holds.
    pub(super) house_interest: i64,
    /// In ten-thousandths.
    pub(super) volatility: i64,
    offset: i64,
    random: Random,
}

impl Listing {
    pub(super) fn new(
        spec: InstrumentSpec,
        asset: usize,
        index: Amount,
        now: Timestamp,
        mut random: Random,
    ) -> Self {
        let (low, high) = offsets(spec.class);
        let offset = i64::midpoint(low, high);
        let mid = mid_price(&spec, index, offset);
        Self {
            asset,
            mid,
            book: Book::new(&mut random),
            funding: Funding::new(&spec, mid, index, now),
            candles: CandleSeries::all(mid, now),
            ended: Vec::new(),
            prints: Vec::new(),
            last_match: None,
            volume: 0,
            turnover: 0,
            opening: mid,
            house_interest: random.between(500_000, 2_000_000),
            volatility: random.between(4_500, 6_500),
            offset,
            random,
            spec,
        }
    }

    /// One tick: the price follows the index, the book changes, strangers trade.
    pub(super) fn advance(&mut self, index: Amount, now: Timestamp) {
        let spec = &self.spec;
        self.ended = self
            .candles
            .iter_mut()
            .filter_map(|it| it.advance(spec, now))
            .collect();
        self.prints.clear();
        self.wander();
        self.mid = mid_price(&self.spec, index, self.offset);
        self.book.stir(&mut self.random);
        if self.random.chance(40) {
            self.strangers_trade();
        }
    }

    /// Writes a trade on the tape.
    pub(super) fn print(&mut self, price: i64, lots: i64) {
        match self
            .prints
            .iter_mut()
            .find(|(printed, _)| *printed == price)
        {
            Some((_, sizes)) => sizes.push(lots),
            None => self.prints.push((price, vec![lots])),
        }
        self.last_match = Some(price);
        self.volume += lots;
        self.turnover += i128::from(price) * i128::from(lots);
        for series in &mut self.candles {
            series.trade(price, lots);
        }
    }

    fn wander(&mut self) {
        let (low, high) = offsets(self.spec.class);
        if self.random.chance(30) {
            self.offset = (self.offset + self.random.between(-1, 1)).clamp(low, high);
        }
        self.volatility = (self.volatility + self.random.between(-20, 20)).clamp(3_000, 9_000);
    }

    fn strangers_trade(&mut self) {
        let price = if self.random.chance(50) {
            self.mid + 1
        } else {
            self.mid - 1
        };
        for _ in 0..self.random.between(1, 3) {
            let lots = self.random.between(1, 40);
            self.print(price, lots);
        }
    }
}

/// How far the price may be from what the index alone would make it, in ticks.
const fn offsets(class: InstrumentClass) -> (i64, i64) {
    match class {
        InstrumentClass::Perpetual => (-8, 8),
        InstrumentClass::Future => (60, 140),
        InstrumentClass::Call { .. } => (1_200, 2_400),
    }
}

fn mid_price(spec: &InstrumentSpec, index: Amount, offset: i64) -> i64 {
    let worth = match spec.class {
        InstrumentClass::Perpetual | InstrumentClass::Future => index,
        InstrumentClass::Call { strike } => (index - strike).max(Amount::ZERO),
    };
    let ticks = (worth / spec.tick_size)
        .round()
        .to_i64()
        .unwrap_or(i64::from(u32::MAX));
    (ticks + offset).max(LOWEST_MID)
}
