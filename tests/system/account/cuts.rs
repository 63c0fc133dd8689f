//! Connections that are lost while much happens.

use rocketfi_account::{Event, Origin, Trigger};
use rocketfi_mock_server::{Answer, AnswerTo, Fault, Phase, Times};

use super::stage::{Stage, is_fill};

#[tokio::test]
async fn cut_in_a_burst_of_fills_loses_doubles_and_turns_round_nothing() {
    let mut stage = Stage::new().await;
    for _ in 0..5 {
        stage.tick(100);
        stage.server.drop_connections();
        stage.tick(100);
        let report = stage.reconciled().await;
        assert_eq!(report.trigger, Trigger::Gap);
        assert!(
            report.complete && !report.missed_fills.is_empty(),
            "{report:?}"
        );
        assert_eq!(report.attempts, 1);
        stage.tick(20);
    }
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
    let late = stage.given(Some(Origin::Backfill));
    assert!(late.iter().filter(|it| is_fill(it)).count() > 50);
}

#[tokio::test]
async fn report_counts_the_fills_that_were_missed() {
    let mut stage = Stage::new().await;
    stage.drain().await;
    let before = stage.happened().len();
    stage.server.go_silent();
    stage.tick(100);
    let missed = stage.happened().split_off(before);
    stage.server.speak();
    stage.server.drop_connections();
    let report = stage.reconciled().await;
    let fills = missed.iter().filter(|it| is_fill(it));
    let fills: Vec<_> = fills.map(|event| event.order_id).collect();
    assert_eq!(report.missed_fills, fills);
    assert_eq!(report.order_events, missed.len());
    stage.assert_all_is_well().await;
    assert_eq!(stage.given(Some(Origin::Backfill)), missed);
}

#[tokio::test]
async fn more_events_than_a_page_has_are_all_fetched() {
    let mut stage = Stage::with(|builder| builder.page_size(7)).await;
    stage.server.go_silent();
    stage.tick(200);
    stage.server.speak();
    stage.server.drop_connections();
    let report = stage.reconciled().await;
    assert!(report.complete && report.order_events > 70, "{report:?}");
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn more_events_than_are_read_at_most_leave_it_incomplete_and_right() {
    let mut stage = Stage::with(|builder| builder.page_size(5).max_pages(2)).await;
    stage.tick(50);
    stage.drain().await;
    let before = stage.happened().len();
    stage.server.go_silent();
    stage.tick(200);
    stage.server.speak();
    stage.server.drop_connections();
    let report = stage.reconciled().await;
    assert!(!report.complete, "{report:?}");
    assert_eq!(report.order_events, 10);
    stage.settle().await;
    stage.assert_equal();
    let (happened, given) = (stage.happened(), stage.given(None));
    assert_eq!(given[..before], happened[..before]);
    assert!(happened.ends_with(&given[before..]));
}

#[tokio::test]
async fn connection_lost_again_before_it_is_reconciled_starts_over() {
    let mut stage = Stage::new().await;
    for _ in 0..3 {
        stage.server.answer(
            AnswerTo::any_subscribe(),
            Answer::Ordinary,
            Times::Exactly(2),
        );
        stage
            .server
            .answer(AnswerTo::any_subscribe(), Answer::Cut, Times::Once);
    }
    stage.server.drop_connections();
    stage.tick(50);
    for _ in 0..4 {
        stage.gap().await;
        assert!(!stage.account.is_reconciled());
        stage.tick(10);
    }
    stage.reconciled().await;
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn every_way_to_end_a_session_ends_in_an_equal_state() {
    let mut stage = Stage::new().await;
    let faults = [
        Fault::Reset,
        Fault::Fin,
        Fault::Close { code: 1012 },
        Fault::Truncate { after: 3 },
        Fault::InvalidUtf8,
    ];
    for fault in faults {
        stage.tick(10);
        stage.server.inject(fault, Phase::Streaming);
        stage.tick(10);
        assert_eq!(stage.reconciled().await.trigger, Trigger::Gap);
    }
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn nothing_is_told_between_a_gap_and_its_reconciliation() {
    let mut stage = Stage::new().await;
    stage.server.drop_connections();
    stage.gap().await;
    let from = stage.told.len();
    stage.tick(100);
    stage.reconciled().await;
    let told = &stage.told[from..];
    assert!(
        !told
            .iter()
            .any(|event| matches!(event, Event::Message { .. })),
        "{told:?}"
    );
    stage.assert_all_is_well().await;
}
