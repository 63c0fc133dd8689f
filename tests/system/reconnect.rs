//! Lost connections: how the loss is told, and that it is made good.

use std::time::Duration;

use futures_util::StreamExt;
use rocketfi_client::{CloseReason, Event, GapCause, SendError, SessionId};
use rocketfi_mock_server::{Answer, AnswerTo, Received, Times};
use rocketfi_protocol::{ClientMessage, RawJson};
use rocketfi_tests::samples::{NUMBERS, kinds, number_of, numbered, transaction};
use rocketfi_tests::{
    Bench, Listener, PATIENCE, RawServer, deadline, in_session, quick, requests, restart,
    subscribes,
};

#[tokio::test]
async fn restarted_server_is_subscribed_again_in_the_original_order() {
    let mut bench = Bench::new().await;
    let mut order = kinds();
    order.reverse();
    bench.subscribe(order.clone()).await;
    bench.server = restart(bench.server).await;

    let (cause, affected) = bench.events.gap().await;
    let GapCause::ClosedByServer {
        code: Some(1001), ..
    } = cause
    else {
        panic!("{cause:?}")
    };
    assert_eq!(affected, order);
    bench.events.connected(SessionId(2)).await;
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), order.clone())
    );
    let expected: Vec<_> = order.into_iter().map(ClientMessage::Subscribe).collect();
    assert_eq!(requests(bench.server.journal(), 1), expected);
    assert_eq!(bench.server.push(numbered(1)), 1);
    bench
        .events
        .until("an update", |event| number_of(event) == Some(1))
        .await;
}

#[tokio::test]
async fn reset_connection_is_replaced() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    assert_eq!(bench.server.drop_connections(), 1);
    let (cause, kinds) = bench.events.gap().await;
    assert!(matches!(cause, GapCause::Disconnected { .. }), "{cause:?}");
    assert_eq!(kinds, [NUMBERS]);
    bench.events.connected(SessionId(2)).await;
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![NUMBERS])
    );
    assert_eq!(bench.server.push(numbered(2)), 1);
    bench
        .events
        .until("an update", |event| number_of(event) == Some(2))
        .await;
}

#[tokio::test]
async fn end_of_the_stream_without_a_close_frame_is_a_disconnect() {
    let mut bench = Bench::new().await;
    bench.server.close_connections(1006, "");
    let (cause, kinds) = bench.events.gap().await;
    assert!(matches!(cause, GapCause::Disconnected { .. }), "{cause:?}");
    assert_eq!(kinds, []);
    bench.events.connected(SessionId(2)).await;
}

#[tokio::test]
async fn close_frame_is_told_with_code_and_reason_whatever_the_code() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    let codes = [1000, 1001, 1008, 1011, 1012, 1013, 4000];
    for (expected, session) in codes.into_iter().zip(2..) {
        let words = format!("reason of {expected}");
        bench.server.close_connections(expected, &words);
        let (cause, kinds) = bench.events.gap().await;
        let GapCause::ClosedByServer { code, reason } = cause else {
            panic!("{cause:?}")
        };
        assert_eq!((code, reason.as_str()), (Some(expected), words.as_str()));
        assert_eq!(kinds, [NUMBERS]);
        let expected = (SessionId(session), vec![NUMBERS]);
        assert_eq!(bench.events.resubscribed().await, expected);
    }
}

#[tokio::test]
async fn close_frame_without_a_code_is_told_as_such() {
    let mut bench = Bench::new().await;
    bench.server.close_connections(1005, "");
    let (cause, _) = bench.events.gap().await;
    let GapCause::ClosedByServer { code: None, reason } = cause else {
        panic!("{cause:?}")
    };
    assert_eq!(reason, "");
    bench.events.connected(SessionId(2)).await;
}

#[tokio::test]
async fn connection_lost_many_times_is_replaced_every_time() {
    let mut bench = Bench::new().await;
    bench.subscribe(kinds()).await;
    for session in 2..=11 {
        bench.server.drop_connections();
        assert_eq!(
            bench.events.resubscribed().await,
            (SessionId(session), kinds())
        );
        let expected: Vec<_> = kinds().into_iter().map(ClientMessage::Subscribe).collect();
        assert_eq!(requests(bench.server.journal(), session), expected);
    }
}

#[tokio::test]
async fn connection_lost_while_resubscribing_is_replaced_too() {
    let mut bench = Bench::new().await;
    bench.subscribe(kinds()).await;
    let middle = kinds().swap_remove(7);
    bench.server.answer(
        AnswerTo::subscribe(middle.clone()),
        Answer::Cut,
        Times::Once,
    );
    let close = Answer::Close {
        code: 1013,
        reason: "try again later".to_owned(),
    };
    bench
        .server
        .answer(AnswerTo::subscribe(middle), close, Times::Once);
    bench.server.drop_connections();
    assert_eq!(bench.events.resubscribed().await, (SessionId(4), kinds()));
    let expected: Vec<_> = kinds().into_iter().map(ClientMessage::Subscribe).collect();
    for session in [2, 3] {
        assert_eq!(requests(bench.server.journal(), session), expected[..8]);
    }
    assert_eq!(requests(bench.server.journal(), 4), expected);
}

