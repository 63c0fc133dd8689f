//! How a client ends, and what those see who still hold a part of it.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use rocketfi_client::{CloseReason, Event, SendError, SessionId, SubscribeError, UnsubscribeError};
use rocketfi_mock_server::{Answer, AnswerTo, Ending, Entry, Received, Times};
use rocketfi_protocol::{ClientMessage, RawJson};
use rocketfi_tests::samples::{NUMBERS, kinds, number_of, numbered, transaction};
use rocketfi_tests::{
    Bench, Listener, PATIENCE, RawServer, closed, deadline, message, quick, quiet_server,
};
use tokio_tungstenite::tungstenite::Message;

const BY_CLIENT: Ending = Ending::ByClient { code: Some(1000) };

#[tokio::test]
async fn close_sends_a_close_frame_and_closed_is_the_last_event() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    deadline("the end", bench.client.close()).await;
    bench
        .server
        .journal()
        .wait_for(closed(1, BY_CLIENT), PATIENCE)
        .await
        .unwrap();
    assert_eq!(bench.events.end(CloseReason::Requested).await, []);
    assert_eq!(bench.events.next().await, None, "the end stays the end");
    assert_eq!(bench.server.sessions(), 0);
}

#[tokio::test]
async fn calls_after_the_end_fail_as_closed() {
    let bench = Bench::new().await;
    let client = bench.client.clone();
    deadline("the end", bench.client.close()).await;
    assert_eq!(client.subscribe(NUMBERS).await, Err(SubscribeError::Closed));
    assert_eq!(
        client.unsubscribe(NUMBERS).await,
        Err(UnsubscribeError::Closed)
    );
    assert_eq!(
        client.submit_transaction(transaction(1)).await,
        Err(SendError::Closed)
    );
    assert_eq!(
        client.clear_execute_on_disconnect().await,
        Err(SendError::Closed)
    );
    assert_eq!(client.subscriptions().await, []);
    deadline("the end, once more", client.close()).await;
}

#[tokio::test]
async fn calls_that_wait_when_the_client_ends_fail_as_closed() {
    let mut bench = Bench::new().await;
    let first = kinds().swap_remove(0);
    bench.subscribe([first.clone()]).await;
    bench
        .server
        .answer(AnswerTo::anything(), Answer::Silence, Times::Always);
    let mut unsubscribing = Box::pin(bench.client.unsubscribe(first.clone()));
    assert_eq!(unsubscribing.as_mut().now_or_never(), None);
    let mut subscribing = Box::pin(bench.client.subscribe(NUMBERS));
    assert_eq!(subscribing.as_mut().now_or_never(), None);
    let asked = message(ClientMessage::Unsubscribe(first));
    bench
        .server
        .journal()
        .wait_for(asked, PATIENCE)
        .await
        .unwrap();

    let all = async { tokio::join!(unsubscribing, subscribing, bench.client.close()) };
    let (unsubscribed, subscribed, ()) = deadline("all answers", all).await;
    // Without a connection there is no subscription any more; that is what was wanted.
    assert!(
        matches!(unsubscribed, Ok(()) | Err(UnsubscribeError::Closed)),
        "{unsubscribed:?}"
    );
    assert_eq!(subscribed, Err(SubscribeError::Closed));
    assert_eq!(bench.events.end(CloseReason::Requested).await, []);
}

