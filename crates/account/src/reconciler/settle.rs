//! What an answer of REST brings: the truth, or the end of an audit.

use rocketfi_protocol::{Optional, OrderEventUpdate, ServerMessage};
use tokio::time::Instant;
use tracing::{info, warn};

use super::Reconciler;
use super::course::{Audit, Course, Reconciling};
use super::hold::Hold;
use crate::event::{Event, Origin, Reconciliation, Trigger};
use crate::snapshot::{Held, Snapshot};
use crate::state::{News, Rebased};
use crate::{Change, Inconsistency};

/// How often an audit looks again before it believes that something is wrong: what is on its way through the stream
/// looks like a difference.
pub(super) const AUDIT_LOOKS: u32 = 3;

impl Reconciler {
    /// REST has answered, and the answer is new enough.
    pub(super) fn settle(&mut self, snapshot: &Snapshot, now: Instant) {
        self.course.count_attempt();
        let next_audit = self.config.audit_every.map(|every| now + every);
        let reconciled = Course::Reconciled {
            next_audit,
            audit: None,
        };
        match std::mem::replace(&mut self.course, reconciled) {
            Course::Reconciling(reconciling) => self.complete(reconciling, snapshot, now),
            Course::Reconciled { audit, .. } => {
                if let Some(audit) = audit {
                    self.judge(audit, snapshot, now);
                }
            }
        }
    }

    /// The moment that everything is for.
    fn complete(&mut self, reconciling: Reconciling, snapshot: &Snapshot, now: Instant) {
        let Reconciling {
            trigger,
            began,
            hold,
            touched,
            attempts,
            is_doubtful,
            is_risk_told,
            ..
        } = reconciling;
        let messages = hold.map(Hold::into_messages).unwrap_or_default();
        let held = Held::of(messages.iter().map(|kept| &kept.message));
        let before = self.state.compare(snapshot, &touched);
        let rebased = self.state.rebase(snapshot, &touched, &held);
        self.reconciled_at = Some(now);
        self.is_excused = trigger == Trigger::Inconsistent && !messages.is_empty();
        if trigger == Trigger::Gap && !is_risk_told {
            self.state.forget_risk();
        }
        let report = Reconciliation {
            trigger,
            missed_fills: rebased.missed_fills(),
            vanished: rebased.vanished.clone(),
            appeared: rebased.appeared.clone(),
            order_events: missed(&rebased.events),
            funding: missed(&rebased.payments),
            positions: before.positions.into_iter().collect(),
            collateral: before.collateral.into_iter().collect(),
            complete: rebased.is_whole,
            held: messages.len(),
            attempts,
            took: now - began,
        };
        info!(
            ?trigger,
            attempts,
            took = ?report.took,
            missed_fills = report.missed_fills.len(),
            order_events = report.order_events,
            vanished = report.vanished.len(),
            complete = report.complete,
            held = messages.len(),
            "reconciled"
        );
        self.out.push_back(Event::Reconciled(report));
        self.backfill(rebased);
        self.replay = messages;
        if is_doubtful {
            self.demand(Trigger::Inconsistent, now);
        }
    }

    /// Tells what was missed, as the events they are, and among them in its place what the stream had brought.
    fn backfill(&mut self, rebased: Rebased) {
        for batch in rebased.events.chunk_by(|a, b| a.is_held == b.is_held) {
            let order_events: Vec<_> = batch.iter().map(|news| news.event.clone()).collect();
            let change = Change::of_events(&order_events);
            let update = OrderEventUpdate {
                account: self.config.account.into(),
                instrument_id: Optional::Absent,
                order_events,
            };
            self.tell(update.into(), change, batch[0].is_held);
        }
        for news in rebased.payments {
            let change = Change {
                funding: Some(news.event.instrument_id),
                ..Change::default()
            };
            self.tell(news.event.into(), change, news.is_held);
        }
    }

    fn tell(&mut self, message: ServerMessage, change: Change, is_held: bool) {
        let origin = if is_held {
            Origin::Stream
        } else {
            Origin::Backfill
        };
        self.out.push_back(Event::Message {
            message,
            change,
            origin,
            reconciled: true,
        });
    }

    /// A difference counts when it is there several times in a row, and nothing has come about it meanwhile.
    fn judge(&mut self, mut audit: Audit, snapshot: &Snapshot, now: Instant) {
        let found = self.state.compare(snapshot, &audit.touched);
        let suspected = match &audit.suspected {
            None => found,
            Some(before) => found.since(before),
        };
        if suspected.is_empty() {
            self.state.set_compared(snapshot);
            self.out.push_back(Event::Audited);
        } else if audit.looks < AUDIT_LOOKS {
            let wait = self.config.rest_lag.max(self.config.min_interval);
            audit.look_again(suspected, now + wait, self.state.event_count());
            let next_audit = None;
            let audit = Some(audit);
            self.course = Course::Reconciled { next_audit, audit };
        } else {
            let inconsistency = Inconsistency::Audit(suspected.into());
            warn!(
                inconsistency = inconsistency.name(),
                "REST contradicts what is known"
            );
            self.out.push_back(Event::Inconsistent(inconsistency));
            self.demand(Trigger::Audit, now);
        }
    }
}

/// How many the stream had not brought.
fn missed<E>(news: &[News<E>]) -> usize {
    news.iter().filter(|it| !it.is_held).count()
}
