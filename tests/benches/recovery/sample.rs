//! A sample of durations, and its percentiles: exact, since all of them are kept.

use std::time::Duration;

/// Durations in ascending order, at least one.
#[derive(Debug)]
pub(crate) struct Sample(Vec<Duration>);

impl Sample {
    /// `None` of no durations.
    pub(crate) fn of(mut durations: Vec<Duration>) -> Option<Self> {
        durations.sort_unstable();
        (!durations.is_empty()).then_some(Self(durations))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The smallest duration that so many thousandths of the sample do not exceed.
    pub(crate) fn per_mille(&self, thousandths: usize) -> Duration {
        let rank = (self.0.len() * thousandths).div_ceil(1_000);
        self.0[rank.max(1) - 1]
    }
}
