//! What a test can make the server do.

use std::io::ErrorKind;
use std::time::Duration;

use rocketfi_mock_server::{Ending, MockServer, Received};
use rocketfi_protocol::{
    AccountAddress, ClientMessage, CollateralUpdate, ServerMessage, SubscriptionKind,
};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::peer::{DEADLINE, connect, is_closed, position, quiet, received, start, ticker, within};

fn collateral(account: AccountAddress) -> CollateralUpdate {
    CollateralUpdate {
        asset_id: 0.into(),
        account,
        collateral: "12.50".parse().expect("a decimal"),
    }
}

#[tokio::test]
async fn a_pushed_update_reaches_those_it_belongs_to() {
    let server = start(MockServer::builder().quiet().accounts(2)).await;
    let account = server.accounts()[0];
    let kind = SubscriptionKind::Collateral {
        asset_id: 0.into(),
        account,
    };
    let mut peers = [
        connect(&server).await,
        connect(&server).await,
        connect(&server).await,
    ];
    peers[0].subscribe(&kind).await;
    peers[1].subscribe(&kind).await;
    peers[1].subscribe(&kind).await;
    peers[2].subscribe(&position(account)).await;
    assert_eq!(server.push(collateral(server.accounts()[1])), 0);
    assert_eq!(server.push(collateral(account)), 3);
    for (peer, times) in peers.iter_mut().zip([1, 2, 0]) {
        for _ in 0..times {
            let update = ServerMessage::CollateralUpdate(collateral(account));
            assert_eq!(peer.message().await, update);
        }
        peer.expect_pong().await;
    }
}

#[tokio::test]
async fn a_pushed_message_that_is_no_update_reaches_every_session() {
    let server = quiet().await;
    let mut peers = [connect(&server).await, connect(&server).await];
    peers[0].expect_pong().await;
    peers[1].expect_pong().await;
    let error = ServerMessage::Error("maintenance".into());
    let stray = ServerMessage::SubscribeConfirmation(ticker(&server));
    assert_eq!(
        (server.push(error.clone()), server.push(stray.clone())),
        (2, 2)
    );
    for peer in &mut peers {
        assert_eq!(peer.message().await, error);
        assert_eq!(peer.message().await, stray);
    }
}

#[tokio::test]
async fn raw_frames_are_sent_as_they_are() {
    let server = quiet().await;
    let mut peers = [connect(&server).await, connect(&server).await];
    peers[0].subscribe(&ticker(&server)).await;
    peers[1].expect_pong().await;
    assert_eq!(server.push_text("{garbage"), 2);
    assert_eq!(server.push_text_to(&ticker(&server), "for tickers"), 1);
    assert_eq!(server.push_binary([1, 2, 3]), 2);
    assert_eq!(server.push_websocket_ping(), 2);
    assert_eq!(peers[0].text().await, "{garbage");
    assert_eq!(peers[0].text().await, "for tickers");
    assert_eq!(peers[1].text().await, "{garbage");
    for peer in &mut peers {
        assert_eq!(
            peer.frame().await.unwrap().unwrap(),
            Message::binary(vec![1, 2, 3])
        );
        assert!(peer.frame().await.unwrap().unwrap().is_ping());
        peer.expect_pong().await;
    }
    assert_eq!(
        server
            .journal()
            .count(|it| it.event == Received::WebSocketPong),
        2
    );
}

#[tokio::test]
async fn a_large_frame_can_be_pushed() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.expect_pong().await;
    let large = "x".repeat(12 << 20);
    server.push_text(large.clone());
    assert!(peer.text().await == large);
}

#[tokio::test]
async fn dropped_connections_end_without_a_close_frame() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.expect_pong().await;
    assert_eq!(server.drop_connections(), 1);
    assert_eq!(server.sessions(), 0);
    let Some(Err(Error::Io(error))) = peer.frame().await else {
        panic!("no reset")
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let closed = received(server.journal(), is_closed).await;
    assert_eq!(
        closed.event,
        Received::Closed {
            ending: Ending::Cut
        }
    );

    let mut again = connect(&server).await;
    again.expect_pong().await;
    let is_second = |it: &rocketfi_mock_server::Entry| it.session == 2;
    assert_eq!(
        received(server.journal(), is_second).await.event,
        Received::Opened
    );
}

#[tokio::test]
async fn closed_connections_get_everything_queued_and_then_the_code() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.expect_pong().await;
    for number in 0..100 {
        server.push_text(format!("{number}"));
    }
    assert_eq!(server.close_connections(1012, "restarting"), 1);
    for number in 0..100 {
        assert_eq!(peer.text().await, format!("{number}"));
    }
    assert_eq!(peer.end().await, Some((1012, "restarting".to_owned())));
    let closed = received(server.journal(), is_closed).await;
    assert_eq!(
        closed.event,
        Received::Closed {
            ending: Ending::ByServer { code: Some(1012) }
        }
    );
}

