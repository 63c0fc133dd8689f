use std::pin::pin;
use std::sync::atomic::AtomicU32;
use std::task::Wake;

use super::*;

/// Counts how often it was woken.
#[derive(Default)]
struct Bell(AtomicU32);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Bell {
    fn rung(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Bench {
    sender: Sender<u32>,
    receiver: Receiver<u32>,
    bell: Arc<Bell>,
}

impl Bench {
    fn new() -> Self {
        let (sender, receiver) = pipe();
        let bell = Arc::default();
        Self {
            sender,
            receiver,
            bell,
        }
    }

    fn stage(&mut self, numbers: impl IntoIterator<Item = u32>) {
        numbers
            .into_iter()
            .for_each(|number| self.sender.stage(number));
    }

    fn recv(&mut self) -> Poll<Option<u32>> {
        let waker = Waker::from(Arc::clone(&self.bell));
        self.receiver.poll_recv(&mut Context::from_waker(&waker))
    }

    fn room(&mut self, most: usize) -> bool {
        let waker = Waker::from(Arc::clone(&self.bell));
        self.sender
            .poll_room(most, &mut Context::from_waker(&waker))
            .is_ready()
    }

    /// What can be read without waiting.
    fn read(&mut self, most: usize) -> Vec<u32> {
        let mut numbers = Vec::new();
        while numbers.len() < most
            && let Poll::Ready(Some(number)) = self.recv()
        {
            numbers.push(number);
        }
        numbers
    }

    fn rooms(&self) -> [usize; 3] {
        let published = self.sender.shared.lock().published.capacity();
        let (staged, taken) = (&self.sender.staged, &self.receiver.taken);
        [staged.capacity(), published, taken.capacity()]
    }
}

#[test]
fn receiver_is_woken_once_for_a_batch() {
    let mut bench = Bench::new();
    assert!(bench.recv().is_pending());
    bench.stage(0..100);
    assert_eq!(bench.bell.rung(), 0);
    assert!(bench.recv().is_pending(), "nothing is published");
    bench.sender.publish();
    assert_eq!(bench.bell.rung(), 1);
    bench.stage(100..200);
    bench.sender.publish();
    assert_eq!(bench.bell.rung(), 1, "it does not wait");
}

#[test]
fn order_is_kept_across_batches_that_are_read_in_part() {
    let mut bench = Bench::new();
    let mut read = Vec::new();
    for batch in 0..10 {
        bench.stage(batch * 7..(batch + 1) * 7);
        bench.sender.publish();
        read.extend(bench.read(5));
    }
    read.extend(bench.read(usize::MAX));
    assert_eq!(read, (0..70).collect::<Vec<_>>());
}

#[test]
fn what_is_taken_back_was_never_there() {
    let mut bench = Bench::new();
    bench.stage(0..2);
    *bench.sender.stage_place(|| 7).unwrap() += 1;
    assert_eq!(bench.sender.unread(), 3);
    assert_eq!(bench.sender.take_back(), Some(8));
    assert_eq!(bench.sender.unread(), 2);
    bench.sender.publish();
    assert_eq!(bench.sender.take_back(), None);
    assert_eq!(bench.read(usize::MAX), [0, 1]);
    assert_eq!(bench.sender.unread(), 0);
}

#[test]
fn unread_is_what_is_staged_published_or_taken_and_not_yet_read() {
    let mut bench = Bench::new();
    bench.stage(0..10);
    assert_eq!(bench.sender.unread(), 10);
    bench.sender.publish();
    assert_eq!(bench.sender.unread(), 10);
    bench.read(4);
    assert_eq!(bench.sender.unread(), 6);
    assert!(bench.sender.has_fewer_unread_than(7) && !bench.sender.has_fewer_unread_than(6));
    bench.stage(10..12);
    assert_eq!(bench.sender.unread(), 8);
    bench.sender.publish();
    bench.read(usize::MAX);
    assert_eq!(bench.sender.unread(), 0);
}

#[test]
fn pipe_that_was_read_empty_holds_no_buffer() {
    let mut bench = Bench::new();
    for batch in [1, 1000] {
        bench.stage((0..batch).map(|_| 7));
        bench.sender.publish();
        assert!(bench.rooms()[1] >= batch);
        bench.read(batch);
        assert_eq!(bench.rooms(), [0; 3]);
    }
}

#[test]
fn sender_that_goes_leaves_what_it_has_staged_and_then_the_end() {
    let mut bench = Bench::new();
    bench.stage(0..3);
    let Bench {
        sender,
        mut receiver,
        bell,
    } = bench;
    let waker = Waker::from(Arc::clone(&bell));
    let mut cx = Context::from_waker(&waker);
    assert!(receiver.poll_recv(&mut cx).is_pending());
    drop(sender);
    assert_eq!(bell.rung(), 1);
    let mut recv = || receiver.poll_recv(&mut cx);
    for number in 0..3 {
        assert_eq!(recv(), Poll::Ready(Some(number)));
    }
    assert_eq!(recv(), Poll::Ready(None));
    assert_eq!(recv(), Poll::Ready(None));
}

#[test]
fn sender_that_waits_for_room_is_woken_by_reading() {
    let mut bench = Bench::new();
    bench.stage(0..10);
    bench.sender.publish();
    assert!(!bench.room(8));
    bench.read(1);
    assert_eq!(bench.bell.rung(), 1);
    assert!(!bench.room(8));
    bench.read(1);
    assert_eq!(bench.bell.rung(), 2);
    assert!(bench.room(8));
    bench.read(1);
    assert_eq!(bench.bell.rung(), 2, "it does not wait");
}

#[test]
fn receiver_that_goes_wakes_a_sender_that_waits_for_room() {
    let mut bench = Bench::new();
    bench.stage(0..10);
    assert!(!bench.room(0) && !bench.sender.is_gone());
    let Bench {
        mut sender,
        receiver,
        bell,
    } = bench;
    drop(receiver);
    assert_eq!(bell.rung(), 1);
    assert!(sender.is_gone());
    assert!(
        sender
            .poll_room(0, &mut Context::from_waker(Waker::noop()))
            .is_ready()
    );
}

/// Neither side may miss what the other has done: a lost wake-up would be a test that does not end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sender_and_receiver_on_two_threads_miss_nothing() {
    const NUMBERS: u32 = 50_000;
    let (mut sender, mut receiver) = pipe();
    let sending = tokio::spawn(async move {
        for number in 0..NUMBERS {
            std::future::poll_fn(|cx| sender.poll_room(3, cx)).await;
            sender.stage(number);
            if number % 3 > 0 || number == NUMBERS - 1 || sender.unread() > 3 {
                sender.publish();
            }
        }
    });
    let receiving = tokio::spawn(async move {
        for number in 0..NUMBERS {
            let next = std::future::poll_fn(|cx| receiver.poll_recv(cx));
            assert_eq!(pin!(next).await, Some(number));
        }
    });
    sending.await.unwrap();
    receiving.await.unwrap();
}
