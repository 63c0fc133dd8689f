//! The order book of one instrument: what the house rests, and the accounts' own orders among it.

use std::collections::BTreeMap;

use rocketfi_protocol::{Level, Orderbook};

use super::order::Order;
use super::random::Random;
use super::spec::InstrumentSpec;
use super::wire;

/// Levels on each side.
pub(super) const DEPTH: usize = 10;

/// The house's resting lots by distance from the middle: entry 0 is one tick away.
#[derive(Clone, Debug)]
pub(super) struct Book {
    bids: [i64; DEPTH],
    asks: [i64; DEPTH],
}

/// Resting lots by price in ticks.
pub(super) type Levels = BTreeMap<i64, i64>;

impl Book {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut book = Self {
            bids: [0; DEPTH],
            asks: [0; DEPTH],
        };
        for lots in book.bids.iter_mut().chain(&mut book.asks) {
            *lots = fresh_lots(random);
        }
        book
    }

    /// Refills what was taken and changes a level here and there.
    pub(super) fn stir(&mut self, random: &mut Random) {
        for lots in self.bids.iter_mut().chain(&mut self.asks) {
            if *lots == 0 || random.chance(15) {
                *lots = fresh_lots(random);
            }
        }
    }

    /// All that the house offers to a buyer or to a seller.
    pub(super) fn liquidity(&self, buyer: bool) -> i64 {
        if buyer {
            self.asks.iter().sum()
        } else {
            self.bids.iter().sum()
        }
    }

    /// Takes `lots` from the best level on, and answers with (price, lots) pairs, best first.
    /// Takes less when there is less.
    pub(super) fn take(&mut self, mid: i64, buyer: bool, lots: i64) -> Vec<(i64, i64)> {
        let (side, step) = if buyer {
            (&mut self.asks, 1)
        } else {
            (&mut self.bids, -1)
        };
        let mut wanted = lots;
        let mut taken = Vec::new();
        for (resting, price) in side
            .iter_mut()
            .zip((1..).map(|distance| mid + step * distance))
        {
            let part = wanted.min(*resting);
            if part > 0 {
                *resting -= part;
                wanted -= part;
                taken.push((price, part));
            }
        }
        taken
    }

    /// The whole book as (bids, asks), the accounts' orders included.
    pub(super) fn levels<'a>(
        &self,
        mid: i64,
        orders: impl Iterator<Item = &'a Order>,
    ) -> (Levels, Levels) {
        let mut bids = house(&self.bids, mid, -1);
        let mut asks = house(&self.asks, mid, 1);
        for order in orders {
            let side = if order.is_buy { &mut bids } else { &mut asks };
            *side.entry(order.price).or_default() += order.remaining();
        }
        (bids, asks)
    }
}

fn house(lots: &[i64; DEPTH], mid: i64, step: i64) -> Levels {
    let prices = (1..).map(|distance| mid + step * distance);
    prices
        .zip(lots)
        .filter(|(_, lots)| **lots > 0)
        .map(|(price, lots)| (price, *lots))
        .collect()
}

fn fresh_lots(random: &mut Random) -> i64 {
    random.between(4, 60)
}

/// The view that is sent: at most [`DEPTH`] levels on each side, best first.
pub(super) fn view(spec: &InstrumentSpec, bids: &Levels, asks: &Levels) -> Orderbook {
    let level = |(price, lots): (&i64, &i64)| Level {
        price: wire(spec.price(*price)),
        quantity: wire(spec.quantity(*lots)),
    };
    Orderbook {
        bids: bids.iter().rev().take(DEPTH).map(level).collect(),
        asks: asks.iter().take(DEPTH).map(level).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_big_order_walks_the_book_and_never_takes_more_than_there_is() {
        let mut book = Book::new(&mut Random::new(1, 1));
        let all = book.liquidity(true);
        let taken = book.take(1000, true, all + 5);
        assert_eq!(taken.iter().map(|(_, lots)| lots).sum::<i64>(), all);
        assert_eq!(taken.first().map(|(price, _)| *price), Some(1001));
        assert_eq!(taken.last().map(|(price, _)| *price), Some(1010));
        assert_eq!(book.liquidity(true), 0);
    }

    #[test]
    fn stirring_refills_what_was_taken() {
        let mut random = Random::new(1, 1);
        let mut book = Book::new(&mut random);
        book.take(1000, false, i64::MAX);
        book.stir(&mut random);
        let (bids, _) = book.levels(1000, std::iter::empty());
        assert_eq!(bids.len(), DEPTH);
    }
}
