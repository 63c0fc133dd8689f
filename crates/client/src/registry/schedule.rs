//! What the passing of time, and a free place in flight, lead to.

use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;

use super::agenda::When;
use super::entry::{Entry, State};
use super::flights::Flight;
use super::{Registry, Step, Verb};
use crate::{GapCause, SubscribeError, UnsubscribeError};

impl Registry {
    /// When [`advance`](Self::advance) has something to do; a time in the past means now.
    pub(crate) const fn wake_at(&self) -> Option<Instant> {
        self.wake_at
    }

    /// When the first deadline passes, of an answer or of a caller.
    pub(crate) const fn expires_at(&self) -> Option<Instant> {
        self.expires_at
    }

    /// The next thing to do by now, if any. To be called until there is none.
    pub(crate) fn advance(&mut self, now: Instant) -> Option<Step> {
        if self.wake_at.is_none_or(|wake_at| now < wake_at) {
            return None;
        }
        let step = self.next_step(now);
        self.reschedule();
        step
    }

    fn next_step(&mut self, now: Instant) -> Option<Step> {
        if let Some(cause) = self.expire_flights(now) {
            return Some(Step::End(cause));
        }
        self.expire_subscribers(now);
        if let Some(cause) = self.fault.take() {
            return Some(Step::End(cause));
        }
        if self.entries.agenda().restored_is_complete() {
            return Some(Step::Resubscribed(self.entries.take_restored()));
        }
        self.launch(now)
    }

    /// Answers that did not come in time, up to the first that the session is to blame for.
    fn expire_flights(&mut self, now: Instant) -> Option<GapCause> {
        while let Some((kind, verb)) = self.flights.expire(now) {
            let cause = self.go_unanswered(kind, verb, now);
            if cause.is_some() {
                return cause;
            }
        }
        None
    }

    /// The answer of a request did not come: the state of its kind is unknown.
    fn go_unanswered(
        &mut self,
        kind: SubscriptionKind,
        verb: Verb,
        now: Instant,
    ) -> Option<GapCause> {
        let after = self.request_timeout;
        let is_to_blame = self.entries.change(&kind, |entry| {
            entry.state = State::Unknown { asked: verb };
            let first = entry.go_unanswered(now, after);
            if verb == Verb::Unsubscribe {
                entry.answer_unsubscribers(&Err(UnsubscribeError::Timeout { after }));
            } else if entry.is_established() {
                return first;
            } else if entry.unsubscribers.is_empty() {
                entry.give_up(SubscribeError::Timeout { after });
            }
            false
        });
        (is_to_blame == Some(true)).then_some(GapCause::ResubscribeTimeout { kind })
    }

    fn expire_subscribers(&mut self, now: Instant) {
        let after = self.request_timeout;
        self.entries.change_overdue(now, |entry| {
            entry.give_up(SubscribeError::Timeout { after });
        });
    }

    /// Sends the first request that is due, unless too many are in flight, or were sent a moment ago.
    fn launch(&mut self, now: Instant) -> Option<Step> {
        if !self.open || !self.flights.has_room() || now < self.pacing.ready_at() {
            return None;
        }
        let entry = self.entries.due(now)?;
        let (verb, _) = entry.need()?;
        let (kind, request) = (entry.kind.clone(), entry.request(verb));
        let launch = |entry: &mut Entry| entry.launch(verb, now + self.request_timeout);
        let deadline = self.entries.change(&kind, launch)?;
        self.pacing.take(now);
        self.flights.launch(Flight::new(kind, verb, deadline));
        Some(Step::Send(request))
    }

    /// To be called after every change.
    pub(super) fn reschedule(&mut self) {
        let agenda = self.entries.agenda();
        let overdue = self.fault.is_some() || agenda.restored_is_complete();
        let expiries = [self.flights.deadline(), agenda.deadline()];
        let requests = self.next_launch();
        self.expires_at = expiries.into_iter().flatten().min();
        self.wake_at = [self.expires_at, requests, overdue.then_some(self.epoch)]
            .into_iter()
            .flatten()
            .min();
    }

    fn next_launch(&self) -> Option<Instant> {
        if !self.open || !self.flights.has_room() {
            return None;
        }
        let ready_at = self.pacing.ready_at();
        match self.entries.agenda().next_request() {
            When::Never => None,
            When::Now => Some(ready_at),
            When::At(time) => Some(time.max(ready_at)),
        }
    }
}
