//! What has happened, as far back as memory goes, each event once.

use std::collections::{HashSet, VecDeque};

use super::identity::Identified;

/// How many of the newest events of a log are kept in mind to find the place again.
const ANCHORS: usize = 16;

/// The events in the order in which they became known. Bounded: the oldest is forgotten first.
#[derive(Clone, Debug)]
pub(crate) struct History<E: Identified> {
    events: VecDeque<E>,
    /// Of exactly these.
    ids: HashSet<E::Id>,
    capacity: usize,
    /// How many there have been, the forgotten ones included.
    count: u64,
    /// The newest events of the log that was compared last. Everything up to them has been compared.
    anchors: Vec<E::Id>,
    /// How many there had been when that was done.
    compared: u64,
}

impl<E: Identified + Clone> History<E> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            events: VecDeque::new(),
            ids: HashSet::new(),
            capacity: capacity.max(1),
            count: 0,
            anchors: Vec::new(),
            compared: 0,
        }
    }

    pub(crate) fn knows(&self, event: &E) -> bool {
        self.ids.contains(&event.id())
    }

    /// Appends it; false when it was known.
    pub(crate) fn add(&mut self, event: &E) -> bool {
        if !self.ids.insert(event.id()) {
            return false;
        }
        self.events.push_back(event.clone());
        self.count += 1;
        if self.events.len() > self.capacity
            && let Some(oldest) = self.events.pop_front()
        {
            self.ids.remove(&oldest.id());
        }
        true
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &E> + ExactSizeIterator {
        self.events.iter()
    }

    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// Where to stop when a log is read from its newest event on; empty when it was never compared with one that had
    /// any.
    pub(crate) fn anchors(&self) -> &[E::Id] {
        &self.anchors
    }

    /// What became known since a log was compared last and before there were `count` events: it must stand in a log
    /// that shows the time when there were so many.
    pub(crate) fn unproved(&self, count: u64) -> impl Iterator<Item = &E> {
        let forgotten = self.count - u64::try_from(self.events.len()).unwrap_or(u64::MAX);
        let place = move |number: u64| {
            usize::try_from(number.saturating_sub(forgotten)).unwrap_or(usize::MAX)
        };
        let from = place(self.compared);
        let until = place(count);
        self.events.iter().take(until).skip(from)
    }

    /// Notes that a log was compared, which is given from its oldest event on.
    pub(crate) fn set_compared(&mut self, log: &[E]) {
        if !log.is_empty() {
            self.anchors = log.iter().rev().take(ANCHORS).map(E::id).collect();
        }
        self.compared = self.count;
    }
}

/// Two memories are equal when they hold the same events; what else they know serves to find more.
impl<E: Identified + PartialEq> PartialEq for History<E> {
    fn eq(&self, other: &Self) -> bool {
        self.events == other.events
    }
}
