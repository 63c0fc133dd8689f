use std::time::Duration;

use rocketfi_protocol::ClientMessage;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use super::harness::*;
use super::messages::transaction;
use crate::{CloseReason, Config, Event, SendError, SessionId, SubscribeError, UnsubscribeError};

const CLOSED: Event = Event::Closed {
    reason: CloseReason::Requested,
};

#[tokio::test(start_paused = true)]
async fn close_sends_a_close_frame_and_waits_for_its_answer() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    let closing = tokio::spawn({
        let client = client.clone();
        async move { client.close().await }
    });
    let Some(Message::Close(Some(frame))) = peer.frame().await else {
        panic!()
    };
    assert_eq!(u16::from(frame.code), 1000);
    // Reading on sends the answer.
    assert!(peer.frame().await.is_none());
    outcome(closing).await;
    assert_eq!(rest(&mut events).await, [CLOSED]);
}

#[tokio::test(start_paused = true)]
async fn close_does_not_wait_longer_than_the_close_timeout() {
    let (client, mut events, _network, _peer) = connected(config()).await;
    let begun = Instant::now();
    client.close().await;
    assert_eq!(begun.elapsed(), config().close_timeout);
    assert_eq!(rest(&mut events).await, [CLOSED]);
}

#[tokio::test(start_paused = true)]
async fn message_before_the_answer_to_the_close_is_delivered() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    let closing = tokio::spawn(async move { client.close().await });
    settle().await;
    // Written before the close frame is read.
    peer.push(&data(1)).await;
    while peer.frame().await.is_some() {}
    outcome(closing).await;
    let message = Event::Message {
        session: SessionId(1),
        message: data(1),
    };
    assert_eq!(rest(&mut events).await, [message, CLOSED]);
}

#[tokio::test(start_paused = true)]
async fn ping_of_the_server_after_the_close_frame_is_not_answered_and_ends_nothing() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    let closing = tokio::spawn(async move { client.close().await });
    settle().await;
    peer.send("\"Ping\"").await;
    peer.push(&data(1)).await;
    while let Some(frame) = peer.frame().await {
        assert!(matches!(frame, Message::Close(_)));
    }
    outcome(closing).await;
    let message = Event::Message {
        session: SessionId(1),
        message: data(1),
    };
    assert_eq!(rest(&mut events).await, [message, CLOSED]);
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_is_written_before_the_close_frame() {
    let (client, _events, mut network) = start_with(config(), 64);
    let mut peer = network.accept().await;
    let mut calls = Vec::new();
    for nonce in 0..3 {
        let (client, transaction) = (client.clone(), super::messages::transaction(nonce, 0));
        calls.push(tokio::spawn(async move {
            client.submit_transaction(transaction).await
        }));
        settle().await;
    }
    let closing = tokio::spawn(async move { client.close().await });
    settle().await;
    for _ in &calls {
        assert!(matches!(
            peer.message().await,
            ClientMessage::SubmitTransaction(_)
        ));
    }
    assert!(matches!(peer.frame().await, Some(Message::Close(_))));
    assert!(peer.frame().await.is_none());
    outcome(closing).await;
    for call in calls {
        assert_eq!(outcome(call).await, Ok(()));
    }
}

#[tokio::test(start_paused = true)]
async fn calls_fail_as_closed_once_the_client_has_ended() {
    let (client, events, _network, mut peer) = connected(config()).await;
    let waiting = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    client.close().await;
    assert_eq!(outcome(waiting).await, Err(SubscribeError::Closed));
    assert_eq!(
        client.subscribe(ticker(1)).await,
        Err(SubscribeError::Closed)
    );
    assert_eq!(
        client.unsubscribe(ticker(1)).await,
        Err(UnsubscribeError::Closed)
    );
    assert_eq!(
        client.clear_execute_on_disconnect().await,
        Err(SendError::Closed)
    );
    assert_eq!(client.subscriptions().await, []);
    client.close().await;
    drop(events);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_ends_the_client() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    let clone = client.clone();
    drop(client);
    assert!(peer.is_quiet().await);
    drop(clone);
    assert!(matches!(peer.frame().await, Some(Message::Close(_))));
    assert!(peer.frame().await.is_none());
    let closed = Event::Closed {
        reason: CloseReason::HandlesDropped,
    };
    assert_eq!(rest(&mut events).await, [closed]);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_events_ends_the_client() {
    let (client, events, _network, mut peer) = connected(config()).await;
    drop(events);
    assert!(matches!(peer.frame().await, Some(Message::Close(_))));
    assert!(peer.frame().await.is_none());
    settle().await;
    assert_eq!(
        client.subscribe(ticker(1)).await,
        Err(SubscribeError::Closed)
    );
}

#[tokio::test(start_paused = true)]
async fn dropping_the_handle_ends_a_client_without_a_connection() {
    let (client, mut events, network) = start(config());
    network.refuse(usize::MAX);
    settle().await;
    drop(client);
    let closed = Event::Closed {
        reason: CloseReason::HandlesDropped,
    };
    assert_eq!(next_besides_dials(&mut events).await, closed);
    assert_eq!(rest(&mut events).await, []);
    assert!(network.dials().len() <= 1);
}

#[tokio::test(start_paused = true)]
async fn client_waiting_for_its_user_can_be_closed() {
    let config = crate::Config {
        event_capacity: 1,
        ..config()
    };
    let (client, mut events, _network, mut peer) = connected(config).await;
    for number in 0..10 {
        let text = rocketfi_protocol::encode(&data(number));
        let _ = futures_util::SinkExt::send(&mut peer.socket, text.into()).await;
        settle().await;
    }
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let begun = Instant::now();
    client.close().await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(rest(&mut events).await.last(), Some(&CLOSED));
}

#[tokio::test(start_paused = true)]
async fn full_queue_does_not_cut_short_what_is_still_to_be_written() {
    let small = Config {
        event_capacity: 2,
        ..config()
    };
    let (client, _events, _network, mut peer) = connected(small).await;
    // More than the pipe holds, so that it waits until the peer reads.
    let sending = tokio::spawn({
        let client = client.clone();
        async move { client.submit_transaction(transaction(1, 500_000)).await }
    });
    settle().await;
    let closing = tokio::spawn(async move { client.close().await });
    settle().await;
    for number in 0..10 {
        peer.push(&data(number)).await;
        settle().await;
    }
    let mut frames = Vec::new();
    while let Some(frame) = peer.frame().await {
        frames.push(frame);
    }
    assert!(matches!(frames[..], [Message::Text(_), Message::Close(_)]));
    assert_eq!(outcome(sending).await, Ok(()));
    outcome(closing).await;
}

#[tokio::test(start_paused = true)]
async fn events_are_a_stream_that_ends_behind_the_last() {
    let (client, events, _network, mut peer) = connected(config()).await;
    peer.push(&data(1)).await;
    settle().await;
    client.close().await;
    let message = Event::Message {
        session: SessionId(1),
        message: data(1),
    };
    let all: Vec<Event> = futures_util::StreamExt::collect(events).await;
    assert_eq!(all, [message, CLOSED]);
}
