//! What an account holds of one instrument, in exact integers.

use rocketfi_protocol::Timestamp;
use rust_decimal::Decimal as Amount;

/// A position. Lots are positive when long and negative when short.
///
/// Invariant: `cost` is what the lots held now were bought for (negative for lots sold), so that
/// realised profit + unrealised profit is always exactly the cash that the fills moved plus the
/// worth of the lots at the mark. A cost that does not divide evenly leaves its remainder with the
/// lots still held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) lots: i64,
    /// In units of one tick times one lot.
    pub(super) cost: i128,
    /// The sum of the funding since it was opened.
    pub(super) funding: Amount,
    pub(super) opened_at: Option<Timestamp>,
    pub(super) updated_at: Option<Timestamp>,
}

impl Position {
    /// Takes in a fill of `lots` (negative: sold) at `price` ticks, and answers with what it
    /// realised, in units of one tick times one lot; `None` when it closed nothing.
    pub(super) fn fill(&mut self, lots: i64, price: i64, now: Timestamp) -> Option<i128> {
        let closing = self.closing_part(lots);
        let realised = (closing != 0).then(|| self.close(closing, price));
        self.open(lots - closing, price, now);
        self.updated_at = Some(now);
        realised
    }

    /// What remains at the mark, in units of one tick times one lot.
    pub(super) fn unrealised(&self, mark: i64) -> i128 {
        i128::from(self.lots) * i128::from(mark) - self.cost
    }

    /// The part of a fill that brings the position nearer to zero, with the fill's sign.
    fn closing_part(&self, lots: i64) -> i64 {
        if self.lots.signum() * lots.signum() >= 0 {
            0
        } else {
            lots.signum() * lots.abs().min(self.lots.abs())
        }
    }

    fn close(&mut self, lots: i64, price: i64) -> i128 {
        let share = self.cost * i128::from(lots.abs()) / i128::from(self.lots.abs());
        self.cost -= share;
        self.lots += lots;
        -(share + i128::from(lots) * i128::from(price))
    }

    fn open(&mut self, lots: i64, price: i64, now: Timestamp) {
        if lots == 0 {
            return;
        }
        if self.lots == 0 {
            self.opened_at = Some(now);
            self.funding = Amount::ZERO;
        }
        self.lots += lots;
        self.cost += i128::from(lots) * i128::from(price);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp(1);

    fn after(fills: &[(i64, i64)]) -> (Position, i128) {
        let mut position = Position::default();
        let realised = fills
            .iter()
            .filter_map(|(lots, price)| position.fill(*lots, *price, NOW))
            .sum();
        (position, realised)
    }

    #[test]
    fn a_closing_fill_realises_the_difference_to_the_average() {
        let (position, realised) = after(&[(10, 100), (10, 110), (-5, 120)]);
        assert_eq!((position.lots, position.cost, realised), (15, 1575, 75));
    }

    #[test]
    fn a_fill_through_zero_closes_and_opens_at_its_own_price() {
        let (position, realised) = after(&[(3, 100), (-5, 90)]);
        assert_eq!((position.lots, position.cost, realised), (-2, -180, -30));
    }

    #[test]
    fn an_opening_fill_realises_nothing() {
        assert_eq!(Position::default().fill(-4, 50, NOW), None);
    }

    proptest! {
        #[test]
        fn profit_is_the_cash_moved_plus_the_worth_held(
            fills in prop::collection::vec((-50_i64..50, 1_i64..1000), 0..60),
            mark in 1_i64..1000,
        ) {
            let (position, realised) = after(&fills);
            let cash: i128 = fills.iter().map(|(lots, price)| -i128::from(lots * price)).sum();
            let held: i64 = fills.iter().map(|(lots, _)| lots).sum();
            prop_assert_eq!(position.lots, held);
            prop_assert_eq!(
                realised + position.unrealised(mark),
                cash + i128::from(held) * i128::from(mark)
            );
            if held == 0 {
                prop_assert_eq!(position.cost, 0);
            }
        }
    }
}
