//! From one task to another, a batch at a time.
//!
//! A sender stages what it sends and then publishes all of it at once: one lock and one wake-up, however much it is. The
//! receiver likewise takes all that is published at once, and reads on without a lock. Batches change hands whole, and
//! nothing is kept while nothing waits: an idle pipe holds no buffer, where a channel of linked blocks keeps several.
//!
//! It has no bound of its own: the sender, of which there is only one, asks how much is [`unread`](Sender::unread).

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::mem::take;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use tokio::task::coop;

/// What a batch that is more than a few makes room for at once, instead of growing step by step.
const ROOM: usize = 63;

pub(super) struct Sender<T> {
    shared: Arc<Shared<T>>,
    staged: VecDeque<T>,
    /// How many were ever sent. Wraps.
    sent: usize,
    /// How many had been read when that was last looked at, which is only when it matters: on another core the receiver
    /// is writing it. Wraps.
    read: usize,
}

pub(super) struct Receiver<T> {
    shared: Arc<Shared<T>>,
    taken: VecDeque<T>,
}

struct Shared<T> {
    batch: Mutex<Batch<T>>,
    /// Nobody receives any more.
    gone: AtomicBool,
    read: Lonely,
    /// A sender waits until more is read, and its waker is in the batch.
    is_awaited: AtomicBool,
}

/// Alone on its cache line, for the receiver writes it with everything that it reads. Wraps.
#[repr(align(128))]
struct Lonely(AtomicUsize);

struct Batch<T> {
    published: VecDeque<T>,
    /// No more will be published.
    ended: bool,
    receiver: Option<Waker>,
    sender: Option<Waker>,
}

pub(super) fn pipe<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared {
        batch: Mutex::new(Batch {
            published: VecDeque::new(),
            ended: false,
            receiver: None,
            sender: None,
        }),
        gone: AtomicBool::new(false),
        read: Lonely(AtomicUsize::new(0)),
        is_awaited: AtomicBool::new(false),
    });
    let sender = Sender {
        shared: Arc::clone(&shared),
        staged: VecDeque::new(),
        sent: 0,
        read: 0,
    };
    let taken = VecDeque::new();
    (sender, Receiver { shared, taken })
}

impl<T> Shared<T> {
    /// Nothing that is done under the lock can leave a batch half changed.
    fn lock(&self) -> MutexGuard<'_, Batch<T>> {
        self.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Sender<T> {
    /// Whether nobody receives any more.
    pub(super) fn is_gone(&self) -> bool {
        self.shared.gone.load(Ordering::Relaxed)
    }

    /// How many wait to be read, staged ones included.
    pub(super) fn unread(&mut self) -> usize {
        // With `is_awaited` and the receiver's side of the two: whoever comes second sees what the other has done.
        self.read = self.shared.read.0.load(Ordering::SeqCst);
        self.sent.wrapping_sub(self.read)
    }

    /// Whether fewer than so many are unread.
    pub(super) fn has_fewer_unread_than(&mut self, bound: usize) -> bool {
        self.sent.wrapping_sub(self.read) < bound || self.unread() < bound
    }

    /// Stages something, to be [published](Self::publish).
    pub(super) fn stage(&mut self, value: T) {
        self.stage_place(|| value);
    }

    /// Stages something that is to be filled in, or [taken back](Self::take_back). It is made where it stays: a value that
    /// is large would be copied as a whole, even with next to nothing in it.
    #[inline]
    pub(super) fn stage_place(&mut self, make: impl FnOnce() -> T) -> Option<&mut T> {
        if self.staged.len() == self.staged.capacity() {
            self.make_room();
        }
        self.staged.push_back(make());
        self.sent = self.sent.wrapping_add(1);
        self.staged.back_mut()
    }

    /// Takes back what was staged last, if it is not published yet.
    pub(super) fn take_back(&mut self) -> Option<T> {
        let value = self.staged.pop_back()?;
        self.sent = self.sent.wrapping_sub(1);
        Some(value)
    }

    #[cold]
    fn make_room(&mut self) {
        let few = self.staged.is_empty();
        self.staged.reserve_exact(if few { 1 } else { ROOM });
    }

    /// Lets the receiver have what is staged.
    pub(super) fn publish(&mut self) {
        if self.staged.is_empty() {
            return;
        }
        let mut staged = take(&mut self.staged);
        let mut batch = self.shared.lock();
        if batch.published.is_empty() {
            batch.published = staged;
        } else {
            batch.published.append(&mut staged);
        }
        let receiver = batch.receiver.take();
        drop(batch);
        if let Some(receiver) = receiver {
            receiver.wake();
        }
    }

    /// Waits until at most so many are unread, or nobody receives any more. Cancel safe.
    pub(super) fn poll_room(&mut self, most: usize, cx: &mut Context<'_>) -> Poll<()> {
        if self.unread() <= most || self.is_gone() {
            return Poll::Ready(());
        }
        self.shared.lock().sender = Some(cx.waker().clone());
        self.shared.is_awaited.store(true, Ordering::SeqCst);
        if self.unread() <= most || self.is_gone() {
            self.shared.is_awaited.store(false, Ordering::SeqCst);
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.publish();
        let mut batch = self.shared.lock();
        batch.ended = true;
        let receiver = batch.receiver.take();
        drop(batch);
        if let Some(receiver) = receiver {
            receiver.wake();
        }
    }
}

impl<T> Receiver<T> {
    /// The next one; `None` when the sender is gone and everything has been read. Cancel safe.
    #[inline]
    pub(super) fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        // A reader that always finds something would keep all other tasks of its thread from running.
        let turn = ready!(coop::poll_proceed(cx));
        if self.taken.is_empty() {
            ready!(self.poll_batch(cx));
        }
        turn.made_progress();
        if !self.taken.is_empty() {
            self.count_one();
        }
        // The value goes straight to where it is returned, and with the last one its buffer.
        if self.taken.len() == 1 {
            return Poll::Ready(take(&mut self.taken).pop_front());
        }
        Poll::Ready(self.taken.pop_front())
    }

    /// Takes a batch, or nothing if there will be none.
    fn poll_batch(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut batch = self.shared.lock();
        self.taken = take(&mut batch.published);
        if !self.taken.is_empty() || batch.ended {
            return Poll::Ready(());
        }
        if !batch
            .receiver
            .as_ref()
            .is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            batch.receiver = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    fn count_one(&self) {
        let read = &self.shared.read.0;
        // Only this end writes it.
        let count = read.load(Ordering::Relaxed).wrapping_add(1);
        read.store(count, Ordering::SeqCst);
        if self.shared.is_awaited.load(Ordering::SeqCst) {
            self.wake_sender();
        }
    }

    fn wake_sender(&self) {
        self.shared.is_awaited.store(false, Ordering::SeqCst);
        let sender = self.shared.lock().sender.take();
        if let Some(sender) = sender {
            sender.wake();
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.shared.gone.store(true, Ordering::SeqCst);
        let unread = take(&mut self.shared.lock().published);
        drop(unread);
        self.wake_sender();
    }
}
