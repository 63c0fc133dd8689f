//! Opening a connection, and what can be wrong with that.

use std::time::Duration;

use rocketfi_client::{CloseReason, ConfigProblem, ConnectError, Event, GapCause, SessionId};
use rocketfi_mock_server::{MockServer, Received};
use rocketfi_tests::samples::NUMBERS;
use rocketfi_tests::{Bench, RawServer, deadline, quick, quiet_server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn error_of(url: String) -> ConnectError {
    match deadline("an answer", quick(url).connect()).await {
        Ok(_) => panic!("there is a connection"),
        Err(error) => error,
    }
}

fn refusals(server: &MockServer, expected: u16) -> usize {
    let refused = Received::Refused { status: expected };
    server.journal().count(|entry| entry.event == refused)
}

#[tokio::test]
async fn refused_handshake_fails_the_first_connect_with_its_status() {
    let server = quiet_server().await;
    let table = [
        (301, false),
        (400, false),
        (401, false),
        (403, false),
        (404, false),
        (408, true),
        (429, true),
        (500, true),
        (502, true),
        (503, true),
    ];
    for (expected, is_retryable) in table {
        server.refuse_handshakes(1, expected);
        let error = error_of(server.url()).await;
        let ConnectError::Refused {
            status,
            retry_after: None,
        } = error
        else {
            panic!("{expected}: {error:?}");
        };
        assert_eq!((status, error.is_retryable()), (expected, is_retryable));
    }
    assert!(
        quick(server.url()).connect().await.is_ok(),
        "the server accepts the next one"
    );
}

#[tokio::test]
async fn time_to_wait_is_told_and_bounded() {
    let server = quiet_server().await;
    let day = Duration::from_secs(86_400);
    let table = [
        (Duration::from_secs(7), Duration::from_secs(7)),
        (day, ConnectError::MAX_RETRY_AFTER),
    ];
    for (asked, expected) in table {
        server.refuse_handshakes_for(1, 429, asked);
        let error = error_of(server.url()).await;
        assert!(error.is_retryable());
        let ConnectError::Refused { retry_after, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(retry_after, Some(expected));
    }
}

#[tokio::test]
async fn handshakes_refused_while_reconnecting_are_retried_whatever_the_status() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    for status in [401, 429, 503, 404] {
        bench.server.refuse_handshakes(2, status);
    }
    bench.server.refuse_handshakes_for(1, 503, Duration::ZERO);
    bench.server.drop_connections();
    bench.events.connected_after_gap(SessionId(2)).await;
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![NUMBERS])
    );
    let counts = [401, 429, 503, 404].map(|status| refusals(&bench.server, status));
    assert_eq!(counts, [2, 2, 3, 2]);
}

#[tokio::test]
async fn started_client_retries_refused_handshakes_from_the_first_on() {
    let server = quiet_server().await;
    server.refuse_handshakes(3, 401);
    let (_client, events) = quick(server.url()).start().unwrap();
    let mut events = rocketfi_tests::Listener::new(events);
    events.connected(SessionId(1)).await;
    assert_eq!(refusals(&server, 401), 3);
}

#[tokio::test]
async fn connection_that_breaks_during_the_handshake_is_retried() {
    let server = RawServer::start().await;
    let (_client, events) = quick(server.url()).start().unwrap();
    let mut events = rocketfi_tests::Listener::new(events);
    for _ in 0..3 {
        drop(server.accept_tcp().await);
    }
    let peer = server.accept().await;
    events.connected(SessionId(1)).await;
    drop(peer);
    let gap = events.event().await;
    let Event::Gap {
        cause: GapCause::Disconnected { .. },
        ..
    } = gap
    else {
        panic!("{gap:?}")
    };
}

#[tokio::test]
async fn port_that_nobody_listens_on_is_a_tcp_error() {
    let server = quiet_server().await;
    server.shutdown().await;
    let error = error_of(server.url()).await;
    assert!(matches!(error, ConnectError::Tcp(_)), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn wrong_path_is_refused() {
    let server = quiet_server().await;
    let error = error_of(server.url().replace("/ws", "/elsewhere")).await;
    assert!(
        matches!(error, ConnectError::Refused { status: 404, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn server_that_never_answers_is_a_timeout() {
    let server = quiet_server().await;
    server.go_silent();
    let after = Duration::from_millis(200);
    let connecting = quick(server.url()).connect_timeout(after).connect();
    let error = deadline("an answer", connecting)
        .await
        .expect_err("the server is silent");
    assert!(
        matches!(error, ConnectError::Timeout { after: it } if it == after),
        "{error:?}"
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn peer_that_is_no_websocket_server_is_told_as_such() {
    let server = RawServer::start().await;
    let answer = b"SSH-2.0-OpenSSH_9.6\r\n\r\n";
    let serve = async {
        let mut stream = server.accept_tcp().await;
        let mut request = [0; 1024];
        let _: usize = stream.read(&mut request).await.expect("there is a request");
        stream.write_all(answer).await.expect("the client reads");
        stream
    };
    let (error, _stream) = tokio::join!(error_of(server.url()), serve);
    assert!(matches!(error, ConnectError::Handshake(_)), "{error:?}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn peer_that_hangs_up_is_told_as_an_interruption() {
    let server = RawServer::start().await;
    let serve = async { drop(server.accept_tcp().await) };
    let (error, ()) = tokio::join!(error_of(server.url()), serve);
    assert!(matches!(error, ConnectError::Interrupted(_)), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn invalid_configuration_is_told_before_anything_is_dialled() {
    let server = quiet_server().await;
    let url = server.url().replace("ws://", "http://");
    let builder = quick(url)
        .event_capacity(0)
        .heartbeat_interval(Duration::ZERO);
    let error = deadline("an answer", builder.clone().connect())
        .await
        .expect_err("it is invalid");
    let ConnectError::Config(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.problems().len(), 3);
    assert!(error.problems().contains(&ConfigProblem::Scheme));
    assert_eq!(builder.start().expect_err("it is invalid"), error);
    assert_eq!(server.journal().entries(), []);
}

#[tokio::test]
async fn client_that_may_give_up_ends_with_the_reason() {
    let server = quiet_server().await;
    server.refuse_handshakes(1, 503);
    server.refuse_handshakes(1, 404);
    let builder = quick(server.url()).give_up(|error| !error.is_retryable());
    let (client, events) = builder.start().unwrap();
    let mut events = rocketfi_tests::Listener::new(events);
    let reason = CloseReason::GaveUp { attempts: 2 };
    let before = events.end(reason).await;
    assert!(
        matches!(
            before[..],
            [
                Event::DialFailed {
                    retry_in: Some(_),
                    ..
                },
                Event::DialFailed { retry_in: None, .. },
            ]
        ),
        "{before:?}"
    );
    assert_eq!(client.subscriptions().await, []);
}
