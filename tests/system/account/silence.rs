//! Frames that are lost on a connection on which nothing else is wrong.

use std::time::Duration;

use rocketfi_account::{Event, Inconsistency, Origin, Trigger};
use rocketfi_mock_server::market::Market;
use rocketfi_mock_server::{Fault, Phase};
use rocketfi_protocol::{OrderEvent, OrderEventData, SubscriptionKind};

use super::stage::{Stage, is_fill};

/// Moves the market on, up to a tick in which such a thing happens to an order of the account, and loses what is told
/// of its orders then.
pub(super) fn lose(stage: &Stage, is_such: impl Fn(&Market, &OrderEvent) -> bool) {
    let account = stage.account.address();
    for _ in 0..1_000 {
        let mut future = stage.server.with_market(Clone::clone);
        let happens = future.tick().order_events;
        let mut own = happens.iter().filter(|event| event.account == account);
        let is_lost = own.any(|event| is_such(&future, event));
        if is_lost {
            stage.server.inject(Fault::DropFrame, Phase::Streaming);
        }
        stage.server.tick();
        if is_lost {
            return;
        }
    }
    panic!("it never happens");
}

/// Of an order that rests after the tick.
fn begins_to_rest(after: &Market, event: &OrderEvent) -> bool {
    let open = after.open_orders(event.account).unwrap_or_default();
    let is_placed = matches!(event.event_data, OrderEventData::Placed(_));
    is_placed && open.iter().any(|order| order.order_id == event.order_id)
}

async fn inconsistency(stage: &mut Stage) -> Inconsistency {
    let is_found = |event: &Event| matches!(event, Event::Inconsistent(_));
    match stage.until("an inconsistency", is_found).await {
        Event::Inconsistent(inconsistency) => inconsistency,
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn fill_that_is_lost_in_silence_is_found_by_an_audit() {
    let mut stage = Stage::with(|builder| builder.audit_every(Duration::from_millis(20))).await;
    for _ in 0..3 {
        stage.tick(3);
        lose(&stage, |_, event| is_fill(event));
        let found = inconsistency(&mut stage).await;
        let Inconsistency::Audit(difference) = &found else {
            panic!("{found:?}")
        };
        assert!(difference.order_events > 0, "{difference}");
        let report = stage.reconciled().await;
        assert_eq!(report.trigger, Trigger::Audit);
        assert!(!report.missed_fills.is_empty(), "{report:?}");
    }
    stage.assert_all_is_well().await;
    let late = stage.given(Some(Origin::Backfill));
    assert!(late.iter().any(is_fill), "{late:?}");
    assert!(
        !stage
            .told
            .iter()
            .any(|event| matches!(event, Event::Gap { .. }))
    );
}

#[tokio::test]
async fn order_that_is_lost_in_silence_shows_by_what_becomes_of_it() {
    let mut stage = Stage::new().await;
    // The list of open orders would tell of it.
    let account = stage.account.address();
    let list = SubscriptionKind::OpenOrders { account };
    stage
        .server
        .inject(Fault::DropSubscription(list), Phase::Streaming);
    lose(&stage, begins_to_rest);
    stage.tick(200);
    let found = inconsistency(&mut stage).await;
    assert!(
        matches!(found, Inconsistency::UnknownOrder { .. }),
        "{found}"
    );
    let report = stage.reconciled().await;
    assert_eq!(report.trigger, Trigger::Inconsistent);
    assert!(report.order_events > 0, "{report:?}");
    let is_gap = |event: &Event| matches!(event, Event::Gap { .. });
    assert!(!stage.told.iter().any(is_gap));

    // The next session is told of open orders again.
    stage.server.drop_connections();
    stage.gap().await;
    stage.reconciled().await;
    stage.assert_all_is_well().await;
}

#[tokio::test]
async fn audits_of_an_account_that_is_right_find_nothing() {
    let mut stage = Stage::with(|builder| builder.audit_every(Duration::from_millis(5))).await;
    for _ in 0..5 {
        stage.tick(10);
        stage
            .until("an audit", |event| matches!(event, Event::Audited))
            .await;
    }
    assert!(
        !stage
            .told
            .iter()
            .any(|event| matches!(event, Event::Inconsistent(_)))
    );
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn frame_that_comes_twice_tells_nothing_twice() {
    let mut stage = Stage::new().await;
    for _ in 0..20 {
        stage.server.inject(Fault::Duplicate, Phase::Streaming);
        stage.tick(3);
    }
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn frame_that_cannot_be_read_asks_for_a_reconciliation() {
    let mut stage = Stage::new().await;
    stage.tick(10);
    stage.server.inject(Fault::MalformedJson, Phase::Streaming);
    stage.tick(10);
    assert_eq!(stage.reconciled().await.trigger, Trigger::Malformed);
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}
