//! REST that is down, refuses or answers with nonsense.

use std::time::Duration;

use rocketfi_account::{Event, SourceError, Trigger, Unreconciled};
use rocketfi_mock_server::{RestAnswer, RestAnswerTo, Times};
use rocketfi_protocol::rest::{OPEN_ORDERS, ORDER_EVENTS};

use super::stage::Stage;

const DOWN: RestAnswer = RestAnswer::Status {
    status: 500,
    retry_after: None,
};

impl Stage {
    fn answer(&self, to: RestAnswerTo, answer: RestAnswer, times: Times) {
        self.server.answer_rest(to, answer, times);
    }

    /// The next failure: its number, and the event.
    async fn failure(&mut self) -> (u32, std::sync::Arc<SourceError>, Duration) {
        let is_failure = |event: &Event| matches!(event, Event::SourceFailed { .. });
        match self.until("a failure", is_failure).await {
            Event::SourceFailed {
                attempt,
                error,
                retry_in,
            } => (attempt, error, retry_in),
            other => unreachable!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn while_rest_is_down_messages_flow_as_unreconciled_in_the_end() {
    let hold_for = Duration::from_millis(50);
    let mut stage = Stage::with(|builder| builder.hold_for(hold_for)).await;
    stage.answer(RestAnswerTo::anything(), DOWN, Times::Always);
    stage.tick(20);
    stage.server.drop_connections();
    stage.tick(20);
    stage.resubscribed().await;
    stage.tick(20);
    for expected in 1..=3 {
        let (attempt, error, _) = stage.failure().await;
        assert_eq!(attempt, expected);
        assert!(
            matches!(*error, SourceError::Status { status: 500, .. }),
            "{error}"
        );
    }
    let is_told = |event: &Event| matches!(event, Event::Unreconciled { .. });
    if !stage.told.iter().any(is_told) {
        stage.until("what was held", is_told).await;
    }
    let told = stage.told.iter().position(is_told).unwrap();
    let Event::Unreconciled {
        reason: Unreconciled::Overdue,
        held,
    } = stage.told[told]
    else {
        panic!("{:?}", stage.told[told])
    };
    assert!(held > 0);
    stage.tick(20);
    stage.drain().await;
    assert!(!stage.account.is_reconciled());
    let sure = |event: &Event| {
        matches!(
            event,
            Event::Message {
                reconciled: true,
                ..
            }
        )
    };
    let unsure = |event: &Event| {
        matches!(
            event,
            Event::Message {
                reconciled: false,
                ..
            }
        )
    };
    assert!(!stage.told[told..].iter().any(sure));
    assert!(
        stage.told[told..]
            .iter()
            .filter(|event| unsure(event))
            .count()
            > 20
    );

    stage.server.clear_rest_answers();
    let report = stage.reconciled().await;
    assert!(
        report.attempts > 3 && report.trigger == Trigger::Gap,
        "{report:?}"
    );
    assert!(!report.missed_fills.is_empty());
    stage.assert_all_is_well().await;
}

#[tokio::test]
async fn what_is_held_until_rest_is_back_stays_in_order() {
    let mut stage = Stage::new().await;
    stage.answer(RestAnswerTo::path(OPEN_ORDERS), DOWN, Times::Exactly(5));
    stage.tick(20);
    stage.server.drop_connections();
    stage.tick(20);
    stage.resubscribed().await;
    stage.tick(20);
    let report = stage.reconciled().await;
    assert_eq!(report.attempts, 6);
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let mut stage = Stage::new().await;
    let throttled = RestAnswer::Status {
        status: 429,
        retry_after: Some(Duration::from_secs(1)),
    };
    stage.answer(RestAnswerTo::path(ORDER_EVENTS), throttled, Times::Once);
    stage.server.drop_connections();
    stage.tick(20);
    let (attempt, error, retry_in) = stage.failure().await;
    assert!(matches!(*error, SourceError::Throttled { .. }), "{error:?}");
    assert_eq!(attempt, 1);
    assert!(retry_in > Duration::from_secs(1), "{retry_in:?}");
    let asked = stage.requests();
    stage.tick(20);
    stage.drain().await;
    let report = stage.reconciled().await;
    assert!(report.took >= retry_in, "{:?}", report.took);
    assert_eq!((report.attempts, stage.requests()), (2, asked + 5));
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn request_to_reconcile_does_not_overrule_retry_after() {
    let mut stage = Stage::new().await;
    let throttled = RestAnswer::Status {
        status: 429,
        retry_after: Some(Duration::from_secs(1)),
    };
    stage.answer(RestAnswerTo::path(ORDER_EVENTS), throttled, Times::Once);
    stage.account.reconcile();
    let (_, _, retry_in) = stage.failure().await;
    assert!(retry_in > Duration::from_secs(1), "{retry_in:?}");
    stage.account.reconcile();
    let report = stage.reconciled().await;
    assert!(report.took >= retry_in, "{:?}", report.took);
}

#[tokio::test]
async fn answers_that_are_none_are_told_and_survived() {
    let deadline = Duration::from_millis(300);
    let mut stage = Stage::with(|builder| builder.request_deadline(deadline)).await;
    let text = |body: &str| RestAnswer::Text {
        status: 200,
        body: body.into(),
    };
    let answers = [
        RestAnswer::Cut,
        RestAnswer::Silence,
        text("{"),
        text("{}"),
        text(r#"{"error":"throttled"}"#),
    ];
    for answer in answers {
        stage.answer(
            RestAnswerTo::page(ORDER_EVENTS, 0),
            answer.clone(),
            Times::Once,
        );
        stage.server.drop_connections();
        stage.tick(20);
        let (attempt, error, _) = stage.failure().await;
        assert_eq!(attempt, 1, "{error}");
        let is_expected = match answer {
            RestAnswer::Cut => matches!(*error, SourceError::Unreachable(_)),
            RestAnswer::Silence => {
                matches!(*error, SourceError::Timeout { after } if after == deadline)
            }
            _ => matches!(
                *error,
                SourceError::Malformed {
                    path: ORDER_EVENTS,
                    ..
                }
            ),
        };
        assert!(is_expected, "{answer:?}: {error:?}");
        stage.reconciled().await;
    }
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn connection_lost_while_rest_is_asked_makes_the_answer_worthless() {
    // Long enough for the answer to come before the next question.
    let lag = Duration::from_millis(300);
    let mut stage = Stage::with(|builder| builder.rest_lag(lag)).await;
    let slow = RestAnswer::Slow(Duration::from_millis(200));
    stage.answer(RestAnswerTo::path(OPEN_ORDERS), slow, Times::Once);
    let mark = stage.server.journal().mark();
    stage.server.drop_connections();
    let is_asked = |entry: &rocketfi_mock_server::Entry| matches!(&entry.event, rocketfi_mock_server::Received::Rest { path, .. } if *path == OPEN_ORDERS);
    stage.resubscribed().await;
    let journal = stage.server.journal().clone();
    let asked = journal.wait_for_after(mark, is_asked, rocketfi_tests::PATIENCE);
    // The account does its work while it is read.
    tokio::select! {
        asked = asked => { asked.unwrap(); }
        event = stage.account.recv() => panic!("{event:?}"),
    }
    stage.tick(50);
    stage.server.drop_connections();
    stage.tick(50);
    stage.gap().await;
    let report = stage.reconciled().await;
    assert!(!report.missed_fills.is_empty(), "{report:?}");
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}
