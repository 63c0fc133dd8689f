//! REST that shows what was a while ago.

use std::time::Duration;

use rocketfi_account::{Event, SourceError, Trigger};

use super::stage::{Stage, is_fill, server};

const LAG: Duration = Duration::from_millis(300);
const FOR_EVER: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn snapshot_that_lags_as_expected_misses_nothing() {
    let server = server().await;
    server.set_rest_lag(LAG);
    let mut stage = Stage::of(server, |it| it, |it| it.rest_lag(LAG), |it| it).await;
    for _ in 0..3 {
        stage.tick(30);
        stage.server.drop_connections();
        stage.tick(30);
        stage.resubscribed().await;
        let asked = stage.requests();
        stage.tick(30);
        stage.drain().await;
        let report = stage.reconciled().await;
        assert_eq!((report.attempts, report.trigger), (1, Trigger::Gap));
        assert!(report.took >= LAG, "{:?}", report.took);
        assert!(stage.requests() >= asked + 5);
    }
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn snapshot_from_before_what_the_stream_told_is_refused_as_stale() {
    let mut stage = Stage::new().await;
    stage.server.set_rest_lag(FOR_EVER);
    stage.tick(50);
    stage.drain().await;
    assert!(stage.happened().iter().any(is_fill));
    stage.server.drop_connections();
    stage.tick(50);
    let is_failure = |event: &Event| matches!(event, Event::SourceFailed { .. });
    for _ in 0..3 {
        let Event::SourceFailed { error, .. } = stage.until("a failure", is_failure).await else {
            unreachable!()
        };
        assert!(matches!(*error, SourceError::Stale), "{error:?}");
    }
    assert!(!stage.account.is_reconciled());
    stage.server.set_rest_lag(Duration::ZERO);
    let report = stage.reconciled().await;
    assert!(
        report.attempts > 3 && !report.missed_fills.is_empty(),
        "{report:?}"
    );
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn longer_lag_than_expected_is_put_right_by_the_next_reconciliation() {
    let mut stage = Stage::new().await;
    stage.drain().await;
    stage.server.set_rest_lag(FOR_EVER);
    // Nothing was told since REST stood still, so nothing proves that it does.
    stage.server.drop_connections();
    stage.tick(50);
    assert_eq!(stage.reconciled().await.missed_fills, []);
    stage.server.set_rest_lag(Duration::ZERO);
    stage.account.reconcile();
    let report = stage.reconciled().await;
    assert_eq!(report.trigger, Trigger::Requested);
    assert!(!report.missed_fills.is_empty(), "{report:?}");
    stage.assert_all_is_well().await;
}
