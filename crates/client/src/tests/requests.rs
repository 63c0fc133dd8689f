use std::time::Duration;

use rocketfi_protocol::{ClientMessage, ServerMessage, SubscriptionKind};
use tokio::time::Instant;

use super::harness::*;
use crate::{Event, GapCause, Request, SessionId, SubscribeError};

const TIMEOUT: Duration = Duration::from_secs(10);

fn timed_out() -> SubscribeError {
    SubscribeError::Timeout { after: TIMEOUT }
}

fn unsubscribe_of(kind: &SubscriptionKind) -> ClientMessage {
    ClientMessage::Unsubscribe(kind.clone())
}

#[tokio::test(start_paused = true)]
async fn subscribe_resolves_on_the_confirmation_of_an_equal_kind() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    assert_eq!(peer.message().await, ClientMessage::Subscribe(ticker(1)));
    peer.confirm(&ticker(2)).await;
    settle().await;
    assert!(!call.is_finished());
    peer.confirm(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
    assert_eq!(client.subscriptions().await, [ticker(1)]);
}

#[tokio::test(start_paused = true)]
async fn error_in_the_window_fails_the_request_and_is_an_event() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    peer.error("no such instrument").await;
    let Err(SubscribeError::Rejected { text }) = outcome(call).await else {
        panic!()
    };
    assert_eq!(text, "no such instrument");
    let requests = vec![Request::Subscribe(ticker(1))];
    assert_eq!(
        next(&mut events).await,
        Event::ServerError {
            session: SessionId(1),
            text,
            requests
        }
    );
    assert_eq!(client.subscriptions().await, []);
}

#[tokio::test(start_paused = true)]
async fn error_outside_the_window_is_an_event_without_a_request() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    peer.error("overloaded").await;
    let Event::ServerError { text, requests, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!((text.as_str(), requests), ("overloaded", vec![]));
    assert_eq!(client.subscriptions().await, [ticker(1)]);
}

#[tokio::test(start_paused = true)]
async fn rejected_kind_can_be_subscribed_again_at_once() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    peer.error("throttled").await;
    assert!(outcome(call).await.is_err());
    establish(&client, &mut peer, &[ticker(1)]).await;
}

#[tokio::test(start_paused = true)]
async fn late_confirmation_is_answered_by_an_unsubscribe() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    assert_eq!(outcome(call).await, Err(timed_out()));
    assert_eq!(client.subscriptions().await, []);
    peer.confirm(&ticker(1)).await;
    peer.accept_end(&ticker(1)).await;
    assert!(peer.is_quiet().await);
    // The state is known again: a new subscribe is an ordinary one.
    establish(&client, &mut peer, &[ticker(1)]).await;
}

#[tokio::test(start_paused = true)]
async fn error_blamed_on_the_wrong_request_leaves_nothing_unwanted_streaming() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    peer.error("about something else").await;
    assert!(outcome(call).await.is_err());
    peer.confirm(&ticker(1)).await;
    peer.accept_end(&ticker(1)).await;
}

#[tokio::test(start_paused = true)]
async fn kind_confirmed_twice_after_a_refusal_ends_the_session() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    peer.error("about something else").await;
    assert!(outcome(call).await.is_err());
    next(&mut events).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    peer.confirm(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
    peer.confirm(&ticker(1)).await;
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause, GapCause::SubscriptionUnknown { kind: ticker(1) });
}

/// Two requests were refused as it seemed, and both have succeeded: ending one of them would leave the other.
#[tokio::test(start_paused = true)]
async fn kind_confirmed_once_more_while_it_is_ended_ends_the_session() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    for _ in 0..2 {
        let call = subscribe(&client, &ticker(1)).await;
        peer.message().await;
        peer.error("about something else").await;
        assert!(outcome(call).await.is_err());
        next(&mut events).await;
    }
    peer.confirm(&ticker(1)).await;
    let end = ClientMessage::Unsubscribe(ticker(1));
    assert_eq!(peer.message().await, end);
    peer.confirm(&ticker(1)).await;
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause, GapCause::SubscriptionUnknown { kind: ticker(1) });
}

/// The first request seemed refused, was carried out, and is confirmed last: the end of one is not the end of both.
#[tokio::test(start_paused = true)]
async fn confirmation_that_comes_after_the_end_is_undone() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    peer.error("about something else").await;
    assert!(outcome(call).await.is_err());
    establish(&client, &mut peer, &[ticker(1)]).await;
    let call = unsubscribe(&client, &ticker(1)).await;
    peer.accept_end(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
    peer.confirm(&ticker(1)).await;
    peer.accept_end(&ticker(1)).await;
    // And then it is subscribed as ever.
    establish(&client, &mut peer, &[ticker(1)]).await;
}

