//! One tick, as frames for many.

use std::borrow::Cow;
use std::collections::HashMap;

use rocketfi_protocol::SubscriptionKind;
use tokio_tungstenite::tungstenite::Message;

use crate::market::Tick;
use crate::press::Press;
use crate::subscriptions::Subscriptions;

/// The frames of one tick, each written once however many sessions and kinds it goes to.
pub(crate) struct Printed<'t> {
    tick: &'t Tick,
    press: &'t Press,
    /// By place in the tick. Order events are no message of the tick's: each filter makes its own.
    updates: HashMap<usize, Message>,
    frames: HashMap<SubscriptionKind, Vec<(usize, Message)>>,
}

impl<'t> Printed<'t> {
    pub(crate) fn new(tick: &'t Tick, press: &'t Press) -> Self {
        Self {
            tick,
            press,
            updates: HashMap::new(),
            frames: HashMap::new(),
        }
    }

    /// All that somebody with these subscriptions is told, in the tick's order.
    pub(crate) fn for_subscriber(&mut self, subscriptions: &Subscriptions) -> Vec<Message> {
        let mut told: Vec<(usize, Message)> = Vec::new();
        for (kind, count) in subscriptions.iter() {
            for (place, frame) in self.of_kind(kind) {
                told.extend(std::iter::repeat_n((*place, frame.clone()), count));
            }
        }
        told.sort_by_key(|(place, _)| *place);
        told.into_iter().map(|(_, frame)| frame).collect()
    }

    fn of_kind(&mut self, kind: &SubscriptionKind) -> &[(usize, Message)] {
        // Not through the entry, which would copy the kind for every subscriber.
        if !self.frames.contains_key(kind) {
            let frames = self.print(kind);
            self.frames.insert(kind.clone(), frames);
        }
        &self.frames[kind]
    }

    fn print(&mut self, kind: &SubscriptionKind) -> Vec<(usize, Message)> {
        let Self {
            tick,
            press,
            updates,
            ..
        } = self;
        let frame = |(place, message): (usize, Cow<'_, _>)| {
            let frame = match message {
                Cow::Borrowed(update) => updates
                    .entry(place)
                    .or_insert_with(|| press.print(update))
                    .clone(),
                Cow::Owned(filtered) => press.print(&filtered),
            };
            (place, frame)
        };
        tick.told_to(kind).map(frame).collect()
    }
}
