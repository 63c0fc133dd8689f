//! What a user of the client is told, in order.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rocketfi_protocol::{ServerMessage, SubscriptionKind, Unrecognized};

use crate::{ConnectError, FrameError, GapCause, ServerText};

/// The number of a session, that is, of one connection's life: 1, 2, 3 … within one [`Client`](crate::Client).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u64);

impl SessionId {
    pub(crate) const FIRST: Self = Self(1);

    pub(crate) const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One thing that happened, to the connection or to the data.
///
/// For each session the order is: [`Connected`](Self::Connected); any number of [`Message`](Self::Message),
/// [`Lagged`](Self::Lagged), [`Stale`](Self::Stale), [`Unrecognized`](Self::Unrecognized),
/// [`Malformed`](Self::Malformed) and [`ServerError`](Self::ServerError), among them [`Resubscribed`](Self::Resubscribed) when something had to be
/// restored; and [`Gap`](Self::Gap) when the session ended, before anything of the next one. Before a session any
/// number of [`DialFailed`](Self::DialFailed) may come. [`Closed`](Self::Closed) is the last event of all.
///
/// Control messages that the client itself waits for (`Pong`, `SubscribeConfirmation`, `UnsubscribeConfirmation`) are
/// no events: the calls that wait for them return instead.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every event is a Message: a box would cost one heap call each"
)]
pub enum Event {
    /// An attempt to connect failed. The client tries again by itself, unless it is configured to give up.
    ///
    /// It takes no place that the next session could need: it is skipped when no more than half the queue is free.
    /// Only the last one before the client gives up has a place of its own.
    DialFailed {
        /// How many attempts have failed since the last session, with this one: 1, 2, 3 …
        attempt: u32,
        /// Why.
        error: Arc<ConnectError>,
        /// When the next attempt begins, counted from now; `None` when the client gives up.
        retry_in: Option<Duration>,
    },
    /// A connection is open. Nothing is subscribed on it yet.
    Connected {
        /// The session that begins.
        session: SessionId,
    },
    /// A message from the server, as it came.
    Message {
        /// The session it came on.
        session: SessionId,
        /// The message.
        message: ServerMessage,
    },
    /// Kinds that an earlier session had confirmed are confirmed again on this one.
    ///
    /// After a reconnect this comes once the server has answered for every such kind. A kind that it refused is not
    /// in the list: a [`ServerError`](Self::ServerError) with [`Request::Resubscribe`] came before, the kind stays
    /// wanted and is asked for again later, and once it is confirmed another `Resubscribed` lists it. Likewise a kind
    /// that goes unanswered: the first time that ends the session, but after that it does not cost the others theirs,
    /// and is looked into after a while, twice as long each time.
    ///
    /// From here on the kinds are live, and it is the moment to compare with REST: whatever happened between the gap
    /// and now was not received.
    Resubscribed {
        /// The session on which they are live.
        session: SessionId,
        /// What is live again, in the order in which it was first subscribed.
        kinds: Vec<SubscriptionKind>,
    },
    /// The session ended: data is missing from here until [`Resubscribed`](Self::Resubscribed). Comes before anything
    /// of the next session. What a server sent meanwhile cannot be counted, for the protocol has no sequence numbers.
    Gap {
        /// The session that ended.
        session: SessionId,
        /// Why it ended.
        cause: GapCause,
        /// The subscriptions affected: each was confirmed at some time and is still wanted. They will be subscribed
        /// again without being asked.
        kinds: Vec<SubscriptionKind>,
        /// How many frames were received and then thrown away because the event queue was full, as far as no
        /// [`Lagged`](Self::Lagged) has told it yet; `None` when none were.
        missed: Option<u64>,
    },
    /// Only with [`Overflow::DropNewest`](crate::Overflow::DropNewest), or while the client is being closed: events were
    /// thrown away because the queue was full, between the event before this one and the one after.
    Lagged {
        /// The session whose frames they were.
        session: SessionId,
        /// How many.
        missed: u64,
    },
    /// A confirmed kind has brought nothing for long; only with [`Config::stale_after`](crate::Config::stale_after).
    /// Nothing is known to be lost and nothing ends: a quiet private stream is normal. It is told once, and again only
    /// after a message of the kind has come in between. Compare with REST if that much silence is unlikely.
    ///
    /// It takes no place that a message could need: in a queue with one place left it waits, and is dropped when a
    /// message of the kind comes or the session ends before there is room.
    Stale {
        /// The session on which the kind is confirmed.
        session: SessionId,
        /// The kind.
        kind: SubscriptionKind,
        /// For how long nothing had come when that was noticed, counted from its last message or else from its
        /// confirmation.
        quiet: Duration,
    },
    /// A message of a variant that this version of the protocol does not know. The session lives on.
    Unrecognized {
        /// The session it came on.
        session: SessionId,
        /// The variant's name on the wire.
        name: String,
        /// Name and payload, unchanged.
        message: Unrecognized,
    },
    /// A frame that is no message. The session lives on.
    Malformed {
        /// The session it came on.
        session: SessionId,
        /// What is wrong with it, without its content.
        error: FrameError,
        /// Size of the frame's payload in bytes.
        size: usize,
    },
    /// An `Error` frame from the server. A full queue does not crowd it out: eight of them have places of their own on
    /// every session; only beyond those does the [`Overflow`](crate::Overflow) policy count it among the thrown away.
    ServerError {
        /// The session it came on.
        session: SessionId,
        /// What the server says.
        text: ServerText,
        /// The requests that were waiting for their answers when the frame came, in the order in which they were
        /// sent. None: the error is about no subscription. One: it has failed because of the error. Several, which
        /// takes a [`max_in_flight`](crate::Config::max_in_flight) above 1: *one* of them has failed, and which one
        /// shows when the others have been answered; its call returns then, or a
        /// [`Resubscribed`](Self::Resubscribed) comes without its kind. `Error` frames carry no id, so this is an
        /// inference: see [`Client::subscribe`](crate::Client::subscribe).
        requests: Vec<Request>,
    },
    /// The client has ended. The stream of events ends after this one.
    Closed {
        /// Why.
        reason: CloseReason,
    },
}

