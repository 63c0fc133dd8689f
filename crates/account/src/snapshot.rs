//! What REST says of an account, put together from several answers.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rocketfi_protocol::{
    AssetId, Decimal, InstrumentId, OpenOrder, OrderEvent, OrderId, Position,
    PositionFundingUpdate, ServerMessage,
};

use crate::state::{EventId, Identified};

/// An account as REST tells it. The parts are asked for one by one, so each may show another moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) open_orders: Vec<OpenOrder>,
    pub(crate) positions: BTreeMap<InstrumentId, Position>,
    pub(crate) collateral: BTreeMap<AssetId, Decimal>,
    pub(crate) order_events: Log<OrderEvent>,
    pub(crate) payments: Log<PositionFundingUpdate>,
}

/// The end of a log, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Log<E> {
    pub(crate) entries: Vec<E>,
    /// Whether it reaches back to what is known, or to the very beginning.
    pub(crate) is_whole: bool,
}

impl<E> Default for Log<E> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            is_whole: true,
        }
    }
}

/// What the stream has told since some moment, and a snapshot of a time soon after that moment may be behind in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Touched {
    pub(crate) orders: BTreeSet<OrderId>,
    pub(crate) positions: BTreeSet<InstrumentId>,
    pub(crate) collateral: BTreeSet<AssetId>,
}

impl Touched {
    pub(crate) fn note(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::OrderEventUpdate(update) => {
                self.orders
                    .extend(update.order_events.iter().map(|it| it.order_id));
            }
            ServerMessage::OpenOrdersUpdate(update) => {
                self.orders
                    .extend(update.orders.iter().map(|it| it.order_id));
            }
            ServerMessage::PositionUpdate(update) => self.positions.extend(update.positions.keys()),
            ServerMessage::CollateralUpdate(update) => {
                self.collateral.insert(update.asset_id);
            }
            _ => {}
        }
    }

    /// How many things there are.
    pub(crate) fn len(&self) -> usize {
        self.orders.len() + self.positions.len() + self.collateral.len()
    }
}

/// What is held back and not yet told to the user.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) orders: BTreeSet<OrderId>,
    pub(crate) events: HashSet<EventId>,
    pub(crate) payments: HashSet<<PositionFundingUpdate as Identified>::Id>,
}

impl Held {
    pub(crate) fn of<'m>(messages: impl Iterator<Item = &'m ServerMessage>) -> Self {
        let mut held = Self::default();
        let mut touched = Touched::default();
        for message in messages {
            touched.note(message);
            match message {
                ServerMessage::OrderEventUpdate(update) => {
                    held.events
                        .extend(update.order_events.iter().map(Identified::id));
                }
                ServerMessage::PositionFundingUpdate(payment) => {
                    held.payments.insert(payment.id());
                }
                _ => {}
            }
        }
        held.orders = touched.orders;
        held
    }
}