#[tokio::test]
async fn what_was_accepted_is_written_before_the_close_frame() {
    const EACH: usize = 1_000_000;
    const ALL: usize = 16;
    let server = RawServer::start().await;
    let client = quick(server.url()).close_timeout(PATIENCE);
    let (connected, peer) = tokio::join!(client.connect(), server.accept());
    let (client, mut events) = connected.unwrap();
    deadline("the first event", events.recv()).await.unwrap();
    let mut large = transaction(1);
    let text = format!(r#"{{"Padding":"{}"}}"#, "x".repeat(EACH));
    large.data.instruction = RawJson::new(text).unwrap();
    let writes = (0..ALL).map(|_| client.submit_transaction(large.clone()));
    let mut writes = Box::pin(futures_util::future::join_all(writes));
    assert_eq!(writes.as_mut().now_or_never(), None);
    // This call is behind them, so they have been accepted. Nobody has read anything yet.
    assert_eq!(client.subscriptions().await, []);

    let closing = async { tokio::join!(client.close(), peer.collect::<Vec<_>>(), writes) };
    let ((), sent, written) = deadline("the end", closing).await;
    assert_eq!(written, vec![Ok(()); ALL]);
    let texts = sent
        .iter()
        .filter(|it| matches!(it, Ok(Message::Text(_))))
        .count();
    assert_eq!((texts, sent.len()), (ALL, ALL + 1));
    assert!(matches!(sent[ALL], Ok(Message::Close(_))), "the last frame");
}

#[tokio::test]
async fn updates_that_arrive_before_the_end_are_still_told() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    for number in 0..50 {
        bench.server.push(numbered(number));
    }
    deadline("the end", bench.client.close()).await;
    let told = bench.events.end(CloseReason::Requested).await;
    assert_eq!(
        told.iter().map(number_of).collect::<Vec<_>>(),
        (0..50).map(Some).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn dropping_the_last_handle_ends_the_client() {
    let Bench {
        server,
        client,
        mut events,
    } = Bench::new().await;
    let clone = client.clone();
    drop(client);
    deadline("a confirmation", clone.subscribe(NUMBERS))
        .await
        .expect("a clone keeps it going");
    drop(clone);
    assert_eq!(events.end(CloseReason::HandlesDropped).await, []);
    server
        .journal()
        .wait_for(closed(1, BY_CLIENT), PATIENCE)
        .await
        .unwrap();
}

#[tokio::test]
async fn dropping_the_last_handle_while_disconnected_ends_the_client() {
    let Bench {
        server,
        client,
        mut events,
    } = Bench::new().await;
    server.shutdown().await;
    events.gap().await;
    drop(client);
    assert_eq!(events.end(CloseReason::HandlesDropped).await, []);
}

#[tokio::test]
async fn dropping_the_events_ends_the_client() {
    let Bench {
        server,
        client,
        events,
    } = Bench::new().await;
    drop(events);
    server
        .journal()
        .wait_for(closed(1, BY_CLIENT), PATIENCE)
        .await
        .unwrap();
    let answer = deadline("an answer", client.subscribe(NUMBERS)).await;
    assert_eq!(answer, Err(SubscribeError::Closed));
}

#[tokio::test]
async fn close_while_disconnected_ends_the_client_and_gives_up_its_dialling() {
    let mut bench = Bench::new().await;
    bench.server.shutdown().await;
    bench.events.gap().await;
    deadline("the end", bench.client.close()).await;
    assert_eq!(bench.events.end(CloseReason::Requested).await, []);
}

#[tokio::test]
async fn close_in_the_middle_of_a_handshake_ends_the_client() {
    let server = RawServer::start().await;
    let (client, events) = quick(server.url()).start().unwrap();
    let silent = server.accept_tcp().await;
    deadline("the end", client.close()).await;
    assert_eq!(Listener::new(events).end(CloseReason::Requested).await, []);
    drop(silent);
}

#[tokio::test]
async fn close_does_not_wait_long_for_a_server_that_does_not_answer() {
    let server = RawServer::start().await;
    let client = quick(server.url()).close_timeout(Duration::from_millis(100));
    let (connected, deaf) = tokio::join!(client.connect(), server.accept());
    let (client, events) = connected.unwrap();
    let mut events = Listener::new(events);
    events.connected(SessionId(1)).await;
    deadline("the end", client.close()).await;
    assert_eq!(events.end(CloseReason::Requested).await, []);
    drop(deaf);
}

#[tokio::test]
async fn close_does_not_wait_for_events_to_be_read() {
    let mut bench = Bench::with(|builder| builder.event_capacity(4)).await;
    bench.subscribe([NUMBERS]).await;
    for number in 0..100 {
        bench.server.push(numbered(number));
    }
    deadline("the end", bench.client.close()).await;
    bench.events.end(CloseReason::Requested).await;
}

#[tokio::test]
async fn close_frame_has_code_1000_and_nothing_follows_it() {
    let server = RawServer::start().await;
    let (connected, peer) = tokio::join!(quick(server.url()).connect(), server.accept());
    let (client, mut events) = connected.unwrap();
    deadline("the first event", events.recv()).await.unwrap();
    // To read on is also what answers the Close frame.
    let all = async { tokio::join!(peer.collect::<Vec<_>>(), client.close()) };
    let (sent, ()) = deadline("the end", all).await;
    let [Ok(Message::Close(Some(frame)))] = &sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!(u16::from(frame.code), 1000);
}

#[tokio::test]
async fn several_calls_of_close_return() {
    let mut bench = Bench::new().await;
    let all = async {
        tokio::join!(
            bench.client.close(),
            bench.client.close(),
            bench.client.close()
        )
    };
    deadline("the end", all).await;
    assert_eq!(bench.events.end(CloseReason::Requested).await, []);
}

#[tokio::test]
async fn events_are_a_stream_that_ends() {
    let server = quiet_server().await;
    let (client, mut events) = quick(server.url()).connect().await.unwrap();
    let first = deadline("the first event", events.next()).await;
    deadline("the end", client.close()).await;
    let rest: Vec<Event> = deadline("the end of the stream", events.collect()).await;
    let reason = CloseReason::Requested;
    assert_eq!(
        first,
        Some(Event::Connected {
            session: SessionId(1)
        })
    );
    assert_eq!(rest, [Event::Closed { reason }]);
}

#[tokio::test]
async fn close_right_after_connect_is_told_and_sends_a_close_frame() {
    let server = quiet_server().await;
    let (client, events) = quick(server.url()).connect().await.unwrap();
    deadline("the end", client.close()).await;
    let ended = |entry: &Entry| matches!(entry.event, Received::Closed { .. });
    let entry = server.journal().wait_for(ended, PATIENCE).await.unwrap();
    assert_eq!(entry.event, Received::Closed { ending: BY_CLIENT });
    let mut events = Listener::new(events);
    events.connected(SessionId(1)).await;
    assert_eq!(events.end(CloseReason::Requested).await, []);
}
