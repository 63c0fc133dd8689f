//! What a message changed.

use rocketfi_protocol::{AssetId, InstrumentId, OrderEvent, OrderEventData, OrderId};

use crate::Inconsistency;

/// What [`AccountState::apply`](crate::AccountState::apply) did with a message. Empty when the message is not about the
/// account, or tells what was known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Orders that opened, changed or ended, each once, in the order of the message.
    pub orders: Vec<OrderId>,
    /// Positions that were told, closed ones included.
    pub positions: Vec<InstrumentId>,
    /// The asset whose amount was told.
    pub collateral: Option<AssetId>,
    /// Whether margin and equity were told.
    pub risk: bool,
    /// The instrument of a new funding payment.
    pub funding: Option<InstrumentId>,
    /// How many order events were new.
    pub order_events: usize,
    /// How many of them were fills.
    pub fills: usize,
    /// How many events were known, and counted for nothing.
    pub duplicates: usize,
    /// What cannot be, if nothing was missed.
    pub inconsistencies: Vec<Inconsistency>,
}

impl Change {
    /// Whether the message said nothing new about the account.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            orders,
            positions,
            collateral,
            risk,
            funding,
            order_events,
            fills: _,
            duplicates: _,
            inconsistencies,
        } = self;
        orders.is_empty()
            && positions.is_empty()
            && collateral.is_none()
            && !risk
            && funding.is_none()
            && *order_events == 0
            && inconsistencies.is_empty()
    }

    /// What order events changed that were all new.
    pub(crate) fn of_events(events: &[OrderEvent]) -> Self {
        let mut change = Self::default();
        for event in events {
            change.count(event);
        }
        change
    }

    pub(crate) fn count(&mut self, event: &OrderEvent) {
        self.touch(event.order_id);
        self.order_events += 1;
        self.fills += usize::from(matches!(event.event_data, OrderEventData::Fill(_)));
    }

    pub(crate) fn touch(&mut self, order: OrderId) {
        if !self.orders.contains(&order) {
            self.orders.push(order);
        }
    }
}