#[tokio::test]
async fn subscribe_under_way_when_the_connection_is_lost_is_sent_again() {
    let mut bench = Bench::new().await;
    bench
        .server
        .answer(AnswerTo::subscribe(NUMBERS), Answer::Cut, Times::Once);
    bench.subscribe([NUMBERS]).await;
    bench.events.connected_after_gap(SessionId(2)).await;
    assert_eq!(subscribes(bench.server.journal(), &NUMBERS), 2);
    assert_eq!(
        bench.server.push(numbered(1)),
        1,
        "one subscription on the second session"
    );
}

#[tokio::test]
async fn unsubscribed_kind_is_not_subscribed_after_a_reconnect() {
    let mut bench = Bench::new().await;
    bench.subscribe(kinds()).await;
    deadline(
        "the end of a subscription",
        bench.client.unsubscribe(NUMBERS),
    )
    .await
    .unwrap();
    bench.server.drop_connections();
    let (cause, affected) = bench.events.gap().await;
    assert!(matches!(cause, GapCause::Disconnected { .. }), "{cause:?}");
    let rest: Vec<_> = kinds()
        .into_iter()
        .filter(|kind| *kind != NUMBERS)
        .collect();
    assert_eq!(affected, rest);
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), rest.clone())
    );
    let expected: Vec<_> = rest.into_iter().map(ClientMessage::Subscribe).collect();
    assert_eq!(requests(bench.server.journal(), 2), expected);
    assert_eq!(bench.server.push(numbered(1)), 0);
}

#[tokio::test]
async fn without_subscriptions_nothing_is_sent_after_a_reconnect() {
    let mut bench = Bench::new().await;
    bench.server.drop_connections();
    bench.events.connected_after_gap(SessionId(2)).await;
    assert_eq!(
        bench.drain().await,
        [],
        "there is nothing to tell about nothing"
    );
    deadline("the end", bench.client.close()).await;
    assert_eq!(requests(bench.server.journal(), 2), []);
}

#[tokio::test]
async fn earlier_connection_is_gone_before_the_next_session_begins() {
    let mut bench = Bench::with(|builder| {
        builder
            .heartbeat_interval(Duration::from_millis(10))
            .pong_timeout(Duration::from_millis(300))
    })
    .await;
    bench.server.mute_pongs(true);
    bench.events.gap().await;
    bench.server.mute_pongs(false);
    bench.events.connected(SessionId(2)).await;
    let ended =
        |entry: &rocketfi_mock_server::Entry| matches!(entry.event, Received::Closed { .. });
    let journal = bench.server.journal();
    journal
        .wait_for(in_session(1, ended), PATIENCE)
        .await
        .unwrap();
    assert_eq!(bench.server.sessions(), 1);
}

#[tokio::test]
async fn peer_that_does_not_read_is_replaced_and_its_callers_are_told() {
    const EACH: usize = 1_000_000;
    const ALL: u64 = 24;
    let text = format!(r#"{{"Padding":"{}"}}"#, "x".repeat(EACH));
    let large = RawJson::new(text).unwrap();
    let server = RawServer::start().await;
    let client = quick(server.url()).write_timeout(Duration::from_millis(300));
    let (connected, deaf) = tokio::join!(client.connect(), server.accept());
    let (client, events) = connected.unwrap();
    let mut events = Listener::new(events);
    events.connected(SessionId(1)).await;
    let writes = (1..=ALL).map(|nonce| {
        let mut transaction = transaction(nonce);
        transaction.data.instruction = large.clone();
        client.submit_transaction(transaction)
    });
    let writes = futures_util::future::join_all(writes);
    let (results, (cause, _)) = tokio::join!(deadline("all answers", writes), events.gap());
    assert_eq!(cause, GapCause::WriteTimeout);
    let first_failure = results
        .iter()
        .position(Result::is_err)
        .expect("buffers are finite");
    assert_eq!(
        results[first_failure],
        Err(SendError::Interrupted),
        "begun, fate unknown"
    );
    for later in &results[first_failure + 1..] {
        assert_eq!(*later, Err(SendError::NotConnected), "never begun");
    }
    drop(deaf);
    let mut next = server.accept().await;
    events.connected(SessionId(2)).await;
    deadline("the end", async {
        tokio::join!(client.close(), next.next())
    })
    .await;
    let rest = events.end(CloseReason::Requested).await;
    assert!(
        !rest.iter().any(|event| matches!(event, Event::Gap { .. })),
        "{rest:?}"
    );
}
