use std::time::Duration;

use rocketfi_client::{CloseReason, Event as ClientEvent, GapCause, SessionId};
use rocketfi_protocol::{AssetId, OrderEvent, OrderId, ServerMessage};

use super::*;
use crate::event::{Origin, Reconciliation};
use crate::samples::{
    ACCOUNT, INSTRUMENT, collateral, decimal, event, events, fill, open_order, payment, placed,
    position, positions,
};
use crate::snapshot::Log;

mod auditing;
mod holding;
mod order;
mod trouble;

const LAG: Duration = Duration::from_millis(500);
const HOLD_FOR: Duration = Duration::from_secs(3);
const MOMENT: Duration = Duration::from_millis(1);
const SESSION: SessionId = SessionId(1);

/// A reconciler with a clock of its own.
struct Bench {
    reconciler: Reconciler,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(configure: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(ACCOUNT);
        config.rest_lag = LAG;
        config.hold_for = HOLD_FOR;
        config.seed = Some(1);
        configure(&mut config);
        let now = Instant::now();
        Self {
            reconciler: Reconciler::new(config, now),
            now,
        }
    }

    /// One that is connected and reconciled with an order of 10, and then left alone for a while.
    fn reconciled() -> (Self, Vec<OrderEvent>) {
        Self::reconciled_with(|_| {})
    }

    fn reconciled_with(configure: impl FnOnce(&mut Config)) -> (Self, Vec<OrderEvent>) {
        let mut bench = Self::with(configure);
        let log = vec![event(1, placed(1, "10"))];
        bench.confirm_all();
        bench.wait(LAG);
        bench.answer(Ok(snapshot(&[(1, "0", "10")], &log)));
        assert_eq!(bench.told(), ["reconciled Connected"]);
        bench.wait(Duration::from_secs(2));
        (bench, log)
    }

    fn kinds(&self) -> Vec<SubscriptionKind> {
        self.reconciler.kinds.clone()
    }

    fn confirm_all(&mut self) {
        for kind in self.kinds() {
            self.reconciler.subscribed(kind, Ok(()), self.now);
        }
    }

    fn message(&mut self, message: ServerMessage) {
        let session = SESSION;
        self.client(ClientEvent::Message { session, message });
    }

    fn client(&mut self, event: ClientEvent) {
        self.reconciler.take(event, self.now);
    }

    fn gap(&mut self) {
        let event = ClientEvent::Gap {
            session: SESSION,
            cause: GapCause::HeartbeatTimeout,
            kinds: self.kinds(),
            missed: None,
        };
        self.client(event);
    }

    fn resubscribe(&mut self) {
        let kinds = self.kinds();
        self.client(ClientEvent::Resubscribed {
            session: SESSION,
            kinds,
        });
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        self.reconciler.pass(self.now);
    }

    /// Whether REST is asked now.
    fn asks(&mut self) -> Option<u64> {
        self.reconciler
            .question(self.now)
            .map(|(question, _)| question)
    }

    /// Answers the question that is asked now.
    fn answer(&mut self, answer: Result<Snapshot, SourceError>) {
        let question = self.asks().expect("REST is asked");
        self.reconciler.answer(question, answer, self.now);
    }

    /// What the user is told, in a few words each.
    fn told(&mut self) -> Vec<String> {
        let events = std::iter::from_fn(|| self.reconciler.next(self.now));
        events.map(|event| words(&event)).collect()
    }
}

fn words(event: &Event) -> String {
    match event {
        Event::Message {
            message,
            origin,
            reconciled,
            ..
        } => {
            let sure = if *reconciled { "" } else { "?" };
            let fills: Vec<_> = event
                .fills()
                .map(|(_, fill)| fill.remaining_size.to_string())
                .collect();
            let what = match message {
                ServerMessage::OrderEventUpdate(_) => format!("left {}", fills.join(" ")),
                other => other.name().to_owned(),
            };
            match origin {
                Origin::Stream => format!("{what}{sure}"),
                Origin::Backfill => format!("missed {what}{sure}"),
            }
        }
        Event::Gap { .. } => "gap".to_owned(),
        Event::Reconciled(report) => format!("reconciled {:?}", report.trigger),
        Event::Unreconciled { reason, held } => format!("unreconciled {reason:?} {held}"),
        Event::Inconsistent(inconsistency) => inconsistency.name().to_owned(),
        Event::SourceFailed { attempt, error, .. } => format!("failed {attempt}: {error}"),
        Event::SubscribeFailed { kind, .. } => format!("no {}", kind.name()),
        Event::Audited => "audited".to_owned(),
        Event::Client(ClientEvent::Resubscribed { .. }) => "resubscribed".to_owned(),
        Event::Client(ClientEvent::Lagged { .. }) => "lagged".to_owned(),
        Event::Client(_) => "client".to_owned(),
        Event::Closed { .. } => "closed".to_owned(),
    }
}

fn snapshot(orders: &[(u64, &str, &str)], log: &[OrderEvent]) -> Snapshot {
    Snapshot {
        open_orders: orders
            .iter()
            .map(|(id, filled, quantity)| open_order(*id, filled, quantity))
            .collect(),
        positions: [(INSTRUMENT, position("3"))].into(),
        collateral: [(AssetId(0), decimal("5"))].into(),
        order_events: Log {
            entries: log.to_vec(),
            is_whole: true,
        },
        payments: Log::default(),
    }
}

/// A fill of one lot of the order of ten.
fn fill_to(remaining: u64) -> OrderEvent {
    event(1, fill(100 - remaining, "1", &remaining.to_string(), "10"))
}

fn risk() -> ServerMessage {
    rocketfi_protocol::decode(&format!(
        r#"{{"AccountRiskUpdate":{{"account":"{ACCOUNT}","risk":{{"account":"{ACCOUNT}",
        "availableCollateral":"1","marginRequirement":"1","unreservedMargin":"1","equity":"1",
        "reservedMargin":"1","unrealizedPnl":"1","notionalValue":"1"}}}}}}"#
    ))
    .unwrap()
}
