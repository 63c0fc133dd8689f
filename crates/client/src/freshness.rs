//! Data-level staleness: which kinds are confirmed on this session and have brought nothing for long.
//!
//! Nothing but data counts. A `Pong` or a confirmation shows that the connection lives, not that anything streams.

mod index;

use std::collections::HashSet;
use std::time::Duration;

use rocketfi_protocol::{ServerMessage, SubscriptionKind};
use tokio::time::Instant;

use self::index::Index;

/// A kind that is quiet, and for how long.
pub(crate) type Quiet = (SubscriptionKind, Duration);

pub(crate) struct Freshness {
    after: Duration,
    watched: Vec<Watched>,
    /// Where in `watched` the kinds are which a message may belong to.
    index: Index,
    /// When to look next. Not moved by messages: whether anything newer was heard is asked then.
    wake_at: Option<Instant>,
}

struct Watched {
    kind: SubscriptionKind,
    /// When it was confirmed, or something of it came.
    heard: Instant,
    /// Reported, and nothing came since.
    stale: bool,
}

impl Freshness {
    pub(crate) fn new(after: Duration) -> Self {
        Self {
            after,
            watched: Vec::new(),
            index: Index::default(),
            wake_at: None,
        }
    }

    /// When [`poll`](Self::poll) may have something to say next.
    pub(crate) const fn wake_at(&self) -> Option<Instant> {
        self.wake_at
    }

    /// A kind was confirmed: it counts as heard. One of which no message can be told to be its own is not watched.
    pub(crate) fn watch(&mut self, kind: &SubscriptionKind, now: Instant) {
        if kind.updates().is_empty() {
            return;
        }
        let place = self.index.of_kind(kind).iter().copied();
        let place = place
            .into_iter()
            .find(|&place| self.watched[place].kind == *kind);
        let watched = Watched {
            kind: kind.clone(),
            heard: now,
            stale: false,
        };
        if let Some(place) = place {
            self.watched[place] = watched;
        } else {
            self.index.add(kind, self.watched.len());
            self.watched.push(watched);
        }
        self.wake_at.get_or_insert(now + self.after);
    }

    /// A message came.
    pub(crate) fn heard(&mut self, message: &ServerMessage, now: Instant) {
        for place in self.index.of_message(message) {
            let watched = &mut self.watched[place];
            if message.belongs_to(&watched.kind) {
                watched.heard = now;
                if std::mem::take(&mut watched.stale) {
                    self.wake_at.get_or_insert(now + self.after);
                }
            }
        }
    }