impl Event {
    /// The session that the event belongs to; `None` for [`DialFailed`](Self::DialFailed) and
    /// [`Closed`](Self::Closed).
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        match self {
            Self::Connected { session }
            | Self::Message { session, .. }
            | Self::Resubscribed { session, .. }
            | Self::Gap { session, .. }
            | Self::Lagged { session, .. }
            | Self::Stale { session, .. }
            | Self::Unrecognized { session, .. }
            | Self::Malformed { session, .. }
            | Self::ServerError { session, .. } => Some(*session),
            Self::DialFailed { .. } | Self::Closed { .. } => None,
        }
    }
}

/// A request whose answer was awaited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Request {
    /// [`Client::subscribe`](crate::Client::subscribe) was waiting for it. The kind is no longer wanted.
    Subscribe(SubscriptionKind),
    /// The client was restoring the kind on a new session. It stays wanted and is tried again later.
    Resubscribe(SubscriptionKind),
    /// [`Client::unsubscribe`](crate::Client::unsubscribe) was waiting for it, or the client was getting rid of a
    /// kind whose confirmation came after its `subscribe` had timed out.
    Unsubscribe(SubscriptionKind),
}

impl Request {
    /// The kind it was about.
    #[must_use]
    pub const fn kind(&self) -> &SubscriptionKind {
        match self {
            Self::Subscribe(kind) | Self::Resubscribe(kind) | Self::Unsubscribe(kind) => kind,
        }
    }
}

/// Why the client ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// [`Client::close`](crate::Client::close) was called.
    Requested,
    /// Every [`Client`](crate::Client) handle was dropped.
    HandlesDropped,
    /// [`Events`](crate::Events) was dropped: nobody listens any more.
    EventsDropped,
    /// No connection could be opened, and the configuration says to try no longer:
    /// [`max_attempts`](crate::Config::max_attempts) or [`give_up`](crate::Config::give_up).
    /// [`DialFailed`](Event::DialFailed) came before, with the reason.
    GaveUp {
        /// How many attempts in a row have failed.
        attempts: u32,
    },
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requested => f.write_str("close was requested"),
            Self::HandlesDropped => f.write_str("every handle was dropped"),
            Self::EventsDropped => f.write_str("the events were dropped"),
            Self::GaveUp { attempts } => {
                write!(f, "no connection after {attempts} attempts in a row")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_ids_count_from_one() {
        assert_eq!(SessionId::FIRST.to_string(), "1");
        assert_eq!(SessionId::FIRST.next(), SessionId(2));
    }
}
