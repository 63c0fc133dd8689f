//! Sources that do not do what they should.

use rocketfi_protocol::rest::{COLLATERAL, OPEN_ORDERS, POSITION};
use tokio::time::{Instant, timeout};

use super::server::{DEADLINE, at};
use super::*;

const PATHS: [&str; 5] = [
    OPEN_ORDERS,
    POSITION,
    COLLATERAL,
    ORDER_EVENTS,
    POSITION_FUNDING_EVENTS,
];

fn failing(path: &'static str, failure: Failure) -> Arc<Server> {
    Arc::new(Server {
        failing: vec![(path, failure)],
        ..Server::default()
    })
}

#[tokio::test(start_paused = true)]
async fn log_with_its_oldest_entry_first_is_an_error() {
    let oldest_first = || Server {
        is_oldest_first: true,
        ..Server::default()
    };
    for mark in [Mark::Nothing, Mark::Beginning, at([5])] {
        let server = oldest_first().filled(|books| books.events = fills(1..=7));
        let error = inquiry(&Arc::new(server), mark).run().await.unwrap_err();
        assert!(
            matches!(error, SourceError::Order { path: ORDER_EVENTS }),
            "{error:?}"
        );
    }
    let server = oldest_first().filled(|books| books.payments = payments(1..=3));
    let error = inquiry(&Arc::new(server), Mark::Nothing)
        .run()
        .await
        .unwrap_err();
    let path = POSITION_FUNDING_EVENTS;
    assert!(
        matches!(error, SourceError::Order { path: told } if told == path),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_happened_to_another_account_is_an_error() {
    let other = AccountAddress::from_bytes([8; 20]);
    let server = Server::with(|books| {
        books.events = fills(1..=4);
        books.events[2].account = other;
    });
    let error = inquiry(&server, Mark::Beginning).run().await.unwrap_err();
    assert!(matches!(
        error,
        SourceError::OtherAccount { path: ORDER_EVENTS }
    ));
    let server = Server::with(|books| {
        books.payments = payments(1..=4);
        books.payments[2].account = other;
    });
    let error = inquiry(&server, Mark::Beginning).run().await.unwrap_err();
    let path = POSITION_FUNDING_EVENTS;
    assert!(matches!(error, SourceError::OtherAccount { path: told } if told == path));
}

#[tokio::test(start_paused = true)]
async fn log_of_one_moment_is_the_right_way_round() {
    let server = Server::with(|books| {
        let fill = crate::samples::fill(7, "1", "0", "1");
        books.events = (1..=7)
            .map(|id| crate::samples::event(id, fill.clone()))
            .collect();
    });
    let log = inquiry(&server, Mark::Beginning)
        .run()
        .await
        .unwrap()
        .order_events;
    assert_eq!(numbers(&log.entries), (1..=7).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn request_without_an_answer_ends_at_the_deadline() {
    for path in PATHS {
        let server = failing(path, Failure::Silence);
        let began = Instant::now();
        let asking = timeout(DEADLINE * 2, inquiry(&server, Mark::Beginning).run());
        let error = asking.await.expect("an end").unwrap_err();
        assert!(
            matches!(error, SourceError::Timeout { after } if after == DEADLINE),
            "{path}: {error:?}"
        );
        assert_eq!(began.elapsed(), DEADLINE, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn deadline_is_that_of_each_request_and_not_of_all_together() {
    let server = Server {
        latency: DEADLINE.mul_f64(0.9),
        ..Server::default()
    };
    let server = Arc::new(server.filled(|books| books.events = fills(1..=20)));
    let snapshot = inquiry(&server, Mark::Beginning).run().await.unwrap();
    assert_eq!(snapshot.order_events.entries.len(), 20);
}

#[tokio::test(start_paused = true)]
async fn any_error_ends_the_inquiry() {
    for failing_path in PATHS {
        let server = failing(failing_path, Failure::Refusal);
        let error = inquiry(&server, Mark::Beginning).run().await.unwrap_err();
        let SourceError::Status {
            path, status: 503, ..
        } = error
        else {
            panic!("{failing_path}: {error:?}")
        };
        assert_eq!(path, failing_path);
    }
}

#[tokio::test(start_paused = true)]
async fn error_is_not_kept_waiting_by_a_request_without_an_answer() {
    let server = Arc::new(Server {
        failing: vec![
            (OPEN_ORDERS, Failure::Silence),
            (POSITION, Failure::Refusal),
        ],
        ..Server::default()
    });
    let began = Instant::now();
    let error = inquiry(&server, Mark::Beginning).run().await.unwrap_err();
    assert!(
        matches!(error, SourceError::Status { path: POSITION, .. }),
        "{error:?}"
    );
    assert_eq!(began.elapsed(), Duration::ZERO);
}