    /// The kinds that have become stale by now, each told once. Those that are not among the `live` are forgotten, which
    /// is early enough when something is to be told.
    pub(crate) fn poll<'a>(
        &mut self,
        now: Instant,
        live: impl FnOnce() -> HashSet<&'a SubscriptionKind>,
    ) -> Vec<Quiet> {
        if self.wake_at.is_none_or(|wake_at| now < wake_at) {
            return Vec::new();
        }
        if self
            .fresh()
            .any(|watched| now >= watched.heard + self.after)
        {
            self.keep(&live());
        }
        let mut quiet = Vec::new();
        for watched in self.watched.iter_mut().filter(|watched| !watched.stale) {
            if now >= watched.heard + self.after {
                watched.stale = true;
                quiet.push((watched.kind.clone(), now - watched.heard));
            }
        }
        self.wake_at = self.fresh().map(|watched| watched.heard + self.after).min();
        quiet
    }

    fn fresh(&self) -> impl Iterator<Item = &Watched> {
        self.watched.iter().filter(|watched| !watched.stale)
    }

    fn keep(&mut self, wanted: &HashSet<&SubscriptionKind>) {
        let before = self.watched.len();
        self.watched
            .retain(|watched| wanted.contains(&watched.kind));
        if self.watched.len() < before {
            self.index = Index::default();
            for (place, watched) in self.watched.iter().enumerate() {
                self.index.add(&watched.kind, place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rocketfi_protocol::{InstrumentId, decode};

    use super::*;

    const AFTER: Duration = Duration::from_secs(10);

    fn instrument(number: u8) -> InstrumentId {
        InstrumentId::from_bytes([number; 8])
    }

    fn price_feed(number: u8) -> SubscriptionKind {
        SubscriptionKind::PriceFeed {
            instrument_id: instrument(number),
        }
    }

    fn mark_price(number: u8) -> ServerMessage {
        let instrument_id = instrument(number);
        decode(&format!(
            r#"{{"MarkPriceUpdate":{{"instrumentId":"{instrument_id}","markPrice":"1.5"}}}}"#
        ))
        .unwrap()
    }

    struct Bench {
        freshness: Freshness,
        begun: Instant,
    }

    impl Bench {
        /// Both watched from second 0 on.
        fn watching(numbers: &[u8]) -> Self {
            let begun = Instant::now();
            let mut freshness = Freshness::new(AFTER);
            for &number in numbers {
                freshness.watch(&price_feed(number), begun);
            }
            Self { freshness, begun }
        }

        fn at(&self, second: u64) -> Instant {
            self.begun + Duration::from_secs(second)
        }

        fn heard(&mut self, second: u64, message: &ServerMessage) {
            let now = self.at(second);
            self.freshness.heard(message, now);
        }

        /// What is told at a second, when everything is live.
        fn poll(&mut self, second: u64) -> Vec<(SubscriptionKind, u64)> {
            let now = self.at(second);
            let kinds: Vec<_> = (0..10).map(price_feed).collect();
            let quiet = self.freshness.poll(now, || kinds.iter().collect());
            let quiet = quiet.into_iter();
            quiet.map(|(kind, time)| (kind, time.as_secs())).collect()
        }

        fn wakes_at(&self, second: u64) -> bool {
            self.freshness.wake_at() == Some(self.at(second))
        }
    }

    #[test]
    fn kind_that_never_brings_anything_is_told_once() {
        let mut bench = Bench::watching(&[1]);
        assert_eq!(bench.poll(9), []);
        assert_eq!(bench.poll(10), [(price_feed(1), 10)]);
        assert_eq!(bench.poll(100), []);
        assert_eq!(bench.freshness.wake_at(), None);
    }

    #[test]
    fn only_messages_of_the_kind_itself_keep_it_fresh() {
        let mut bench = Bench::watching(&[1, 2]);
        let pong = decode("\"Pong\"").unwrap();
        let kind = price_feed(1);
        let confirmation = ServerMessage::SubscribeConfirmation(kind);
        for second in 1..10 {
            bench.heard(second, &mark_price(2));
            bench.heard(second, &pong);
            bench.heard(second, &confirmation);
        }
        assert_eq!(bench.poll(10), [(price_feed(1), 10)]);
        assert_eq!(bench.poll(18), []);
        assert_eq!(bench.poll(19), [(price_feed(2), 10)]);
    }

    #[test]
    fn kind_that_was_fresh_in_between_is_told_again() {
        let mut bench = Bench::watching(&[1]);
        assert_eq!(bench.poll(12), [(price_feed(1), 12)]);
        bench.heard(50, &mark_price(1));
        assert!(bench.wakes_at(60));
        assert_eq!(bench.poll(59), []);
        assert_eq!(bench.poll(60), [(price_feed(1), 10)]);
    }

    #[test]
    fn messages_do_not_move_the_timer_but_put_the_report_off() {
        let mut bench = Bench::watching(&[1]);
        bench.heard(4, &mark_price(1));
        bench.heard(8, &mark_price(1));
        assert!(bench.wakes_at(10));
        assert_eq!(bench.poll(10), []);
        assert!(bench.wakes_at(18));
        assert_eq!(bench.poll(18), [(price_feed(1), 10)]);
    }

    #[test]
    fn kind_that_is_not_live_is_not_told() {
        let mut bench = Bench::watching(&[1, 2, 3]);
        bench.heard(5, &mark_price(3));
        let now = bench.at(10);
        let live = [price_feed(3)];
        let quiet = bench.freshness.poll(now, || live.iter().collect());
        assert_eq!(quiet, []);
        // It was forgotten, and the index with it.
        bench.heard(12, &mark_price(2));
        assert_eq!(bench.poll(15), [(price_feed(3), 10)]);
        assert_eq!(bench.poll(100), []);
    }

    #[test]
    fn new_confirmation_starts_anew() {
        let mut bench = Bench::watching(&[1]);
        let now = bench.at(6);
        bench.freshness.watch(&price_feed(1), now);
        assert_eq!(bench.poll(15), []);
        assert_eq!(bench.poll(16), [(price_feed(1), 10)]);
    }

    #[test]
    fn kind_without_messages_of_its_own_is_not_watched() {
        let mut freshness = Freshness::new(AFTER);
        let text = r#"{"Subscribe":{"Weather":{"city":1}}}"#;
        let message = rocketfi_protocol::decode_client(text).unwrap();
        let rocketfi_protocol::ClientMessage::Subscribe(kind) = message else {
            panic!()
        };
        freshness.watch(&kind, Instant::now());
        assert_eq!(freshness.wake_at(), None);
    }
}
