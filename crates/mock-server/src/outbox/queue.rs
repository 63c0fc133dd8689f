//! The queue itself. Both ends share one lock, which is held for a few moves of memory and never while anything is
//! written.
//!
//! A session takes everything that waits in one go, so that a burst costs it two turns of the lock however long it is;
//! what it has taken counts as waiting until it says that it was written. The queue owns no memory before the first
//! frame, and gives back what a burst took.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio_tungstenite::tungstenite::Message;

use super::End;

/// A queue that had to hold more frames than this gives the memory back.
const KEPT: usize = 32;

/// The server's end. Policy when the queue is full: the client is too slow, and its session is
/// ended with close code 1008.
#[derive(Debug)]
pub(crate) struct Outbox {
    shared: Arc<Shared>,
}

/// The session's end.
#[derive(Debug)]
pub(crate) struct Inbox {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    capacity: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Message>,
    /// Frames that the session has taken and not yet written.
    in_hand: usize,
    order: Option<Order>,
    /// The session's. Invariant: there is one while the session waits for anything.
    waker: Option<Waker>,
    /// Whether the session waits for frames too, not only for the end.
    wants_frames: bool,
    /// The session is over.
    is_left: bool,
}

/// What becomes of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    End(End),
    /// The server has let go of the session, and says no more about it.
    Abandoned,
}

enum Pushed {
    Queued,
    Full,
    /// There is nobody to read it any more, or it comes after the order to end.
    Late,
}

pub(crate) fn channel(capacity: usize) -> (Outbox, Inbox) {
    let shared = Arc::new(Shared {
        capacity: capacity.max(1),
        state: Mutex::default(),
    });
    let outbox = Outbox {
        shared: Arc::clone(&shared),
    };
    (outbox, Inbox { shared })
}

impl Shared {
    fn push(&self, frame: Message) -> Pushed {
        let mut state = self.state();
        if state.is_left || state.order.is_some() {
            return Pushed::Late;
        }
        if state.frames.len() + state.in_hand >= self.capacity {
            return Pushed::Full;
        }
        state.frames.push_back(frame);
        let waker = if state.wants_frames {
            state.waker.take()
        } else {
            None
        };
        drop(state);
        wake(waker);
        Pushed::Queued
    }

    fn order(&self, order: Order) {
        let mut state = self.state();
        state.order.get_or_insert(order);
        let waker = state.waker.take();
        drop(state);
        wake(waker);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Outbox {
    /// Queues a frame; false when the queue is full.
    pub(crate) fn push(&self, frame: Message) -> bool {
        // A session that has just ended by itself takes no frames and misses none: its client
        // is gone, and it is about to be taken off the list.
        !matches!(self.shared.push(frame), Pushed::Full)
    }

    /// Queues a frame in a while, if the session is still there and has room then.
    pub(crate) fn push_later(&self, frame: Message, after: Duration) {
        let shared = Arc::downgrade(&self.shared);
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            if let Some(shared) = shared.upgrade()
                && matches!(shared.push(frame), Pushed::Full)
            {
                tracing::debug!("a late frame found no room");
            }
        });
    }

    pub(crate) fn end(self, end: End) {
        self.shared.order(Order::End(end));
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.shared.order(Order::Abandoned);
    }
}

impl Inbox {
    /// Answers when the session is to end. Until then, if the session `is_free` and `batch` is empty, fills it with
    /// what waits; what is left in it counts as waiting still. The task is woken for the end, and for frames if it is
    /// free and there were none.
    pub(crate) fn poll(
        &self,
        cx: &Context<'_>,
        batch: &mut VecDeque<Message>,
        is_free: bool,
    ) -> Poll<Order> {
        let mut state = self.shared.state();
        if let Some(order) = &state.order {
            return Poll::Ready(order.clone());
        }
        if is_free && batch.is_empty() {
            if batch.capacity() > KEPT {
                *batch = VecDeque::new();
            }
            std::mem::swap(&mut state.frames, batch);
        }
        state.in_hand = batch.len();
        state.wants_frames = is_free && batch.is_empty();
        if !state
            .waker
            .as_ref()
            .is_some_and(|it| it.will_wake(cx.waker()))
        {
            state.waker = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    /// Takes what waits, behind what is in `batch` already.
    pub(crate) fn take(&self, batch: &mut VecDeque<Message>) {
        batch.append(&mut self.shared.state().frames);
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.is_left = true;
        let waiting = std::mem::take(&mut state.frames);
        drop(state);
        drop(waiting);
    }
}
