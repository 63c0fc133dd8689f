//! The bounded queue between the client's task and the user.
//!
//! Data waits for nobody: it is queued, or the [`Overflow`] policy applies. The events that must not be lost have places
//! of their own, reserved before a connection is dialled, so that announcing a gap never depends on how fast the user is.

mod pipe;

use std::fmt;
use std::future::poll_fn;
use std::mem::take;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use rocketfi_protocol::{ServerMessage, SubscriptionKind};
use tokio::sync::mpsc;

use self::pipe::{Receiver, Sender};
use crate::freshness::Quiet;
use crate::{CloseReason, ConnectError, Event, GapCause, Overflow, SessionId};

/// `Connected`, `Resubscribed` with a `Lagged` before it, `Gap` of one session.
const PLACES_FOR_A_SESSION: usize = 4;

/// `ServerError`s that a full queue still takes in one session, each perhaps with a `Lagged` before it: what a server
/// says went wrong must not drown in data.
const PLACES_FOR_ERRORS: usize = 16;

/// For `Closed`.
const PLACES_FOR_THE_END: usize = 1;

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The user will get it.
    Queued,
    /// It was thrown away and counted.
    Dropped,
    /// It was thrown away and counted, and the session must end because of it.
    Overflow,
    /// Nobody listens any more.
    Gone,
}

/// The end of the client's task. What is queued reaches the user with the next [`publish`](Self::publish), or when the
/// queue is closed or dropped.
pub(crate) struct EventQueue {
    event_tx: Sender<Event>,
    /// How many events may wait, without the reserved places.
    capacity: usize,
    /// How many there are places for in all.
    places: usize,
    reserved: Reserved,
    overflow: Overflow,
    /// Thrown away, and not announced yet.
    missed: u64,
    /// Live again, and not announced yet.
    restored: Vec<SubscriptionKind>,
    /// Quiet for long, and not announced yet.
    stale: Vec<Quiet>,
}

/// The places that are kept for what must not be lost.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a place, and is there or not"
)]
struct Reserved {
    connected: bool,
    resubscribed: bool,
    lagged: bool,
    gap: bool,
    closed: bool,
    errors: usize,
}

impl Reserved {
    /// All that a session will need.
    const fn for_a_session(closed: bool) -> Self {
        Self {
            connected: true,
            resubscribed: true,
            lagged: true,
            gap: true,
            closed,
            errors: PLACES_FOR_ERRORS,
        }
    }

    fn held(&self) -> usize {
        let single = [
            self.connected,
            self.resubscribed,
            self.lagged,
            self.gap,
            self.closed,
        ];
        single.map(usize::from).iter().sum::<usize>() + self.errors
    }
}

pub(crate) fn channel(
    capacity: usize,
    overflow: Overflow,
    stop_tx: mpsc::Sender<CloseReason>,
) -> (EventQueue, Events) {
    let (event_tx, event_rx) = pipe::pipe();
    let queue = EventQueue {
        event_tx,
        capacity,
        places: capacity + PLACES_FOR_A_SESSION + PLACES_FOR_ERRORS + PLACES_FOR_THE_END,
        reserved: Reserved {
            closed: true,
            ..Reserved::default()
        },
        overflow,
        missed: 0,
        restored: Vec::new(),
        stale: Vec::new(),
    };
    (queue, Events { event_rx, stop_tx })
}

impl EventQueue {
    /// Reserves the places of the next session, and waits until half the queue is free for its data. This is the one
    /// place where the client waits for its user, and there is no socket then that could suffer from it. Cancel safe.
    pub(crate) async fn reserve(&mut self) {
        let wanted = Reserved::for_a_session(self.reserved.closed);
        let most = self.places - wanted.held() - self.capacity.div_ceil(2);
        poll_fn(|cx| self.event_tx.poll_room(most, cx)).await;
        self.reserved = wanted;
    }

