//! Reconciliations that the user asks for.

use rocketfi_account::{Event, Trigger, Unreconciled};
use rocketfi_mock_server::{Entry, Received};
use rocketfi_protocol::rest::{
    COLLATERAL, OPEN_ORDERS, ORDER_EVENTS, POSITION, POSITION_FUNDING_EVENTS,
};

use super::stage::Stage;

#[tokio::test]
async fn request_is_answered_by_one_question_of_each_sort() {
    let mut stage = Stage::new().await;
    stage.tick(20);
    stage.drain().await;
    let mark = stage.server.journal().mark();
    stage.account.reconcile();
    assert!(!stage.account.is_reconciled());
    let report = stage.reconciled().await;
    assert_eq!((report.trigger, report.attempts), (Trigger::Requested, 1));
    assert!(report.complete);
    assert_eq!((report.order_events, report.funding), (0, 0));
    assert_eq!((report.vanished.len(), report.appeared.len()), (0, 0));
    assert_eq!((report.positions.len(), report.collateral.len()), (0, 0));
    let entries = stage.server.journal().entries().into_iter();
    let path = |entry: Entry| match entry.event {
        Received::Rest { path, .. } if entry.seq >= mark => Some(path),
        _ => None,
    };
    let mut asked: Vec<_> = entries.filter_map(path).collect();
    asked.sort_unstable();
    assert_eq!(
        asked,
        [
            COLLATERAL,
            OPEN_ORDERS,
            ORDER_EVENTS,
            POSITION,
            POSITION_FUNDING_EVENTS
        ]
    );
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn request_in_the_middle_of_a_burst_disturbs_nothing() {
    let mut stage = Stage::new().await;
    for _ in 0..10 {
        stage.tick(20);
        stage.account.reconcile();
        stage.tick(20);
        assert_eq!(stage.reconciled().await.trigger, Trigger::Requested);
    }
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn many_requests_are_one_reconciliation() {
    let mut stage = Stage::new().await;
    stage.drain().await;
    let asked = stage.requests();
    for _ in 0..100 {
        stage.account.reconcile();
    }
    stage.reconciled().await;
    stage.drain().await;
    assert_eq!(stage.requests(), asked + 5);
}

#[tokio::test]
async fn request_right_after_a_reconciliation_waits_for_its_turn_and_holds_nothing_back() {
    let interval = std::time::Duration::from_millis(300);
    let mut stage = Stage::with(|builder| builder.min_interval(interval)).await;
    stage.account.reconcile();
    stage.reconciled().await;
    stage.account.reconcile();
    stage.tick(20);
    stage.drain().await;
    let told = stage.told.iter().any(|event| {
        matches!(
            event,
            Event::Unreconciled {
                reason: Unreconciled::Repeated,
                ..
            }
        )
    });
    assert!(told, "{:?}", stage.told);
    stage.settle().await;
    stage.assert_all_is_well().await;
}
