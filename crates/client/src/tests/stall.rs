//! Deadlines that pass while the whole process stands still.

use std::time::Duration;

use rocketfi_protocol::{ClientMessage, ServerMessage};
use tokio::time::advance;

use super::harness::*;
use crate::{Config, Event, GapCause, Overflow, SessionId};

const STALL: Duration = Duration::from_secs(3600);

/// What arrives while nothing runs is there afterwards, together with the deadlines that have passed.
async fn stall() {
    settle().await;
    advance(STALL).await;
}

fn beating() -> Config {
    Config {
        heartbeat_interval: Duration::from_secs(10),
        pong_timeout: Duration::from_secs(5),
        overflow: Overflow::DropNewest,
        ..config()
    }
}

#[tokio::test(start_paused = true)]
async fn pong_that_arrived_during_a_stall_counts() {
    let (_client, _events, network, mut peer) = connected(beating()).await;
    for _ in 0..3 {
        assert_eq!(peer.message().await, ClientMessage::Ping);
        network.freeze(STALL / 2);
        peer.push(&ServerMessage::Pong).await;
        stall().await;
    }
    assert_eq!(peer.message().await, ClientMessage::Ping);
    assert_eq!(network.dials().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn pong_behind_more_frames_than_are_read_in_one_go_counts() {
    let (_client, _events, network, mut peer) = connected(beating()).await;
    assert_eq!(peer.message().await, ClientMessage::Ping);
    network.freeze(STALL / 2);
    network.flood(5000);
    peer.push(&ServerMessage::Pong).await;
    stall().await;
    assert_eq!(network.flood_left(), 5000);
    assert_eq!(peer.message().await, ClientMessage::Ping);
    assert_eq!(network.dials().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn flood_without_a_pong_does_not_put_the_end_off() {
    let (_client, mut events, network, mut peer) = connected(beating()).await;
    assert_eq!(peer.message().await, ClientMessage::Ping);
    network.flood(100_000);
    stall().await;
    let cause = loop {
        match next(&mut events).await {
            Event::Gap { cause, .. } => break cause,
            Event::Message { .. } | Event::Lagged { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(cause, GapCause::HeartbeatTimeout);
    assert!(network.flood_left() > 80_000, "{}", network.flood_left());
}

#[tokio::test(start_paused = true)]
async fn missing_pong_is_noticed_after_a_stall() {
    let (_client, mut events, _network, mut peer) = connected(beating()).await;
    assert_eq!(peer.message().await, ClientMessage::Ping);
    stall().await;
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause, GapCause::HeartbeatTimeout);
}

#[tokio::test(start_paused = true)]
async fn confirmation_that_arrived_during_a_stall_counts() {
    let (client, _events, network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    network.freeze(STALL / 2);
    peer.confirm(&ticker(1)).await;
    stall().await;
    assert_eq!(outcome(call).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn resubscribe_confirmed_during_a_stall_does_not_end_the_session() {
    let (client, mut events, mut network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    peer.cut();
    let mut peer = network.accept().await;
    settle().await;
    network.freeze(STALL / 2);
    peer.accept(&ticker(1)).await;
    stall().await;
    assert!(matches!(next(&mut events).await, Event::Gap { .. }));
    let session = SessionId(2);
    assert_eq!(next(&mut events).await, Event::Connected { session });
    let kinds = vec![ticker(1)];
    let restored = Event::Resubscribed { session, kinds };
    assert_eq!(next(&mut events).await, restored);
}

#[tokio::test(start_paused = true)]
async fn end_that_arrived_during_a_stall_is_told_as_what_it_was() {
    let (_client, mut events, network, mut peer) = connected(beating()).await;
    assert_eq!(peer.message().await, ClientMessage::Ping);
    network.freeze(STALL / 2);
    peer.close(1001, "bye").await;
    stall().await;
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause.name(), "closed by server");
}

#[tokio::test(start_paused = true)]
async fn data_that_arrived_during_a_stall_keeps_its_kind_fresh() {
    let config = Config {
        stale_after: Some(Duration::from_secs(60)),
        ..config()
    };
    let (client, mut events, network, mut peer) = connected(config).await;
    let kind = rocketfi_protocol::SubscriptionKind::Collateral {
        asset_id: rocketfi_protocol::AssetId(1),
        account: account(),
    };
    establish(&client, &mut peer, &[kind]).await;
    network.freeze(STALL / 2);
    peer.push(&data(1)).await;
    stall().await;
    assert!(matches!(next(&mut events).await, Event::Message { .. }));
    advance(Duration::from_secs(59)).await;
    peer.push(&data(1)).await;
    assert!(matches!(next(&mut events).await, Event::Message { .. }));
}
