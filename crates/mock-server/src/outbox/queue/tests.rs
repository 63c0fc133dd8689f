use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

use super::*;

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The session's side: its end of the queue, what it holds, and how often it was woken.
struct Session {
    inbox: Inbox,
    batch: VecDeque<Message>,
    woken: Arc<Woken>,
}

fn session(capacity: usize) -> (Outbox, Session) {
    let (outbox, inbox) = channel(capacity);
    let session = Session {
        inbox,
        batch: VecDeque::new(),
        woken: Arc::default(),
    };
    (outbox, session)
}

impl Session {
    fn poll(&mut self) -> Poll<Order> {
        let waker = Arc::clone(&self.woken).into();
        let cx = Context::from_waker(&waker);
        self.inbox.poll(&cx, &mut self.batch, true)
    }

    fn woken(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }

    fn held(&self) -> Vec<&str> {
        self.batch.iter().map(|it| it.to_text().unwrap()).collect()
    }
}

fn push_all(outbox: &Outbox, texts: &[&'static str]) -> Vec<bool> {
    let push = |text: &&'static str| outbox.push(Message::text(*text));
    texts.iter().map(push).collect()
}

#[test]
fn what_was_queued_comes_before_the_end() {
    let (outbox, mut session) = session(1);
    assert_eq!(push_all(&outbox, &["a", "b"]), [true, false]);
    outbox.end(End::cut());
    assert_eq!(session.poll(), Poll::Ready(Order::End(End::cut())));
    session.inbox.take(&mut session.batch);
    assert_eq!(session.held(), ["a"]);
}

#[test]
fn what_was_taken_counts_as_waiting_until_it_is_written() {
    let (outbox, mut session) = session(3);
    assert_eq!(push_all(&outbox, &["a", "b"]), [true, true]);
    assert_eq!(session.poll(), Poll::Pending);
    assert_eq!(session.held(), ["a", "b"]);
    assert_eq!(push_all(&outbox, &["c", "d"]), [true, false]);
    session.batch.pop_front();
    assert_eq!(session.poll(), Poll::Pending);
    assert_eq!(session.held(), ["b"], "there is enough to write");
    assert_eq!(push_all(&outbox, &["d", "e"]), [true, false]);
    session.batch.pop_front();
    assert_eq!(session.poll(), Poll::Pending);
    assert_eq!(session.held(), ["c", "d"]);
}

#[test]
fn a_burst_wakes_a_session_once_and_one_that_has_enough_to_write_not_at_all() {
    let (outbox, mut session) = session(9);
    assert_eq!(session.poll(), Poll::Pending);
    push_all(&outbox, &["a", "b", "c"]);
    assert_eq!(session.woken(), 1);
    assert_eq!(session.poll(), Poll::Pending);
    push_all(&outbox, &["d"]);
    assert_eq!(session.woken(), 1, "it still writes");
    drop(outbox);
    assert_eq!(session.woken(), 2, "the end comes first");
    assert_eq!(session.poll(), Poll::Ready(Order::Abandoned));
}

#[test]
fn the_memory_of_a_burst_is_given_back() {
    let (outbox, mut session) = session(1_000);
    push_all(&outbox, &["a"; 1_000]);
    for _ in 0..3 {
        assert_eq!(session.poll(), Poll::Pending);
        session.batch.clear();
    }
    let kept = session.batch.capacity() + outbox.shared.state().frames.capacity();
    assert!(kept <= 2 * KEPT, "{kept}");
}

#[test]
fn a_session_that_is_over_misses_nothing() {
    let (outbox, session) = session(1);
    drop(session);
    assert_eq!(push_all(&outbox, &["a", "b"]), [true, true]);
    assert_eq!(outbox.shared.state().frames.len(), 0);
}
