use std::time::Duration;

use rocketfi_protocol::ClientMessage;
use tokio::time::{Instant, advance, sleep};

use super::harness::*;
use crate::SubscribeError;

const TIMEOUT: Duration = Duration::from_secs(10);

fn timed_out() -> SubscribeError {
    SubscribeError::Timeout { after: TIMEOUT }
}

#[tokio::test(start_paused = true)]
async fn busy_feed_does_not_move_the_deadline() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    let sent = Instant::now();
    peer.message().await;
    for number in 0..120 {
        peer.push(&data(number)).await;
        next(&mut events).await;
        sleep(Duration::from_millis(100)).await;
        if call.is_finished() {
            break;
        }
    }
    assert_eq!(outcome(call).await, Err(timed_out()));
    let waited = sent.elapsed();
    assert!(
        waited >= TIMEOUT && waited < TIMEOUT + Duration::from_millis(200),
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn joined_calls_fail_together() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let first = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    advance(Duration::from_secs(5)).await;
    let second = subscribe(&client, &ticker(1)).await;
    assert_eq!(outcome(first).await, Err(timed_out()));
    assert!(
        second.is_finished(),
        "the second has the deadline of the first"
    );
    assert_eq!(outcome(second).await, Err(timed_out()));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_turn_does_not_use_up_the_deadline() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let first = subscribe(&client, &ticker(1)).await;
    let second = subscribe(&client, &ticker(2)).await;
    assert_eq!(outcome(first).await, Err(timed_out()));
    advance(Duration::from_secs(9)).await;
    assert!(!second.is_finished());
    peer.message().await;
    peer.accept(&ticker(2)).await;
    assert_eq!(outcome(second).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn clock_runs_without_a_connection() {
    let (client, _events, network) = start(config());
    network.refuse(usize::MAX);
    let begun = Instant::now();
    let call = subscribe(&client, &ticker(1)).await;
    assert_eq!(outcome(call).await, Err(timed_out()));
    assert_eq!(begun.elapsed(), TIMEOUT);
    assert_eq!(client.subscriptions().await, []);
}

#[tokio::test(start_paused = true)]
async fn waiting_subscribe_is_sent_again_on_the_next_session_with_its_old_deadline() {
    let (client, _events, mut network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    let sent = Instant::now();
    peer.message().await;
    advance(Duration::from_secs(6)).await;
    peer.cut();
    let mut peer = network.accept().await;
    assert_eq!(peer.message().await, ClientMessage::Subscribe(ticker(1)));
    assert_eq!(outcome(call).await, Err(timed_out()));
    assert_eq!(sent.elapsed(), TIMEOUT);
}

#[tokio::test(start_paused = true)]
async fn subscribe_that_waits_for_its_turn_has_a_deadline_once_the_connection_is_lost() {
    let (client, _events, network, mut peer) = connected(config()).await;
    let _first = subscribe(&client, &ticker(1)).await;
    let second = subscribe(&client, &ticker(2)).await;
    peer.message().await;
    advance(Duration::from_secs(6)).await;
    network.refuse(usize::MAX);
    peer.cut();
    let lost = Instant::now();
    assert_eq!(outcome(second).await, Err(timed_out()));
    assert_eq!(lost.elapsed(), TIMEOUT);
}

#[tokio::test(start_paused = true)]
async fn joining_without_a_connection_does_not_move_the_deadline() {
    let (client, _events, network) = start(config());
    network.refuse(usize::MAX);
    let begun = Instant::now();
    let first = subscribe(&client, &ticker(1)).await;
    advance(Duration::from_secs(6)).await;
    let second = subscribe(&client, &ticker(1)).await;
    assert_eq!(outcome(first).await, Err(timed_out()));
    assert_eq!(outcome(second).await, Err(timed_out()));
    assert_eq!(begun.elapsed(), TIMEOUT);
}
