//! Logs that grow while they are read.

use proptest::prelude::*;
use rocketfi_protocol::OrderEventData;

use super::server::at;
use super::*;
use crate::samples::{event, fill};

/// A log of so many events, to which so many are added after each page that is read.
fn growing(length: u64, added: Vec<u64>) -> Arc<Server> {
    let server = Server::with(|books| books.events = fills(1..=length));
    let mut added = added.into_iter();
    server.meanwhile(move |books, path| {
        if path == ORDER_EVENTS {
            let next = u64::try_from(books.events.len()).unwrap() + 1;
            let more = added.next().unwrap_or_default();
            books.events.extend(fills(next..next + more));
        }
    });
    server
}

async fn read(server: &Arc<Server>, mark: Mark<crate::state::EventId>) -> Vec<u64> {
    let log = inquiry(server, mark).run().await.unwrap().order_events;
    assert!(log.is_whole);
    numbers(&log.entries)
}

#[tokio::test(start_paused = true)]
async fn entries_that_move_to_the_next_page_are_taken_once() {
    for added in 1..=3 {
        let server = growing(9, vec![added, 0]);
        let expected: Vec<_> = (1..=9).collect();
        assert_eq!(read(&server, Mark::Beginning).await, expected, "{added}");
    }
}

#[tokio::test(start_paused = true)]
async fn page_that_is_wholly_newer_than_what_was_read_is_left_out() {
    for added in 6..=12 {
        let server = growing(9, vec![added]);
        let expected: Vec<_> = (4..=9).collect();
        assert_eq!(read(&server, at([4])).await, expected, "{added}");
    }
}

#[tokio::test(start_paused = true)]
async fn page_that_is_newer_in_part_gives_the_rest() {
    for added in 4..=5 {
        let server = growing(9, vec![added]);
        let expected: Vec<_> = (4..=9).collect();
        assert_eq!(read(&server, at([4])).await, expected, "{added}");
    }
}

#[tokio::test(start_paused = true)]
async fn anchor_that_moves_to_a_later_page_is_found_there() {
    let server = growing(4, vec![3, 3, 3, 3]);
    assert_eq!(read(&server, at([2])).await, [2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn log_that_was_empty_when_it_was_read_stays_so() {
    let server = growing(0, vec![30, 30]);
    assert!(read(&server, Mark::Beginning).await.is_empty());
    assert_eq!(server.asked(ORDER_EVENTS), [0]);
}

#[tokio::test(start_paused = true)]
async fn payments_that_move_to_the_next_page_are_taken_once() {
    let server = Server::with(|books| books.payments = payments(1..=8));
    server.meanwhile(|books, path| {
        if path == POSITION_FUNDING_EVENTS && books.payments.len() < 20 {
            let next = u64::try_from(books.payments.len()).unwrap() + 1;
            books.payments.extend(payments(next..next + 2));
        }
    });
    let log = inquiry(&server, Mark::Nothing)
        .run()
        .await
        .unwrap()
        .payments;
    let rounds: Vec<_> = log.entries.iter().map(|payment| payment.round.0).collect();
    assert_eq!(rounds, (1..=8).collect::<Vec<_>>());
}

/// Number by number: with a time, or without one.
fn mixed(
    numbers: impl IntoIterator<Item = u64>,
    is_dated: impl Fn(u64) -> bool,
) -> Vec<OrderEvent> {
    let one = |number: u64| {
        if is_dated(number) {
            // Many have the same.
            event(number, fill(number / 4, "1", "0", "1"))
        } else {
            event(number, OrderEventData::Canceled)
        }
    };
    numbers.into_iter().map(one).collect()
}

/// As [`growing`], of such events.
fn growing_mixed(
    length: u64,
    added: Vec<u64>,
    is_dated: impl Fn(u64) -> bool + Send + 'static,
) -> Arc<Server> {
    let server = Server::with(|books| books.events = mixed(1..=length, &is_dated));
    let mut added = added.into_iter();
    server.meanwhile(move |books, path| {
        if path == ORDER_EVENTS {
            let next = u64::try_from(books.events.len()).unwrap() + 1;
            let more = added.next().unwrap_or_default();
            books.events.extend(mixed(next..next + more, &is_dated));
        }
    });
    server
}

#[tokio::test(start_paused = true)]
async fn page_of_cancels_that_is_wholly_newer_is_left_out() {
    for added in 1..=12 {
        let server = growing_mixed(9, vec![added], |number| number <= 9);
        let anchor = Mark::At(vec![mixed([4], |_| true)[0].id()]);
        let expected: Vec<_> = (4..=9).collect();
        assert_eq!(read(&server, anchor).await, expected, "{added}");
    }
}

#[tokio::test(start_paused = true)]
async fn pages_of_cancels_that_follow_one_another_are_all_read() {
    let server = growing_mixed(20, vec![], |_| false);
    assert_eq!(
        read(&server, Mark::Beginning).await,
        (1..=20).collect::<Vec<_>>()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// However much happens between two pages, and whether or not events have a time, what is read is the end of the log
    /// as it was when the reading began, from the anchor on, without a hole.
    #[test]
    fn no_page_boundary_is_ever_skipped(
        length in 0_u64..40,
        page_size in 1_u64..8,
        added in prop::collection::vec(prop_oneof![3 => 0_u64..3, 1 => 0_u64..30], 0..20),
        anchor in prop::option::of(0.0..1.0),
        dated in prop_oneof![Just(u64::MAX), Just(0), any::<u64>()],
    ) {
        let server = growing_mixed(length, added, move |number| dated >> (number % 64) & 1 == 1);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small")]
        let anchor = anchor.map(|share: f64| (share * length as f64) as u64 + 1).filter(|it| *it <= length);
        let mut inquiry = inquiry(&server, anchor.map_or(Mark::Beginning, |it| {
            Mark::At(vec![books_id(&server, it)])
        }));
        inquiry.limits.page_size = page_size;
        inquiry.limits.max_pages = 10_000;
        let log = runtime().block_on(inquiry.run()).unwrap().order_events;
        let expected: Vec<_> = (anchor.unwrap_or(1)..=length).collect();
        prop_assert_eq!(numbers(&log.entries), expected);
        prop_assert!(log.is_whole);
    }
}

/// What the event with this number is known by.
fn books_id(server: &Server, number: u64) -> crate::state::EventId {
    let inner = server.inner.lock().unwrap();
    inner.books.events[usize::try_from(number).unwrap() - 1].id()
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap()
}
