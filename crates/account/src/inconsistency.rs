//! What cannot be, if nothing was missed.

use std::fmt;

use rocketfi_protocol::{AssetId, InstrumentId, OrderId, Round};
use rust_decimal::Decimal as Amount;

use crate::Status;

/// Something in a message that does not follow from what is known: a message was missed, or the server is not of one
/// mind. Each asks for a comparison with REST. The protocol has no sequence numbers, so this is the only way in which
/// a loss on a healthy connection shows by itself.
///
/// A false alarm is possible, where a server tells kinds of messages in another order than things happened; it costs
/// one comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inconsistency {
    /// Something happened to an order of which nothing is known.
    UnknownOrder {
        /// The order.
        order_id: OrderId,
        /// What happened to it: the event's name on the wire.
        event: &'static str,
    },
    /// After a fill more or less is left of an order than was left before, less the fill. Without signs.
    RemainingSize {
        /// The order.
        order_id: OrderId,
        /// What should be left.
        expected: Amount,
        /// What is said to be left.
        told: Amount,
    },
    /// Something happened to an order that had ended.
    EndedOrder {
        /// The order.
        order_id: OrderId,
        /// How it had ended.
        status: Status,
        /// What happened to it: the event's name on the wire.
        event: &'static str,
    },
    /// An order that has ended is listed as open.
    EndedButOpen {
        /// The order.
        order_id: OrderId,
        /// How it had ended.
        status: Status,
    },
    /// A funding payment of an earlier round than the last one.
    RoundBackwards {
        /// The instrument.
        instrument_id: InstrumentId,
        /// The latest round that was paid for.
        last: Round,
        /// The round that is told now.
        told: Round,
    },
    /// A figure is no decimal number, or one of too many digits, so that nothing can be reckoned from it.
    NotANumber {
        /// Which: the name of a message's part.
        field: &'static str,
    },
    /// A periodic audit found REST to say something else, several times in a row.
    Audit(Difference),
}

/// In what the account as folded from the stream and the account as told by REST differ: how many of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Open orders that only one of the two knows, or of which price, size or what is filled differ.
    pub orders: Vec<OrderId>,
    /// Positions of another quantity.
    pub positions: Vec<InstrumentId>,
    /// Assets of another amount.
    pub collateral: Vec<AssetId>,
    /// Order events that the stream has not brought.
    pub order_events: usize,
    /// Funding payments that the stream has not brought.
    pub funding: usize,
}

impl Difference {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Inconsistency {
    /// What it is, without anything of the account: for logs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UnknownOrder { .. } => "unknown order",
            Self::RemainingSize { .. } => "remaining size",
            Self::EndedOrder { .. } => "ended order",
            Self::EndedButOpen { .. } => "ended but open",
            Self::RoundBackwards { .. } => "round backwards",
            Self::NotANumber { .. } => "not a number",
            Self::Audit(_) => "audit",
        }
    }
}

impl fmt::Display for Inconsistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOrder { order_id, event } => {
                write!(
                    f,
                    "order {order_id} is not known, and there is news of it: {event}"
                )
            }
            Self::RemainingSize {
                order_id,
                expected,
                told,
            } => write!(
                f,
                "of order {order_id} there should be {expected} left, and {told} is said to be"
            ),
            Self::EndedOrder {
                order_id,
                status,
                event,
            } => write!(
                f,
                "order {order_id} has ended ({status}), and there is news of it: {event}"
            ),
            Self::EndedButOpen { order_id, status } => {
                write!(
                    f,
                    "order {order_id} has ended ({status}), and is listed as open"
                )
            }
            Self::RoundBackwards {
                instrument_id,
                last,
                told,
            } => write!(
                f,
                "funding of {instrument_id} goes back from round {last} to round {told}"
            ),
            Self::NotANumber { field } => write!(f, "{field}: no number to reckon with"),
            Self::Audit(difference) => difference.fmt(f),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            orders,
            positions,
            collateral,
            order_events,
            funding,
        } = self;
        write!(
            f,
            "REST differs in {} orders, {} positions, {} assets, {order_events} order events and {funding} funding payments",
            orders.len(),
            positions.len(),
            collateral.len(),
        )
    }
}
