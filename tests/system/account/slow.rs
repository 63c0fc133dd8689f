//! A user who reads too slowly.

use rocketfi_account::{Event, Trigger};
use rocketfi_client::{Event as ClientEvent, GapCause, Overflow};
use rocketfi_mock_server::{Entry, Received};
use rocketfi_tests::PATIENCE;

use super::stage::{Stage, server};

async fn slow(overflow: Overflow) -> Stage {
    let client = |builder: rocketfi_client::Builder| builder.event_capacity(16).overflow(overflow);
    Stage::of(server().await, client, |it| it, |it| it).await
}

#[tokio::test]
async fn queue_that_overflows_is_a_gap_and_loses_nothing_in_the_end() {
    let mut stage = slow(Overflow::Reconnect).await;
    for _ in 0..3 {
        let mark = stage.server.journal().mark();
        stage.tick(100);
        let is_over = |entry: &Entry| matches!(entry.event, Received::Closed { .. });
        let journal = stage.server.journal().clone();
        journal
            .wait_for_after(mark, is_over, PATIENCE)
            .await
            .unwrap();
        stage.tick(50);
        let is_gap = |event: &Event| matches!(event, Event::Gap { .. });
        let Event::Gap { cause, .. } = stage.until("a gap", is_gap).await else {
            unreachable!()
        };
        assert_eq!(cause, GapCause::Overflow);
        assert!(!stage.reconciled().await.missed_fills.is_empty());
    }
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn events_that_are_thrown_away_are_asked_for() {
    let mut stage = slow(Overflow::DropNewest).await;
    for _ in 0..3 {
        let mark = stage.server.journal().mark();
        stage.tick(100);
        // The answer shows that the client has read everything before.
        stage.server.push_websocket_ping();
        let has_read = |entry: &Entry| entry.event == Received::WebSocketPong;
        let journal = stage.server.journal().clone();
        journal
            .wait_for_after(mark, has_read, PATIENCE)
            .await
            .unwrap();
        let is_lag = |event: &Event| matches!(event, Event::Client(ClientEvent::Lagged { .. }));
        // It is told before the next event for which there is room again.
        for _ in 0..8 {
            stage.next().await.expect("the queue is full");
        }
        stage.server.push_text("\"AfterTheFlood\"");
        stage.until("the lag", is_lag).await;
        let report = stage.reconciled().await;
        assert_eq!(report.trigger, Trigger::Lagged);
        assert!(!report.missed_fills.is_empty(), "{report:?}");
    }
    stage.assert_all_is_well().await;
    assert!(
        !stage
            .told
            .iter()
            .any(|event| matches!(event, Event::Gap { .. }))
    );
}

#[tokio::test]
async fn hold_that_overflows_lets_go_and_ends_equal() {
    use rocketfi_account::Unreconciled;
    use rocketfi_mock_server::{RestAnswer, RestAnswerTo, Times};

    let adjust = |builder: rocketfi_account::Builder| builder.hold_capacity(8);
    let mut stage = Stage::of(server().await, |it| it, adjust, |it| it).await;
    let down = RestAnswer::Status {
        status: 503,
        retry_after: None,
    };
    stage
        .server
        .answer_rest(RestAnswerTo::anything(), down, Times::Always);
    stage.server.drop_connections();
    stage.tick(30);
    stage.resubscribed().await;
    stage.tick(30);
    let is_told = |event: &Event| matches!(event, Event::Unreconciled { .. });
    let told = stage.until("what was held", is_told).await;
    let reason = Unreconciled::Overflow;
    assert!(
        matches!(told, Event::Unreconciled { reason: it, held: 9 } if it == reason),
        "{told:?}"
    );
    stage.drain().await;
    stage.server.clear_rest_answers();
    stage.reconciled().await;
    stage.assert_all_is_well().await;
}
