//! What the passing of time, and a free place in flight, lead to.

use std::collections::HashSet;

use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;

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
        if self.restored_is_complete() {
            return Some(Step::Resubscribed(self.take_restored()));
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
        let index = self.position(&kind)?;
        let entry = &mut self.entries[index];
        entry.state = State::Unknown { asked: verb };
        let first = entry.go_unanswered(now, after);
        if verb == Verb::Unsubscribe {
            entry.answer_unsubscribers(&Err(UnsubscribeError::Timeout { after }));
        } else if entry.is_established() {
            return first.then_some(GapCause::ResubscribeTimeout { kind });
        } else if entry.unsubscribers.is_empty() {
            entry.give_up(SubscribeError::Timeout { after });
        }
        None
    }

    fn expire_subscribers(&mut self, now: Instant) {
        let after = self.request_timeout;
        for entry in &mut self.entries {
            if entry.deadline.is_some_and(|deadline| now >= deadline) {
                entry.give_up(SubscribeError::Timeout { after });
            }
        }
        self.entries.retain(|entry| !entry.is_over());
    }

    /// What is restored, in the original order: a kind that was refused at first may have been confirmed late.
    fn take_restored(&mut self) -> Vec<SubscriptionKind> {
        let restored: HashSet<_> = std::mem::take(&mut self.restored).into_iter().collect();
        self.kinds(|entry| restored.contains(&entry.kind))
    }

    /// All that were to be restored have an answer, and some of them a good one.
    fn restored_is_complete(&self) -> bool {
        !self.restored.is_empty() && !self.entries.iter().any(Entry::keeps_waiting)
    }

    /// Sends the first request that is due, unless too many are in flight, or were sent a moment ago.
    fn launch(&mut self, now: Instant) -> Option<Step> {
        if !self.open || !self.flights.has_room() || now < self.pacing.ready_at() {
            return None;
        }
        let due = |not_before: Option<Instant>| not_before.is_none_or(|time| now >= time);
        let (index, verb) = self.entries.iter().enumerate().find_map(|(index, entry)| {
            entry
                .need()
                .filter(|(_, not_before)| due(*not_before))
                .map(|(verb, _)| (index, verb))
        })?;
        let entry = &mut self.entries[index];
        let request = entry.request(verb);
        let deadline = entry.launch(verb, now + self.request_timeout);
        self.pacing.take(now);
        self.flights
            .launch(Flight::new(entry.kind.clone(), verb, deadline));
        Some(Step::Send(request))
    }

    /// To be called after every change.
    pub(super) fn reschedule(&mut self) {
        let answers = self.flights.deadline();
        let subscribers = self.entries.iter().filter_map(|entry| entry.deadline).min();
        let requests = self.next_launch();
        let overdue = (self.fault.is_some() || self.restored_is_complete()).then_some(self.epoch);
        self.expires_at = [answers, subscribers].into_iter().flatten().min();
        self.wake_at = [self.expires_at, requests, overdue]
            .into_iter()
            .flatten()
            .min();
        self.settled = self.entries.iter().all(Entry::is_settled);
    }

    fn next_launch(&self) -> Option<Instant> {
        if !self.open || !self.flights.has_room() {
            return None;
        }
        // `None` sorts first: at once.
        let needs = self.entries.iter().filter_map(Entry::need);
        let first = needs.map(|(_, not_before)| not_before).min()?;
        let ready_at = self.pacing.ready_at();
        Some(first.map_or(ready_at, |time| time.max(ready_at)))
    }
}
