//! One tick, as frames for many.

use std::collections::HashMap;

use rocketfi_protocol::{SubscriptionKind, encode};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::market::Tick;
use crate::subscriptions::Subscriptions;

/// The frames of one tick, each written once however many sessions it goes to.
pub(crate) struct Printed<'t> {
    tick: &'t Tick,
    frames: HashMap<SubscriptionKind, Vec<(usize, Utf8Bytes)>>,
}

impl<'t> Printed<'t> {
    pub(crate) fn new(tick: &'t Tick) -> Self {
        Self {
            tick,
            frames: HashMap::new(),
        }
    }

    /// All that somebody with these subscriptions is told, in the tick's order.
    pub(crate) fn for_subscriber(&mut self, subscriptions: &Subscriptions) -> Vec<Message> {
        let mut told: Vec<(usize, Utf8Bytes)> = Vec::new();
        for (kind, count) in subscriptions.iter() {
            let frames = self
                .frames
                .entry(kind.clone())
                .or_insert_with(|| print(self.tick, kind));
            for (place, text) in frames {
                told.extend(std::iter::repeat_n((*place, text.clone()), count));
            }
        }
        told.sort_by_key(|(place, _)| *place);
        told.into_iter()
            .map(|(_, text)| Message::Text(text))
            .collect()
    }
}

fn print(tick: &Tick, kind: &SubscriptionKind) -> Vec<(usize, Utf8Bytes)> {
    tick.told_to(kind)
        .map(|(place, message)| (place, encode(&*message).into()))
        .collect()
}
