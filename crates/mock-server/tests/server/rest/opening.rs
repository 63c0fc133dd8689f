//! From HTTP to a session.

use std::time::Duration;

use rocketfi_mock_server::{Entry, Fault, MockServer, Phase, Received};
use rocketfi_protocol::{ClientMessage, ServerMessage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::asker::{connect_and_send, get};
use super::{asked, of};
use crate::peer::{Peer, quiet, received, within};

/// Of a clock that is simulated.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// What opens a session, and what leaves out one of its lines.
const HEADERS: [&str; 5] = [
    "host: mock.test",
    "connection: keep-alive, Upgrade",
    "upgrade: WebSocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
];

fn request(line: &str, headers: &[&str]) -> String {
    format!("{line}\r\n{}\r\n\r\n", headers.join("\r\n"))
}

/// The head of an answer, up to its empty line.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within("a head", stream.read_u8()).await.expect("a byte"));
    }
    String::from_utf8(head).expect("text")
}

/// The status line, and everything after the head to the end of the connection.
async fn refused(server: &MockServer, request: &str) -> (String, String) {
    let mut stream = connect_and_send(server, request.as_bytes()).await;
    let head = head(&mut stream).await;
    let mut rest = String::new();
    let end = within("the end", stream.read_to_string(&mut rest)).await;
    end.expect("an end in order");
    assert_eq!(rest, "");
    let (status, headers) = head.split_once("\r\n").expect("a head");
    (status.to_owned(), headers.to_owned())
}

#[tokio::test]
async fn what_does_not_ask_for_a_session_as_it_should_is_told_how() {
    let server = quiet().await;
    let line = "GET /ws HTTP/1.1";
    for missing in 1..HEADERS.len() {
        let mut headers = HEADERS.to_vec();
        headers.remove(missing);
        let (status, told) = refused(&server, &request(line, &headers)).await;
        if missing == 4 {
            assert_eq!(status, "HTTP/1.1 400 Bad Request");
        } else {
            assert_eq!(status, "HTTP/1.1 426 Upgrade Required");
            assert!(
                told.contains("upgrade: websocket\r\nsec-websocket-version: 13\r\n"),
                "{told}"
            );
        }
    }
    let (status, told) = refused(&server, &request("POST /ws HTTP/1.1", &HEADERS)).await;
    assert_eq!(status, "HTTP/1.1 405 Method Not Allowed");
    assert!(told.contains("allow: GET\r\n"), "{told}");
    let statuses = server
        .journal()
        .entries()
        .into_iter()
        .map(|entry| entry.event);
    let expected = [426, 426, 426, 400, 405].map(|status| Received::Refused { status });
    assert_eq!(statuses.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn what_is_not_http_is_told_so_and_troubles_nobody() {
    let server = quiet().await;
    let (status, _) = refused(&server, "what is this\r\n\r\n").await;
    assert_eq!(status, "HTTP/1.1 400 Bad Request");
    assert_eq!(server.journal().entries(), []);
}

#[tokio::test]
async fn a_refusal_that_was_asked_for_waits_for_a_request_that_is_in_order() {
    let server = quiet().await;
    server.inject(
        Fault::Refuse {
            status: 503,
            retry_after: None,
        },
        Phase::Handshake,
    );
    assert_eq!(get(&server, &of(&server, "/position")).await.status, 200);
    let (status, _) = refused(&server, &request("GET /ws HTTP/1.1", &HEADERS[..3])).await;
    assert_eq!(status, "HTTP/1.1 426 Upgrade Required");
    let (status, _) = refused(&server, &request("GET /ws HTTP/1.1", &HEADERS)).await;
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
}

#[tokio::test]
async fn a_session_can_begin_on_a_connection_that_was_used_for_rest() {
    let server = quiet().await;
    let rest = format!("GET {} HTTP/1.1", of(&server, "/position"));
    let mut stream = connect_and_send(&server, request(&rest, &HEADERS[..1]).as_bytes()).await;
    assert!(head(&mut stream).await.starts_with("HTTP/1.1 200 OK\r\n"));
    let mut body = [0; br#"{"positions":{}}"#.len()];
    within("the body", stream.read_exact(&mut body))
        .await
        .unwrap();
    assert_eq!(&body, br#"{"positions":{}}"#);

    stream
        .write_all(request("GET /ws HTTP/1.1", &HEADERS).as_bytes())
        .await
        .unwrap();
    let head = head(&mut stream).await;
    assert!(
        head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"),
        "{head}"
    );
    assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
    let socket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    let mut peer = Peer { socket };
    peer.expect_pong().await;
    assert_eq!((server.sessions(), asked(&server).len()), (1, 1));
}

#[tokio::test]
async fn a_frame_that_comes_with_the_request_is_not_lost() {
    let server = quiet().await;
    let mut bytes = request("GET /ws HTTP/1.1", &HEADERS).into_bytes();
    // The text `"Ping"`, masked with zeros.
    bytes.extend(b"\x81\x86\0\0\0\0\"Ping\"");
    let mut stream = connect_and_send(&server, &bytes).await;
    head(&mut stream).await;
    let is_ping = |entry: &Entry| entry.message() == Some(&ClientMessage::Ping);
    received(server.journal(), is_ping).await;
    let socket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    assert_eq!(Peer { socket }.message().await, ServerMessage::Pong);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_opens_a_session_must_be_written_within_a_minute() {
    let builder = MockServer::builder().quiet();
    let server = builder
        .start_without_port()
        .expect("the defaults are valid");
    server.inject(Fault::Hang, Phase::Handshake);
    let (mut near, far) = tokio::io::duplex(4096);
    server.serve(far);
    let request = request("GET /ws HTTP/1.1", &HEADERS);
    near.write_all(request.as_bytes()).await.unwrap();
    let began = Instant::now();
    let end = timeout(LONG, near.read_to_end(&mut Vec::new())).await;
    assert_eq!(end.expect("an end").unwrap(), 0);
    assert_eq!((began.elapsed().as_secs(), server.sessions()), (60, 0));
}
