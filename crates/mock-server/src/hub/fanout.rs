//! One frame to many sessions: what is made once, and what is done for each.

use rocketfi_protocol::{ServerMessage, SubscriptionKind};
use tokio_tungstenite::tungstenite::Message;

use super::habit::Content;
use super::{Client, Hub, State};
use crate::market::Tick;
use crate::outbox::End;
use crate::printed::Printed;
use crate::request::Standing;

impl Hub {
    /// Moves the market on and tells everybody; how many frames that made.
    pub(crate) fn tick(&self) -> usize {
        let mut state = self.lock();
        let tick = state.tick();
        if self.gate.is_shut() {
            0
        } else {
            state.publish(&tick)
        }
    }

    /// To every session, as often as it is subscribed to what the message is about; a message that
    /// is no update goes to every session once.
    pub(crate) fn push(&self, message: &ServerMessage) -> usize {
        let frame = self.press.print(message);
        let content = Content::of(message);
        self.broadcast(&frame, content, |standing| match content {
            Content::Update => standing.subscriptions.deliveries(message),
            Content::Other => 1,
        })
    }

    pub(crate) fn push_to(&self, kind: &SubscriptionKind, frame: &Message) -> usize {
        self.broadcast(frame, Content::Other, |standing| {
            standing.subscriptions.count(kind)
        })
    }

    pub(crate) fn push_to_all(&self, frame: &Message) -> usize {
        self.broadcast(frame, Content::Other, |_| 1)
    }

    fn broadcast(
        &self,
        frame: &Message,
        content: Content,
        times: impl Fn(&Standing) -> usize,
    ) -> usize {
        let mut state = self.lock();
        if self.gate.is_shut() {
            return 0;
        }
        let State { clients, .. } = &mut *state;
        let mut sent = 0;
        let mut slow = Vec::new();
        for (session, client) in clients {
            let times = times(&client.standing);
            let taken = (0..times).take_while(|_| client.send(frame, content));
            let taken = taken.count();
            sent += taken;
            if taken < times {
                slow.push(*session);
            } else if content == Content::Update && times > 0 {
                client.last_update = Some(frame.clone());
            }
        }
        state.end_all_slow(slow);
        sent
    }
}

impl State {
    fn publish(&mut self, tick: &Tick) -> usize {
        let Self { clients, press, .. } = self;
        let mut printed = Printed::new(tick, press);
        let mut sent = 0;
        let mut slow = Vec::new();
        for (session, client) in clients {
            let frames = printed.for_subscriber(&client.standing.subscriptions);
            let taken = frames
                .iter()
                .take_while(|frame| client.send(frame, Content::Update))
                .count();
            sent += taken;
            if taken < frames.len() {
                slow.push(*session);
            }
        }
        self.end_all_slow(slow);
        sent
    }

    pub(super) fn end_all_slow(&mut self, slow: Vec<u64>) {
        for session in slow {
            tracing::warn!(session, "its queue is full: closing");
            self.end(session, End::too_slow());
        }
    }
}

impl Client {
    /// Queues a frame, or what its habit makes of it; false when there is no room.
    pub(super) fn send(&mut self, frame: &Message, content: Content) -> bool {
        if self.habit.changes_nothing() {
            return self.outbox.push(frame.clone());
        }
        let frames = self.habit.change(frame.clone(), content);
        frames.into_iter().all(|frame| self.outbox.push(frame))
    }
}
