//! How fast requests may follow each other.

use std::time::Duration;

use tokio::time::Instant;

/// A token bucket: a burst of requests goes at once, and every interval there is a token for one more.
#[derive(Debug)]
pub(super) struct Pacing {
    interval: Duration,
    /// How long it takes to fill the bucket when all tokens but one are missing.
    slack: Duration,
    /// When the bucket was full for certain.
    since: Instant,
    /// When the bucket is full again, counted from `since`: each token that is missing is one interval.
    full_after: Duration,
}

impl Pacing {
    /// A full bucket of `burst` tokens, which is at least one.
    pub(super) fn new(interval: Duration, burst: usize, now: Instant) -> Self {
        let spare = u32::try_from(burst.saturating_sub(1)).unwrap_or(u32::MAX);
        Self {
            interval,
            slack: interval.saturating_mul(spare),
            since: now,
            full_after: Duration::ZERO,
        }
    }

    /// Fills the bucket.
    pub(super) const fn reset(&mut self, now: Instant) {
        self.since = now;
        self.full_after = Duration::ZERO;
    }

    /// When the next request may be sent; a time in the past means now.
    pub(super) fn ready_at(&self) -> Instant {
        self.since + self.full_after.saturating_sub(self.slack)
    }

    /// A request is sent.
    pub(super) fn take(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.since);
        self.full_after = self.full_after.max(elapsed) + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// When each of so many requests goes, if they are sent as fast as is allowed after `idle` seconds.
    fn times(pacing: &mut Pacing, begun: Instant, idle: u64, count: usize) -> Vec<u64> {
        let mut now = begun + Duration::from_secs(idle);
        let mut send = || {
            now = now.max(pacing.ready_at());
            pacing.take(now);
            (now - begun).as_secs()
        };
        (0..count).map(|_| send()).collect()
    }

    #[test]
    fn burst_goes_at_once_and_the_rest_one_an_interval() {
        let begun = Instant::now();
        // (burst, idle seconds before, when each request goes)
        let table: [(usize, u64, &[u64]); 4] = [
            (1, 0, &[0, 10, 20, 30]),
            (3, 0, &[0, 0, 0, 10, 20, 30]),
            // Idle time saves up no more than a full bucket.
            (3, 1000, &[1000, 1000, 1000, 1010, 1020]),
            (100, 5, &[5; 6]),
        ];
        for (burst, idle, expected) in table {
            let mut pacing = Pacing::new(Duration::from_secs(10), burst, begun);
            let sent = times(&mut pacing, begun, idle, expected.len());
            assert_eq!(sent, expected, "a burst of {burst} after {idle} s");
        }
    }

    #[test]
    fn one_token_comes_back_each_interval() {
        let begun = Instant::now();
        let mut pacing = Pacing::new(Duration::from_secs(10), 3, begun);
        assert_eq!(times(&mut pacing, begun, 0, 3), [0, 0, 0]);
        assert_eq!(times(&mut pacing, begun, 25, 3), [25, 25, 30]);
    }

    #[test]
    fn new_session_has_a_full_bucket() {
        let begun = Instant::now();
        let mut pacing = Pacing::new(Duration::from_secs(10), 2, begun);
        times(&mut pacing, begun, 0, 5);
        pacing.reset(begun + Duration::from_secs(1));
        assert_eq!(times(&mut pacing, begun, 1, 3), [1, 1, 11]);
    }

    #[test]
    fn without_an_interval_nothing_waits() {
        let begun = Instant::now();
        let mut pacing = Pacing::new(Duration::ZERO, 1, begun);
        assert_eq!(times(&mut pacing, begun, 0, 4), [0; 4]);
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_burst_and_one_an_interval(
            burst in 1_usize..8,
            pauses in prop::collection::vec(0_u64..30, 1..60),
        ) {
            let begun = Instant::now();
            let mut pacing = Pacing::new(Duration::from_secs(10), burst, begun);
            let mut now = begun;
            let sent: Vec<u64> = pauses
                .into_iter()
                .map(|pause| {
                    now = (now + Duration::from_secs(pause)).max(pacing.ready_at());
                    pacing.take(now);
                    (now - begun).as_secs()
                })
                .collect();
            for (first, begin) in sent.iter().enumerate() {
                for (count, end) in sent[first..].iter().enumerate() {
                    let allowed = burst as u64 + (end - begin) / 10;
                    prop_assert!((count as u64) < allowed, "{sent:?}");
                }
            }
        }
    }
}
