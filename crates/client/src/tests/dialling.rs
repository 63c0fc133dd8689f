use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::harness::*;
use crate::{CloseReason, ConnectError, Event, SessionId};

#[tokio::test(start_paused = true)]
async fn attempt_that_fails_is_followed_by_another() {
    let (client, mut events, mut network, peer) = connected(config()).await;
    network.refuse(20);
    peer.cut();
    network.accept().await;
    assert_eq!(network.dials().len(), 22);
    assert!(matches!(next(&mut events).await, Event::Gap { .. }));
    assert_eq!(
        next_besides_dials(&mut events).await,
        Event::Connected {
            session: SessionId(2)
        }
    );
    drop(client);
}

/// Delays before each connection of sessions that last this long and confirm their kind or not.
async fn delays(lasting: Duration, confirming: bool) -> Vec<Duration> {
    let (client, _events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    let mut delays = Vec::new();
    for _ in 0..12 {
        let lost = Instant::now();
        peer.cut();
        peer = network.accept().await;
        delays.push(lost.elapsed());
        if confirming {
            peer.accept(&ticker(1)).await;
        } else {
            peer.message().await;
            peer.error("not now").await;
        }
        sleep(lasting).await;
    }
    delays
}

#[tokio::test(start_paused = true)]
async fn open_connection_alone_does_not_reset_the_backoff() {
    let longest = delays(Duration::from_secs(1), true).await.into_iter().max();
    assert!(longest > Some(Duration::from_secs(5)), "{longest:?}");
}

#[tokio::test(start_paused = true)]
async fn long_session_without_every_confirmation_does_not_reset_the_backoff() {
    let mut config = config();
    // So that the refused kind is not asked for again before the session has ended.
    config.backoff_min = Duration::from_secs(1000);
    config.backoff_max = Duration::from_secs(100_000);
    let (client, _events, mut network, mut peer) = connected(config).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    let mut longest = Duration::ZERO;
    for _ in 0..8 {
        let lost = Instant::now();
        peer.cut();
        peer = network.accept().await;
        longest = longest.max(lost.elapsed());
        peer.message().await;
        peer.error("not now").await;
        sleep(Duration::from_secs(60)).await;
    }
    assert!(longest > Duration::from_secs(4000), "{longest:?}");
}

#[tokio::test(start_paused = true)]
async fn proved_session_resets_the_backoff() {
    let all = delays(Duration::from_secs(60), true).await;
    assert!(
        all.iter().all(|&delay| delay <= Duration::from_secs(1)),
        "{all:?}"
    );
}

/// How long the client waits after a handshake that was refused with this status and this header.
async fn delay_after(status: &str, retry_after: &str) -> Duration {
    let (_client, _events, mut network) = start(config());
    let head = format!("HTTP/1.1 {status}\r\nRetry-After: {retry_after}\r\n");
    network
        .answer_handshake(&format!("{head}Content-Length: 0\r\n\r\n"))
        .await;
    let refused = Instant::now();
    network.accept_raw().await;
    refused.elapsed()
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_the_least_delay() {
    let second = Duration::from_secs(1);
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        let delay = delay_after(status, "120").await;
        assert!(delay >= 120 * second && delay <= 121 * second, "{delay:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn unreasonable_retry_after_is_capped_and_one_that_is_no_number_ignored() {
    let second = Duration::from_secs(1);
    let longest = ConnectError::MAX_RETRY_AFTER;
    let delay = delay_after("429 Too Many Requests", "99999999999").await;
    assert!(delay >= longest && delay <= longest + second, "{delay:?}");
    for value in ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "1e9", ""] {
        let delay = delay_after("429 Too Many Requests", value).await;
        assert!(delay <= second, "{value}: {delay:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn handshake_that_hangs_ends_at_the_connect_timeout() {
    let (_client, _events, mut network) = start(config());
    let _hanging = network.accept_raw().await;
    let begun = Instant::now();
    network.accept().await;
    let waited = begun.elapsed();
    let longest = config().connect_timeout + config().backoff_min;
    assert!(
        waited >= config().connect_timeout && waited <= longest,
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn connection_cut_in_the_handshake_is_retried() {
    let (_client, mut events, mut network) = start(config());
    network.answer_handshake("HTTP/1.1 101 Switching Pro").await;
    network.answer_handshake("no HTTP at all\r\n\r\n").await;
    let _peer = network.accept().await;
    assert_eq!(
        next_besides_dials(&mut events).await,
        Event::Connected {
            session: SessionId(1)
        }
    );
}

#[tokio::test]
async fn first_connection_fails_fast() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    drop(listener);
    let error = crate::Client::builder(url).connect().await.unwrap_err();
    assert!(
        matches!(error, ConnectError::Tcp(_)) && error.is_retryable(),
        "{error:?}"
    );
}

#[tokio::test]
async fn invalid_configuration_never_dials() {
    let error = crate::Client::builder("http://example.com")
        .connect()
        .await
        .unwrap_err();
    assert!(matches!(error, ConnectError::Config(_)) && !error.is_retryable());
    assert!(
        crate::Client::builder("http://example.com")
            .start()
            .is_err()
    );
}

#[tokio::test(start_paused = true)]
async fn close_ends_the_client_while_it_backs_off() {
    let (client, mut events, network) = start(config());
    network.refuse(usize::MAX);
    sleep(Duration::from_secs(300)).await;
    let begun = Instant::now();
    client.close().await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(
        next_besides_dials(&mut events).await,
        Event::Closed {
            reason: CloseReason::Requested
        }
    );
    assert_eq!(rest(&mut events).await, []);
}

#[tokio::test(start_paused = true)]
async fn close_ends_the_client_while_it_dials() {
    let (client, mut events, mut network) = start(config());
    let _hanging = network.accept_raw().await;
    client.close().await;
    assert_eq!(
        rest(&mut events).await,
        [Event::Closed {
            reason: CloseReason::Requested
        }]
    );
}
