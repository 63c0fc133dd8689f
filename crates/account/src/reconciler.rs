//! What to do with what the stream and REST tell: pure, with time passed in.
//!
//! One order of things holds after every gap: all kinds confirmed; then, after [`rest_lag`](crate::Builder::rest_lag),
//! the question to REST, so that its answer cannot be older than the confirmations; then the state is put right; then
//! what was held back meanwhile. What REST answers and what the stream has told since the confirmations overlap, and
//! leave no hole between them: events are told apart by what they are, and for the rest the stream is as new as REST or
//! newer, since any later change is still on its way through it.

mod course;
mod hold;
mod settle;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use rocketfi_client::SubscribeError;
use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;
use tracing::{debug, warn};

use self::course::{Audit, Course, Fetch, Reconciling};
use self::hold::{Hold, Kept};
use crate::SourceError;
use crate::config::Config;
use crate::event::{Event, Trigger, Unreconciled};
use crate::snapshot::Snapshot;
use crate::state::{AccountState, Known};

/// Follows one account.
pub(crate) struct Reconciler {
    config: Config,
    state: AccountState,
    kinds: Vec<SubscriptionKind>,
    /// Those confirmed on the running session.
    live: BTreeSet<SubscriptionKind>,
    /// Those confirmed on an earlier session: only the client's own word tells that they are live again.
    established: BTreeSet<SubscriptionKind>,
    course: Course,
    /// To be told before anything else happens.
    out: VecDeque<Event>,
    /// To be applied and told after that, one at a time, before the stream is read on.
    replay: VecDeque<Kept>,
    /// The first of them has been doubted, and is not doubted again.
    is_excused: bool,
    backoff: ExponentialBackoff,
    /// How many questions to REST have failed in a row.
    failures: u32,
    /// REST is left alone until then.
    not_before: Option<Instant>,
    reconciled_at: Option<Instant>,
    /// The number of the question that an answer must be to.
    question: u64,
}

impl Reconciler {
    pub(crate) fn new(config: Config, now: Instant) -> Self {
        Self {
            state: AccountState::with_history(config.account, config.history),
            kinds: config.kinds(),
            live: BTreeSet::new(),
            established: BTreeSet::new(),
            course: Course::Reconciling(Reconciling::new(Trigger::Connected, now)),
            out: VecDeque::new(),
            replay: VecDeque::new(),
            is_excused: false,
            backoff: backoff(&config),
            failures: 0,
            not_before: None,
            reconciled_at: None,
            question: 0,
            config,
        }
    }

    pub(crate) const fn state(&self) -> &AccountState {
        &self.state
    }

    pub(crate) const fn is_reconciled(&self) -> bool {
        matches!(self.course, Course::Reconciled { .. })
    }

    /// What to tell next. As long as there is something, the stream is not to be read on.
    pub(crate) fn next(&mut self, now: Instant) -> Option<Event> {
        loop {
            if let Some(event) = self.out.pop_front() {
                return Some(event);
            }
            let kept = self.replay.pop_front()?;
            self.receive(kept, now);
        }
    }

    /// A subscription that was asked for in the beginning is confirmed, or is not.
    pub(crate) fn subscribed(
        &mut self,
        kind: SubscriptionKind,
        outcome: Result<(), SubscribeError>,
        now: Instant,
    ) {
        match outcome {
            // The confirmation of an earlier session may be told late.
            Ok(()) if self.established.contains(&kind) => {}
            Ok(()) => {
                self.live.insert(kind);
                self.check_live(now);
            }
            Err(error) => self.out.push_back(Event::SubscribeFailed { kind, error }),
        }
    }

    /// The user asks for a reconciliation.
    pub(crate) fn request(&mut self, now: Instant) {
        self.demand(Trigger::Requested, now);
    }

