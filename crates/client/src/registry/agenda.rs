//! What there is to do about all entries together, without asking each of them: of ten thousand, one has changed.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::entry::Entry;

/// The place of an entry in the order of all entries.
pub(super) type Turn = u64;

/// What an entry has on the agenda.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// When its callers stop waiting.
    deadline: Option<Instant>,
    request: When,
    keeps_waiting: bool,
    is_restored: bool,
    is_settled: bool,
}

/// When a request is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Never,
    Now,
    At(Instant),
}

impl Item {
    fn of(entry: &Entry) -> Self {
        Self {
            deadline: entry.deadline,
            request: match entry.need() {
                None => When::Never,
                Some((_, None)) => When::Now,
                Some((_, Some(time))) => When::At(time),
            },
            keeps_waiting: entry.keeps_waiting(),
            is_restored: entry.is_restored(),
            is_settled: entry.is_settled(),
        }
    }
}

/// Has every entry on it, by its turn.
#[derive(Default)]
#[cfg_attr(test, derive(Clone, Debug, PartialEq))]
pub(super) struct Agenda {
    deadlines: BTreeSet<(Instant, Turn)>,
    /// Whose requests are due at once, or have become due.
    due: BTreeSet<Turn>,
    /// Whose requests are due later.
    later: BTreeSet<(Instant, Turn)>,
    /// Which are live again, and not announced yet.
    restored: BTreeSet<Turn>,
    /// How many are still to be restored.
    waiting: usize,
    /// How many are not as the user wants them.
    unsettled: usize,
}

/// An entry, and what of it stands on the agenda.
pub(super) struct Listed {
    pub(super) entry: Entry,
    pub(super) item: Item,
}

impl Agenda {
    pub(super) fn list(&mut self, turn: Turn, entry: &Entry) -> Item {
        let item = Item::of(entry);
        self.add(turn, item);
        item
    }

    pub(super) fn unlist(&mut self, turn: Turn, listed: Listed) -> Entry {
        self.strike(turn, listed.item);
        listed.entry
    }

    /// Changes an entry, and what of it is listed.
    pub(super) fn change<R>(
        &mut self,
        turn: Turn,
        listed: &mut Listed,
        change: impl FnOnce(&mut Entry) -> R,
    ) -> R {
        let result = change(&mut listed.entry);
        let item = Item::of(&listed.entry);
        if item != listed.item {
            self.strike(turn, listed.item);
            self.add(turn, item);
            listed.item = item;
        }
        result
    }

    fn add(&mut self, turn: Turn, item: Item) {
        if let Some(deadline) = item.deadline {
            self.deadlines.insert((deadline, turn));
        }
        match item.request {
            When::Never => {}
            When::Now => drop(self.due.insert(turn)),
            When::At(time) => drop(self.later.insert((time, turn))),
        }
        if item.is_restored {
            self.restored.insert(turn);
        }
        self.waiting += usize::from(item.keeps_waiting);
        self.unsettled += usize::from(!item.is_settled);
    }

    fn strike(&mut self, turn: Turn, item: Item) {
        if let Some(deadline) = item.deadline {
            self.deadlines.remove(&(deadline, turn));
        }
        if let When::At(time) = item.request {
            self.later.remove(&(time, turn));
        }
        // What was due later may have become due.
        self.due.remove(&turn);
        self.restored.remove(&turn);
        self.waiting -= usize::from(item.keeps_waiting);
        self.unsettled -= usize::from(!item.is_settled);
    }

    /// When the first callers stop waiting.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// Whose callers have waited long enough, the first of them.
    pub(super) fn overdue(&self, now: Instant) -> Option<Turn> {
        let (deadline, turn) = self.deadlines.first()?;
        (now >= *deadline).then_some(*turn)
    }

    /// When the first request is due.
    pub(super) fn next_request(&self) -> When {
        if !self.due.is_empty() {
            return When::Now;
        }
        self.later
            .first()
            .map_or(When::Never, |(time, _)| When::At(*time))
    }

    /// Whose request is due, the first in the order of the entries.
    pub(super) fn due(&mut self, now: Instant) -> Option<Turn> {
        while let Some((time, turn)) = self.later.first().copied()
            && now >= time
        {
            self.later.pop_first();
            self.due.insert(turn);
        }
        self.due.first().copied()
    }

    /// Whether something was restored, and all that was to be restored has an answer.
    pub(super) fn restored_is_complete(&self) -> bool {
        !self.restored.is_empty() && self.waiting == 0
    }

    /// What was restored, in the order of the entries.
    pub(super) fn restored(&self) -> Vec<Turn> {
        self.restored.iter().copied().collect()
    }

    pub(super) const fn is_settled(&self) -> bool {
        self.unsettled == 0
    }
}
