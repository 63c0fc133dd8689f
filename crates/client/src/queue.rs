//! The bounded queue between the client's task and the user.
//!
//! Data waits for nobody: it is queued, or the [`Overflow`] policy applies. The events that must not be lost have places
//! of their own, reserved before a connection is dialled, so that announcing a gap never depends on how fast the user is.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use rocketfi_protocol::SubscriptionKind;
use tokio::sync::mpsc::{self, OwnedPermit};

use crate::freshness::Quiet;
use crate::{CloseReason, ConnectError, Event, GapCause, Overflow, SessionId};

/// `Connected`, `Resubscribed` with a `Lagged` before it, `Gap` of one session.
const PLACES_FOR_A_SESSION: usize = 4;

/// `ServerError`s that a full queue still takes in one session, each perhaps with a `Lagged` before it: what a server
/// says went wrong must not drown in data.
const PLACES_FOR_ERRORS: usize = 16;

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

/// The end of the client's task.
pub(crate) struct EventQueue {
    event_tx: mpsc::Sender<Event>,
    /// How many events may wait, without the reserved places.
    capacity: usize,
    overflow: Overflow,
    /// Thrown away, and not announced yet.
    missed: u64,
    /// Live again, and not announced yet.
    restored: Vec<SubscriptionKind>,
    /// Quiet for long, and not announced yet.
    stale: Vec<Quiet>,
    connected: Option<OwnedPermit<Event>>,
    resubscribed: Option<OwnedPermit<Event>>,
    lagged: Option<OwnedPermit<Event>>,
    gap: Option<OwnedPermit<Event>>,
    closed: Option<OwnedPermit<Event>>,
    errors: Vec<OwnedPermit<Event>>,
}

pub(crate) fn channel(
    capacity: usize,
    overflow: Overflow,
    stop_tx: mpsc::Sender<CloseReason>,
) -> (EventQueue, Events) {
    let reserved = PLACES_FOR_A_SESSION + PLACES_FOR_ERRORS + 1;
    let (event_tx, event_rx) = mpsc::channel(capacity + reserved);
    let closed = event_tx.clone().try_reserve_owned().ok();
    let queue = EventQueue {
        event_tx,
        capacity,
        overflow,
        missed: 0,
        restored: Vec::new(),
        stale: Vec::new(),
        connected: None,
        resubscribed: None,
        lagged: None,
        gap: None,
        closed,
        errors: Vec::with_capacity(PLACES_FOR_ERRORS),
    };
    (queue, Events { event_rx, stop_tx })
}

impl EventQueue {
    /// Reserves the places of the next session, and waits until half the queue is free for its data. This is the one
    /// place where the client waits for its user, and there is no socket then that could suffer from it. Cancel safe.
    pub(crate) async fn reserve(&mut self) {
        let held = [&self.connected, &self.resubscribed, &self.lagged, &self.gap];
        let missing = held.into_iter().filter(|permit| permit.is_none()).count();
        let missing = missing + PLACES_FOR_ERRORS - self.errors.len();
        // This queue is the only producer: what is free now is still free below.
        drop(
            self.event_tx
                .reserve_many(missing + self.capacity.div_ceil(2))
                .await,
        );
        let event_tx = &self.event_tx;
        let free = || event_tx.clone().try_reserve_owned().ok();
        for permit in [
            &mut self.connected,
            &mut self.resubscribed,
            &mut self.lagged,
            &mut self.gap,
        ] {
            *permit = permit.take().or_else(free);
        }
        let wanted = PLACES_FOR_ERRORS - self.errors.len();
        self.errors
            .extend(std::iter::repeat_with(free).take(wanted).flatten());
    }

    /// Announces a failed dial, if more than the half of the queue is free that the next session is to find free. The
    /// last one, after which there is none to come, has a place in any case.
    pub(crate) fn dial_failed(
        &mut self,
        attempt: u32,
        error: Arc<ConnectError>,
        retry_in: Option<Duration>,
    ) {
        let permit = if retry_in.is_none() {
            // No session will need it.
            self.connected.take()
        } else if self.event_tx.capacity() > self.capacity.div_ceil(2) {
            self.event_tx.clone().try_reserve_owned().ok()
        } else {
            None
        };
        let event = Event::DialFailed {
            attempt,
            error,
            retry_in,
        };
        send(permit, event);
    }

