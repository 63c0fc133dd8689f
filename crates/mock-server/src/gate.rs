//! Silence below the WebSocket layer: reading goes on, nothing is written.
//!
//! Dropping what the server says is not enough to fall silent, for the WebSocket layer answers
//! pings and closes by itself. So the bytes are held here, as a peer behind a dead link holds them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Open, or shut for all streams at once.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    is_shut: bool,
    /// At most one entry a task: each stands for a stream that has something to write.
    waiting: Vec<Waker>,
}

impl Gate {
    pub(crate) fn shut(&self) {
        self.state().is_shut = true;
    }

    /// Lets through what was held.
    pub(crate) fn open(&self) {
        let waiting = {
            let mut state = self.state();
            state.is_shut = false;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    pub(crate) fn is_shut(&self) -> bool {
        self.state().is_shut
    }

    pub(crate) fn poll_pass(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if !state.is_shut {
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
