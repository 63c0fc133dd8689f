//! Which of the events that REST tells first were missed.

use std::collections::HashMap;

use rocketfi_account::protocol::{OrderEvent, OrderEventData, OrderId};
use rocketfi_account::{Event, Origin};

/// REST may tell an event that the stream brings as well, only later; that is no miss. A reconciliation says which fills
/// never came, by their order; its backfill follows, oldest first, and so the missed ones of an order come first.
#[derive(Debug, Default)]
pub(crate) struct Missed {
    fills: HashMap<OrderId, usize>,
}

impl Missed {
    /// The mark of a fill that never came on the stream.
    pub(crate) const FILL: &'static str = "missed: ";

    /// To be called with every event, before it is described.
    pub(crate) fn note(&mut self, event: &Event) {
        if let Event::Reconciled(report) = event {
            self.expect(&report.missed_fills);
        }
    }

    pub(crate) fn expect(&mut self, fills: &[OrderId]) {
        self.fills.clear();
        for order in fills {
            *self.fills.entry(*order).or_default() += 1;
        }
    }

    /// How the event came: [`FILL`](Self::FILL) for a fill that never came on the stream, `by REST: ` for all else that
    /// came from there first, nothing for what the stream brought.
    pub(crate) fn mark(&mut self, event: &OrderEvent, origin: Origin) -> &'static str {
        match origin {
            Origin::Stream => "",
            Origin::Backfill if self.take(event) => Self::FILL,
            Origin::Backfill => "by REST: ",
        }
    }

    fn take(&mut self, event: &OrderEvent) -> bool {
        let is_fill = matches!(event.event_data, OrderEventData::Fill(_));
        match self.fills.get_mut(&event.order_id) {
            Some(left) if is_fill && *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}