    pub(crate) fn connected(&mut self, session: SessionId) {
        self.missed = 0;
        send(self.connected.take(), Event::Connected { session });
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
        let places = self.event_tx.capacity().saturating_sub(1);
        let told = self.stale.len().min(places);
        for (kind, quiet) in self.stale.drain(..told) {
            // This queue is the only producer: what is free is still free.
            if let Ok(place) = self.event_tx.try_reserve() {
                place.send(Event::Stale {
                    session,
                    kind,
                    quiet,
                });
            }
        }
    }

    fn flush_restored(&mut self, session: SessionId) {
        // What was thrown away came before this, so it is told before this.
        if !self.tell_missed(session) {
            let Some(permit) = self.lagged.take() else {
                return;
            };
            let missed = std::mem::take(&mut self.missed);
            permit.send(Event::Lagged { session, missed });
        }
        let reserved = self.resubscribed.take();
        let permit = reserved.or_else(|| self.event_tx.clone().try_reserve_owned().ok());
        if permit.is_some() {
            let kinds = std::mem::take(&mut self.restored);
            send(permit, Event::Resubscribed { session, kinds });
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
        let missed = std::mem::take(&mut self.missed);
        let missed = (missed > 0).then_some(missed);
        send(
            self.gap.take(),
            Event::Gap {
                session,
                cause,
                kinds,
                missed,
            },
        );
    }

    /// How many events were thrown away without having been announced.
    pub(crate) const fn missed(&self) -> u64 {
        self.missed
    }

    /// Queues an event of the running session, or applies the policy.
    pub(crate) fn deliver(&mut self, session: SessionId, event: Event) -> Delivery {
        if self.event_tx.is_closed() {
            return Delivery::Gone;
        }
        self.flush(session);
        if let Event::Message { message, .. } = &event {
            // Not quiet any more, and nobody has been told that it was.
            self.stale.retain(|(kind, _)| !message.belongs_to(kind));
        }
        if !self.tell_missed(session) {
            return self.crowded_out(session, event);
        }
        if let Ok(place) = self.event_tx.try_reserve() {
            place.send(event);
            return Delivery::Queued;
        }
        self.crowded_out(session, event)
    }

    /// Announces what was thrown away, if anything was and there is a place. Whether nothing is left to announce.
    fn tell_missed(&mut self, session: SessionId) -> bool {
        if self.missed > 0
            && let Ok(place) = self.event_tx.try_reserve()
        {
            let missed = std::mem::take(&mut self.missed);
            place.send(Event::Lagged { session, missed });
        }
        self.missed == 0
    }

    fn crowded_out(&mut self, session: SessionId, event: Event) -> Delivery {
        if matches!(event, Event::ServerError { .. }) && self.deliver_error(session, event) {
            return Delivery::Queued;
        }
        self.missed += 1;
        match self.overflow {
            Overflow::Reconnect => Delivery::Overflow,
            Overflow::DropNewest => Delivery::Dropped,
        }
    }

    /// Into a reserved place, if one is left: a `ServerError`, and what was thrown away before it.
    fn deliver_error(&mut self, session: SessionId, event: Event) -> bool {
        if self.errors.len() < 2 {
            return false;
        }
        if self.missed > 0 {
            let missed = std::mem::take(&mut self.missed);
            send(self.errors.pop(), Event::Lagged { session, missed });
        }
        send(self.errors.pop(), event);
        true
    }

    /// The last event. The stream ends behind it.
    pub(crate) fn close(mut self, reason: CloseReason) {
        send(self.closed.take(), Event::Closed { reason });
    }
}

/// Without a permit it is for nobody: either nobody listens any more, or the event may be skipped.
fn send(permit: Option<OwnedPermit<Event>>, event: Event) {
    if let Some(permit) = permit {
        permit.send(event);
    }
}

/// The events of a [`Client`](crate::Client), in order. Also a [`Stream`].
///
/// Read it without pause: when it is not read, the queue fills and the [`Overflow`] policy applies. When it is dropped,
/// nobody listens, and the client ends.
#[derive(Debug)]
pub struct Events {
    event_rx: mpsc::Receiver<Event>,
    stop_tx: mpsc::Sender<CloseReason>,
}

impl Events {
    /// The next event; `None` after [`Event::Closed`], and if the runtime stopped the client's task.
    ///
    /// Cancel safe: a call that is dropped before it returns takes no event.
    pub async fn recv(&mut self) -> Option<Event> {
        self.event_rx.recv().await
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
