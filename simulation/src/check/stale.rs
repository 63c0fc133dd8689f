//! What is said to be quiet has been, and is said to be once.

use std::collections::BTreeMap;
use std::sync::Arc;

use rocketfi_client::{Event, SessionId};
use rocketfi_protocol::SubscriptionKind;

use super::Findings;
use crate::network::Line;
use crate::plan::Plan;
use crate::record::Record;
use crate::tap::Inbound;

pub(super) fn check(plan: &Plan, record: &Record, findings: &mut Findings) {
    // How often each was told since something of it came, or may have come and been thrown away.
    let mut told = BTreeMap::<SubscriptionKind, usize>::new();
    for (time, event) in &record.events {
        match event {
            Event::Connected { .. } | Event::Lagged { .. } => told.clear(),
            Event::Message { message, .. } => told.retain(|kind, _| !message.belongs_to(kind)),
            Event::Stale {
                session,
                kind,
                quiet,
            } => {
                let times = told.entry(kind.clone()).or_default();
                *times += 1;
                // Whoever subscribes it again may be told again.
                let is_news = *times <= acks(record, *session, kind);
                let is_quiet = plan.config.stale_after.is_some_and(|after| *quiet >= after);
                findings.require(
                    is_quiet && is_news,
                    "a quiet kind is told once, and only if it is quiet",
                    || format!("{} at {}", kind.name(), record.at(*time)),
                );
            }
            _ => {}
        }
    }
}

/// How often a kind was confirmed on a session.
fn acks(record: &Record, session: SessionId, kind: &SubscriptionKind) -> usize {
    let number = usize::try_from(session.0 - 1).unwrap_or(usize::MAX);
    let acks = |line: &Arc<Line>| {
        let tap = line.tap();
        let is_ack = |it: &Inbound| matches!(it, Inbound::Ack(acked) if acked == kind);
        tap.received.iter().filter(|at| is_ack(&at.what)).count()
    };
    record.sessions().nth(number).map_or(0, acks)
}
