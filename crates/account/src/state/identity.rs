//! What makes an event that event: the wire gives none of them an id.

use std::hash::Hash;

use rocketfi_protocol::{
    Decimal, InstrumentId, OrderEvent, OrderEventData, OrderId, PositionFundingUpdate, Round,
    Timestamp, Unrecognized,
};
use rust_decimal::Decimal as Amount;

use crate::amount::number;

/// Something that happens once, and may be told more often.
pub(crate) trait Identified {
    /// Equal for two tellings of the same event, different for two events.
    type Id: Clone + Eq + Hash + std::fmt::Debug + Send + 'static;

    fn id(&self) -> Self::Id;
}

/// A number, however it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Figure {
    Exact(Amount),
    /// Not to be reckoned with, or not exactly.
    Text(Decimal),
}

impl From<&Decimal> for Figure {
    fn from(text: &Decimal) -> Self {
        number(text).map_or_else(|| Self::Text(text.clone()), Self::Exact)
    }
}

/// An order event. Of two fills of one order less is left after the later one, so no two are alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum EventId {
    Placed(OrderId, Timestamp),
    Modified(OrderId, Timestamp, Figure, Figure),
    Fill(OrderId, Timestamp, Figure, Figure),
    Canceled(OrderId),
    Rejected(OrderId),
    /// Newer than this kit: told apart by all that it says.
    Unrecognized(OrderId, Unrecognized),
    /// Newer than this crate, which a protocol regenerated beside it may know.
    Newer(OrderId, String),
}

impl Identified for OrderEvent {
    type Id = EventId;

    fn id(&self) -> EventId {
        let order = self.order_id;
        match &self.event_data {
            OrderEventData::Placed(placed) => EventId::Placed(order, placed.timestamp),
            OrderEventData::Modified(change) => EventId::Modified(
                order,
                change.timestamp,
                (&change.price).into(),
                (&change.size).into(),
            ),
            OrderEventData::Fill(fill) => EventId::Fill(
                order,
                fill.timestamp,
                (&fill.remaining_size).into(),
                (&fill.size).into(),
            ),
            OrderEventData::Canceled => EventId::Canceled(order),
            OrderEventData::Rejected(_) => EventId::Rejected(order),
            OrderEventData::Unrecognized(variant) => EventId::Unrecognized(order, variant.clone()),
            newer => EventId::Newer(order, newer.name().to_owned()),
        }
    }
}

impl Identified for PositionFundingUpdate {
    type Id = (InstrumentId, Round);

    fn id(&self) -> Self::Id {
        (self.instrument_id, self.round)
    }
}

/// Something with a time, where it says.
pub(crate) trait Dated: Identified {
    fn at(&self) -> Option<Timestamp>;
}

impl Dated for OrderEvent {
    fn at(&self) -> Option<Timestamp> {
        match &self.event_data {
            OrderEventData::Placed(placed) => Some(placed.timestamp),
            OrderEventData::Modified(change) => Some(change.timestamp),
            OrderEventData::Fill(fill) => Some(fill.timestamp),
            _ => None,
        }
    }
}

impl Dated for PositionFundingUpdate {
    fn at(&self) -> Option<Timestamp> {
        Some(self.timestamp)
    }
}
