//! What happened to one account, kept for whoever asks later.

use std::collections::VecDeque;
use std::fmt;

/// How many entries are kept.
const CAPACITY: usize = 100_000;

/// Entries in the order in which they happened, each with a number counted from 0.
///
/// Policy when it is full: the oldest entry is dropped.
#[derive(Clone)]
pub(crate) struct Log<T> {
    kept: VecDeque<T>,
    dropped: usize,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self {
            kept: VecDeque::new(),
            dropped: 0,
        }
    }
}

/// A market is shown in logs, in which the entries of a hundred thousand would be no help.
impl<T> fmt::Debug for Log<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Log({} entries)", self.kept.len())
    }
}

impl<T> Log<T> {
    pub(super) fn push(&mut self, entry: T) {
        if self.kept.len() == CAPACITY {
            self.kept.pop_front();
            self.dropped += 1;
        }
        self.kept.push_back(entry);
    }

    /// The number that the next entry will have.
    pub(crate) fn next(&self) -> usize {
        self.dropped + self.kept.len()
    }

    /// Those with a number below `next` that are kept, oldest first.
    pub(crate) fn before(
        &self,
        next: usize,
    ) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        let end = next.saturating_sub(self.dropped).min(self.kept.len());
        self.kept.range(..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_drops_the_oldest_and_keeps_the_numbers() {
        let mut log = Log::default();
        for entry in 0..CAPACITY + 3 {
            log.push(entry);
        }
        assert_eq!(log.next(), CAPACITY + 3);
        assert_eq!(log.before(log.next()).len(), CAPACITY);
        assert_eq!(log.before(log.next()).next(), Some(&3));
        assert_eq!(log.before(5).collect::<Vec<_>>(), [&3, &4]);
        assert_eq!(log.before(2).len(), 0, "dropped since");
        assert_eq!(format!("{log:?}"), "Log(100000 entries)");
    }
}
