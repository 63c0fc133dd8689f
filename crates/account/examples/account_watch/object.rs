//! What happened, as JSON objects for programs: `event`, and what it holds; messages as they stand on the wire.

use rocketfi_account::client::{Event as ClientEvent, Request, SessionId};
use rocketfi_account::protocol::SubscriptionKind;
use rocketfi_account::{Event, Inconsistency, Origin, Reconciliation};
use serde_json::{Value, json};

use crate::describe::chain;

pub(crate) fn account(event: &Event) -> Value {
    match event {
        Event::Message {
            message,
            origin,
            reconciled,
            ..
        } => {
            let origin = match origin {
                Origin::Stream => "stream",
                Origin::Backfill => "backfill",
            };
            json!({"event": "message", "origin": origin, "reconciled": reconciled, "message": message})
        }
        Event::Gap {
            session: SessionId(session),
            cause,
            kinds,
            missed,
        } => {
            json!({"event": "gap", "session": session, "cause": cause.to_string(), "kinds": kinds, "missed": missed})
        }
        Event::Reconciled(report) => reconciliation(report),
        Event::Unreconciled { reason, held } => {
            json!({"event": "unreconciled", "reason": snake(reason), "held": held})
        }
        Event::Inconsistent(inconsistency) => inconsistent(inconsistency),
        Event::SourceFailed {
            attempt,
            error,
            retry_in,
        } => {
            json!({"event": "no_snapshot", "attempt": attempt, "error": chain(error), "retry_in_seconds": retry_in.as_secs_f64()})
        }
        Event::SubscribeFailed { kind, error } => {
            json!({"event": "subscribe_failed", "kind": kind, "error": chain(error)})
        }
        Event::Audited => json!({"event": "audited"}),
        Event::Client(event) => client(event),
        Event::Closed { reason } => json!({"event": "closed", "reason": reason.to_string()}),
        _ => json!({"event": "other"}),
    }
}

fn reconciliation(report: &Reconciliation) -> Value {
    json!({
        "event": "reconciled",
        "trigger": snake(&report.trigger),
        "vanished": report.vanished,
        "appeared": report.appeared,
        "missed_fills": report.missed_fills,
        "order_events": report.order_events,
        "funding": report.funding,
        "positions": report.positions,
        "collateral": report.collateral,
        "complete": report.complete,
        "held": report.held,
        "attempts": report.attempts,
        "took_seconds": report.took.as_secs_f64(),
    })
}

fn inconsistent(inconsistency: &Inconsistency) -> Value {
    json!({"event": "inconsistent", "name": inconsistency.name(), "text": inconsistency.to_string()})
}

/// The name of a plain variant, in lower case: all of them are one word.
fn snake(variant: &impl std::fmt::Debug) -> String {
    format!("{variant:?}").to_lowercase()
}

pub(crate) fn client(event: &ClientEvent) -> Value {
    let session = event.session().map(|SessionId(number)| number);
    match event {
        ClientEvent::DialFailed {
            attempt,
            error,
            retry_in,
        } => {
            let seconds = retry_in.map(|delay| delay.as_secs_f64());
            json!({"event": "dial_failed", "attempt": attempt, "error": error.to_string(), "retry_in_seconds": seconds})
        }
        ClientEvent::Connected { .. } => json!({"event": "connected", "session": session}),
        ClientEvent::Message { message, .. } => {
            json!({"event": "message", "session": session, "message": message})
        }
        ClientEvent::Gap {
            cause,
            kinds,
            missed,
            ..
        } => {
            json!({"event": "gap", "session": session, "cause": cause.to_string(), "kinds": kinds, "missed": missed})
        }
        ClientEvent::Resubscribed { kinds, .. } => {
            json!({"event": "resubscribed", "session": session, "kinds": kinds})
        }
        ClientEvent::Lagged { missed, .. } => {
            json!({"event": "lagged", "session": session, "missed": missed})
        }
        ClientEvent::Stale { kind, quiet, .. } => {
            json!({"event": "stale", "session": session, "kind": kind, "quiet_seconds": quiet.as_secs()})
        }
        ClientEvent::Unrecognized { message, .. } => {
            json!({"event": "unrecognized", "session": session, "message": message})
        }
        ClientEvent::Malformed { error, size, .. } => {
            json!({"event": "malformed", "session": session, "error": error.to_string(), "size": size})
        }
        ClientEvent::ServerError { text, requests, .. } => {
            let kinds: Vec<&SubscriptionKind> = requests.iter().map(Request::kind).collect();
            json!({"event": "server_error", "session": session, "text": text.to_string(), "requests": kinds})
        }
        ClientEvent::Closed { reason } => json!({"event": "closed", "reason": reason.to_string()}),
        _ => json!({"event": "other", "session": session}),
    }
}
