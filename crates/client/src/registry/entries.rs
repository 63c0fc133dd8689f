//! The kinds and what is known of them, found by kind, and in an order. What is asked about all of them together is kept
//! up to date as one of them changes, so that neither a request nor an answer costs more where more is subscribed.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;

use super::agenda::{Agenda, Listed, Turn};
use super::entry::Entry;

/// Each kind is here at most once, and no entry that is [over](Entry::is_over) is.
#[derive(Default)]
pub(super) struct Entries {
    turns: HashMap<SubscriptionKind, Turn>,
    /// Boxed, since a tree keeps room for eleven where one would do.
    in_order: BTreeMap<Turn, Box<Listed>>,
    next: Turn,
    agenda: Agenda,
}

impl Entries {
    /// In order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.in_order.values().map(|listed| &listed.entry)
    }

    pub(super) fn get(&self, kind: &SubscriptionKind) -> Option<&Entry> {
        let turn = self.turns.get(kind)?;
        self.in_order.get(turn).map(|listed| &listed.entry)
    }

    /// Puts a kind at the end, if it is not here. Its entry is to be [changed](Self::change) next, from one that is over.
    pub(super) fn insert(&mut self, kind: &SubscriptionKind, newcomer: impl FnOnce() -> Entry) {
        if !self.turns.contains_key(kind) {
            self.push(newcomer());
        }
    }

    fn push(&mut self, entry: Entry) {
        let turn = self.next;
        self.next += 1;
        self.turns.insert(entry.kind.clone(), turn);
        let item = self.agenda.list(turn, &entry);
        self.in_order.insert(turn, Box::new(Listed { entry, item }));
    }

    fn remove(&mut self, turn: Turn) -> Option<Entry> {
        let listed = self.in_order.remove(&turn)?;
        let entry = self.agenda.unlist(turn, *listed);
        self.turns.remove(&entry.kind);
        Some(entry)
    }

    pub(super) fn move_to_end(&mut self, kind: &SubscriptionKind) {
        let turn = self.turns.get(kind).copied();
        if let Some(entry) = turn.and_then(|turn| self.remove(turn)) {
            self.push(entry);
        }
    }

    /// Changes the entry of a kind, if it is here. If the entry is over then, it goes.
    pub(super) fn change<R>(
        &mut self,
        kind: &SubscriptionKind,
        change: impl FnOnce(&mut Entry) -> R,
    ) -> Option<R> {
        let turn = self.turns.get(kind).copied()?;
        self.change_at(turn, change)
    }

    fn change_at<R>(&mut self, turn: Turn, change: impl FnOnce(&mut Entry) -> R) -> Option<R> {
        let listed = self.in_order.get_mut(&turn)?;
        let result = self.agenda.change(turn, listed, change);
        if listed.entry.is_over() {
            self.remove(turn);
        }
        Some(result)
    }

    /// Changes all entries. Those that are over then go.
    pub(super) fn change_all(&mut self, mut change: impl FnMut(&mut Entry)) {
        let turns: Vec<Turn> = self.in_order.keys().copied().collect();
        for turn in turns {
            self.change_at(turn, &mut change);
        }
    }

    /// Changes the entries whose callers have waited long enough, in a way that ends the wait.
    pub(super) fn change_overdue(&mut self, now: Instant, mut change: impl FnMut(&mut Entry)) {
        while let Some(turn) = self.agenda.overdue(now) {
            self.change_at(turn, &mut change);
        }
    }

    /// What is live again and not announced yet, in order: a kind that was refused at first may have been confirmed late.
    /// It counts as announced from here on.
    pub(super) fn take_restored(&mut self) -> Vec<SubscriptionKind> {
        let announce = |entry: &mut Entry| {
            entry.announce();
            entry.kind.clone()
        };
        let turns = self.agenda.restored().into_iter();
        let kinds = turns.filter_map(|turn| self.change_at(turn, announce));
        kinds.collect()
    }

    /// The first entry whose request is due.
    pub(super) fn due(&mut self, now: Instant) -> Option<&Entry> {
        let turn = self.agenda.due(now)?;
        self.in_order.get(&turn).map(|listed| &listed.entry)
    }

    pub(super) const fn agenda(&self) -> &Agenda {
        &self.agenda
    }
}
