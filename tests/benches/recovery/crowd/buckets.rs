//! How many came back in each tenth of a second.

use std::fmt;
use std::time::Duration;

use rand::{Rng, RngExt};

const WIDTH: Duration = Duration::from_millis(100);

/// No bucket is to hold more than one in this many.
const AIM: usize = 20;

/// How many are printed.
const SHOWN: usize = 50;

pub(super) struct Buckets(Vec<usize>);

impl Buckets {
    pub(super) fn of(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut counts = Vec::new();
        for time in times {
            let bucket = usize::try_from(time.as_nanos() / WIDTH.as_nanos());
            let bucket = bucket.expect("a bench takes no aeons");
            if counts.len() <= bucket {
                counts.resize(bucket + 1, 0);
            }
            counts[bucket] += 1;
        }
        Self(counts)
    }

    pub(super) fn fullest(&self) -> usize {
        self.0.iter().copied().max().unwrap_or_default()
    }

    pub(super) fn are_level(&self) -> bool {
        self.fullest() * AIM <= self.0.iter().sum()
    }
}

/// The first of them, one after the other, and how many came later.
impl fmt::Display for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shown, later) = self.0.split_at(self.0.len().min(SHOWN));
        shown.iter().try_for_each(|count| write!(f, "{count} "))?;
        write!(f, "(later: {})", later.iter().sum::<usize>())
    }
}

/// When one client is back, measured from the end of the time that the server is down: each delay
/// is uniform below a ceiling that doubles, and there is another one while the server is down.
pub(super) fn draw_return(
    spread: Duration,
    min: Duration,
    max: Duration,
    down: Duration,
    rng: &mut impl Rng,
) -> Duration {
    let (mut dials, mut ceiling) = (Duration::ZERO, min);
    while ceiling < spread.min(max) {
        ceiling = (ceiling * 2).min(max);
    }
    loop {
        dials += rng.random_range(Duration::ZERO..=ceiling);
        if let Some(back) = dials.checked_sub(down) {
            return back;
        }
        ceiling = (ceiling * 2).min(max);
    }
}
