//! Funding: what longs and shorts of a perpetual pay one another every round.

use rocketfi_protocol::{FundingRateUpdate, Round, ServerMessage, Timestamp};
use rust_decimal::Decimal as Amount;

use super::position::Position;
use super::spec::{InstrumentClass, InstrumentSpec};
use super::wire;

/// A round is this many ticks long: far shorter than on a real exchange, so that one is seen.
pub(super) const TICKS_PER_ROUND: u64 = 15;
const FIRST_ROUND: u64 = 8_812_345;
/// Decimals of a rate and of a payment.
pub(super) const DECIMALS: u32 = 8;

/// The latest round's rate, and the rate that the next round would have now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Funding {
    pub(super) rate: Amount,
    pub(super) premium: Amount,
    pub(super) round: Round,
    pub(super) at: Timestamp,
    is_charged: bool,
}

impl Funding {
    pub(super) fn new(spec: &InstrumentSpec, mid: i64, index: Amount, now: Timestamp) -> Self {
        let premium = premium(spec, mid, index);
        let is_charged = spec.class == InstrumentClass::Perpetual;
        Self {
            rate: rate(premium),
            premium,
            round: Round(FIRST_ROUND),
            at: now,
            is_charged,
        }
    }

    /// Whether this instrument has funding at all.
    pub(super) const fn is_charged(&self) -> bool {
        self.is_charged
    }

    pub(super) fn settle(
        &mut self,
        spec: &InstrumentSpec,
        mid: i64,
        index: Amount,
        now: Timestamp,
    ) {
        self.premium = premium(spec, mid, index);
        self.rate = rate(self.premium);
        self.round = Round(self.round.0 + 1);
        self.at = now;
    }

    /// What the holder of `position` receives in this round; negative when it pays.
    pub(super) fn payment(&self, spec: &InstrumentSpec, position: &Position, mark: i64) -> Amount {
        let notional = spec.quantity(position.lots) * spec.price(mark);
        -(notional * self.rate).round_dp(DECIMALS)
    }

    pub(super) fn rate_update(&self, spec: &InstrumentSpec) -> ServerMessage {
        FundingRateUpdate {
            instrument_id: spec.id,
            funding_rate: wire(self.rate),
            premium_index: wire(self.premium),
            timestamp: self.at,
            round: self.round,
        }
        .into()
    }
}

/// How far the mark is above the index, as a fraction of the index.
pub(super) fn premium(spec: &InstrumentSpec, mid: i64, index: Amount) -> Amount {
    ((spec.price(mid) - index) / index).round_dp(DECIMALS)
}

/// An eighth of the premium plus a little interest, within five hundredths of a percent.
pub(super) fn rate(premium: Amount) -> Amount {
    let bound = Amount::new(5, 4);
    let interest = Amount::new(125, 7);
    (premium / Amount::from(8) + interest)
        .round_dp(DECIMALS)
        .clamp(-bound, bound)
}
