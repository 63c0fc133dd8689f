//! What one session has subscribed to.

use std::collections::BTreeMap;

use rocketfi_protocol::{ServerMessage, SubscriptionKind};

/// Most different kinds in one session: a client that goes beyond is told so.
pub(crate) const MOST_KINDS: usize = 4_096;

/// Kinds, each with how often it was subscribed: on the wire a second identical Subscribe makes
/// every event arrive twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subscriptions {
    /// Invariant: no count is zero.
    counts: BTreeMap<SubscriptionKind, usize>,
}

impl Subscriptions {
    /// One more delivery of `kind`; false when there are too many kinds.
    pub(crate) fn add(&mut self, kind: SubscriptionKind) -> bool {
        if self.counts.len() >= MOST_KINDS && !self.counts.contains_key(&kind) {
            return false;
        }
        *self.counts.entry(kind).or_default() += 1;
        true
    }

    /// One delivery of `kind` less; false when there was none.
    pub(crate) fn remove(&mut self, kind: &SubscriptionKind) -> bool {
        let Some(count) = self.counts.get_mut(kind) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            self.counts.remove(kind);
        }
        true
    }

    /// How often a frame about `kind` is delivered.
    pub(crate) fn count(&self, kind: &SubscriptionKind) -> usize {
        self.counts.get(kind).copied().unwrap_or(0)
    }

    /// How often `message` is delivered.
    pub(crate) fn deliveries(&self, message: &ServerMessage) -> usize {
        self.iter()
            .filter(|(kind, _)| message.belongs_to(kind))
            .map(|(_, count)| count)
            .sum()
    }

    /// Every kind once.
    pub(crate) fn kinds(&self) -> Vec<SubscriptionKind> {
        self.counts.keys().cloned().collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&SubscriptionKind, usize)> {
        self.counts.iter().map(|(kind, count)| (kind, *count))
    }
}

#[cfg(test)]
mod tests {
    use rocketfi_protocol::InstrumentId;

    use super::*;

    fn ticker(number: u64) -> SubscriptionKind {
        SubscriptionKind::Ticker {
            instrument_id: InstrumentId::from_u64(number),
        }
    }

    #[test]
    fn a_second_identical_subscription_doubles_and_each_removal_takes_one() {
        let mut subscriptions = Subscriptions::default();
        assert!(subscriptions.add(ticker(1)) && subscriptions.add(ticker(1)));
        assert_eq!(subscriptions.count(&ticker(1)), 2);
        assert!(subscriptions.remove(&ticker(1)) && subscriptions.remove(&ticker(1)));
        assert!(!subscriptions.remove(&ticker(1)));
        assert_eq!(subscriptions.iter().count(), 0);
    }

    #[test]
    fn there_is_a_limit_to_different_kinds_only() {
        let mut subscriptions = Subscriptions::default();
        for number in 0..u64::try_from(MOST_KINDS).unwrap() {
            assert!(subscriptions.add(ticker(number)));
        }
        assert!(!subscriptions.add(ticker(u64::MAX)));
        assert!(subscriptions.add(ticker(0)));
    }
}
