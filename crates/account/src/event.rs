//! What the user of an account is told, in order.

use std::sync::Arc;
use std::time::Duration;

use rocketfi_client::{CloseReason, GapCause, SessionId, SubscribeError};
use rocketfi_protocol::{
    AssetId, InstrumentId, OrderEvent, OrderEventData, OrderFill, OrderId, ServerMessage,
    SubscriptionKind,
};

use crate::{Change, Inconsistency, SourceError};

/// One thing that happened to the account, to what is known of it, or to the connection.
///
/// After a gap the order is: [`Gap`](Self::Gap); [`Reconciled`](Self::Reconciled), from where on
/// [`state`](crate::Account::state) is right again; what was missed, as messages of the
/// [`origin`](Self::Message::origin) [`Backfill`](Origin::Backfill); and then what the stream has told since, without
/// what was told before. If that takes too long, [`Unreconciled`](Self::Unreconciled) comes in between, and messages
/// flow meanwhile, marked as such.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// Something about the account. [`state`](crate::Account::state) has it already.
    Message {
        /// The message, without events that were told before.
        message: ServerMessage,
        /// What it changed.
        change: Change,
        /// Where it comes from.
        origin: Origin,
        /// Whether nothing is known to be missing before it.
        reconciled: bool,
    },
    /// The session ended: data is missing from here until [`Reconciled`](Self::Reconciled).
    Gap {
        /// The session that ended.
        session: SessionId,
        /// Why it ended.
        cause: GapCause,
        /// The subscriptions affected, the account's own among them.
        kinds: Vec<SubscriptionKind>,
        /// How many frames were received and then thrown away because the client's event queue was full.
        missed: Option<u64>,
    },
    /// The state is right: it was compared with REST, and everything that was missed is known.
    Reconciled(Reconciliation),
    /// What is held back is let go, and messages flow again though the state is not right yet. The next
    /// [`Reconciled`](Self::Reconciled) puts it right; what was missed comes behind that, and so behind what happened
    /// after it.
    Unreconciled {
        /// Why it could not be held back any longer.
        reason: Unreconciled,
        /// How many messages come now that were held back.
        held: usize,
    },
    /// The stream told something that cannot be, if nothing was missed; a reconciliation follows.
    Inconsistent(Inconsistency),
    /// There is no snapshot yet. It is tried again.
    SourceFailed {
        /// How many attempts have failed in a row: 1, 2, 3 …
        attempt: u32,
        /// Why.
        error: Arc<SourceError>,
        /// When the next attempt begins, counted from now.
        retry_in: Duration,
    },
    /// A kind could not be subscribed. It is tried again; until then nothing is reconciled.
    SubscribeFailed {
        /// The kind.
        kind: SubscriptionKind,
        /// Why.
        error: SubscribeError,
    },
    /// A periodic audit found REST and the state to be of one mind.
    Audited,
    /// What the client tells beside that, unchanged: connections, other messages, errors.
    Client(rocketfi_client::Event),
    /// The client has ended. No event follows.
    Closed {
        /// Why.
        reason: CloseReason,
    },
}

impl Event {
    /// The fills that this event tells of, each with its order event; every fill comes once, missed ones included.
    pub fn fills(&self) -> impl Iterator<Item = (&OrderEvent, &OrderFill)> {
        let events = match self {
            Self::Message {
                message: ServerMessage::OrderEventUpdate(update),
                ..
            } => update.order_events.as_slice(),
            _ => &[],
        };
        events.iter().filter_map(|event| match &event.event_data {
            OrderEventData::Fill(fill) => Some((event, fill)),
            _ => None,
        })
    }
}

/// Where a message comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The stream, as it came or held back for a while.
    Stream,
    /// REST: the stream did not bring it, or not before REST told it; each was missed.
    Backfill,
}

/// Why messages are delivered though the state is not right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unreconciled {
    /// More messages came than are held back ([`hold_capacity`](crate::Builder::hold_capacity)).
    Overflow,
    /// The first of them was held back for [`hold_for`](crate::Builder::hold_for).
    Overdue,
    /// A reconciliation has just ended, and did not settle it.
    Repeated,
    /// The client has ended.
    Closed,
}

/// What made a reconciliation necessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Trigger {
    /// The account was connected for the first time.
    Connected,
    /// A session ended.
    Gap,
    /// The client threw events away, because it was not read.
    Lagged,
    /// A frame could not be read.
    Malformed,
    /// The stream told something that cannot be.
    Inconsistent,
    /// An audit found REST to say something else.
    Audit,
    /// [`reconcile`](crate::Account::reconcile) was called.
    Requested,
}

/// What a reconciliation found, against what was known before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reconciliation {
    /// What made it necessary.
    pub trigger: Trigger,
    /// Orders that were open and are not any more. How they ended is among the missed events, as far as the exchange
    /// tells it.
    pub vanished: Vec<OrderId>,
    /// Orders that are open and were not known to be.
    pub appeared: Vec<OrderId>,
    /// The order of each fill that was missed, oldest first.
    pub missed_fills: Vec<OrderId>,
    /// How many order events were missed, fills included. They follow as messages, each once, in order.
    pub order_events: usize,
    /// How many funding payments were missed. They follow too.
    pub funding: usize,
    /// Positions of another quantity than was known.
    pub positions: Vec<InstrumentId>,
    /// Assets of another amount than was known.
    pub collateral: Vec<AssetId>,
    /// Whether the logs of REST reached back to what was known. If not, earlier events may be missing; the state is
    /// right all the same.
    pub complete: bool,
    /// How many messages were held back meanwhile. They follow what was missed, without what was told before.
    pub held: usize,
    /// How often REST was asked.
    pub attempts: u32,
    /// How long it took from its cause.
    pub took: Duration,
}

impl Reconciliation {
    /// One that found nothing, to begin with; for tests of what is made of them.
    #[must_use]
    pub const fn new(trigger: Trigger) -> Self {
        Self {
            trigger,
            vanished: Vec::new(),
            appeared: Vec::new(),
            missed_fills: Vec::new(),
            order_events: 0,
            funding: 0,
            positions: Vec::new(),
            collateral: Vec::new(),
            complete: true,
            held: 0,
            attempts: 0,
            took: Duration::ZERO,
        }
    }
}
