//! A server that holds its connections and says nothing.

use futures_util::{FutureExt, StreamExt};
use rocketfi_mock_server::Received;
use rocketfi_protocol::ClientMessage;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::peer::{connect, quiet, received, received_times, ticker, within};

/// Enough happens meanwhile, on another server, for a handshake or a pong to be over many times.
async fn pass_time() {
    let other = quiet().await;
    let mut peer = connect(&other).await;
    for _ in 0..100 {
        peer.expect_pong().await;
    }
}

#[tokio::test]
async fn a_silent_server_listens_and_answers_nothing_ever() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.subscribe(&ticker(&server)).await;
    server.go_silent();
    peer.send(&ClientMessage::Ping).await;
    received_times(server.journal(), &ClientMessage::Ping, 1).await;
    assert_eq!(server.push_text("lost"), 0);
    assert_eq!((server.tick(), server.tick()), (0, 0));
    assert_eq!(server.sessions(), 1);
    server.speak();
    assert_eq!(server.push_text("heard"), 1);
    assert_eq!(peer.text().await, "heard");
    peer.expect_pong().await;
}

#[tokio::test]
async fn a_silent_server_holds_back_the_pongs_of_the_websocket_layer() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    server.go_silent();
    peer.send_frame(Message::Ping("1".into())).await;
    received(server.journal(), |it| it.event == Received::WebSocketPing).await;
    pass_time().await;
    assert!(
        peer.socket.next().now_or_never().is_none(),
        "something was written"
    );
    server.speak();
    assert_eq!(
        peer.frame().await.unwrap().unwrap(),
        Message::Pong("1".into())
    );
    peer.expect_pong().await;
}

#[tokio::test]
async fn a_silent_server_accepts_connections_and_lets_the_handshake_hang() {
    let server = quiet().await;
    server.go_silent();
    let url = server.url();
    let mut connecting = tokio::spawn(async move { connect_async(url).await });
    pass_time().await;
    assert!(!connecting.is_finished());
    server.speak();
    let connected = within("connecting", &mut connecting).await.unwrap();
    drop(connected.expect("the handshake goes on after the silence"));
}
