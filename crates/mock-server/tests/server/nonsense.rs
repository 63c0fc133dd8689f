//! What is not understood is answered, and costs nothing else.

use rocketfi_mock_server::{Ending, MockServer, Received};
use rocketfi_protocol::ClientMessage;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::peer::{connect, error_text, is_closed, quiet, received, start, ticker};

/// A value that appears in every frame below, and must not come back.
const SECRET: &str = "hunter2";

#[tokio::test]
async fn nonsense_gets_a_useful_error_and_the_session_stays_open() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let cases = [
        (r"{hunter2", "not JSON"),
        (r"", "not JSON"),
        (r"hunter2", "not JSON"),
        (r"[1,2]", "not a message"),
        (r#"{"Subscribe":{},"hunter2":1}"#, "malformed Subscribe"),
        (r"{}", "not a message"),
        (r"17", "not a message"),
        (
            r#"{"Hunter2":{}}"#,
            "a client may send Subscribe, Unsubscribe, Ping",
        ),
        (
            r#""hunter2""#,
            "a client may send Subscribe, Unsubscribe, Ping",
        ),
        (
            r#"{"Subscribe":{"hunter2":{}}}"#,
            "the kinds are Orderbook, PriceFeed",
        ),
        (
            r#"{"Unsubscribe":{"hunter2":{}}}"#,
            "the kinds are Orderbook, PriceFeed",
        ),
        (
            r#"{"Subscribe":{"Ticker":{"instrumentId":"hunter2"}}}"#,
            "malformed Subscribe",
        ),
        (
            r#"{"Subscribe":{"Ticker":{"hunter2":1}}}"#,
            "malformed Subscribe",
        ),
        (
            r#"{"SubmitTransaction":"hunter2"}"#,
            "malformed SubmitTransaction",
        ),
        (
            r#"{"Subscribe":{"Candle":{"instrumentId":"0x05a8de04b1273c9f","interval":"hunter2"}}}"#,
            "1m, 5m, 15m, 30m, 1h, 4h, 1d",
        ),
    ];
    for (frame, expected) in cases {
        peer.send_text(frame).await;
        let text = error_text(peer.message().await);
        assert!(text.contains(expected), "{frame} was answered with: {text}");
        assert!(!text.contains(SECRET), "{frame} was echoed: {text}");
        assert!(text.len() < 300, "{text}");
        peer.expect_pong().await;
    }
    let log = format!(
        "{:?}",
        server
            .journal()
            .of_session(1)
            .iter()
            .filter(|it| it.message().is_none())
            .collect::<Vec<_>>()
    );
    assert!(!log.contains(SECRET), "{log}");
}

#[tokio::test]
async fn the_answer_to_a_pushed_ping_is_noted_and_not_answered() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    for pong in [r#""Pong""#, r#"{"Pong":null}"#] {
        peer.send_text(pong).await;
    }
    // The next answer is to this, so there was none before.
    peer.expect_pong().await;
    assert_eq!(
        server
            .journal()
            .count(|entry| entry.event == Received::Pong),
        2
    );
}

#[tokio::test]
async fn a_huge_frame_of_nonsense_gets_a_small_answer() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    for frame in [
        "[".repeat(500_000),
        format!("{{\"{}\":1}}", "x".repeat(500_000)),
    ] {
        let size = frame.len();
        peer.send_text(frame).await;
        assert!(error_text(peer.message().await).len() < 300);
        let is_it =
            |it: &Received| matches!(it, Received::Malformed { size: seen, .. } if *seen == size);
        assert_eq!(server.journal().count(|entry| is_it(&entry.event)), 1);
    }
    peer.expect_pong().await;
}

#[tokio::test]
async fn a_binary_frame_gets_an_error() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.send_frame(Message::binary(b"hunter2".to_vec())).await;
    assert!(error_text(peer.message().await).contains("binary"));
    assert_eq!(
        server
            .journal()
            .count(|it| it.event == Received::Binary { size: 7 }),
        1
    );
    peer.expect_pong().await;
}

#[tokio::test]
async fn an_unsubscribe_without_a_subscribe_gets_an_error() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let answer = peer.ask(&ClientMessage::Unsubscribe(ticker(&server))).await;
    assert!(error_text(answer).contains("not subscribed"));
    peer.expect_pong().await;
}

#[tokio::test]
async fn a_strict_server_refuses_what_it_does_not_have() {
    let unknown =
        r#"{"Subscribe":{"Position":{"account":"0x0000000000000000000000000000000000000001"}}}"#;
    let server = start(MockServer::builder().quiet().strict_known(true)).await;
    let mut peer = connect(&server).await;
    peer.send_text(unknown).await;
    assert!(error_text(peer.message().await).contains("unknown account, instrument or asset"));
    peer.subscribe(&ticker(&server)).await;

    let lenient = quiet().await;
    let mut peer = connect(&lenient).await;
    peer.send_text(unknown).await;
    assert_eq!(peer.message().await.name(), "SubscribeConfirmation");
}

#[tokio::test]
async fn a_message_too_large_closes_with_1009() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.send_text("x".repeat((1 << 20) + 1)).await;
    assert_eq!(peer.end().await.map(|(code, _)| code), Some(1009));
    let closed = received(server.journal(), is_closed).await;
    assert_eq!(
        closed.event,
        Received::Closed {
            ending: Ending::BrokenRules { code: 1009 }
        }
    );
}

#[tokio::test]
async fn text_that_is_not_utf8_closes_with_1007() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let frame = Frame::message(vec![b'"', 0xff, b'"'], OpCode::Data(Data::Text), true);
    peer.send_frame(Message::Frame(frame)).await;
    assert_eq!(peer.end().await.map(|(code, _)| code), Some(1007));
}
