//! Whether there can be anything to read.
//!
//! A session is mostly woken to write, and its socket would then be asked for input in vain, which costs as much as
//! all else that is done for a delivery outside of the kernel: the WebSocket layer clears its whole buffer for every
//! attempt. So reading has a waker of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

use futures_util::task::AtomicWaker;

/// The waker that reading is polled with.
#[derive(Debug)]
pub(super) struct Ear {
    state: Arc<State>,
    waker: Waker,
}

#[derive(Debug)]
struct State {
    was_woken: AtomicBool,
    task: AtomicWaker,
}

impl Wake for State {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.was_woken.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl Ear {
    /// One that must listen once, since nobody has yet.
    pub(super) fn new() -> Self {
        let state = Arc::new(State {
            was_woken: AtomicBool::new(true),
            task: AtomicWaker::new(),
        });
        let waker = Waker::from(Arc::clone(&state));
        Self { state, waker }
    }

    /// What to read with, if reading was woken since it was last tried. Otherwise it wakes this task when it is.
    pub(super) fn listen(&self, cx: &Context<'_>) -> Option<Context<'_>> {
        // Before the question, so that no call between the two is lost.
        self.state.task.register(cx.waker());
        let was_woken = self.state.was_woken.swap(false, Ordering::AcqRel);
        was_woken.then(|| Context::from_waker(&self.waker))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn reading_is_tried_at_first_and_then_whenever_it_was_woken() {
        let task = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&task));
        let cx = Context::from_waker(&waker);
        let ear = Ear::new();
        let reader = ear.listen(&cx).expect("nobody has tried").waker().clone();
        assert!(ear.listen(&cx).is_none(), "nothing has come since");
        reader.wake_by_ref();
        assert_eq!(task.0.load(Ordering::Relaxed), 1);
        assert!(ear.listen(&cx).is_some());
        assert!(ear.listen(&cx).is_none());
    }
}