    /// Announces a failed dial, if more than the half of the queue is free that the next session is to find free. The
    /// last one, after which there is none to come, has a place in any case.
    pub(crate) fn dial_failed(
        &mut self,
        attempt: u32,
        error: Arc<ConnectError>,
        retry_in: Option<Duration>,
    ) {
        // No session will need it.
        let is_last = retry_in.is_none() && take(&mut self.reserved.connected);
        if is_last || (retry_in.is_some() && self.free() > self.capacity.div_ceil(2)) {
            self.event_tx.stage(Event::DialFailed {
                attempt,
                error,
                retry_in,
            });
        }
        self.publish();
    }

    pub(crate) fn connected(&mut self, session: SessionId) {
        self.missed = 0;
        if take(&mut self.reserved.connected) {
            self.event_tx.stage(Event::Connected { session });
        }
        self.publish();
    }

    /// Announces what is live again. The first announcement of a session has its reserved place; a later one may have
    /// to wait for a free place, and is then made by [`flush`](Self::flush).
    pub(crate) fn resubscribed(&mut self, session: SessionId, kinds: Vec<SubscriptionKind>) {
        self.restored.extend(kinds);
        self.flush(session);
    }

    /// Announces what is quiet, now or when there is room.
    pub(crate) fn stale(&mut self, session: SessionId, quiet: Vec<Quiet>) {
        self.stale.extend(quiet);
        self.flush(session);
    }

    /// Announces what had to wait for a free place, if there is one now.
    pub(crate) fn flush(&mut self, session: SessionId) {
        if !self.restored.is_empty() {
            self.flush_restored(session);
        }
        if self.tell_missed(session) && !self.stale.is_empty() {
            self.flush_stale(session);
        }
    }

    /// The last free place is left to a message: that nothing came must not crowd out what does come.
    fn flush_stale(&mut self, session: SessionId) {
        let told = self.stale.len().min(self.free().saturating_sub(1));
        for (kind, quiet) in self.stale.drain(..told) {
            self.event_tx.stage(Event::Stale {
                session,
                kind,
                quiet,
            });
        }
    }

    fn flush_restored(&mut self, session: SessionId) {
        // What was thrown away came before this, so it is told before this.
        if !self.tell_missed(session) {
            if !take(&mut self.reserved.lagged) {
                return;
            }
            let missed = take(&mut self.missed);
            self.event_tx.stage(Event::Lagged { session, missed });
        }
        if take(&mut self.reserved.resubscribed) || self.has_room() {
            let kinds = take(&mut self.restored);
            self.event_tx.stage(Event::Resubscribed { session, kinds });
        }
    }

    pub(crate) fn gap(
        &mut self,
        session: SessionId,
        cause: GapCause,
        kinds: Vec<SubscriptionKind>,
    ) {
        // The gap is news of the same kinds, and later news.
        self.restored.clear();
        self.stale.clear();
        let missed = take(&mut self.missed);
        let missed = (missed > 0).then_some(missed);
        if take(&mut self.reserved.gap) {
            self.event_tx.stage(Event::Gap {
                session,
                cause,
                kinds,
                missed,
            });
        }
        self.publish();
    }

    /// How many events were thrown away without having been announced.
    pub(crate) const fn missed(&self) -> u64 {
        self.missed
    }

    /// The place of the session's next message, where there is room and nothing to announce before it. What was read there
    /// is queued, unless it is [taken back](Self::take_back).
    #[inline]
    pub(crate) fn place(&mut self, session: SessionId) -> Option<&mut ServerMessage> {
        if !self.has_nothing_to_tell() || !self.has_room() || self.event_tx.is_gone() {
            return None;
        }
        let place = self.event_tx.stage_place(|| Event::Message {
            session,
            // Anything small: it is written over.
            message: ServerMessage::Pong,
        });
        match place {
            Some(Event::Message { message, .. }) => Some(message),
            _ => None,
        }
    }

