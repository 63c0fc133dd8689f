//! How long to wait before trying again, and when a session has earned a fresh start.

use std::time::Duration;

use rand::{Rng, RngExt};
use tokio::time::Instant;

/// Exponential backoff with full jitter: each delay is uniform between zero and a ceiling, and the ceiling doubles
/// with every failure up to a cap. The jitter is just as full at the cap, so that a thousand clients which have all
/// reached it do not return together.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    min: Duration,
    max: Duration,
    failures: u32,
}

impl Backoff {
    /// `min` is the first ceiling, `max` the cap.
    pub(crate) const fn new(min: Duration, max: Duration) -> Self {
        Self {
            min,
            max,
            failures: 0,
        }
    }

    /// Counts one more failure and says how long to wait because of it.
    pub(crate) fn next_delay(&mut self, rng: &mut impl Rng) -> Duration {
        let ceiling = self.ceiling();
        self.failures = self.failures.saturating_add(1);
        rng.random_range(Duration::ZERO..=ceiling)
    }

    /// Makes the next ceiling at least so high, as far as the cap allows.
    pub(crate) fn widen(&mut self, ceiling: Duration) {
        while self.ceiling() < ceiling.min(self.max) {
            self.failures = self.failures.saturating_add(1);
        }
    }

    /// The ceiling that it starts with.
    pub(crate) const fn first_ceiling(&self) -> Duration {
        self.min
    }

    /// Starts again at the first ceiling.
    pub(crate) const fn reset(&mut self) {
        self.failures = 0;
    }

    fn ceiling(&self) -> Duration {
        2_u32
            .checked_pow(self.failures)
            .and_then(|factor| self.min.checked_mul(factor))
            .map_or(self.max, |ceiling| ceiling.min(self.max))
    }
}

/// Whether a session has proved itself: it stayed up for the stable period *and*, at some moment after that, every
/// wanted kind was confirmed. Only then may the backoff start afresh; an open handshake proves nothing.
#[derive(Debug)]
pub(crate) struct Probation {
    until: Instant,
    elapsed: bool,
    passed: bool,
}

impl Probation {
    pub(crate) fn new(opened: Instant, stable_period: Duration) -> Self {
        Self {
            until: opened + stable_period,
            elapsed: false,
            passed: false,
        }
    }

    /// When to look next; `None` once only a confirmation can change the answer.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        (!self.elapsed).then_some(self.until)
    }

    /// `settled` is asked only when it matters.
    pub(crate) fn observe(&mut self, now: Instant, settled: impl FnOnce() -> bool) {
        if self.passed || now < self.until {
            return;
        }
        self.elapsed = true;
        self.passed = settled();
    }

    pub(crate) const fn passed(&self) -> bool {
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    const MIN: Duration = Duration::from_millis(500);
    const MAX: Duration = Duration::from_secs(30);

    fn ceilings(count: usize) -> Vec<Duration> {
        let mut backoff = Backoff::new(MIN, MAX);
        let mut rng = StdRng::seed_from_u64(1);
        (0..count)
            .map(|_| {
                let ceiling = backoff.ceiling();
                backoff.next_delay(&mut rng);
                ceiling
            })
            .collect()
    }

    #[test]
    fn ceiling_doubles_up_to_the_cap() {
        let seconds: Vec<f64> = ceilings(9).iter().map(Duration::as_secs_f64).collect();
        assert_eq!(seconds, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]);
    }

    #[test]
    fn reset_returns_to_the_first_ceiling() {
        let mut backoff = Backoff::new(MIN, MAX);
        let mut rng = StdRng::seed_from_u64(1);
        for _ in 0..40 {
            backoff.next_delay(&mut rng);
        }
        backoff.reset();
        assert_eq!(backoff.ceiling(), MIN);
    }

    #[test]
    fn widening_raises_the_ceiling_up_to_the_cap_and_never_lowers_it() {
        let seconds = Duration::from_secs;
        let mut backoff = Backoff::new(seconds(1), seconds(30));
        backoff.widen(Duration::ZERO);
        assert_eq!(backoff.ceiling(), seconds(1));
        backoff.widen(seconds(3));
        assert_eq!(backoff.ceiling(), seconds(4));
        backoff.widen(seconds(2));
        assert_eq!(backoff.ceiling(), seconds(4));
        backoff.widen(Duration::MAX);
        assert_eq!(backoff.ceiling(), seconds(30));
        backoff.reset();
        assert_eq!(backoff.ceiling(), seconds(1));
    }

    #[test]
    fn jitter_is_full_at_the_cap_too() {
        let mut backoff = Backoff {
            min: MIN,
            max: MAX,
            failures: 100,
        };
        let mut rng = StdRng::seed_from_u64(7);
        let mut tenths = [0_u32; 10];
        for _ in 0..10_000 {
            let share = backoff.next_delay(&mut rng).as_secs_f64() / MAX.as_secs_f64();
            // Truncation is wanted, and 1.0 itself belongs to the last tenth.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0.0..=10.0"
            )]
            let tenth = ((share * 10.0) as usize).min(9);
            tenths[tenth] += 1;
        }
        assert!(
            tenths.iter().all(|&count| (800..1_200).contains(&count)),
            "{tenths:?}"
        );
    }

    #[test]
    fn same_seed_gives_the_same_delays() {
        let delays = |seed| {
            let mut rng = StdRng::seed_from_u64(seed);
            let mut backoff = Backoff::new(MIN, MAX);
            (0..20)
                .map(|_| backoff.next_delay(&mut rng))
                .collect::<Vec<_>>()
        };
        assert_eq!(delays(3), delays(3));
        assert_ne!(delays(3), delays(4));
    }

    proptest! {
        #[test]
        fn delay_never_exceeds_the_ceiling_nor_the_cap(
            seed: u64,
            min_ms in 1_u64..10_000,
            extra_ms in 0_u64..1_000_000,
            failures in 0_u32..200,
        ) {
            let (min, max) = (Duration::from_millis(min_ms), Duration::from_millis(min_ms + extra_ms));
            let mut backoff = Backoff { min, max, failures };
            let ceiling = backoff.ceiling();
            let delay = backoff.next_delay(&mut StdRng::seed_from_u64(seed));
            prop_assert!(delay <= ceiling && ceiling <= max && ceiling >= min);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn session_passes_only_when_stable_and_settled() {
        let opened = Instant::now();
        let stable = Duration::from_secs(60);
        // (seconds after the open, settled, passed afterwards)
        let table = [
            (0, true, false),
            (59, true, false),
            (60, false, false),
            (61, true, true),
            (62, false, true),
        ];
        let mut probation = Probation::new(opened, stable);
        for (second, settled, passed) in table {
            probation.observe(opened + Duration::from_secs(second), || settled);
            assert_eq!(probation.passed(), passed, "after {second} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn probation_asks_for_no_timer_once_the_period_is_over() {
        let opened = Instant::now();
        let mut probation = Probation::new(opened, Duration::from_secs(60));
        assert_eq!(probation.deadline(), Some(opened + Duration::from_secs(60)));
        probation.observe(opened + Duration::from_secs(60), || false);
        assert_eq!(probation.deadline(), None);
    }
}
