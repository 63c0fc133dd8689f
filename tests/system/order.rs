//! The order of what is told, and that all of it belongs to the session that it names. The
//! listener checks the grammar of every test's events; here is what it cannot see.

use rocketfi_client::{CloseReason, Event, GapCause, SessionId};
use rocketfi_mock_server::{MockServer, Received};
use rocketfi_tests::samples::{NUMBERS, kinds, number_of, numbered};
use rocketfi_tests::{Bench, deadline};

const SESSIONS: u64 = 8;
const EACH: usize = 10;

#[tokio::test]
async fn everything_sent_before_a_close_frame_comes_before_the_gap_in_its_order() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    for session in 1..=SESSIONS {
        for number in 0..100 {
            assert_eq!(bench.server.push(numbered(number)), 1);
        }
        bench.server.close_connections(1001, "bye");
        let is_gap = |event: &Event| matches!(event, Event::Gap { .. });
        let (before, gap) = bench.events.collect_until("the gap", is_gap).await;
        assert_eq!(gap.session(), Some(SessionId(session)));
        let numbers: Vec<_> = before.iter().map(number_of).collect();
        assert_eq!(numbers, (0..100).map(Some).collect::<Vec<_>>());
        bench.events.connected(SessionId(session + 1)).await;
        bench.events.resubscribed().await;
    }
}

#[tokio::test]
async fn no_message_of_one_session_is_told_in_another() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    for session in 1..=SESSIONS {
        for _ in 0..EACH {
            bench.server.push(numbered(session));
        }
        bench
            .events
            .until("a message", |event| number_of(event).is_some())
            .await;
        // What a reset leaves of the others is a matter of luck.
        bench.server.drop_connections();
        let is_resubscribed = |event: &Event| matches!(event, Event::Resubscribed { .. });
        let (rest, _) = bench
            .events
            .collect_until("the next session", is_resubscribed)
            .await;
        for event in rest.iter().filter(|event| number_of(event).is_some()) {
            assert_eq!(number_of(event), event.session().map(|session| session.0));
        }
    }
}

#[tokio::test]
async fn lively_stream_keeps_its_order_through_many_losses() {
    let server = MockServer::builder()
        .seed(11)
        .rate(500.0)
        .start()
        .await
        .unwrap();
    let mut bench = Bench::of(server, |builder| builder).await;
    bench.subscribe(kinds()).await;
    for session in 2..=SESSIONS {
        let is_message = |event: &Event| matches!(event, Event::Message { .. });
        bench.events.until("a message", is_message).await;
        if session % 2 == 0 {
            bench.server.drop_connections();
        } else {
            bench.server.close_connections(1012, "restart");
        }
        let (cause, affected) = bench.events.gap().await;
        assert_ne!(cause, GapCause::Overflow);
        assert_eq!(affected, kinds());
        bench.events.connected(SessionId(session)).await;
        let (_, restored) = bench.events.resubscribed().await;
        assert_eq!(restored, kinds());
    }
    deadline("the end", bench.client.close()).await;
    for event in bench.events.end(CloseReason::Requested).await {
        assert!(matches!(event, Event::Message { .. }), "{event:?}");
    }
}

#[tokio::test]
async fn gap_comes_once_for_each_lost_session_and_never_otherwise() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    bench.server.drop_connections();
    bench.events.resubscribed().await;
    bench.server.close_connections(1000, "");
    bench.events.resubscribed().await;
    deadline("the end", bench.client.close()).await;
    let rest = bench.events.end(CloseReason::Requested).await;
    assert_eq!(rest, [], "an end that was asked for is no gap");
    let opened = |entry: &rocketfi_mock_server::Entry| entry.event == Received::Opened;
    assert_eq!(bench.server.journal().count(opened), 3);
}

#[tokio::test]
async fn snapshots_that_follow_a_confirmation_are_told() {
    let server = MockServer::builder()
        .quiet()
        .snapshots(true)
        .start()
        .await
        .unwrap();
    let mut bench = Bench::of(server, |builder| builder).await;
    let mut told = 0;
    for kind in kinds() {
        bench.subscribe([kind.clone()]).await;
        for event in bench.drain().await {
            let Event::Message { message, .. } = event else {
                panic!("{event:?}")
            };
            assert!(
                message.belongs_to(&kind),
                "{} for {}",
                message.name(),
                kind.name()
            );
            told += 1;
        }
    }
    assert!(told > 0, "some kinds have a state");
}
