//! The last events, and which of them are looked at.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

/// How many are kept; older ones are dropped.
const CAPACITY: usize = 1_000;

/// So many of the oldest stay in sight when the user scrolls up as far as he can.
const OLDEST: usize = 5;

/// What comes so soon after one another belongs together.
const ROUND: Duration = Duration::from_millis(200);

/// How loud a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Quiet,
    Plain,
    Buy,
    Sell,
    Good,
    Warn,
    Bad,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) at: SystemTime,
    pub(crate) label: &'static str,
    pub(crate) text: String,
    pub(crate) tone: Tone,
    /// It happened while nobody was connected, and REST told it.
    pub(crate) is_missed: bool,
    /// It is about the data and not in it: the connection, gaps, reconciliations.
    pub(crate) is_remark: bool,
}

impl Entry {
    /// A round of funding pays for every position, and is one line.
    fn takes(&self, next: &Self) -> bool {
        self.label == "funding"
            && next.label == self.label
            && next.at.duration_since(self.at).is_ok_and(|it| it < ROUND)
    }
}

/// The last events. Follows the newest, unless the user holds it.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    dropped: usize,
    /// The number of the entry after the last one shown, counted from the first that ever was; `None` to follow.
    held: Option<usize>,
}

impl Journal {
    pub(crate) fn add(&mut self, entry: Entry) {
        if let Some(last) = self.entries.back_mut()
            && last.takes(&entry)
        {
            last.text.push_str(", ");
            last.text.push_str(&entry.text);
            return;
        }
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(entry);
        self.held = self.held.map(|end| end.max(self.dropped + 1));
    }

    /// The entries that fit so many rows, oldest first.
    pub(crate) fn shown(&self, rows: usize) -> impl Iterator<Item = &Entry> {
        let end = self.end();
        let start = end.saturating_sub(rows);
        self.entries.range(start..end)
    }

    /// How many there are below what is shown; `None` when the newest is.
    pub(crate) fn below(&self) -> Option<usize> {
        self.held.map(|_| self.entries.len() - self.end())
    }

    /// Holds still, or follows again.
    pub(crate) fn pause(&mut self) {
        self.held = match self.held {
            None => Some(self.total()),
            Some(_) => None,
        };
    }

    pub(crate) fn up(&mut self, rows: usize) {
        let end = self.held.unwrap_or(self.total());
        let oldest = (self.dropped + OLDEST).min(self.total());
        self.held = Some(end.saturating_sub(rows).max(oldest.min(end)));
    }

    /// At the newest it follows again.
    pub(crate) fn down(&mut self, rows: usize) {
        if let Some(end) = self.held {
            let end = end.saturating_add(rows);
            self.held = (end < self.total()).then_some(end);
        }
    }

    pub(crate) const fn follow(&mut self) {
        self.held = None;
    }

    fn total(&self) -> usize {
        self.dropped + self.entries.len()
    }

    /// The place after the last one shown, among those that are kept.
    fn end(&self) -> usize {
        let end = self.held.unwrap_or(self.total());
        end.saturating_sub(self.dropped).min(self.entries.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(entries: usize) -> Journal {
        let mut journal = Journal::default();
        more(&mut journal, 0..entries);
        journal
    }

    fn more(journal: &mut Journal, numbers: std::ops::Range<usize>) {
        for number in numbers {
            journal.add(Entry {
                at: SystemTime::UNIX_EPOCH,
                label: "note",
                text: number.to_string(),
                tone: Tone::Plain,
                is_missed: false,
                is_remark: false,
            });
        }
    }

    fn texts(journal: &Journal, rows: usize) -> Vec<&str> {
        journal
            .shown(rows)
            .map(|entry| entry.text.as_str())
            .collect()
    }

    #[test]
    fn follows_the_newest_until_it_is_held() {
        let mut journal = journal(5);
        assert_eq!(texts(&journal, 2), ["3", "4"]);
        journal.pause();
        more(&mut journal, 5..7);
        assert_eq!(
            (texts(&journal, 2), journal.below()),
            (vec!["3", "4"], Some(2))
        );
        journal.pause();
        assert_eq!(
            (texts(&journal, 2), journal.below()),
            (vec!["5", "6"], None)
        );
    }

    #[test]
    fn scrolls_up_to_the_oldest_and_down_to_the_newest() {
        let mut journal = journal(10);
        journal.up(2);
        assert_eq!(texts(&journal, 2), ["6", "7"]);
        journal.up(100);
        assert_eq!(texts(&journal, 20), ["0", "1", "2", "3", "4"]);
        journal.down(4);
        assert_eq!(
            (texts(&journal, 2), journal.below()),
            (vec!["7", "8"], Some(1))
        );
        journal.down(1);
        assert_eq!(journal.below(), None);
    }

    #[test]
    fn what_is_held_stays_in_sight_when_the_oldest_are_dropped() {
        let mut journal = journal(CAPACITY);
        journal.up(CAPACITY);
        assert_eq!(texts(&journal, 2), ["3", "4"]);
        more(&mut journal, CAPACITY..CAPACITY + 10);
        assert_eq!(
            texts(&journal, 2),
            ["10"],
            "the rest of what was held is gone"
        );
    }

    #[test]
    fn an_empty_one_can_be_scrolled() {
        let mut journal = Journal::default();
        journal.up(1);
        journal.down(1);
        journal.up(10);
        assert_eq!(texts(&journal, 3), Vec::<&str>::new());
        assert_eq!(texts(&journal, 0), Vec::<&str>::new());
    }
}
