//! The requests that wait for their answers, and which of them an `Error` may be about.
//!
//! An `Error` frame carries no id. With one request unanswered it can only be about that one. With several it is about
//! one of those, and nobody is blamed by a guess: all of them go on waiting, nothing more is sent, and once as many are
//! left without an answer as there were `Error`s, these are the refused ones.

use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;

use super::Verb;
use crate::ServerText;

pub(super) struct Flights {
    limit: usize,
    /// In the order in which they were sent.
    waiting: Vec<Flight>,
    /// What the server said about requests in `waiting`, about another one each time. Nothing is sent while there is
    /// any, so each of `waiting` was without an answer when each of them came.
    errors: Vec<ServerText>,
}

pub(super) struct Flight {
    pub(super) kind: SubscriptionKind,
    pub(super) verb: Verb,
    /// Absolute, set once at the send.
    pub(super) deadline: Instant,
    /// Nobody waits for the answer any more. It stays for as long as an `Error` may have been the answer.
    expired: bool,
}

impl Flight {
    pub(super) const fn new(kind: SubscriptionKind, verb: Verb, deadline: Instant) -> Self {
        Self {
            kind,
            verb,
            deadline,
            expired: false,
        }
    }

    fn is(&self, kind: &SubscriptionKind, verb: Verb) -> bool {
        self.verb == verb && self.kind == *kind
    }
}

impl Flights {
    /// `limit` is how many may be unanswered at a time.
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit,
            waiting: Vec::new(),
            errors: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.errors.clear();
    }

    /// Whether another request may be sent now.
    pub(super) const fn has_room(&self) -> bool {
        self.errors.is_empty() && self.waiting.len() < self.limit
    }

    pub(super) fn launch(&mut self, flight: Flight) {
        self.waiting.push(flight);
    }

    /// The requests whose answers are still waited for.
    pub(super) fn live(&self) -> impl Iterator<Item = &Flight> {
        self.waiting.iter().filter(|flight| !flight.expired)
    }

    /// The one whose answer is waited for.
    pub(super) fn find(&self, kind: &SubscriptionKind, verb: Verb) -> Option<&Flight> {
        self.live().find(|flight| flight.is(kind, verb))
    }

    /// When the first of them expires.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.live().map(|flight| flight.deadline).min()
    }

    /// What an `Error` that comes now may be about.
    pub(super) fn suspects(&self) -> &[Flight] {
        &self.waiting
    }

    /// A request was confirmed.
    pub(super) fn answered(&mut self, kind: &SubscriptionKind, verb: Verb) {
        self.waiting.retain(|flight| !flight.is(kind, verb));
    }

    /// An `Error` came. Without a request that it could be about, it changes nothing.
    pub(super) fn failed(&mut self, text: &ServerText) {
        if !self.waiting.is_empty() {
            self.errors.push(text.clone());
        }
    }

    /// A request whose answer did not come in time, one at a time.
    pub(super) fn expire(&mut self, now: Instant) -> Option<(SubscriptionKind, Verb)> {
        let overdue = |flight: &Flight| !flight.expired && now >= flight.deadline;
        let index = self.waiting.iter().position(overdue)?;
        let flight = &mut self.waiting[index];
        flight.expired = true;
        let request = (flight.kind.clone(), flight.verb);
        if self.errors.is_empty() {
            self.waiting.remove(index);
        }
        self.give_up();
        Some(request)
    }

    /// Those that can only have been refused, with what the server said, as soon as that is known.
    pub(super) fn take_refused(&mut self) -> Option<(Vec<Flight>, ServerText)> {
        if self.errors.is_empty() || self.errors.len() < self.waiting.len() {
            self.give_up();
            return None;
        }
        let text = joined(&std::mem::take(&mut self.errors));
        Some((std::mem::take(&mut self.waiting), text))
    }

    /// When nobody waits any more it will never show which of them was refused.
    fn give_up(&mut self) {
        if self.waiting.iter().all(|flight| flight.expired) {
            self.clear();
        }
    }
}