    /// Takes back the message at the last [`place`](Self::place).
    pub(crate) fn take_back(&mut self) -> Option<ServerMessage> {
        match self.event_tx.take_back() {
            Some(Event::Message { message, .. }) => Some(message),
            _ => None,
        }
    }

    const fn has_nothing_to_tell(&self) -> bool {
        self.missed == 0 && self.restored.is_empty() && self.stale.is_empty()
    }

    /// Queues an event of the running session, or applies the policy.
    pub(crate) fn deliver(&mut self, session: SessionId, event: Event) -> Delivery {
        if self.event_tx.is_gone() {
            return Delivery::Gone;
        }
        self.flush(session);
        if !self.stale.is_empty()
            && let Event::Message { message, .. } = &event
        {
            // Not quiet any more, and nobody has been told that it was.
            self.stale.retain(|(kind, _)| !message.belongs_to(kind));
        }
        if !self.tell_missed(session) || !self.has_room() {
            return self.crowded_out(session, event);
        }
        self.event_tx.stage(event);
        Delivery::Queued
    }

    /// Announces what was thrown away, if anything was and there is a place. Whether nothing is left to announce.
    fn tell_missed(&mut self, session: SessionId) -> bool {
        if self.missed > 0 && self.has_room() {
            let missed = take(&mut self.missed);
            self.event_tx.stage(Event::Lagged { session, missed });
        }
        self.missed == 0
    }

    fn crowded_out(&mut self, session: SessionId, event: Event) -> Delivery {
        if matches!(event, Event::ServerError { .. }) && self.reserved.errors >= 2 {
            self.deliver_error(session, event);
            return Delivery::Queued;
        }
        self.missed += 1;
        match self.overflow {
            Overflow::Reconnect => Delivery::Overflow,
            Overflow::DropNewest => Delivery::Dropped,
        }
    }

    /// Into reserved places: a `ServerError`, and what was thrown away before it.
    fn deliver_error(&mut self, session: SessionId, event: Event) {
        if self.missed > 0 {
            let missed = take(&mut self.missed);
            self.reserved.errors -= 1;
            self.event_tx.stage(Event::Lagged { session, missed });
        }
        self.reserved.errors -= 1;
        self.event_tx.stage(event);
    }

    /// How many more events that have no place of their own would fit. No more than that will wait later: this queue is
    /// the only producer.
    fn free(&mut self) -> usize {
        let taken = self.event_tx.unread() + self.reserved.held();
        self.places.saturating_sub(taken)
    }

    fn has_room(&mut self) -> bool {
        let bound = self.places - self.reserved.held();
        self.event_tx.has_fewer_unread_than(bound)
    }

    /// Lets the user have what is queued, and wakes it once for all of it.
    pub(crate) fn publish(&mut self) {
        self.event_tx.publish();
    }

    /// The last event. The stream ends behind it.
    pub(crate) fn close(mut self, reason: CloseReason) {
        if take(&mut self.reserved.closed) {
            self.event_tx.stage(Event::Closed { reason });
        }
    }
}

/// The events of a [`Client`](crate::Client), in order. Also a [`Stream`].
///
/// Read it without pause: when it is not read, the queue fills and the [`Overflow`] policy applies. When it is dropped,
/// nobody listens, and the client ends.
pub struct Events {
    event_rx: Receiver<Event>,
    stop_tx: mpsc::Sender<CloseReason>,
}

impl Events {
    /// The next event; `None` after [`Event::Closed`], and if the runtime stopped the client's task.
    ///
    /// Cancel safe: a call that is dropped before it returns takes no event.
    pub async fn recv(&mut self) -> Option<Event> {
        poll_fn(|cx| self.event_rx.poll_recv(cx)).await
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.event_rx.poll_recv(cx)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        // Full or closed: the client is ending already.
        let _ = self.stop_tx.try_send(CloseReason::EventsDropped);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
