use std::time::Duration;

use rocketfi_protocol::{ServerMessage, SubscriptionKind};
use tokio::time::{Instant, advance, sleep};

use super::harness::*;
use crate::{Config, Event, GapCause, Overflow, SessionId};

const AFTER: Duration = Duration::from_secs(60);

fn watching() -> Config {
    Config {
        stale_after: Some(AFTER),
        ..config()
    }
}

/// The kind that [`data`] of this number belongs to.
fn collateral(number: u64) -> SubscriptionKind {
    SubscriptionKind::Collateral {
        asset_id: rocketfi_protocol::AssetId(number),
        account: account(),
    }
}

fn stale(number: u64) -> Event {
    Event::Stale {
        session: SessionId(1),
        kind: collateral(number),
        quiet: AFTER,
    }
}

fn message(number: u64) -> Event {
    Event::Message {
        session: SessionId(1),
        message: data(number),
    }
}

#[tokio::test(start_paused = true)]
async fn kind_without_data_is_reported_once_and_the_session_goes_on() {
    let (client, mut events, network, mut peer) = connected(watching()).await;
    establish(&client, &mut peer, &[collateral(1)]).await;
    let confirmed = Instant::now();
    assert_eq!(next(&mut events).await, stale(1));
    assert_eq!(confirmed.elapsed(), AFTER);
    sleep(10 * AFTER).await;
    peer.push(&data(1)).await;
    assert_eq!(next(&mut events).await, message(1));
    assert_eq!(next(&mut events).await, stale(1));
    assert_eq!(network.dials().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn neither_pongs_nor_confirmations_nor_data_of_other_kinds_keep_a_kind_fresh() {
    let (client, mut events, _network, mut peer) = connected(watching()).await;
    establish(&client, &mut peer, &[collateral(1), collateral(2)]).await;
    for _ in 0..5 {
        sleep(AFTER / 6).await;
        peer.push(&ServerMessage::Pong).await;
        peer.confirm(&collateral(1)).await;
        peer.ping(b"alive").await;
        peer.push(&data(2)).await;
        assert_eq!(next(&mut events).await, message(2));
    }
    sleep(AFTER / 6).await;
    assert_eq!(next(&mut events).await, stale(1));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_reported_unless_it_is_asked_for() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[collateral(1)]).await;
    sleep(1000 * AFTER).await;
    peer.push(&data(1)).await;
    assert_eq!(next(&mut events).await, message(1));
}

#[tokio::test(start_paused = true)]
async fn kind_that_was_unsubscribed_is_not_reported() {
    let (client, mut events, _network, mut peer) = connected(watching()).await;
    establish(&client, &mut peer, &[collateral(1), collateral(2)]).await;
    advance(AFTER / 2).await;
    let call = unsubscribe(&client, &collateral(1)).await;
    peer.accept_end(&collateral(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
    assert_eq!(next(&mut events).await, stale(2));
}

#[tokio::test(start_paused = true)]
async fn clock_starts_anew_with_the_confirmation_on_the_next_session() {
    let (client, mut events, mut network, mut peer) = connected(watching()).await;
    establish(&client, &mut peer, &[collateral(1)]).await;
    advance(AFTER * 9 / 10).await;
    peer.cut();
    let mut peer = network.accept().await;
    peer.accept(&collateral(1)).await;
    let confirmed = Instant::now();
    for _ in 0..3 {
        assert!(!matches!(next(&mut events).await, Event::Stale { .. }));
    }
    assert!(matches!(next(&mut events).await, Event::Stale { .. }));
    assert_eq!(confirmed.elapsed(), AFTER);
}

#[tokio::test(start_paused = true)]
async fn report_leaves_the_last_place_to_a_message_and_follows_when_there_is_room() {
    let config = Config {
        event_capacity: 2,
        ..watching()
    };
    let (client, mut events, _network, mut peer) = connected(config).await;
    establish(&client, &mut peer, &[collateral(1)]).await;
    // Two places, and the one that `Connected` has left.
    for number in 2..4 {
        peer.push(&data(number)).await;
    }
    sleep(2 * AFTER).await;
    peer.push(&data(4)).await;
    settle().await;
    for number in 2..5 {
        assert_eq!(next(&mut events).await, message(number));
    }
    peer.push(&data(5)).await;
    assert_eq!(next(&mut events).await, stale(1));
    assert_eq!(next(&mut events).await, message(5));
}

#[tokio::test(start_paused = true)]
async fn report_that_had_to_wait_is_dropped_when_the_kind_is_fresh_again() {
    let config = Config {
        event_capacity: 2,
        overflow: Overflow::DropNewest,
        ..watching()
    };
    let (client, mut events, _network, mut peer) = connected(config).await;
    establish(&client, &mut peer, &[collateral(1)]).await;
    for number in 2..5 {
        peer.push(&data(number)).await;
    }
    sleep(AFTER + AFTER / 2).await;
    // Thrown away, and heard all the same.
    peer.push(&data(1)).await;
    settle().await;
    for number in 2..5 {
        assert_eq!(next(&mut events).await, message(number));
    }
    peer.push(&data(5)).await;
    let lagged = Event::Lagged {
        session: SessionId(1),
        missed: 1,
    };
    assert_eq!(next(&mut events).await, lagged);
    assert_eq!(next(&mut events).await, message(5));
}

#[tokio::test(start_paused = true)]
async fn what_was_thrown_away_is_told_before_a_report() {
    let config = Config {
        event_capacity: 2,
        overflow: Overflow::DropNewest,
        ..watching()
    };
    let (client, mut events, _network, mut peer) = connected(config).await;
    establish(&client, &mut peer, &[collateral(1)]).await;
    for number in 2..6 {
        peer.push(&data(number)).await;
    }
    settle().await;
    for number in 2..5 {
        assert_eq!(next(&mut events).await, message(number));
    }
    let lagged = Event::Lagged {
        session: SessionId(1),
        missed: 1,
    };
    assert_eq!(next(&mut events).await, lagged);
    assert_eq!(next(&mut events).await, stale(1));
}

#[tokio::test(start_paused = true)]
async fn gap_takes_the_place_of_a_report_that_had_to_wait() {
    let config = Config {
        event_capacity: 1,
        ..watching()
    };
    let (client, mut events, mut network, mut peer) = connected(config).await;
    establish(&client, &mut peer, &[collateral(1)]).await;
    peer.push(&data(2)).await;
    sleep(2 * AFTER).await;
    peer.cut();
    settle().await;
    assert_eq!(next(&mut events).await, message(2));
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause, GapCause::Disconnected { error: None });
    let mut peer = network.accept().await;
    let session = SessionId(2);
    assert_eq!(next(&mut events).await, Event::Connected { session });
    peer.push(&data(3)).await;
    let message = data(3);
    let expected = Event::Message { session, message };
    assert_eq!(next(&mut events).await, expected);
}
