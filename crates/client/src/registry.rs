//! Which kinds are wanted, what is known of them on the current session, and what to ask next.
//!
//! Pure: commands and answers of the server come in with the time, a [`Step`] at a time comes out. Whatever the order
//! of events, the registry works towards the same end: what is wanted is confirmed, what is not wanted does not
//! stream, and no kind is subscribed twice on one session without knowing that the first request failed.

mod agenda;
mod entries;
mod entry;
mod flights;
mod pacing;
mod schedule;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::time::Duration;

use rand::Rng;
use rocketfi_protocol::SubscriptionKind;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::{Config, GapCause, Request, ServerText, SubscribeError, UnsubscribeError};
use entries::Entries;
use entry::{Entry, State};
use flights::{Flight, Flights};
use pacing::Pacing;

/// Where the answer of a call goes. A caller that no longer waits has dropped the other end, and misses nothing that
/// it wanted to know; so sending an answer may fail.
pub(crate) type Reply<E> = oneshot::Sender<Result<(), E>>;

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send the frame of this request; it is in flight from now on.
    Send(Request),
    /// Tell the user that these are live again.
    Resubscribed(Vec<SubscriptionKind>),
    /// The session can no longer be trusted.
    End(GapCause),
}

/// What a confirmation meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ack {
    /// It answered a request in flight.
    Expected,
    /// It answered a request of this session that had been given up.
    Late,
    /// It answered nothing, or a request that a later one has overtaken; ignored.
    Unexpected,
}

pub(crate) struct Registry {
    request_timeout: Duration,
    pacing: Pacing,
    retry: Backoff,
    /// In the order in which the kinds were first subscribed, which is also the order in which requests are due: an
    /// entry that needs a new kind of request moves to the end.
    entries: Entries,
    /// The requests that wait for their answers. Their entries are the only ones that are [`State::Subscribing`] or
    /// [`State::Unsubscribing`], and there is one for each.
    flights: Flights,
    /// Whether there is a session.
    open: bool,
    /// Why the session cannot go on, until it is told.
    fault: Option<GapCause>,
    /// A time that has passed.
    epoch: Instant,
    /// When [`advance`](Self::advance) has something to do; kept up to date by [`reschedule`](Self::reschedule), since
    /// it is asked for with every frame.
    wake_at: Option<Instant>,
    /// When the first answer or caller has been waited for, or has waited, long enough. Likewise kept up to date.
    expires_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Subscribe,
    Unsubscribe,
}

impl Registry {
    pub(crate) fn new(config: &Config, now: Instant) -> Self {
        Self {
            request_timeout: config.request_timeout,
            pacing: Pacing::new(config.request_pacing, config.request_burst, now),
            retry: Backoff::new(config.backoff_min, config.backoff_max),
            entries: Entries::default(),
            flights: Flights::new(config.max_in_flight),
            open: false,
            fault: None,
            epoch: now,
            wake_at: None,
            expires_at: None,
        }
    }

    /// The user wants a kind.
    pub(crate) fn subscribe(
        &mut self,
        kind: &SubscriptionKind,
        reply: Reply<SubscribeError>,
        now: Instant,
    ) {
        let deadline = self.deadline_of_newcomer(kind, now);
        let newcomer = || Entry::new(kind.clone(), self.retry.clone());
        self.entries.insert(kind, newcomer);
        let want = |entry: &mut Entry| entry.want(reply, now, deadline);
        if self.entries.change(kind, want) == Some(true) {
            self.entries.move_to_end(kind);
        }
        self.reschedule();
    }

    /// The user no longer wants a kind.
    pub(crate) fn unsubscribe(&mut self, kind: &SubscriptionKind, reply: Reply<UnsubscribeError>) {
        if !self.entries.get(kind).is_some_and(Entry::may_stream) {
            answer(reply, Err(UnsubscribeError::NotSubscribed));
            return;
        }
        self.entries.change(kind, |entry| entry.withdraw(reply));
        self.entries.move_to_end(kind);
        self.reschedule();
    }

    /// A session begins, on which the server knows nothing yet.
    pub(crate) fn open(&mut self, now: Instant) {
        self.open = true;
        self.pacing.reset(now);
        self.entries.change_all(Entry::meet);
        self.reschedule();
    }

    /// The session is over, and with it everything the server knew. What is wanted stays, in its order; callers that
    /// still wait keep their deadline, or get one now.
    pub(crate) fn close(&mut self, now: Instant) {
        self.open = false;
        self.flights.clear();
        self.fault = None;
        let deadline = now + self.request_timeout;
        self.entries.change_all(|entry| entry.lose(deadline));
        self.reschedule();
    }

    /// The client has ended: nobody gets what they wait for.
    pub(crate) fn abandon(&mut self) {
        self.entries.change_all(Entry::abandon);
    }

    /// A `SubscribeConfirmation` arrived.
    pub(crate) fn subscribed(
        &mut self,
        kind: &SubscriptionKind,
        now: Instant,
        rng: &mut impl Rng,
    ) -> Ack {
        let Some(entry) = self.entries.get(kind) else {
            return Ack::Unexpected;
        };
        let ack = match entry.state {
            State::Subscribing => Ack::Expected,
            // Given up, or blamed for an `Error` that was about something else.
            State::Unknown {
                asked: Verb::Subscribe,
            }
            | State::Refused { .. } => Ack::Late,
            // Not the first confirmation, so a request that seemed refused has succeeded as well.
            State::Active
            | State::Unsubscribing
            | State::Unknown {
                asked: Verb::Unsubscribe,
            } if entry.doubtful => return self.doubled(kind),
            State::Absent
            | State::Active
            | State::Unsubscribing
            | State::Unknown {
                asked: Verb::Unsubscribe,
            } => return Ack::Unexpected,
        };
        if self.entries.change(kind, Entry::activate) == Some(false) {
            self.entries.move_to_end(kind);
        }
        self.answered(kind, Verb::Subscribe, now, rng);
        ack
    }

