//! What is told of failed dials, and where the client gives up because it is configured to.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::harness::*;
use crate::{
    Builder, CloseReason, Config, ConnectError, Event, GapCause, SessionId, SubscribeError,
};

/// The attempt, the error and the delay of a failed dial.
fn dial_failed(event: Event) -> (u32, Arc<ConnectError>, Option<Duration>) {
    match event {
        Event::DialFailed {
            attempt,
            error,
            retry_in,
        } => (attempt, error, retry_in),
        other => panic!("{other:?}"),
    }
}

fn gave_up(attempts: u32) -> Event {
    let reason = CloseReason::GaveUp { attempts };
    Event::Closed { reason }
}

#[tokio::test(start_paused = true)]
async fn every_failed_dial_is_told_with_its_number_its_reason_and_the_delay() {
    let (_client, mut events, mut network) = start(config());
    network.refuse(3);
    for attempt in 1..=3 {
        let (number, error, retry_in) = dial_failed(next(&mut events).await);
        let refused = ConnectError::Tcp(io::ErrorKind::ConnectionRefused.into());
        assert_eq!((number, error.as_ref()), (attempt, &refused));
        let told = Instant::now();
        while network.dials().len() == attempt as usize {
            sleep(Duration::from_millis(1)).await;
        }
        let waited = told.elapsed();
        let delay = retry_in.unwrap();
        assert!(waited >= delay && waited <= delay + Duration::from_millis(3));
    }
    network.accept().await;
}

#[tokio::test(start_paused = true)]
async fn session_that_opened_starts_the_count_afresh() {
    let config = Config {
        max_attempts: Some(3),
        ..config()
    };
    let (_client, mut events, mut network, mut peer) = connected(config).await;
    for session in 2..6 {
        network.refuse(2);
        peer.cut();
        peer = network.accept().await;
        assert!(matches!(next(&mut events).await, Event::Gap { .. }));
        for attempt in 1..=2 {
            assert_eq!(dial_failed(next(&mut events).await).0, attempt);
        }
        let session = SessionId(session);
        assert_eq!(next(&mut events).await, Event::Connected { session });
    }
}

#[tokio::test(start_paused = true)]
async fn client_ends_after_as_many_attempts_as_configured_and_answers_everybody() {
    let config = Config {
        max_attempts: Some(3),
        ..config()
    };
    let (client, mut events, network, mut peer) = connected(config).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    network.refuse(usize::MAX);
    peer.cut();
    let call = subscribe(&client, &ticker(2)).await;
    assert_eq!(outcome(call).await, Err(SubscribeError::Closed));
    assert_eq!(network.dials().len(), 4);
    assert!(matches!(next(&mut events).await, Event::Gap { .. }));
    for attempt in 1..=3 {
        let (number, _, retry_in) = dial_failed(next(&mut events).await);
        assert_eq!((number, retry_in.is_none()), (attempt, attempt == 3));
    }
    assert_eq!(rest(&mut events).await, [gave_up(3)]);
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn client_gives_up_when_the_predicate_says_so() {
    let config = Builder::new(URL)
        .give_up(|error| !error.is_retryable())
        .config()
        .clone();
    let (_client, mut events, mut network) = start(config);
    network.answer_handshake("HTTP/1.1 503 Later\r\n\r\n").await;
    network.answer_handshake("HTTP/1.1 404 No\r\n\r\n").await;
    assert!(dial_failed(next(&mut events).await).2.is_some());
    let (attempt, error, retry_in) = dial_failed(next(&mut events).await);
    let refused = ConnectError::Refused {
        status: 404,
        retry_after: None,
    };
    assert_eq!((attempt, error.as_ref(), retry_in), (2, &refused, None));
    assert_eq!(rest(&mut events).await, [gave_up(2)]);
}

#[tokio::test(start_paused = true)]
async fn failed_dials_leave_half_the_queue_to_the_next_session() {
    let config = Config {
        event_capacity: 8,
        ..config()
    };
    let (_client, mut events, mut network, peer) = connected(config).await;
    network.refuse(100);
    peer.cut();
    let mut peer = network.accept().await;
    for number in 0..4 {
        peer.push(&data(number)).await;
    }
    peer.cut();
    settle().await;
    assert!(matches!(next(&mut events).await, Event::Gap { .. }));
    // The gap is the fourth in its half.
    for attempt in 1..=3 {
        assert_eq!(dial_failed(next(&mut events).await).0, attempt);
    }
    let session = SessionId(2);
    assert_eq!(next(&mut events).await, Event::Connected { session });
    for number in 0..4 {
        let message = data(number);
        let expected = Event::Message { session, message };
        assert_eq!(next(&mut events).await, expected);
    }
    let Event::Gap { cause, missed, .. } = next(&mut events).await else {
        panic!()
    };
    let cut = GapCause::Disconnected { error: None };
    assert_eq!((cause, missed), (cut, None));
}

#[tokio::test(start_paused = true)]
async fn last_failed_dial_has_a_place_in_a_full_queue() {
    let config = Config {
        event_capacity: 1,
        max_attempts: Some(50),
        ..config()
    };
    let (_client, mut events, network) = start(config);
    network.refuse(usize::MAX);
    sleep(Duration::from_secs(24 * 3600)).await;
    let all = rest(&mut events).await;
    let [.., last, closed] = all.as_slice() else {
        panic!("{all:?}")
    };
    let (attempt, _, retry_in) = dial_failed(last.clone());
    assert_eq!((attempt, retry_in), (50, None));
    assert_eq!(*closed, gave_up(50));
}

#[tokio::test(start_paused = true)]
async fn error_of_a_dial_shows_neither_query_nor_words_of_the_server() {
    let config = Config {
        url: format!("{URL}?token=sentinel"),
        ..config()
    };
    let (_client, mut events, mut network) = start(config);
    for answer in [
        "HTTP/1.1 403 sentinel\r\nX-Sentinel: sentinel\r\nContent-Length: 8\r\n\r\nsentinel",
        "HTTP/1.1 101 sentinel\r\nUpgrade: sentinel\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: sentinel\r\n\r\n",
        "sentinel sentinel sentinel\r\n\r\n",
        "HTTP/1.1 101 x\r\nsentinel: \u{1f4a3}\u{0}\r\n\r\n",
    ] {
        network.answer_handshake(answer).await;
        let (_, error, _) = dial_failed(next(&mut events).await);
        let source = error.source().map(|source| format!("{source} {source:?}"));
        let shown = format!("{error} {error:?} {source:?}");
        assert!(!shown.to_lowercase().contains("sentinel"), "{shown}");
    }
}