#[tokio::test(start_paused = true)]
async fn second_confirmation_of_one_request_is_ignored() {
    let (client, mut events, _network, mut peer) = connected(config()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    peer.confirm(&ticker(1)).await;
    peer.push(&ServerMessage::UnsubscribeConfirmation(ticker(2)))
        .await;
    peer.push(&data(1)).await;
    assert!(matches!(next(&mut events).await, Event::Message { .. }));
    assert!(peer.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn subscribe_after_a_timeout_makes_the_state_known_first() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    assert_eq!(outcome(call).await, Err(timed_out()));
    let call = subscribe(&client, &ticker(1)).await;
    peer.accept_end(&ticker(1)).await;
    peer.accept(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn session_is_replaced_when_the_state_cannot_be_made_known() {
    let (client, mut events, mut network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    assert_eq!(outcome(call).await, Err(timed_out()));
    let call = subscribe(&client, &ticker(1)).await;
    assert_eq!(peer.message().await, unsubscribe_of(&ticker(1)));
    peer.error("not subscribed").await;
    assert!(matches!(next(&mut events).await, Event::ServerError { .. }));
    let Event::Gap { cause, .. } = next(&mut events).await else {
        panic!()
    };
    assert_eq!(cause, GapCause::SubscriptionUnknown { kind: ticker(1) });
    network.accept().await.accept(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn second_identical_subscribe_joins_the_first() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let first = subscribe(&client, &ticker(1)).await;
    let second = subscribe(&client, &ticker(1)).await;
    peer.accept(&ticker(1)).await;
    assert_eq!(outcome(first).await, Ok(()));
    assert_eq!(outcome(second).await, Ok(()));
    assert_eq!(client.subscribe(ticker(1)).await, Ok(()));
    assert!(peer.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn one_request_is_in_flight_at_a_time() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let calls = [
        subscribe(&client, &ticker(1)).await,
        subscribe(&client, &ticker(2)).await,
    ];
    assert_eq!(peer.message().await, ClientMessage::Subscribe(ticker(1)));
    assert!(peer.is_quiet().await);
    peer.confirm(&ticker(1)).await;
    peer.accept(&ticker(2)).await;
    for call in calls {
        assert_eq!(outcome(call).await, Ok(()));
    }
}

#[tokio::test(start_paused = true)]
async fn error_with_several_in_flight_fails_the_one_that_is_not_confirmed() {
    let config = crate::Config {
        max_in_flight: 3,
        ..config()
    };
    let (client, mut events, _network, mut peer) = connected(config).await;
    let mut calls = Vec::new();
    for number in 1..=4 {
        calls.push(subscribe(&client, &ticker(number)).await);
    }
    for number in 1..=3 {
        let request = ClientMessage::Subscribe(ticker(number));
        assert_eq!(peer.message().await, request);
    }
    peer.confirm(&ticker(1)).await;
    assert_eq!(peer.message().await, ClientMessage::Subscribe(ticker(4)));
    peer.error("no such instrument").await;
    let Event::ServerError { requests, .. } = next(&mut events).await else {
        panic!()
    };
    let suspects = [2, 3, 4].map(|number| Request::Subscribe(ticker(number)));
    assert_eq!(requests, suspects);
    peer.confirm(&ticker(2)).await;
    settle().await;
    assert!(!calls[2].is_finished() && !calls[3].is_finished());
    peer.confirm(&ticker(4)).await;
    let mut failed = Vec::new();
    for (index, call) in calls.into_iter().enumerate() {
        if outcome(call).await.is_err() {
            failed.push(index + 1);
        }
    }
    assert_eq!(failed, [3]);
    let kept = [1, 2, 4].map(ticker);
    assert_eq!(client.subscriptions().await, kept);
}

#[tokio::test(start_paused = true)]
async fn burst_of_requests_is_not_paced() {
    let config = crate::Config {
        request_pacing: Duration::from_secs(1),
        request_burst: 3,
        ..config()
    };
    let (client, _events, _network, mut peer) = connected(config).await;
    let begun = Instant::now();
    for number in 1..=5 {
        establish(&client, &mut peer, &[ticker(number)]).await;
    }
    assert_eq!(begun.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn requests_are_paced() {
    let pacing = Duration::from_millis(500);
    let config = crate::Config {
        request_pacing: pacing,
        request_burst: 1,
        ..config()
    };
    let (client, _events, _network, mut peer) = connected(config).await;
    let begun = Instant::now();
    let calls = [1, 2, 3].map(|number| {
        let client = client.clone();
        tokio::spawn(async move { client.subscribe(ticker(number)).await })
    });
    for _ in &calls {
        let ClientMessage::Subscribe(kind) = peer.message().await else {
            panic!()
        };
        peer.confirm(&kind).await;
    }
    for call in calls {
        assert_eq!(outcome(call).await, Ok(()));
    }
    assert!(begun.elapsed() >= 2 * pacing);
}

#[tokio::test(start_paused = true)]
async fn dropped_subscribe_is_not_undone() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let call = subscribe(&client, &ticker(1)).await;
    call.abort();
    peer.accept(&ticker(1)).await;
    settle().await;
    assert_eq!(client.subscribe(ticker(1)).await, Ok(()));
    assert!(peer.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn subscribe_without_a_connection_is_sent_on_the_first_session() {
    let (client, _events, mut network) = start(config());
    let call = subscribe(&client, &ticker(1)).await;
    network.accept().await.accept(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
}
