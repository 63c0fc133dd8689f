use std::time::Duration;

use rocketfi_protocol::{ClientMessage, ServerMessage};
use tokio::time::{Instant, sleep, timeout};

use super::harness::*;
use crate::{Config, Event, GapCause, SessionId};

fn beating() -> Config {
    Config {
        heartbeat_interval: Duration::from_secs(10),
        pong_timeout: Duration::from_secs(5),
        ..config()
    }
}

#[tokio::test(start_paused = true)]
async fn pings_on_the_interval_for_as_long_as_pongs_come() {
    let (_client, _events, _network, mut peer) = connected(beating()).await;
    let opened = Instant::now();
    for round in 1..=20 {
        assert_eq!(peer.message().await, ClientMessage::Ping);
        assert_eq!(opened.elapsed().as_secs(), 10 * round);
        peer.push(&ServerMessage::Pong).await;
    }
}

#[tokio::test(start_paused = true)]
async fn missing_pong_ends_the_session_although_data_flows() {
    let (_client, mut events, mut network, mut peer) = connected(beating()).await;
    let opened = Instant::now();
    let feed = tokio::spawn(async move {
        for number in 0..10_000 {
            if futures_util::SinkExt::send(
                &mut peer.socket,
                rocketfi_protocol::encode(&data(number)).into(),
            )
            .await
            .is_err()
            {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
    });
    let cause = loop {
        match next(&mut events).await {
            Event::Message { .. } => {}
            Event::Gap { cause, .. } => break cause,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(cause, GapCause::HeartbeatTimeout);
    assert_eq!(opened.elapsed().as_secs(), 15);
    outcome(feed).await;
    network.accept().await;
    assert_eq!(
        next(&mut events).await,
        Event::Connected {
            session: SessionId(2)
        }
    );
}

#[tokio::test(start_paused = true)]
async fn websocket_pings_are_no_pongs() {
    let (_client, mut events, _network, mut peer) = connected(beating()).await;
    let opened = Instant::now();
    assert_eq!(peer.message().await, ClientMessage::Ping);
    sleep(Duration::from_secs(4)).await;
    peer.ping(b"alive").await;
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause, GapCause::HeartbeatTimeout);
    assert_eq!(opened.elapsed().as_secs(), 15);
}

#[tokio::test(start_paused = true)]
async fn stuck_write_ends_the_session_at_its_deadline_and_reading_goes_on_until_then() {
    let config = Config {
        write_timeout: Duration::from_secs(3),
        ..config()
    };
    // So little fits into the pipe that a subscribe gets stuck when the peer does not read.
    let (client, mut events, mut network) = start_with(config, 64);
    let mut peer = network.accept().await;
    next(&mut events).await;
    let _call = subscribe(&client, &ticker(1)).await;
    let stuck = Instant::now();
    for number in 0..20 {
        peer.push(&data(number)).await;
        assert!(matches!(next(&mut events).await, Event::Message { .. }));
        sleep(Duration::from_millis(100)).await;
    }
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause, GapCause::WriteTimeout);
    assert_eq!(stuck.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn answer_to_a_websocket_ping_has_the_deadline_of_a_write() {
    let (_client, mut events, mut network) = start_with(config(), 64);
    let mut peer = network.accept().await;
    next(&mut events).await;
    // Larger than the pipe, as its answer is, which the peer does not read.
    peer.ping(&[0; 100]).await;
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause, GapCause::WriteTimeout);
}

#[tokio::test(start_paused = true)]
async fn stuck_write_does_not_stop_the_heartbeat() {
    let config = Config {
        write_timeout: Duration::from_secs(3600),
        ..beating()
    };
    let (client, mut events, mut network) = start_with(config, 64);
    let _peer = network.accept().await;
    next(&mut events).await;
    let opened = Instant::now();
    let _call = subscribe(&client, &ticker(1)).await;
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause, GapCause::HeartbeatTimeout);
    assert_eq!(opened.elapsed().as_secs(), 15);
}

#[tokio::test(start_paused = true)]
async fn ping_goes_before_requests_that_wait() {
    let (client, mut events, mut network) = start_with(beating(), 64);
    let mut peer = network.accept().await;
    next(&mut events).await;
    sleep(Duration::from_millis(9_999)).await;
    // The first is being written when the ping becomes due, the transaction behind it waits.
    let _first = subscribe(&client, &ticker(1)).await;
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.clear_execute_on_disconnect().await }
    });
    settle().await;
    sleep(Duration::from_millis(1)).await;
    settle().await;
    assert!(matches!(peer.message().await, ClientMessage::Subscribe(_)));
    assert_eq!(peer.message().await, ClientMessage::Ping);
    assert_eq!(
        peer.message().await,
        ClientMessage::ClearExecuteOnDisconnect
    );
    assert_eq!(outcome(waiting).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn quiet_connection_with_pongs_stays_open() {
    let (_client, mut events, _network, mut peer) = connected(beating()).await;
    let answering = tokio::spawn(async move {
        for _ in 0..1000 {
            assert_eq!(peer.message().await, ClientMessage::Ping);
            peer.push(&ServerMessage::Pong).await;
        }
        peer
    });
    assert!(
        timeout(Duration::from_secs(9_000), events.recv())
            .await
            .is_err()
    );
    drop(outcome(answering).await);
}
