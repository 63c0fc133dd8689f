//! Subscribing and unsubscribing: what is sent, and when a call returns.

use std::time::Duration;

use futures_util::FutureExt;
use rocketfi_client::{Event, SubscribeError, UnsubscribeError};
use rocketfi_mock_server::{Answer, AnswerTo, Times};
use rocketfi_protocol::{ClientMessage, ServerMessage};
use rocketfi_tests::samples::{NUMBERS, kinds, number_of, numbered};
use rocketfi_tests::{Bench, PATIENCE, deadline, message, requests, subscribes};

/// For tests in which a request is to time out. Ample for the requests that are not.
const SHORT: Duration = Duration::from_millis(800);

#[tokio::test]
async fn second_identical_subscribe_sends_nothing() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS, NUMBERS, NUMBERS]).await;
    assert_eq!(
        bench.server.push(numbered(1)),
        1,
        "the server has one subscription"
    );
    let received = bench.drain().await;
    assert_eq!(
        received.iter().map(number_of).collect::<Vec<_>>(),
        [Some(1)]
    );
    assert_eq!(subscribes(bench.server.journal(), &NUMBERS), 1);
    assert_eq!(bench.client.subscriptions().await, [NUMBERS]);
}

#[tokio::test]
async fn simultaneous_identical_subscribes_share_one_request_and_its_answer() {
    let bench = Bench::new().await;
    let same = (0..10).map(|_| bench.client.subscribe(NUMBERS));
    let answers = deadline("ten confirmations", futures_util::future::join_all(same)).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(subscribes(bench.server.journal(), &NUMBERS), 1);
}

#[tokio::test]
async fn subscribe_waits_for_the_confirmation_of_its_own_kind() {
    let mut bench = Bench::new().await;
    let other = kinds().swap_remove(0);
    let never = Answer::Unacknowledged;
    bench
        .server
        .answer(AnswerTo::subscribe(NUMBERS), never, Times::Always);
    let mut subscribing = Box::pin(bench.client.subscribe(NUMBERS));
    assert_eq!(subscribing.as_mut().now_or_never(), None);
    let asked = message(ClientMessage::Subscribe(NUMBERS));
    bench
        .server
        .journal()
        .wait_for(asked, PATIENCE)
        .await
        .unwrap();

    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(other));
    bench
        .server
        .push(ServerMessage::UnsubscribeConfirmation(NUMBERS));
    let server = &bench.server;
    server.push(numbered(1));
    bench
        .events
        .until("an update before its confirmation", |it| {
            number_of(it) == Some(1)
        })
        .await;
    assert_eq!(
        subscribing.as_mut().now_or_never(),
        None,
        "it is not confirmed yet"
    );

    server.push(ServerMessage::SubscribeConfirmation(NUMBERS));
    assert_eq!(deadline("the confirmation", subscribing).await, Ok(()));
}

#[tokio::test]
async fn unconfirmed_subscribe_times_out_and_the_kind_is_not_wanted() {
    let bench = Bench::with(|builder| builder.request_timeout(SHORT)).await;
    bench
        .server
        .answer(AnswerTo::subscribe(NUMBERS), Answer::Silence, Times::Once);
    let subscribing = bench.client.subscribe(NUMBERS);
    let error = deadline("the end of a subscribe", subscribing).await;
    assert_eq!(error, Err(SubscribeError::Timeout { after: SHORT }));
    assert_eq!(bench.client.subscriptions().await, []);
}

#[tokio::test]
async fn confirmation_that_comes_late_is_followed_by_an_unsubscribe() {
    let mut bench = Bench::with(|builder| builder.request_timeout(SHORT)).await;
    bench.server.answer(
        AnswerTo::subscribe(NUMBERS),
        Answer::Unacknowledged,
        Times::Once,
    );
    let subscribing = bench.client.subscribe(NUMBERS);
    let error = deadline("the end of a subscribe", subscribing).await;
    assert!(
        matches!(error, Err(SubscribeError::Timeout { .. })),
        "{error:?}"
    );

    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(NUMBERS));
    let taken_back = message(ClientMessage::Unsubscribe(NUMBERS));
    bench
        .server
        .journal()
        .wait_for(taken_back, PATIENCE)
        .await
        .unwrap();
    bench.drain().await;
    assert_eq!(
        bench.server.push(numbered(1)),
        0,
        "nothing unwanted streams"
    );
}