    /// When [`pass`](Self::pass) or [`question`](Self::question) has something to do.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.course.deadline()
    }

    /// Time has passed.
    pub(crate) fn pass(&mut self, now: Instant) {
        match &mut self.course {
            Course::Reconciling(reconciling) => {
                if reconciling
                    .hold
                    .as_ref()
                    .and_then(Hold::until)
                    .is_some_and(|it| it <= now)
                {
                    self.release(Unreconciled::Overdue);
                }
            }
            Course::Reconciled { next_audit, audit } => {
                if audit.is_none() && next_audit.is_some_and(|it| it <= now) {
                    *audit = Some(Audit::new(
                        now + self.config.rest_lag,
                        self.state.event_count(),
                    ));
                }
            }
        }
    }

    /// Whether REST is to be asked now: the number of the question, and up to where the logs are known. An earlier
    /// question counts no more.
    pub(crate) fn question(&mut self, now: Instant) -> Option<(u64, Known)> {
        let fetch = self.course.fetch_mut()?;
        if !matches!(*fetch, Fetch::At(at) if at <= now) {
            return None;
        }
        *fetch = Fetch::Running;
        self.question += 1;
        Some((self.question, self.state.known()))
    }

    /// Whether an answer can wait until the stream has been read, for it is compared with what the stream has told.
    pub(crate) const fn is_auditing(&self) -> bool {
        matches!(self.course, Course::Reconciled { audit: Some(_), .. })
    }

    /// Takes in the answer to a question.
    pub(crate) fn answer(
        &mut self,
        question: u64,
        answer: Result<Snapshot, SourceError>,
        now: Instant,
    ) {
        let is_awaited = matches!(self.course.fetch_mut(), Some(Fetch::Running));
        if question != self.question || !is_awaited {
            debug!("an answer of REST came too late to count");
            return;
        }
        let since = self.course.events_since();
        let answer = answer.and_then(|snapshot| {
            let is_stale = since.is_some_and(|count| self.state.outdates(&snapshot, count));
            if is_stale {
                Err(SourceError::Stale)
            } else {
                Ok(snapshot)
            }
        });
        match answer {
            Err(error) => self.fail(error, now),
            Ok(snapshot) => {
                self.failures = 0;
                self.not_before = None;
                self.backoff = backoff(&self.config);
                self.settle(&snapshot, now);
            }
        }
    }

    /// The question was dropped without an answer.
    pub(crate) fn answer_broken(&mut self, now: Instant) {
        self.answer(self.question, Err(SourceError::Broken), now);
    }

    fn fail(&mut self, error: SourceError, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        let delay = self.backoff.next().unwrap_or(self.config.backoff_max);
        // On top of what the server asks for, so that those whom it asked do not return together.
        let retry_in = error.retry_after().unwrap_or_default() + delay;
        warn!(%error, attempt = self.failures, ?retry_in, "no snapshot");
        self.not_before = Some(now + retry_in);
        if let Some(fetch) = self.course.fetch_mut() {
            *fetch = Fetch::At(now + retry_in);
        }
        if let Course::Reconciling(reconciling) = &mut self.course {
            reconciling.attempts += 1;
        }
        self.out.push_back(Event::SourceFailed {
            attempt: self.failures,
            error: Arc::new(error),
            retry_in,
        });
    }

    /// On a connection that lives, something calls for a reconciliation. What was asked of REST before does not answer
    /// it.
    fn demand(&mut self, trigger: Trigger, now: Instant) {
        if let Course::Reconciled { .. } = self.course {
            let mut reconciling = Reconciling::new(trigger, now);
            let settled = self.reconciled_at.map(|at| at + self.config.min_interval);
            if settled.is_some_and(|settled| now < settled) {
                self.not_before = self.not_before.max(settled);
                reconciling.hold = None;
                let held = self.replay.len();
                let reason = Unreconciled::Repeated;
                self.out.push_back(Event::Unreconciled { reason, held });
            }
            self.course = Course::Reconciling(reconciling);
        }
        self.start_over(now);
    }

    /// From now on what the stream tells counts as newer than REST's answer, once all kinds are live.
    fn start_over(&mut self, now: Instant) {
        if let Course::Reconciling(reconciling) = &mut self.course {
            reconciling.unsettle();
        }
        self.check_live(now);
    }

    /// Once everything is subscribed, REST can be asked.
    fn check_live(&mut self, now: Instant) {
        let Course::Reconciling(reconciling) = &mut self.course else {
            return;
        };
        if !self.kinds.iter().all(|kind| self.live.contains(kind)) {
            return;
        }
        let earliest = now + self.config.rest_lag;
        let at = self.not_before.map_or(earliest, |at| at.max(earliest));
        reconciling.go_live(at, self.state.event_count());
    }

    /// Lets go of what is held back; from then on messages flow.
    fn release(&mut self, reason: Unreconciled) {
        let Course::Reconciling(reconciling) = &mut self.course else {
            return;
        };
        if let Some(hold) = reconciling.hold.take() {
            let mut messages = hold.into_messages();
            warn!(?reason, held = messages.len(), "not reconciled yet");
            self.out.push_back(Event::Unreconciled {
                reason,
                held: messages.len(),
            });
            // It may be filled while something else is replayed.
            messages.append(&mut self.replay);
            self.replay = messages;
        }
    }
}

fn backoff(config: &Config) -> ExponentialBackoff {
    let builder = ExponentialBuilder::new()
        .with_min_delay(config.backoff_min)
        .with_max_delay(config.backoff_max)
        .without_max_times()
        .with_jitter();
    match config.seed {
        Some(seed) => builder.with_jitter_seed(seed).build(),
        None => builder.build(),
    }
}