    /// Two requests were confirmed, one of which had seemed refused: every message may come twice from now on.
    fn doubled(&mut self, kind: &SubscriptionKind) -> Ack {
        self.fault = Some(GapCause::SubscriptionUnknown { kind: kind.clone() });
        self.reschedule();
        Ack::Unexpected
    }

    /// An `UnsubscribeConfirmation` arrived.
    pub(crate) fn unsubscribed(
        &mut self,
        kind: &SubscriptionKind,
        now: Instant,
        rng: &mut impl Rng,
    ) -> Ack {
        let Some(entry) = self.entries.get(kind) else {
            return Ack::Unexpected;
        };
        let ack = match entry.state {
            State::Unsubscribing => Ack::Expected,
            State::Unknown {
                asked: Verb::Unsubscribe,
            } => Ack::Late,
            State::Absent
            | State::Refused { .. }
            | State::Subscribing
            | State::Active
            | State::Unknown {
                asked: Verb::Subscribe,
            } => return Ack::Unexpected,
        };
        self.entries.change(kind, |entry| entry.vacate(now));
        self.answered(kind, Verb::Unsubscribe, now, rng);
        ack
    }

    /// An `Error` frame arrived. What it may be about: one request that has failed because of it, or several, of which
    /// one has failed, and which one shows when the others are answered.
    pub(crate) fn refused(
        &mut self,
        text: &ServerText,
        now: Instant,
        rng: &mut impl Rng,
    ) -> Vec<Request> {
        let suspects = self.flights.suspects().iter();
        let requests = suspects.filter_map(|flight| self.request(flight)).collect();
        self.flights.failed(text);
        self.eliminate(now, rng);
        self.reschedule();
        requests
    }

    fn request(&self, flight: &Flight) -> Option<Request> {
        let entry = self.entries.get(&flight.kind)?;
        Some(entry.request(flight.verb))
    }

    /// A request was confirmed, so an `Error` was not about it.
    fn answered(&mut self, kind: &SubscriptionKind, verb: Verb, now: Instant, rng: &mut impl Rng) {
        self.flights.answered(kind, verb);
        self.eliminate(now, rng);
        self.reschedule();
    }

    /// Fails the requests that were refused, as soon as it is known which ones.
    fn eliminate(&mut self, now: Instant, rng: &mut impl Rng) {
        let Some((refused, text)) = self.flights.take_refused() else {
            return;
        };
        for flight in refused {
            self.refuse(flight, &text, now, rng);
        }
    }

    fn refuse(&mut self, flight: Flight, text: &ServerText, now: Instant, rng: &mut impl Rng) {
        let wanted = self.entries.change(&flight.kind, |entry| {
            match flight.verb {
                Verb::Subscribe => entry.refuse_subscribe(text, now, rng),
                Verb::Unsubscribe => entry.refuse_unsubscribe(text),
            }
            entry.is_wanted()
        });
        if flight.verb == Verb::Unsubscribe && wanted == Some(true) {
            self.fault = Some(GapCause::SubscriptionUnknown { kind: flight.kind });
        }
    }

    /// Every kind that the user wants, confirmed or not, in the original order.
    pub(crate) fn wanted(&self) -> Vec<SubscriptionKind> {
        self.kinds(Entry::is_wanted)
    }

    /// Every kind that a gap affects: wanted, and confirmed at some time.
    pub(crate) fn established(&self) -> Vec<SubscriptionKind> {
        self.kinds(Entry::is_established)
    }

    /// The kinds that are confirmed on this session, and wanted.
    pub(crate) fn live(&self) -> HashSet<&SubscriptionKind> {
        let live = |entry: &&Entry| entry.is_wanted() && entry.state == State::Active;
        let live = self.entries.iter().filter(live);
        live.map(|entry| &entry.kind).collect()
    }

    /// Whether every wanted kind is confirmed on this session.
    pub(crate) const fn settled(&self) -> bool {
        self.entries.agenda().is_settled()
    }

    /// Whoever waits without a connection has a deadline at once, and whoever joins a request in flight has that
    /// request's. Otherwise it is set at the send.
    fn deadline_of_newcomer(&self, kind: &SubscriptionKind, now: Instant) -> Option<Instant> {
        if self.open {
            let joined = self.flights.find(kind, Verb::Subscribe);
            joined.map(|flight| flight.deadline)
        } else {
            Some(now + self.request_timeout)
        }
    }

    fn kinds(&self, of_interest: impl Fn(&Entry) -> bool) -> Vec<SubscriptionKind> {
        self.entries
            .iter()
            .filter(|entry| of_interest(entry))
            .map(|entry| entry.kind.clone())
            .collect()
    }
}

/// A caller that stopped waiting does not want the answer.
pub(crate) fn answer<E>(reply: Reply<E>, result: Result<(), E>) {
    drop(reply.send(result));
}
