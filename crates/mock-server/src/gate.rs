//! Silence below the WebSocket layer: reading goes on, nothing is written.
//!
//! Dropping what the server says is not enough to fall silent, for the WebSocket layer answers
//! pings and closes by itself. So the bytes are held here, as a peer behind a dead link holds them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Open, or shut for all streams at once.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// Changed under the lock only; every write of every client asks for it.
    is_shut: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// At most one entry a task: each stands for a stream that has something to write.
    waiting: Vec<Waker>,
}

impl Gate {
    pub(crate) fn shut(&self) {
        let _nobody_asks_meanwhile = self.state();
        self.is_shut.store(true, Ordering::Release);
    }

    /// Lets through what was held.
    pub(crate) fn open(&self) {
        let waiting = {
            let mut state = self.state();
            self.is_shut.store(false, Ordering::Release);
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    pub(crate) fn is_shut(&self) -> bool {
        self.is_shut.load(Ordering::Acquire)
    }

    pub(crate) fn poll_pass(&self, cx: &Context<'_>) -> Poll<()> {
        if !self.is_shut() {
            return Poll::Ready(());
        }
        let mut state = self.state();
        // It may have been opened just before, and nobody would wake this task.
        if !self.is_shut() {
            return Poll::Ready(());
        }
        if !state
            .waiting
            .iter()
            .any(|waker| waker.will_wake(cx.waker()))
        {
            state.waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
