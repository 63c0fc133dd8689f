//! Faults that take time, or for ever: over pipes, where the clock is simulated.

use std::time::Duration;

use rocketfi_mock_server::{Entry, Fault, MockServer, Phase};
use rocketfi_protocol::{ClientMessage, encode};
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use super::sights::{injected, kind, numbered, subscribe};
use crate::peer::Peer;

const TIME: Duration = Duration::from_secs(5);
const FOR_EVER: Duration = Duration::from_secs(24 * 3600);

/// So small that a client which is not read soon has to wait.
const PIPE: usize = 512;

/// Of a small frame from a server.
const HEADER: usize = 2;

fn server() -> MockServer {
    let builder = MockServer::builder().seed(7).quiet();
    builder
        .start_without_port()
        .expect("the defaults are valid")
}

async fn connect(server: &MockServer) -> Peer<DuplexStream> {
    let (near, far) = tokio::io::duplex(PIPE);
    server.serve(far);
    let (socket, _) = client_async(server.url(), near).await.expect("a handshake");
    Peer { socket }
}

async fn subscribed(server: &MockServer) -> Peer<DuplexStream> {
    let mut peer = connect(server).await;
    peer.subscribe(&kind()).await;
    peer
}

async fn is_silent(peer: &mut Peer<DuplexStream>) -> bool {
    use futures_util::StreamExt;
    timeout(FOR_EVER, peer.socket.next()).await.is_err()
}

fn has_received(server: &MockServer, message: &ClientMessage) -> bool {
    let is_it = |entry: &Entry| entry.message() == Some(message);
    server.journal().count(is_it) > 0
}

#[tokio::test(start_paused = true)]
async fn a_black_hole_has_one_direction_and_a_hang_has_both() {
    // Whether the pushed message is seen, and whether the Ping arrives.
    let cases = [
        (Fault::LoseOutput, false, true),
        (Fault::LoseInput, true, false),
        (Fault::Hang, false, false),
    ];
    for (fault, is_seen, arrives) in cases {
        let server = server();
        let mut peer = subscribed(&server).await;
        let name = fault.name();
        server.inject(fault, Phase::Streaming);
        server.push(numbered(1));
        peer.send(&ClientMessage::Ping).await;
        if is_seen {
            assert_eq!(peer.sight().await, "1", "{name}");
        }
        assert!(is_silent(&mut peer).await, "{name}");
        assert_eq!(
            has_received(&server, &ClientMessage::Ping),
            arrives,
            "{name}"
        );
        assert_eq!(server.sessions(), 1, "{name}: it lives");
        assert_eq!(injected(&server), [(1, name)]);
        server.clear_faults();
        assert!(is_silent(&mut peer).await, "what is broken stays broken");
        connect(&server).await.expect_pong().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_can_hang() {
    let server = server();
    server.inject(Fault::Hang, Phase::Handshake);
    let (near, far) = tokio::io::duplex(PIPE);
    server.serve(far);
    let opening = client_async(server.url(), near);
    let opened = timeout(Duration::from_secs(30), opening).await;
    assert!(opened.is_err(), "{opened:?}");
    connect(&server).await.expect_pong().await;
    assert_eq!(injected(&server), [(0, "hang")]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_close_can_be_lost() {
    for fault in [Fault::LoseOutput, Fault::Hang] {
        let server = server();
        let mut peer = subscribed(&server).await;
        server.inject(fault, Phase::Closing);
        peer.send_frame(Message::Close(None)).await;
        assert_eq!(peer.sights().await, ["end"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_held_link_goes_on_where_it_was() {
    let server = server();
    let mut peer = subscribed(&server).await;
    server.inject(Fault::Hold { time: TIME }, Phase::Streaming);
    let began = Instant::now();
    server.push(numbered(1));
    peer.send(&ClientMessage::Ping).await;
    assert!(!has_received(&server, &ClientMessage::Ping));
    assert_eq!(peer.sight().await, "1");
    assert_eq!(began.elapsed().as_secs(), TIME.as_secs());
    assert_eq!(peer.sight().await, "Pong");
    peer.expect_pong().await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_stalls_the_writes_of_the_client_and_says_what_it_has_to_say() {
    let server = server();
    let mut peer = subscribed(&server).await;
    server.inject(Fault::StopReading { time: TIME }, Phase::Streaming);
    let began = Instant::now();
    server.push(numbered(1));
    assert_eq!(peer.sight().await, "1");
    assert_eq!(began.elapsed(), Duration::ZERO);
    peer.send_text("x".repeat(2 * PIPE)).await;
    assert_eq!(began.elapsed().as_secs(), TIME.as_secs());
    assert_eq!(peer.sight().await, "Error", "what was read is no message");
    peer.expect_pong().await;
}

#[tokio::test(start_paused = true)]
async fn a_late_ack_comes_after_what_is_already_streaming() {
    let server = server();
    let mut peer = connect(&server).await;
    server.inject(Fault::LateAck { after: TIME }, Phase::Subscribing);
    let began = Instant::now();
    peer.send(&subscribe()).await;
    peer.expect_pong().await;
    server.push(numbered(1));
    assert_eq!(peer.sight().await, "1");
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(peer.sight().await, "ack LastMatchPrice");
    assert_eq!(began.elapsed().as_secs(), TIME.as_secs());
    assert_eq!(server.subscriptions(1), [kind()]);
}

#[tokio::test(start_paused = true)]
async fn what_drips_comes_byte_by_byte() {
    let server = server();
    let mut pipe = subscribed(&server).await.socket.into_inner();
    server.inject(Fault::Drip, Phase::Streaming);
    server.push(numbered(1));
    let frame = encode(&numbered(1));
    let length = HEADER + frame.len();
    // A task of its own, for the server's takes turns with tasks only.
    let reading = tokio::spawn(async move {
        let (mut bytes, mut buffer) = (Vec::new(), [0; PIPE]);
        while bytes.len() < length {
            assert_eq!(pipe.read(&mut buffer).await.unwrap(), 1);
            bytes.push(buffer[0]);
        }
        bytes
    });
    assert_eq!(reading.await.unwrap()[HEADER..], *frame.as_bytes());
}