#[tokio::test]
async fn late_confirmation_of_an_earlier_session_is_ignored() {
    let mut bench = Bench::with(|builder| builder.request_timeout(SHORT)).await;
    let other = kinds().swap_remove(0);
    bench
        .server
        .answer(AnswerTo::subscribe(NUMBERS), Answer::Silence, Times::Once);
    let error = deadline("the end of a subscribe", bench.client.subscribe(NUMBERS)).await;
    assert!(
        matches!(error, Err(SubscribeError::Timeout { .. })),
        "{error:?}"
    );
    bench.server.drop_connections();
    let is_connected = |event: &Event| matches!(event, Event::Connected { .. });
    bench.events.until("the second session", is_connected).await;

    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(NUMBERS));
    assert_eq!(bench.drain().await, []);
    bench.subscribe([other.clone()]).await;
    let wanted = bench.client.subscriptions().await;
    assert_eq!(wanted, std::slice::from_ref(&other));
    let second = requests(bench.server.journal(), 2);
    assert_eq!(second, [ClientMessage::Subscribe(other)]);
}

#[tokio::test]
async fn unsubscribe_of_what_is_not_subscribed_fails_and_sends_nothing() {
    let bench = Bench::new().await;
    let error = bench.client.unsubscribe(NUMBERS).await;
    assert_eq!(error, Err(UnsubscribeError::NotSubscribed));
    bench.subscribe(kinds().into_iter().take(1)).await;
    let unsubscribes = bench
        .server
        .journal()
        .count(message(ClientMessage::Unsubscribe(NUMBERS)));
    assert_eq!(unsubscribes, 0);
}

#[tokio::test]
async fn unsubscribe_while_the_subscribe_waits_ends_both() {
    let bench = Bench::new().await;
    bench.server.answer(
        AnswerTo::subscribe(NUMBERS),
        Answer::Unacknowledged,
        Times::Once,
    );
    let mut subscribing = Box::pin(bench.client.subscribe(NUMBERS));
    assert_eq!(subscribing.as_mut().now_or_never(), None);
    let mut unsubscribing = Box::pin(bench.client.unsubscribe(NUMBERS));
    assert_eq!(unsubscribing.as_mut().now_or_never(), None);
    let asked = message(ClientMessage::Subscribe(NUMBERS));
    bench
        .server
        .journal()
        .wait_for(asked, PATIENCE)
        .await
        .unwrap();
    let subscribed = deadline("the end of a subscribe", subscribing).await;
    assert_eq!(subscribed, Err(SubscribeError::Unsubscribed));

    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(NUMBERS));
    assert_eq!(
        deadline("the end of a subscription", unsubscribing).await,
        Ok(())
    );
    assert_eq!(bench.server.push(numbered(1)), 0);
}

#[tokio::test]
async fn kind_can_be_subscribed_again_after_it_was_unsubscribed() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    deadline(
        "the end of a subscription",
        bench.client.unsubscribe(NUMBERS),
    )
    .await
    .unwrap();
    bench.subscribe([NUMBERS]).await;
    assert_eq!(bench.server.push(numbered(5)), 1);
    assert_eq!(
        bench
            .drain()
            .await
            .iter()
            .map(number_of)
            .collect::<Vec<_>>(),
        [Some(5)]
    );
    let subscribe = ClientMessage::Subscribe(NUMBERS);
    let unsubscribe = ClientMessage::Unsubscribe(NUMBERS);
    let expected = [subscribe.clone(), unsubscribe, subscribe];
    assert_eq!(requests(bench.server.journal(), 1), expected);
}

#[tokio::test]
async fn one_request_is_in_flight_at_a_time_in_the_order_of_the_calls() {
    let bench = Bench::new().await;
    let first = kinds().swap_remove(0);
    bench.server.answer(
        AnswerTo::subscribe(first.clone()),
        Answer::Unacknowledged,
        Times::Once,
    );
    let calls: Vec<_> = kinds()
        .into_iter()
        .map(|kind| bench.client.subscribe(kind))
        .collect();
    let mut calls = Box::pin(futures_util::future::join_all(calls));
    assert!(calls.as_mut().now_or_never().is_none());
    let asked = message(ClientMessage::Subscribe(first.clone()));
    bench
        .server
        .journal()
        .wait_for(asked, PATIENCE)
        .await
        .unwrap();
    let sent_before = requests(bench.server.journal(), 1);
    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(first.clone()));

    let answers = deadline("all confirmations", calls).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(sent_before, [ClientMessage::Subscribe(first)]);
    let expected: Vec<_> = kinds().into_iter().map(ClientMessage::Subscribe).collect();
    assert_eq!(requests(bench.server.journal(), 1), expected);
}

#[tokio::test]
async fn confirmation_that_comes_twice_counts_once() {
    let mut bench = Bench::new().await;
    bench
        .server
        .answer(AnswerTo::anything(), Answer::Twice, Times::Always);
    bench.subscribe([NUMBERS]).await;
    assert_eq!(bench.drain().await, []);
    deadline(
        "the end of a subscription",
        bench.client.unsubscribe(NUMBERS),
    )
    .await
    .unwrap();
    assert_eq!(bench.drain().await, []);
    let expected = [
        ClientMessage::Subscribe(NUMBERS),
        ClientMessage::Unsubscribe(NUMBERS),
    ];
    assert_eq!(requests(bench.server.journal(), 1), expected);
}
