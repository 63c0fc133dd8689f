//! What the tests of the registry ask of its entries.

use super::*;

impl Entries {
    pub(in super::super) fn is_empty(&self) -> bool {
        self.in_order.is_empty()
    }

    /// Panics unless what is kept up to date is what a look at every entry gives.
    pub(in super::super) fn check(&self, now: Instant) {
        let mut agenda = Agenda::default();
        let mut turns = HashMap::new();
        for (turn, listed) in &self.in_order {
            let entry = &listed.entry;
            assert!(!entry.is_over());
            agenda.list(*turn, entry);
            turns.insert(entry.kind.clone(), *turn);
        }
        assert_eq!(self.turns, turns);
        // A request whose time has come may stand in either place.
        let mut kept = self.agenda.clone();
        assert_eq!(kept.due(now), agenda.due(now));
        assert_eq!(kept, agenda);
    }
}
