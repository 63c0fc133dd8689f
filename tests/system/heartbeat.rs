//! Heartbeats in both directions, and what a missing one leads to.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rocketfi_client::{Builder, Event, GapCause, SessionId};
use rocketfi_mock_server::{Entry, Received};
use rocketfi_protocol::ClientMessage;
use rocketfi_tests::samples::{NUMBERS, numbered};
use rocketfi_tests::{Bench, Listener, PATIENCE, RawServer, deadline, in_session, message, quick};
use tokio_tungstenite::tungstenite::Message;

/// Beats every few milliseconds; a missing Pong is noticed soon, a slow one is forgiven.
fn beating(builder: Builder) -> Builder {
    builder
        .heartbeat_interval(Duration::from_millis(10))
        .pong_timeout(Duration::from_millis(400))
}

fn is_gap(event: &Event) -> bool {
    matches!(event, Event::Gap { .. })
}

#[tokio::test]
async fn answered_pings_go_on_in_one_session() {
    let mut bench =
        Bench::with(|builder| builder.heartbeat_interval(Duration::from_millis(5))).await;
    let ping = || in_session(1, message(ClientMessage::Ping));
    let mut mark = 0;
    for _ in 0..10 {
        let journal = bench.server.journal();
        let entry = journal
            .wait_for_after(mark, ping(), PATIENCE)
            .await
            .unwrap();
        mark = entry.seq + 1;
    }
    assert_eq!(bench.drain().await, [], "a Pong is no event");
}

#[tokio::test]
async fn missing_pong_is_a_gap_and_leads_to_a_new_session() {
    let mut bench = Bench::with(beating).await;
    bench.subscribe([NUMBERS]).await;
    bench.server.mute_pongs(true);
    let gap = bench.events.until("a gap", is_gap).await;
    bench.server.mute_pongs(false);
    let (cause, kinds) = (GapCause::HeartbeatTimeout, vec![NUMBERS]);
    assert_eq!(
        gap,
        Event::Gap {
            session: SessionId(1),
            cause,
            kinds,
            missed: None
        }
    );
    let (_, kinds) = bench.events.resubscribed().await;
    assert_eq!(kinds, [NUMBERS]);
}

#[tokio::test]
async fn data_alone_does_not_hide_a_missing_pong() {
    let mut bench = Bench::with(beating).await;
    bench.subscribe([NUMBERS]).await;
    bench.server.mute_pongs(true);
    let cause = flood_until_gap(&mut bench, |bench| {
        bench.server.push(numbered(1));
    });
    assert_eq!(deadline("a gap", cause).await, GapCause::HeartbeatTimeout);
}

#[tokio::test]
async fn confirmations_and_errors_alone_do_not_hide_a_missing_pong() {
    let mut bench = Bench::with(beating).await;
    bench.server.mute_pongs(true);
    let cause = flood_until_gap(&mut bench, |bench| {
        use rocketfi_protocol::ServerMessage::{Error, SubscribeConfirmation};
        bench.server.push(SubscribeConfirmation(NUMBERS));
        bench.server.push(Error("busy".into()));
    });
    assert_eq!(deadline("a gap", cause).await, GapCause::HeartbeatTimeout);
}

/// Pushes again as soon as the client has told what was pushed before, until it tells a gap.
async fn flood_until_gap(bench: &mut Bench, push: impl Fn(&Bench)) -> GapCause {
    loop {
        push(bench);
        if let Event::Gap { cause, .. } = bench.events.event().await {
            return cause;
        }
    }
}

#[tokio::test]
async fn websocket_pings_and_pongs_alone_do_not_hide_a_missing_pong() {
    let mut bench = Bench::with(beating).await;
    bench.server.mute_pongs(true);
    let journal = bench.server.journal().clone();
    let ponged = |entry: &Entry| entry.event == Received::WebSocketPong;
    let mut rounds = 0;
    let flood = async {
        let mut mark = 0;
        loop {
            bench.server.push_websocket_ping();
            let pong = journal.wait_for_after(mark, ponged, PATIENCE).await;
            mark = pong.unwrap().seq + 1;
            rounds += 1;
        }
    };
    let cause = tokio::select! {
        () = flood => unreachable!("it goes on for ever"),
        (cause, _) = bench.events.gap() => cause,
    };
    assert_eq!(cause, GapCause::HeartbeatTimeout);
    assert!(rounds > 0, "the client answers WebSocket pings meanwhile");
}

#[tokio::test]
async fn half_open_connection_is_noticed_and_replaced() {
    let mut bench = Bench::with(beating).await;
    bench.subscribe([NUMBERS]).await;
    bench.server.go_silent();
    let (cause, _) = bench.events.gap().await;
    bench.server.speak();
    assert_eq!(cause, GapCause::HeartbeatTimeout);
    let (session, kinds) = bench.events.resubscribed().await;
    assert_eq!(kinds, [NUMBERS]);
    assert!(session > SessionId(1));
}

#[tokio::test]
async fn application_level_ping_of_the_server_is_answered_and_is_no_event() {
    let server = RawServer::start().await;
    let (connected, mut peer) = tokio::join!(quick(server.url()).connect(), server.accept());
    let (_client, events) = connected.unwrap();
    let mut events = Listener::new(events);
    events.connected(SessionId(1)).await;
    for ping in [r#""Ping""#, r#"{"Ping":null}"#, r#" { "Ping" : null } "#] {
        peer.send(Message::text(ping)).await.unwrap();
        let answer = deadline("a Pong", peer.next()).await.unwrap().unwrap();
        assert_eq!(answer, Message::text(r#""Pong""#), "the answer to {ping}");
    }
    peer.send(Message::text(r#""Mark""#)).await.unwrap();
    let next = events.event().await;
    assert!(
        matches!(&next, Event::Unrecognized { name, .. } if name == "Mark"),
        "{next:?}"
    );
}

#[tokio::test]
async fn websocket_ping_is_answered_with_its_own_payload_and_is_no_event() {
    let server = RawServer::start().await;
    let (connected, mut peer) = tokio::join!(quick(server.url()).connect(), server.accept());
    let (_client, events) = connected.unwrap();
    let mut events = Listener::new(events);
    events.connected(SessionId(1)).await;
    for payload in ["", "17", &"x".repeat(125)] {
        let payload = payload.to_owned().into_bytes();
        peer.send(Message::Ping(payload.clone().into()))
            .await
            .unwrap();
        let answer = deadline("a pong", peer.next()).await.unwrap().unwrap();
        assert_eq!(answer, Message::Pong(payload.into()));
    }
    peer.send(Message::text(r#""Mark""#)).await.unwrap();
    let next = events.event().await;
    assert!(
        matches!(&next, Event::Unrecognized { name, .. } if name == "Mark"),
        "{next:?}"
    );
}

#[tokio::test]
async fn ping_of_the_client_is_the_bare_string() {
    let server = RawServer::start().await;
    let client = quick(server.url()).heartbeat_interval(Duration::from_millis(5));
    let (connected, mut peer) = tokio::join!(client.connect(), server.accept());
    let _running = connected.unwrap();
    let ping = deadline("a Ping", peer.next()).await.unwrap().unwrap();
    assert_eq!(ping, Message::text(r#""Ping""#));
    peer.send(Message::text(r#"{"Pong":null}"#)).await.unwrap();
    let next = deadline("the next Ping", peer.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        next,
        Message::text(r#""Ping""#),
        "a Pong in an object is a Pong"
    );
}