#[tokio::test]
async fn codes_that_cannot_travel_do_what_they_report() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.expect_pong().await;
    server.close_connections(1006, "");
    let Some(Err(Error::Protocol(error))) = peer.frame().await else {
        panic!("no end in order")
    };
    assert_eq!(error, ProtocolError::ResetWithoutClosingHandshake);

    let mut peer = connect(&server).await;
    peer.expect_pong().await;
    server.close_connections(1005, "");
    assert_eq!(peer.end().await, Some((1005, String::new())));
}

#[tokio::test]
async fn the_journal_tells_how_a_client_left() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let frame = CloseFrame {
        code: CloseCode::Away,
        reason: "".into(),
    };
    within("closing", peer.socket.close(Some(frame)))
        .await
        .unwrap();
    assert_eq!(
        peer.end().await.map(|(code, _)| code),
        Some(1001),
        "the server answers in kind"
    );
    let closed = received(server.journal(), is_closed).await;
    assert_eq!(
        closed.event,
        Received::Closed {
            ending: Ending::ByClient { code: Some(1001) }
        }
    );
    assert_eq!(server.sessions(), 0);

    let peer = connect(&server).await;
    drop(peer);
    let lost = Received::Closed {
        ending: Ending::Lost,
    };
    received(server.journal(), |it| it.event == lost).await;
}

#[tokio::test]
async fn the_journal_keeps_the_order_of_things() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.subscribe(&ticker(&server)).await;
    peer.expect_pong().await;
    let events: Vec<_> = server
        .journal()
        .entries()
        .into_iter()
        .map(|it| it.event)
        .collect();
    let expected = [
        Received::Opened,
        Received::Message(ClientMessage::Subscribe(ticker(&server))),
        Received::Message(ClientMessage::Ping),
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn what_the_journal_has_seen_is_in_force() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let subscribe = ClientMessage::Subscribe(ticker(&server));
    peer.send(&subscribe).await;
    received(server.journal(), |it| it.message() == Some(&subscribe)).await;
    assert_eq!(server.push_text_to(&ticker(&server), "{}"), 1);
}

#[tokio::test]
async fn handshakes_are_refused_as_often_as_asked() {
    let server = quiet().await;
    server.refuse_handshakes(2, 503);
    server.refuse_handshakes_for(1, 429, Duration::from_secs(7));
    let mut refusals = Vec::new();
    for _ in 0..3 {
        let refused = within("connecting", connect_async(server.url())).await;
        let Err(Error::Http(response)) = refused else {
            panic!("not refused: {refused:?}")
        };
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.map(|it| it.to_str().unwrap().to_owned());
        refusals.push((response.status().as_u16(), retry_after));
    }
    assert_eq!(
        refusals,
        [(503, None), (503, None), (429, Some("7".to_owned()))]
    );
    connect(&server).await.expect_pong().await;
    assert_eq!(
        server
            .journal()
            .count(|it| it.event == Received::Refused { status: 503 }),
        2
    );
}

#[tokio::test]
async fn only_one_path_speaks_the_protocol() {
    let server = quiet().await;
    for path in ["", "/", "/ws/", "/other"] {
        let url = format!("ws://{}{path}", server.addr());
        let refused = within("connecting", connect_async(url)).await;
        let Err(Error::Http(response)) = refused else {
            panic!("not refused: {refused:?}")
        };
        assert_eq!(response.status().as_u16(), 404);
    }
    let (mut socket, _) = within("connecting", connect_async(format!("{}?a=b", server.url())))
        .await
        .unwrap();
    socket.close(None).await.unwrap();
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_and_holds_up_nobody() {
    let server = start(MockServer::builder().quiet().queue_capacity(4)).await;
    let mut slow = connect(&server).await;
    slow.expect_pong().await;
    let large = "x".repeat(1 << 20);
    // However much the operating system takes in, it is not 200 MiB.
    let taken = (0..200)
        .take_while(|_| server.push_text(large.clone()) == 1)
        .count();
    assert!(taken < 200, "a queue without a bound");
    let mut quick = connect(&server).await;
    quick.expect_pong().await;
    let closed = server
        .journal()
        .wait_for(is_closed, DEADLINE)
        .await
        .unwrap();
    assert_eq!(
        (closed.session, closed.event),
        (
            1,
            Received::Closed {
                ending: Ending::TooSlow
            }
        )
    );
    assert_eq!(server.sessions(), 1);
}
