//! What is said to be live again is, and all of it is said.

use std::collections::BTreeSet;
use std::sync::Arc;

use rocketfi_client::{Event, SessionId};
use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;

use super::Findings;
use crate::network::Line;
use crate::record::{Call, Record};
use crate::tap::Inbound;

/// Which kinds were lost in the last gap, and are not yet said to be live again.
///
/// Whoever calls about a kind after that learns from the call whether it is live.
pub(crate) fn owed(
    events: &[(Instant, Event)],
    calls: &[Call],
    sessions: &[Arc<Line>],
) -> BTreeSet<SubscriptionKind> {
    let mut owed = BTreeSet::new();
    let mut since = None;
    for (_, event) in events {
        match event {
            Event::Gap { session, kinds, .. } => {
                owed = kinds.iter().cloned().collect();
                // The user may have read of the gap long after it happened.
                since = line_of(*session, sessions).and_then(|line| line.course().closed);
            }
            Event::Resubscribed { kinds, .. } => owed.retain(|kind| !kinds.contains(kind)),
            _ => {}
        }
    }
    let is_told = |call: &&Call| since.is_some_and(|since| call.ended >= since);
    for call in calls.iter().filter(is_told) {
        owed.remove(&call.kind);
    }
    owed
}

fn line_of(session: SessionId, sessions: &[Arc<Line>]) -> Option<&Line> {
    let index = usize::try_from(session.0 - 1).ok()?;
    sessions.get(index).map(Arc::as_ref)
}

pub(super) fn check(record: &Record, findings: &mut Findings) {
    let sessions: Vec<_> = record.sessions().cloned().collect();
    for (time, event) in &record.events {
        let Event::Resubscribed { session, kinds } = event else {
            continue;
        };
        let line = line_of(*session, &sessions);
        for kind in kinds {
            let is_live = line.is_some_and(|line| is_confirmed(line, kind, *time));
            findings.require(
                is_live,
                "what is said to be live again was confirmed",
                || format!("{} at {}", kind.name(), record.at(*time)),
            );
        }
    }
    let mut owed = owed(&record.events, &record.calls, &sessions);
    owed.retain(|kind| record.end.wanted.contains(kind));
    findings.require(owed.is_empty(), "what is live again is said to be", || {
        let names: Vec<_> = owed.iter().map(SubscriptionKind::name).collect();
        format!("{names:?} never were")
    });
}

fn is_confirmed(line: &Line, kind: &SubscriptionKind, by: Instant) -> bool {
    let tap = line.tap();
    let mut before = tap.received.iter().take_while(|at| at.time <= by);
    before.any(|at| matches!(&at.what, Inbound::Ack(acked) if acked == kind))
}
