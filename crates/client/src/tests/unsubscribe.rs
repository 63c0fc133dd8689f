use rocketfi_protocol::ClientMessage;

use super::harness::*;
use crate::{Event, Request, SubscribeError, UnsubscribeError};

#[tokio::test(start_paused = true)]
async fn unsubscribe_resolves_on_its_confirmation() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    let call = unsubscribe(&client, &ticker(1)).await;
    peer.accept_end(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
    assert_eq!(client.subscriptions().await, []);
}

#[tokio::test(start_paused = true)]
async fn unsubscribe_of_what_is_not_subscribed_sends_nothing() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let result = client.unsubscribe(ticker(1)).await;
    assert_eq!(result, Err(UnsubscribeError::NotSubscribed));
    assert!(peer.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn refused_unsubscribe_fails_with_the_text() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    let call = unsubscribe(&client, &ticker(1)).await;
    peer.message().await;
    peer.error("no").await;
    assert!(
        matches!(outcome(call).await, Err(UnsubscribeError::Rejected { text }) if text == "no")
    );
    let Event::ServerError { requests, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(requests, [Request::Unsubscribe(ticker(1))]);
    assert_eq!(client.subscriptions().await, []);
}

#[tokio::test(start_paused = true)]
async fn unanswered_unsubscribe_times_out_and_the_session_goes_on() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    let call = unsubscribe(&client, &ticker(1)).await;
    assert_eq!(
        outcome(call).await,
        Err(UnsubscribeError::Timeout {
            after: config().request_timeout
        })
    );
    assert_eq!(peer.message().await, ClientMessage::Unsubscribe(ticker(1)));
    peer.push(&data(1)).await;
    assert!(matches!(next(&mut events).await, Event::Message { .. }));
}

#[tokio::test(start_paused = true)]
async fn unsubscribe_before_the_confirmation_ends_it_afterwards() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let subscribing = subscribe(&client, &ticker(1)).await;
    let unsubscribing = unsubscribe(&client, &ticker(1)).await;
    assert_eq!(
        outcome(subscribing).await,
        Err(SubscribeError::Unsubscribed)
    );
    peer.accept(&ticker(1)).await;
    peer.accept_end(&ticker(1)).await;
    assert_eq!(outcome(unsubscribing).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn subscribe_during_an_unsubscribe_waits_for_it() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    let unsubscribing = unsubscribe(&client, &ticker(1)).await;
    let subscribing = subscribe(&client, &ticker(1)).await;
    peer.accept_end(&ticker(1)).await;
    peer.accept(&ticker(1)).await;
    assert_eq!(outcome(unsubscribing).await, Ok(()));
    assert_eq!(outcome(subscribing).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn unsubscribe_without_a_connection_is_local() {
    let (client, _events, mut network) = start(config());
    let subscribing = subscribe(&client, &ticker(1)).await;
    assert_eq!(client.unsubscribe(ticker(1)).await, Ok(()));
    assert_eq!(
        outcome(subscribing).await,
        Err(SubscribeError::Unsubscribed)
    );
    assert!(network.accept().await.is_quiet().await);
}
