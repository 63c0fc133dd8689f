//! How far back a log is read that stands still meanwhile.

use super::server::at;
use super::*;

/// The events that are read of a log of so many, and whether none is missing.
async fn read(server: &Arc<Server>, mark: Mark<crate::state::EventId>) -> (Vec<u64>, bool) {
    let log = inquiry(server, mark).run().await.unwrap().order_events;
    (numbers(&log.entries), log.is_whole)
}

#[tokio::test(start_paused = true)]
async fn log_is_read_up_to_its_anchor_and_nothing_older_is_kept() {
    for (anchor, pages) in [(20, 1), (18, 1), (17, 2), (16, 2), (15, 2), (14, 3), (1, 7)] {
        let server = Server::with(|books| books.events = fills(1..=20));
        let (entries, is_whole) = read(&server, at([anchor])).await;
        assert_eq!(entries, (anchor..=20).collect::<Vec<_>>());
        assert!(is_whole);
        let asked: Vec<_> = (0..pages).collect();
        assert_eq!(server.asked(ORDER_EVENTS), asked, "to {anchor}");
    }
}

#[tokio::test(start_paused = true)]
async fn newest_of_several_anchors_ends_the_reading() {
    let server = Server::with(|books| books.events = fills(1..=20));
    assert_eq!(
        read(&server, at([12, 15, 3])).await,
        ((15..=20).collect(), true)
    );
}

#[tokio::test(start_paused = true)]
async fn anchor_that_is_gone_leaves_the_others() {
    let server = Server::with(|books| {
        books.events = fills((1..=20).filter(|number| *number != 15));
    });
    let (entries, is_whole) = read(&server, at([15, 14])).await;
    assert_eq!((entries[0], is_whole), (14, true));
}

#[tokio::test(start_paused = true)]
async fn first_time_only_the_newest_page_is_read() {
    let server = Server::with(|books| books.events = fills(1..=20));
    assert_eq!(read(&server, Mark::Nothing).await, (vec![18, 19, 20], true));
    assert_eq!(server.asked(ORDER_EVENTS), [0]);
}

#[tokio::test(start_paused = true)]
async fn log_that_was_empty_is_read_to_its_end() {
    for (length, pages) in [(0, 1), (2, 1), (3, 2), (7, 3), (9, 4)] {
        let server = Server::with(|books| books.events = fills(1..=length));
        let (entries, is_whole) = read(&server, Mark::Beginning).await;
        assert_eq!(entries, (1..=length).collect::<Vec<_>>());
        assert!(is_whole, "{length}");
        assert_eq!(server.asked(ORDER_EVENTS).len(), pages, "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn anchor_that_has_left_the_log_leaves_it_incomplete() {
    for newest in [8, 9] {
        let server = Server::with(|books| books.events = fills(5..=newest));
        let (entries, is_whole) = read(&server, at([2, 3])).await;
        assert_eq!(entries, (5..=newest).collect::<Vec<_>>());
        assert!(!is_whole);
    }
}

#[tokio::test(start_paused = true)]
async fn log_of_more_pages_than_are_read_is_incomplete() {
    for mark in [Mark::Beginning, at([1])] {
        let server = Server::with(|books| books.events = fills(1..=20));
        let mut inquiry = inquiry(&server, mark);
        inquiry.limits.max_pages = 2;
        let log = inquiry.run().await.unwrap().order_events;
        assert_eq!(numbers(&log.entries), (15..=20).collect::<Vec<_>>());
        assert!(!log.is_whole);
        assert_eq!(server.asked(ORDER_EVENTS), [0, 1]);
    }
}

#[tokio::test(start_paused = true)]
async fn anchor_on_the_last_page_that_is_read_completes_the_log() {
    let server = Server::with(|books| books.events = fills(1..=20));
    let mut inquiry = inquiry(&server, at([15]));
    inquiry.limits.max_pages = 2;
    let log = inquiry.run().await.unwrap().order_events;
    assert_eq!((log.entries.len(), log.is_whole), (6, true));
}

#[tokio::test(start_paused = true)]
async fn server_that_says_its_pages_are_smaller_is_read_to_the_end() {
    let server = Server {
        largest_page: Some(2),
        told_size: Some(2),
        ..Server::default()
    };
    let server = Arc::new(server.filled(|books| {
        books.events = fills(1..=7);
        books.payments = payments(1..=5);
        books.orders = (1..=5).map(|id| open_order(id, "0", "1")).collect();
    }));
    let snapshot = inquiry(&server, Mark::Beginning).run().await.unwrap();
    assert_eq!(
        numbers(&snapshot.order_events.entries),
        (1..=7).collect::<Vec<_>>()
    );
    assert_eq!(snapshot.payments.entries.len(), 5);
    assert_eq!(order_ids(&snapshot.open_orders), [1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn page_size_that_cannot_be_does_not_mislead() {
    for told_size in [0, 1_000, u64::MAX] {
        let server = Server {
            told_size: Some(told_size),
            ..Server::default()
        };
        let server = Arc::new(server.filled(|books| books.events = fills(1..=7)));
        let expected = ((1..=7).collect(), true);
        assert_eq!(read(&server, Mark::Beginning).await, expected);
        let pages = server.asked(ORDER_EVENTS).len();
        assert!((3..=4).contains(&pages), "{pages} pages of {told_size}");
    }
}

#[tokio::test(start_paused = true)]
async fn funding_payments_are_read_as_order_events_are() {
    let server = Server::with(|books| books.payments = payments(1..=20));
    let mut inquiry = inquiry(&server, Mark::Beginning);
    let anchor = PositionFundingUpdate::from(payments([13]).remove(0)).id();
    inquiry.known.payments = Mark::At(vec![anchor]);
    let log = inquiry.run().await.unwrap().payments;
    let rounds: Vec<_> = log.entries.iter().map(|payment| payment.round.0).collect();
    assert_eq!((rounds, log.is_whole), ((13..=20).collect(), true));
    assert_eq!(server.asked(POSITION_FUNDING_EVENTS), [0, 1, 2]);
}
