//! What the client tells of the connection.

use rocketfi_account::client::{Event, Request, SessionId};
use rocketfi_account::protocol::SubscriptionKind;

use super::{Line, message, names};

/// One line an event; a message may give several.
pub(crate) fn client(event: &Event) -> Vec<Line> {
    match event {
        Event::Message { message: it, .. } => message(it),
        other => vec![connection(other)],
    }
}

fn connection(event: &Event) -> Line {
    match event {
        Event::DialFailed {
            error, retry_in, ..
        } => {
            let next = retry_in.map_or_else(
                || "giving up".to_owned(),
                |delay| format!("again in {:.1} s", delay.as_secs_f64()),
            );
            ("no connection", format!("{error}; {next}"))
        }
        Event::Connected { session } => ("connected", format!("session {session}")),
        Event::Gap {
            session,
            cause,
            kinds,
            missed,
        } => {
            let missed = thrown_away(*missed);
            let kinds = names(kinds);
            let text = format!("session {session}: {cause}{missed}; data missing for {kinds}");
            ("GAP", text)
        }
        Event::Resubscribed { session, kinds } => {
            let (label, text) = resubscribed(*session, kinds);
            (label, format!("{text}; compare with REST now"))
        }
        Event::Lagged { missed, .. } => ("LAGGED", format!("{missed} events thrown away")),
        Event::Stale { kind, quiet, .. } => (
            "stale",
            format!("{} for {} s", kind.name(), quiet.as_secs()),
        ),
        Event::Unrecognized { name, .. } => ("unrecognized", name.clone()),
        Event::Malformed { error, size, .. } => ("malformed", format!("{size} bytes: {error}")),
        Event::ServerError { text, requests, .. } => {
            ("server error", format!("{text}{}", about(requests)))
        }
        Event::Closed { reason } => ("closed", reason.to_string()),
        _ => ("event", "of a newer client".to_owned()),
    }
}

/// Without the advice: an account follows it by itself.
pub(super) fn resubscribed(session: SessionId, kinds: &[SubscriptionKind]) -> Line {
    let text = format!("session {session}: {}", names(kinds));
    ("resubscribed", text)
}

/// How much of what was received was not taken in.
pub(super) fn thrown_away(missed: Option<u64>) -> String {
    missed
        .map(|count| format!(", {count} frames thrown away"))
        .unwrap_or_default()
}

/// Which requests an error may be about.
fn about(requests: &[Request]) -> String {
    let kinds = names(requests.iter().map(Request::kind));
    match requests.len() {
        0 => String::new(),
        1 => format!(" (about {kinds})"),
        _ => format!(" (about one of {kinds})"),
    }
}
