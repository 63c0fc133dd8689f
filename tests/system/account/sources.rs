//! Sources of the user's own, which are not what they should be.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use rocketfi_account::{Event, Page, RestSource, Source, SourceError};
use rocketfi_protocol::AccountAddress;
use rocketfi_protocol::rest::{
    Collaterals, OpenOrdersPage, OrderEventsPage, PositionFundingEventsPage, Positions,
};

use super::stage::{Stage, is_fill, server};

/// What is wrong with a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    Panics,
    /// Both logs have each entry twice.
    Doubles,
    /// Both logs have nothing in them.
    Forgets,
    /// Both logs are answered from their beginning.
    OldestFirst,
}

/// The exchange's own, with a flaw that can be changed.
struct Flawed {
    rest: RestSource,
    flaw: Arc<Mutex<Flaw>>,
    asked: Arc<AtomicU64>,
}

impl Flawed {
    fn flaw(&self) -> Flaw {
        self.asked.fetch_add(1, Ordering::Relaxed);
        *self.flaw.lock().expect("nobody panics who holds it")
    }

    fn spoil<E: Clone>(flaw: Flaw, log: Vec<E>) -> Vec<E> {
        match flaw {
            Flaw::None => log,
            Flaw::Panics => panic!("a source that panics, which is what is tested"),
            Flaw::Doubles => log.into_iter().flat_map(|it| [it.clone(), it]).collect(),
            Flaw::Forgets => Vec::new(),
            Flaw::OldestFirst => log.into_iter().rev().collect(),
        }
    }
}

impl Source for Flawed {
    async fn open_orders(
        &self,
        of: AccountAddress,
        page: Page,
    ) -> Result<OpenOrdersPage, SourceError> {
        self.rest.open_orders(of, page).await
    }

    async fn positions(&self, of: AccountAddress) -> Result<Positions, SourceError> {
        self.rest.positions(of).await
    }

    async fn collaterals(&self, of: AccountAddress) -> Result<Collaterals, SourceError> {
        self.rest.collaterals(of).await
    }

    async fn order_events(
        &self,
        of: AccountAddress,
        page: Page,
    ) -> Result<OrderEventsPage, SourceError> {
        let mut answer = self.rest.order_events(of, page).await?;
        answer.order_events = Self::spoil(self.flaw(), answer.order_events);
        Ok(answer)
    }

    async fn funding_events(
        &self,
        of: AccountAddress,
        page: Page,
    ) -> Result<PositionFundingEventsPage, SourceError> {
        let mut answer = self.rest.funding_events(of, page).await?;
        answer.events = Self::spoil(self.flaw(), answer.events);
        Ok(answer)
    }
}

/// A stage whose source is in order, and the flaw that it can be given.
async fn stage() -> (Stage, Arc<Mutex<Flaw>>) {
    let flaw = Arc::new(Mutex::new(Flaw::None));
    let source = |rest| Flawed {
        rest,
        flaw: Arc::clone(&flaw),
        asked: Arc::default(),
    };
    let stage = Stage::of(server().await, |it| it, |it| it, source).await;
    (stage, flaw)
}

async fn failure(stage: &mut Stage) -> Arc<SourceError> {
    let is_failure = |event: &Event| matches!(event, Event::SourceFailed { .. });
    match stage.until("a failure", is_failure).await {
        Event::SourceFailed { error, .. } => error,
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn source_that_panics_is_told_as_broken_and_asked_again() {
    let (mut stage, flaw) = stage().await;
    *flaw.lock().unwrap() = Flaw::Panics;
    stage.tick(50);
    stage.server.drop_connections();
    stage.tick(50);
    for _ in 0..3 {
        let error = failure(&mut stage).await;
        assert!(matches!(*error, SourceError::Broken), "{error:?}");
    }
    *flaw.lock().unwrap() = Flaw::None;
    let report = stage.reconciled().await;
    assert!(report.attempts > 3, "{report:?}");
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn source_that_doubles_its_entries_doubles_no_fill() {
    let (mut stage, flaw) = stage().await;
    *flaw.lock().unwrap() = Flaw::Doubles;
    for _ in 0..3 {
        stage.tick(50);
        stage.server.drop_connections();
        stage.tick(50);
        stage.reconciled().await;
    }
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn source_that_forgets_what_the_stream_has_told_is_stale() {
    let (mut stage, flaw) = stage().await;
    stage.tick(50);
    stage.drain().await;
    assert!(stage.happened().iter().any(is_fill));
    *flaw.lock().unwrap() = Flaw::Forgets;
    stage.server.drop_connections();
    stage.tick(50);
    for _ in 0..3 {
        let error = failure(&mut stage).await;
        assert!(matches!(*error, SourceError::Stale), "{error:?}");
    }
    *flaw.lock().unwrap() = Flaw::None;
    stage.reconciled().await;
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
}

#[tokio::test]
async fn logs_that_have_lost_everything_are_not_complete() {
    let (mut stage, flaw) = stage().await;
    stage.drain().await;
    *flaw.lock().unwrap() = Flaw::Forgets;
    stage.server.drop_connections();
    stage.tick(50);
    let report = stage.reconciled().await;
    assert!(
        !report.complete && report.missed_fills.is_empty(),
        "{report:?}"
    );
    *flaw.lock().unwrap() = Flaw::None;
    stage.account.reconcile();
    let report = stage.reconciled().await;
    assert!(
        report.complete && !report.missed_fills.is_empty(),
        "{report:?}"
    );
    stage.assert_all_is_well().await;
}

#[tokio::test]
async fn logs_that_begin_with_the_oldest_are_refused() {
    let (mut stage, flaw) = stage().await;
    *flaw.lock().unwrap() = Flaw::OldestFirst;
    stage.tick(50);
    stage.server.drop_connections();
    let error = failure(&mut stage).await;
    assert!(matches!(*error, SourceError::Order { .. }), "{error:?}");
    assert!(!error.is_retryable());
    *flaw.lock().unwrap() = Flaw::None;
    stage.reconciled().await;
    stage.assert_all_is_well().await;
}