/// Which text was about which request is not known: each gets all of them.
fn joined(errors: &[ServerText]) -> ServerText {
    let mut texts: Vec<&str> = Vec::new();
    for text in errors {
        if !texts.contains(&text.as_str()) {
            texts.push(text);
        }
    }
    ServerText::new(texts.join("; "))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rocketfi_protocol::InstrumentId;

    use super::*;

    fn kind(number: u8) -> SubscriptionKind {
        SubscriptionKind::Ticker {
            instrument_id: InstrumentId::from_bytes([number; 8]),
        }
    }

    /// Three in flight, which expire after 1, 2 and 3 seconds.
    struct Bench {
        flights: Flights,
        begun: Instant,
    }

    impl Bench {
        fn new() -> Self {
            let begun = Instant::now();
            let mut flights = Flights::new(3);
            for number in 1..=3 {
                assert!(flights.has_room());
                let deadline = begun + Duration::from_secs(number.into());
                flights.launch(Flight::new(kind(number), Verb::Subscribe, deadline));
            }
            Self { flights, begun }
        }

        fn confirm(&mut self, number: u8) -> Option<Vec<SubscriptionKind>> {
            self.flights.answered(&kind(number), Verb::Subscribe);
            self.refused().map(|(kinds, _)| kinds)
        }

        fn fail(&mut self, text: &str) {
            self.flights.failed(&ServerText::new(text));
        }

        fn refused(&mut self) -> Option<(Vec<SubscriptionKind>, ServerText)> {
            let (flights, text) = self.flights.take_refused()?;
            Some((
                flights.into_iter().map(|flight| flight.kind).collect(),
                text,
            ))
        }

        fn expire(&mut self, second: u64) -> Option<SubscriptionKind> {
            let now = self.begun + Duration::from_secs(second);
            self.flights.expire(now).map(|(kind, _)| kind)
        }
    }

    #[test]
    fn error_is_about_the_one_that_is_left_when_the_others_are_confirmed() {
        let mut bench = Bench::new();
        bench.fail("no");
        assert_eq!(bench.refused(), None);
        assert_eq!(bench.confirm(3), None);
        assert_eq!(bench.confirm(1), Some(vec![kind(2)]));
        assert!(bench.flights.has_room());
    }

    #[test]
    fn nothing_is_sent_while_it_is_unknown_what_an_error_was_about() {
        let mut bench = Bench::new();
        bench.fail("no");
        assert_eq!(bench.confirm(1), None);
        assert!(!bench.flights.has_room());
    }

    #[test]
    fn several_errors_are_about_as_many_requests_and_each_gets_all_the_texts() {
        let mut bench = Bench::new();
        bench.fail("no");
        bench.fail("never");
        assert_eq!(bench.refused(), None);
        bench.flights.answered(&kind(2), Verb::Subscribe);
        let (kinds, text) = bench.refused().unwrap();
        assert_eq!(kinds, [kind(1), kind(3)]);
        assert_eq!(text, "no; never");
    }

    #[test]
    fn same_text_is_told_once() {
        let mut bench = Bench::new();
        (0..3).for_each(|_| bench.fail("no"));
        let (kinds, text) = bench.refused().unwrap();
        assert_eq!((kinds.len(), text.as_str()), (3, "no"));
    }

    #[test]
    fn request_that_expires_stays_a_suspect() {
        let mut bench = Bench::new();
        bench.fail("no");
        assert_eq!(bench.confirm(3), None);
        assert_eq!(bench.expire(1), Some(kind(1)));
        // The `Error` may have been about the one that expired.
        assert_eq!(bench.refused(), None);
        assert_eq!(bench.flights.live().count(), 1);
        assert_eq!(bench.confirm(2), Some(vec![kind(1)]));
    }

    #[test]
    fn error_is_about_nobody_known_when_all_suspects_expire() {
        let mut bench = Bench::new();
        bench.fail("no");
        for number in 1..=3 {
            assert_eq!(bench.expire(3), Some(kind(number)));
            assert_eq!(bench.refused(), None);
        }
        assert!(bench.flights.has_room() && bench.flights.suspects().is_empty());
    }

    #[test]
    fn request_that_expires_without_an_error_is_no_suspect_of_a_later_one() {
        let mut bench = Bench::new();
        assert_eq!(bench.expire(2), Some(kind(1)));
        assert_eq!(bench.expire(2), Some(kind(2)));
        assert_eq!(bench.expire(2), None);
        bench.fail("no");
        assert_eq!(bench.refused().unwrap().0, [kind(3)]);
    }

    #[test]
    fn error_without_a_request_blames_nobody_later() {
        let mut flights = Flights::new(3);
        flights.failed(&ServerText::new("no"));
        assert!(flights.take_refused().is_none());
        assert!(flights.has_room());
    }
}
