//! One kind: what the user wants of it, and what the server is known to do.

use std::time::Duration;

use rand::Rng;
use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;

use super::{Reply, Verb, answer};
use crate::backoff::Backoff;
use crate::{Request, ServerText, SubscribeError, UnsubscribeError};

/// What is known of the server's side on the current session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not subscribed: never asked for on this session, or confirmed to have ended.
    Absent,
    /// A `Subscribe` is in flight.
    Subscribing,
    /// A `Subscribe` was answered by `Error`, and nothing more is known to be live. Kept even when nobody wants the kind
    /// any more, for the `Error` may have been about something else, and then the confirmation is still to come.
    Refused {
        /// Not before this.
        retry_at: Instant,
    },
    /// Confirmed.
    Active,
    /// An `Unsubscribe` is in flight.
    Unsubscribing,
    /// A request was not answered in time, or an `Unsubscribe` was refused: the kind may be live or not. Only an answer
    /// to `asked` can tell: one to a request before it says nothing of what that one has led to, or will.
    Unknown {
        /// The last request.
        asked: Verb,
    },
}

/// What the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Not this. Nobody is in `subscribers`.
    Nothing,
    /// This, which was never confirmed since: a refusal or a timeout ends the wish. Somebody is in `subscribers`.
    New,
    /// This, which was confirmed at some time: it stays wanted whatever the server answers.
    Established,
    /// The same, but the confirmation was on an earlier session, and the user waits to hear that it is live again.
    Owed,
}

pub(super) struct Entry {
    pub(super) kind: SubscriptionKind,
    wish: Wish,
    pub(super) state: State,
    /// A `Subscribe` of this session was answered by an `Error` that may have been about something else. If so, it has
    /// succeeded all the same, and one more may have doubled it.
    pub(super) doubtful: bool,
    subscribers: Vec<Reply<SubscribeError>>,
    pub(super) unsubscribers: Vec<Reply<UnsubscribeError>>,
    /// When `subscribers` stop waiting. Absolute: set at the first send on their behalf, or as soon as they wait
    /// without a connection, and never moved.
    pub(super) deadline: Option<Instant>,
    retry: Backoff,
    /// How many requests in a row got no answer since the kind was last confirmed, over all sessions.
    unanswered: u32,
    /// Not to look into an unknown state before this, unless a caller waits.
    look_at: Option<Instant>,
    /// Live again on this session, which the user is yet to hear.
    restored: bool,
}

/// How often the wait after an unanswered request doubles.
const MOST_DOUBLINGS: u32 = 6;

impl Entry {
    pub(super) const fn new(kind: SubscriptionKind, retry: Backoff) -> Self {
        Self {
            kind,
            wish: Wish::Nothing,
            state: State::Absent,
            doubtful: false,
            subscribers: Vec::new(),
            unsubscribers: Vec::new(),
            deadline: None,
            retry,
            unanswered: 0,
            look_at: None,
            restored: false,
        }
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.wish != Wish::Nothing
    }

    /// Wanted, and confirmed at some time.
    pub(super) const fn is_established(&self) -> bool {
        matches!(self.wish, Wish::Established | Wish::Owed)
    }

    /// Whether the user is yet to hear that it is live again, or is not.
    pub(super) fn keeps_waiting(&self) -> bool {
        self.wish == Wish::Owed && matches!(self.state, State::Absent | State::Subscribing)
    }

    /// Whether it is live again, and the user is yet to hear of it.
    pub(super) const fn is_restored(&self) -> bool {
        self.restored
    }

    /// Nothing is missing that the user wants.
    pub(super) fn is_settled(&self) -> bool {
        !self.is_wanted() || self.state == State::Active
    }

    /// What to ask the server, and not before when.
    pub(super) fn need(&self) -> Option<(Verb, Option<Instant>)> {
        let must_end = !self.unsubscribers.is_empty();
        match self.state {
            State::Absent if self.is_wanted() => Some((Verb::Subscribe, None)),
            State::Refused { retry_at } if self.is_wanted() => {
                Some((Verb::Subscribe, Some(retry_at)))
            }
            State::Active if !self.is_wanted() || must_end => Some((Verb::Unsubscribe, None)),
            // Wanted but in an unknown state: ending it first is the only way to a known one.
            State::Unknown { .. } if must_end || !self.subscribers.is_empty() => {
                Some((Verb::Unsubscribe, None))
            }
            State::Unknown { .. } if self.is_wanted() => Some((Verb::Unsubscribe, self.look_at)),
            _ => None,
        }
    }

    /// The request of this verb, named for the user.
    pub(super) fn request(&self, verb: Verb) -> Request {
        let kind = self.kind.clone();
        match verb {
            Verb::Subscribe if self.is_established() => Request::Resubscribe(kind),
            Verb::Subscribe => Request::Subscribe(kind),
            Verb::Unsubscribe => Request::Unsubscribe(kind),
        }
    }

    /// Whether there may be something to unsubscribe.
    pub(super) fn may_stream(&self) -> bool {
        self.is_wanted() || !matches!(self.state, State::Absent | State::Refused { .. })
    }

    /// Nothing is wanted, nothing is live: the entry can go.
    pub(super) fn is_over(&self) -> bool {
        !self.is_wanted() && self.state == State::Absent
    }

    /// The user wants the kind. Whether the wish is a new one, to be queued behind the others.
    pub(super) fn want(
        &mut self,
        reply: Reply<SubscribeError>,
        now: Instant,
        deadline: Option<Instant>,
    ) -> bool {
        let renewed = !self.is_wanted();
        if renewed {
            self.wish = Wish::New;
        }
        if self.state == State::Active && self.unsubscribers.is_empty() {
            self.wish = Wish::Established;
            answer(reply, Ok(()));
            return renewed;
        }
        if matches!(self.state, State::Refused { .. }) {
            self.state = State::Refused { retry_at: now };
        }
        self.subscribers.push(reply);
        self.deadline = self.deadline.or(deadline);
        renewed
    }

