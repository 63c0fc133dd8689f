//! Candles of one instrument, for all seven intervals.

use rocketfi_protocol::{Candle, CandleInterval, Number, Slot, Timestamp};
use rust_decimal::Decimal as Amount;
use rust_decimal::prelude::ToPrimitive;

use super::spec::InstrumentSpec;

const MINUTE: u64 = 60_000;

/// Every interval with its length in milliseconds.
pub(super) const INTERVALS: [(CandleInterval, u64); 7] = [
    (CandleInterval::M1, MINUTE),
    (CandleInterval::M5, 5 * MINUTE),
    (CandleInterval::M15, 15 * MINUTE),
    (CandleInterval::M30, 30 * MINUTE),
    (CandleInterval::H1, 60 * MINUTE),
    (CandleInterval::H4, 240 * MINUTE),
    (CandleInterval::D1, 1440 * MINUTE),
];

/// The candle that is being drawn. Prices in ticks.
#[derive(Clone, Debug)]
pub(super) struct CandleSeries {
    interval: CandleInterval,
    millis: u64,
    slot: u64,
    open: i64,
    high: i64,
    low: i64,
    close: i64,
    lots: i64,
}

impl CandleSeries {
    pub(super) fn all(price: i64, now: Timestamp) -> Vec<Self> {
        INTERVALS
            .into_iter()
            .map(|(interval, millis)| Self::start(interval, millis, price, now.0 / millis))
            .collect()
    }

    const fn start(interval: CandleInterval, millis: u64, price: i64, slot: u64) -> Self {
        Self {
            interval,
            millis,
            slot,
            open: price,
            high: price,
            low: price,
            close: price,
            lots: 0,
        }
    }

    pub(super) const fn interval(&self) -> &CandleInterval {
        &self.interval
    }

    pub(super) fn trade(&mut self, price: i64, lots: i64) {
        self.high = self.high.max(price);
        self.low = self.low.min(price);
        self.close = price;
        self.lots += lots;
    }

    /// Moves on to the slot of `now`; the candle that ended, if one did, is answered, closed.
    pub(super) fn advance(&mut self, spec: &InstrumentSpec, now: Timestamp) -> Option<Candle> {
        let slot = now.0 / self.millis;
        if slot == self.slot {
            return None;
        }
        let ended = Candle {
            is_closed: true,
            ..self.view(spec)
        };
        *self = Self::start(self.interval.clone(), self.millis, self.close, slot);
        Some(ended)
    }

    pub(super) fn view(&self, spec: &InstrumentSpec) -> Candle {
        Candle {
            instrument_id: spec.id,
            interval: self.interval.clone(),
            slot: Slot(self.slot),
            timestamp: Timestamp(self.slot * self.millis),
            open: number(spec.price(self.open)),
            high: number(spec.price(self.high)),
            low: number(spec.price(self.low)),
            close: number(spec.price(self.close)),
            volume: number(spec.quantity(self.lots)),
            is_closed: false,
        }
    }
}

/// Chart data travels as a JSON number; nothing is computed in it.
pub(super) fn number(amount: Amount) -> Number {
    Number::from(amount.to_f64().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::spec::default_instruments;

    #[test]
    fn a_candle_holds_the_extremes_and_the_next_opens_at_its_close() {
        let spec = &default_instruments()[0];
        let mut series = CandleSeries::all(100, Timestamp(0)).swap_remove(0);
        for (price, lots) in [(104, 2), (98, 1), (101, 4)] {
            series.trade(price, lots);
        }
        assert_eq!(series.advance(spec, Timestamp(MINUTE - 1)), None);
        let ended = series
            .advance(spec, Timestamp(MINUTE))
            .expect("the minute is over");
        let shape = [ended.open, ended.high, ended.low, ended.close, ended.volume]
            .map(|number| number.to_string());
        assert_eq!(shape, ["50", "52", "49", "50.5", "0.07"]);
        assert!(ended.is_closed);
        let next = series.view(spec);
        assert_eq!(
            (next.slot, next.open.as_f64(), next.is_closed),
            (Slot(1), 50.5, false)
        );
    }
}
