//! What the user asked for: answered in time, and remembered.

use std::time::Duration;

use rocketfi_client::{SendError, SubscribeError, UnsubscribeError};
use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;

use super::Findings;
use crate::plan::{Plan, kinds};
use crate::record::{Answered, Call, Record, Submission};

pub(super) fn check(plan: &Plan, record: &Record, findings: &mut Findings) {
    for call in &record.calls {
        let is_closed = matches!(
            call.result,
            Answered::Subscribed(Err(SubscribeError::Closed))
                | Answered::Unsubscribed(Err(UnsubscribeError::Closed))
        );
        findings.require(
            !is_closed,
            "no call is turned away while the client lives",
            || format!("{} at {}", call.kind.name(), record.at(call.ended)),
        );
        in_time(plan, record, call, findings);
    }
    for submission in &record.submissions {
        submitted(plan, record, submission, findings);
    }
    let mut own = kinds();
    // Several callers quarrel over the last one: any end of that is right.
    own.pop();
    for kind in own {
        remembered(record, &kind, findings);
    }
}

/// A transaction waits for a place in the queue of commands, and to be written.
fn submitted(plan: &Plan, record: &Record, submission: &Submission, findings: &mut Findings) {
    let Submission {
        began,
        ended,
        result,
    } = submission;
    let is_closed = *result == Err(SendError::Closed);
    findings.require(
        !is_closed,
        "no call is turned away while the client lives",
        || format!("a transaction at {}", record.at(*ended)),
    );
    let took = ended.duration_since(*began);
    let allowed = allowed(plan, record, *began, *ended);
    findings.require(took <= allowed, "every call is answered in time", || {
        format!(
            "{result:?} of a transaction took {took:?} until {}",
            record.at(*ended)
        )
    });
}

/// A call waits for its turn behind one request a kind, and each of those has its deadline.
fn allowed(plan: &Plan, record: &Record, began: Instant, ended: Instant) -> Duration {
    let turns = u32::try_from(kinds().len()).unwrap_or(u32::MAX) + 3;
    let config = &plan.config;
    (config.request_timeout + config.request_pacing) * turns
        + config.write_timeout
        + record.standstill(began, ended)
}

fn in_time(plan: &Plan, record: &Record, call: &Call, findings: &mut Findings) {
    let allowed = allowed(plan, record, call.began, call.ended);
    let took = call.ended.duration_since(call.began);
    findings.require(took <= allowed, "every call is answered in time", || {
        format!(
            "{:?} of {} took {took:?} until {}",
            call.result,
            call.kind.name(),
            record.at(call.ended)
        )
    });
}

/// What the last call about a kind left behind is what the client says.
fn remembered(record: &Record, kind: &SubscriptionKind, findings: &mut Findings) {
    let mut wish = Wish::Not;
    let calls = record.calls.iter().filter(|call| call.kind == *kind);
    let mut last = record.began;
    for call in calls {
        wish = wish.after(&call.result);
        last = call.ended;
    }
    let is_wanted = record.end.wanted.contains(kind);
    let holds = match wish {
        Wish::Wanted => is_wanted,
        Wish::Not => !is_wanted,
        Wish::Unknown => true,
    };
    findings.require(
        holds,
        "what is wanted is never forgotten, what is not never comes back",
        || {
            format!(
                "{} is {wish:?} since {}, and the client says {is_wanted}",
                kind.name(),
                record.at(last)
            )
        },
    );
}

#[derive(Clone, Copy, Debug)]
enum Wish {
    Wanted,
    Not,
    /// A call was dropped, or the end of one is open.
    Unknown,
}

impl Wish {
    const fn after(self, result: &Answered) -> Self {
        match (self, result) {
            (_, Answered::Subscribed(Ok(()))) => Self::Wanted,
            (_, Answered::Dropped) | (Self::Unknown, Answered::Subscribed(_)) => Self::Unknown,
            // What was confirmed once stays wanted, however a later call ends.
            (
                before,
                Answered::Subscribed(Err(
                    SubscribeError::Rejected { .. } | SubscribeError::Timeout { .. },
                )),
            ) => before,
            (_, Answered::Subscribed(Err(_)) | Answered::Unsubscribed(_)) => Self::Not,
        }
    }
}