    /// The user no longer wants the kind.
    pub(super) fn withdraw(&mut self, reply: Reply<UnsubscribeError>) {
        self.forget(&Err(SubscribeError::Unsubscribed));
        self.restored = false;
        if matches!(self.state, State::Absent | State::Refused { .. }) {
            answer(reply, Ok(()));
        } else {
            self.unsubscribers.push(reply);
        }
    }

    /// A request is being sent, and is to be answered by `deadline`. When it must have been answered: for a first
    /// subscribe that is when its callers stop waiting, which may be sooner.
    pub(super) fn launch(&mut self, verb: Verb, deadline: Instant) -> Instant {
        self.set_deadline(deadline);
        match verb {
            Verb::Subscribe => {
                self.state = State::Subscribing;
                if self.is_established() {
                    deadline
                } else {
                    self.deadline.unwrap_or(deadline)
                }
            }
            Verb::Unsubscribe => {
                self.state = State::Unsubscribing;
                deadline
            }
        }
    }

    /// The server confirmed the subscription. Whether it is wanted.
    pub(super) fn activate(&mut self) -> bool {
        self.state = State::Active;
        self.retry.reset();
        self.unanswered = 0;
        if self.is_wanted() && self.unsubscribers.is_empty() {
            self.answer_subscribers(&Ok(()));
            self.restored |= self.wish == Wish::Owed;
            self.wish = Wish::Established;
        }
        self.is_wanted()
    }

    /// The user hears that it is live again.
    pub(super) const fn announce(&mut self) {
        self.restored = false;
    }

    /// The server confirmed the end of the subscription: of one, if there may have been two.
    pub(super) fn vacate(&mut self, now: Instant) {
        self.state = if self.doubtful {
            State::Refused { retry_at: now }
        } else {
            State::Absent
        };
        self.answer_unsubscribers(&Ok(()));
    }

    /// The server refused to subscribe: now it is known not to be live.
    pub(super) fn refuse_subscribe(&mut self, text: &ServerText, now: Instant, rng: &mut impl Rng) {
        let rejected = Err(SubscribeError::Rejected { text: text.clone() });
        let mut retry_at = now;
        if !self.unsubscribers.is_empty() {
            // They wait for the end of something that has not begun, and whoever subscribes now came after them: the
            // request that was refused is not theirs.
            self.answer_unsubscribers(&Ok(()));
        } else if self.is_established() {
            // Not at once, whatever the jitter: should the `Error` have been about something else, then the
            // confirmation comes first and there is nothing to retry.
            retry_at += self.retry.first_ceiling() + self.retry.next_delay(rng);
            self.answer_subscribers(&rejected);
        } else {
            self.forget(&rejected);
        }
        self.state = State::Refused { retry_at };
        self.doubtful = true;
    }

    /// A request got no answer. Whether the session is to blame: the first time. After that the kind is, which must not
    /// cost the others their session: it is left alone for a while, and for twice as long each time.
    pub(super) fn go_unanswered(&mut self, now: Instant, timeout: Duration) -> bool {
        let before = self.unanswered;
        self.unanswered = before.saturating_add(1);
        self.look_at = Some(now + timeout * (1 << before.min(MOST_DOUBLINGS)));
        before == 0
    }

    /// The server refused to unsubscribe: it may be live or not.
    pub(super) fn refuse_unsubscribe(&mut self, text: &ServerText) {
        self.state = State::Unknown {
            asked: Verb::Unsubscribe,
        };
        self.answer_unsubscribers(&Err(UnsubscribeError::Rejected { text: text.clone() }));
    }

    /// The subscribers have waited long enough. A kind that was never confirmed is no longer wanted.
    pub(super) fn give_up(&mut self, error: SubscribeError) {
        if self.is_established() {
            self.answer_subscribers(&Err(error));
        } else {
            self.forget(&Err(error));
        }
    }

    /// A session begins.
    pub(super) fn meet(&mut self) {
        if self.is_established() {
            self.wish = Wish::Owed;
        }
    }

    /// The session is over.
    pub(super) fn lose(&mut self, deadline: Instant) {
        self.state = State::Absent;
        self.doubtful = false;
        self.restored = false;
        self.look_at = None;
        self.retry.reset();
        self.answer_unsubscribers(&Ok(()));
        self.set_deadline(deadline);
    }

    /// The client has ended.
    pub(super) fn abandon(&mut self) {
        self.answer_subscribers(&Err(SubscribeError::Closed));
        self.answer_unsubscribers(&Err(UnsubscribeError::Closed));
    }

    fn set_deadline(&mut self, deadline: Instant) {
        if !self.subscribers.is_empty() {
            self.deadline.get_or_insert(deadline);
        }
    }

    pub(super) fn answer_subscribers(&mut self, result: &Result<(), SubscribeError>) {
        self.deadline = None;
        for reply in self.subscribers.drain(..) {
            answer(reply, result.clone());
        }
    }

    pub(super) fn answer_unsubscribers(&mut self, result: &Result<(), UnsubscribeError>) {
        for reply in self.unsubscribers.drain(..) {
            answer(reply, result.clone());
        }
    }

    fn forget(&mut self, result: &Result<(), SubscribeError>) {
        self.wish = Wish::Nothing;
        self.answer_subscribers(result);
    }
}
