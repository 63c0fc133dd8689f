//! Calls without a connection: what waits for the next session, and what does not.

use futures_util::FutureExt;
use rocketfi_client::{CloseReason, SendError, SessionId};
use rocketfi_protocol::ClientMessage;
use rocketfi_tests::samples::{NUMBERS, kinds, number_of, numbered, transaction};
use rocketfi_tests::{Bench, Listener, deadline, quick, quiet_server, requests, restart};

#[tokio::test]
async fn subscribe_without_a_connection_is_sent_on_the_next_session() {
    let mut bench = Bench::new().await;
    bench.server.shutdown().await;
    bench.events.gap().await;
    let mut subscribing = Box::pin(bench.client.subscribe(NUMBERS));
    assert_eq!(
        subscribing.as_mut().now_or_never(),
        None,
        "there is no connection"
    );
    assert_eq!(bench.client.subscriptions().await, [NUMBERS]);

    bench.server = restart(bench.server).await;
    assert_eq!(deadline("the confirmation", subscribing).await, Ok(()));
    assert_eq!(
        requests(bench.server.journal(), 1),
        [ClientMessage::Subscribe(NUMBERS)]
    );
    assert_eq!(bench.server.push(numbered(1)), 1);
    bench
        .events
        .until("an update", |event| number_of(event) == Some(1))
        .await;
}

#[tokio::test]
async fn unsubscribe_without_a_connection_succeeds_and_lasts() {
    let mut bench = Bench::new().await;
    let other = kinds().swap_remove(0);
    bench.subscribe([NUMBERS, other.clone()]).await;
    bench.server.shutdown().await;
    bench.events.gap().await;
    deadline(
        "the end of a subscription",
        bench.client.unsubscribe(NUMBERS),
    )
    .await
    .unwrap();
    bench.server = restart(bench.server).await;
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![other.clone()])
    );
    assert_eq!(
        requests(bench.server.journal(), 1),
        [ClientMessage::Subscribe(other)]
    );
}

#[tokio::test]
async fn started_client_waits_for_a_server_that_is_not_there_yet() {
    let server = quiet_server().await;
    server.shutdown().await;
    let (client, events) = quick(server.url()).start().unwrap();
    let mut subscribing = Box::pin(client.subscribe(NUMBERS));
    assert_eq!(subscribing.as_mut().now_or_never(), None);
    let sending = client.submit_transaction(transaction(1));
    assert_eq!(
        deadline("an answer", sending).await,
        Err(SendError::NotConnected)
    );

    let server = restart(server).await;
    let mut events = Listener::new(events);
    events.connected(SessionId(1)).await;
    assert_eq!(deadline("the confirmation", subscribing).await, Ok(()));
    assert_eq!(
        requests(server.journal(), 1),
        [ClientMessage::Subscribe(NUMBERS)]
    );
    deadline("the end", client.close()).await;
    assert_eq!(events.end(CloseReason::Requested).await, []);
}
