//! What one tick has to tell.

use std::borrow::Cow;

use rocketfi_protocol::{OrderEvent, OrderEventUpdate, ServerMessage, SubscriptionKind};

/// Everything that happened in one tick, in the order in which it is to be told: first the order
/// events, then updates that show the state at the end of the tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The order events of all accounts and instruments.
    pub order_events: Vec<OrderEvent>,
    /// All other messages.
    pub updates: Vec<ServerMessage>,
}

impl Tick {
    /// What a subscription of this kind is told, each with its place in the tick's order.
    pub fn told_to<'a>(
        &'a self,
        kind: &'a SubscriptionKind,
    ) -> impl Iterator<Item = (usize, Cow<'a, ServerMessage>)> {
        let updates = self
            .updates
            .iter()
            .enumerate()
            .filter(|(_, it)| it.belongs_to(kind));
        let updates = updates.map(|(place, update)| (place + 1, Cow::Borrowed(update)));
        let order_events = self.order_event_update(kind).map(|it| (0, Cow::Owned(it)));
        order_events.into_iter().chain(updates)
    }

    /// The order events that pass the filter of `kind`, in one batch that echoes the filter; `None`
    /// when there are none, or `kind` is another kind.
    fn order_event_update(&self, kind: &SubscriptionKind) -> Option<ServerMessage> {
        let SubscriptionKind::OrderEvents {
            account,
            instrument_id,
        } = kind
        else {
            return None;
        };
        let passes = |event: &&OrderEvent| {
            account.is_none_or(|wanted| event.account == wanted)
                && instrument_id.is_none_or(|wanted| event.instrument == wanted)
        };
        let order_events: Vec<_> = self.order_events.iter().filter(passes).cloned().collect();
        let update = OrderEventUpdate {
            account: (*account).into(),
            instrument_id: (*instrument_id).into(),
            order_events,
        };
        (!update.order_events.is_empty()).then(|| update.into())
    }
}
