//! Sessions that are replaced because of their age.

use std::time::Duration;

use rocketfi_protocol::ClientMessage;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;

use super::harness::*;
use super::messages::transaction;
use crate::{CloseReason, Config, Event, GapCause, SessionId};

const AGE: Duration = Duration::from_secs(100);

/// The server has long enough to answer a Close frame for a test to sleep until there is one for certain.
fn ageing() -> Config {
    Config {
        max_session_age: Some(AGE),
        close_timeout: AGE,
        backoff_min: 10 * AGE,
        backoff_max: 10 * AGE,
        ..config()
    }
}

fn retired(session: u64, kinds: Vec<rocketfi_protocol::SubscriptionKind>) -> Event {
    Event::Gap {
        session: SessionId(session),
        cause: GapCause::SessionAge,
        kinds,
        missed: None,
    }
}

#[tokio::test(start_paused = true)]
async fn old_session_is_drained_and_replaced_at_once() {
    let (client, mut events, mut network, mut peer) = connected(ageing()).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    sleep(AGE * 89 / 100).await;
    assert!(peer.is_quiet().await);
    sleep(AGE * 11 / 100).await;
    // Written before the Close frame is read.
    peer.push(&data(1)).await;
    assert!(matches!(peer.frame().await, Some(Message::Close(_))));
    assert!(peer.frame().await.is_none());
    let ended = Instant::now();
    let mut peer = network.accept().await;
    assert_eq!(ended.elapsed(), Duration::ZERO);
    peer.accept(&ticker(1)).await;
    let message = Event::Message {
        session: SessionId(1),
        message: data(1),
    };
    assert_eq!(next(&mut events).await, message);
    assert_eq!(next(&mut events).await, retired(1, vec![ticker(1)]));
    let session = SessionId(2);
    assert_eq!(next(&mut events).await, Event::Connected { session });
    let kinds = vec![ticker(1)];
    let restored = Event::Resubscribed { session, kinds };
    assert_eq!(next(&mut events).await, restored);
}

#[tokio::test(start_paused = true)]
async fn server_that_does_not_answer_holds_nothing_up_beyond_the_close_timeout() {
    let config = Config {
        close_timeout: Duration::from_secs(2),
        ..ageing()
    };
    let (_client, mut events, mut network, _peer) = connected(config).await;
    let opened = Instant::now();
    assert_eq!(next(&mut events).await, retired(1, vec![]));
    let lasted = opened.elapsed();
    let drain = Duration::from_secs(2);
    assert!(lasted >= AGE * 9 / 10 + drain && lasted <= AGE + drain);
    let _peer = network.accept().await;
    assert_eq!(opened.elapsed(), lasted);
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_is_written_before_the_session_is_replaced() {
    let config = Config {
        write_timeout: 10 * AGE,
        ..ageing()
    };
    let (client, _events, mut network) = start_with(config, 64);
    let mut peer = network.accept().await;
    let mut calls = Vec::new();
    for nonce in 0..3 {
        let (client, transaction) = (client.clone(), transaction(nonce, 0));
        calls.push(tokio::spawn(async move {
            client.submit_transaction(transaction).await
        }));
        settle().await;
    }
    sleep(AGE).await;
    for call in calls {
        let message = peer.message().await;
        assert!(matches!(message, ClientMessage::SubmitTransaction(_)));
        assert_eq!(outcome(call).await, Ok(()));
    }
    assert!(matches!(peer.frame().await, Some(Message::Close(_))));
}

#[tokio::test(start_paused = true)]
async fn request_without_an_answer_is_sent_again_on_the_next_session() {
    let config = Config {
        request_timeout: 10 * AGE,
        ..ageing()
    };
    let (client, _events, mut network, mut peer) = connected(config).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    while peer.frame().await.is_some() {}
    let mut peer = network.accept().await;
    peer.accept(&ticker(1)).await;
    assert_eq!(outcome(call).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn client_that_is_closed_meanwhile_ends_without_another_session() {
    let (client, mut events, network, peer) = connected(ageing()).await;
    sleep(AGE).await;
    let closing = tokio::spawn(async move { client.close().await });
    settle().await;
    peer.cut();
    outcome(closing).await;
    let reason = CloseReason::Requested;
    assert_eq!(rest(&mut events).await, [Event::Closed { reason }]);
    assert_eq!(network.dials().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn session_without_a_limit_stays() {
    let (_client, mut events, network, mut peer) = connected(config()).await;
    sleep(1000 * AGE).await;
    peer.push(&data(1)).await;
    assert!(matches!(next(&mut events).await, Event::Message { .. }));
    assert_eq!(network.dials().len(), 1);
}
