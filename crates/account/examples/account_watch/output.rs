//! Events to lines, for people or for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Instant;

use rocketfi_account::client::{Event, Request, SessionId};
use rocketfi_account::protocol::SubscriptionKind;
use serde_json::{Value, json};

use crate::describe;

/// Prints, and counts for the summary.
pub(crate) struct Output {
    json: bool,
    start: Instant,
    messages: BTreeMap<String, u64>,
    sessions: u64,
    gaps: u64,
    /// The reader of our output went away.
    broken: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let messages = BTreeMap::new();
        Self {
            json,
            start: Instant::now(),
            messages,
            sessions: 0,
            gaps: 0,
            broken: false,
        }
    }

    /// A remark of this program's own.
    pub(crate) fn note(&mut self, text: &str) {
        if self.json {
            self.line(&json!({"event": "note", "text": text}).to_string());
        } else {
            self.timed("note", text);
        }
    }

    pub(crate) fn event(&mut self, event: &Event) {
        self.count(event);
        if self.json {
            self.line(&object(event).to_string());
        } else {
            self.text(event);
        }
    }

    pub(crate) fn summary(&mut self) {
        let counts: Vec<String> = self
            .messages
            .iter()
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        let counts = if counts.is_empty() {
            "no messages".to_owned()
        } else {
            counts.join(", ")
        };
        let text = format!("sessions: {}, gaps: {}; {counts}", self.sessions, self.gaps);
        self.note(&text);
    }

    /// Whether printing is of no use any more.
    pub(crate) const fn is_broken(&self) -> bool {
        self.broken
    }

    fn count(&mut self, event: &Event) {
        match event {
            Event::Connected { .. } => self.sessions += 1,
            Event::Gap { .. } => self.gaps += 1,
            Event::Message { message, .. } => {
                *self.messages.entry(message.name().to_owned()).or_default() += 1;
            }
            _ => {}
        }
    }

    fn text(&mut self, event: &Event) {
        match event {
            Event::DialFailed {
                error, retry_in, ..
            } => {
                let next = retry_in.map_or_else(
                    || "giving up".to_owned(),
                    |delay| format!("again in {:.1} s", delay.as_secs_f64()),
                );
                self.timed("no connection", &format!("{error}; {next}"));
            }
            Event::Connected { session } => self.timed("connected", &format!("session {session}")),
            Event::Message { message, .. } => {
                for (label, text) in describe::message(message) {
                    self.timed(label, &text);
                }
            }
            Event::Gap {
                session,
                cause,
                kinds,
                missed,
            } => {
                let missed = missed
                    .map(|count| format!(", {count} frames thrown away"))
                    .unwrap_or_default();
                let text = format!(
                    "session {session}: {cause}{missed}; data missing for {}",
                    names(kinds)
                );
                self.timed("GAP", &text);
            }
            Event::Resubscribed { session, kinds } => {
                self.timed(
                    "resubscribed",
                    &format!("session {session}: {}; compare with REST now", names(kinds)),
                );
            }
            Event::Lagged { missed, .. } => {
                self.timed("LAGGED", &format!("{missed} events thrown away"));
            }
            Event::Stale { kind, quiet, .. } => {
                let seconds = quiet.as_secs();
                self.timed("stale", &format!("{} for {seconds} s", kind.name()));
            }
            Event::Unrecognized { name, .. } => self.timed("unrecognized", name),
            Event::Malformed { error, size, .. } => {
                self.timed("malformed", &format!("{size} bytes: {error}"));
            }
            Event::ServerError { text, requests, .. } => {
                self.timed("server error", &format!("{text}{}", about(requests)));
            }
            Event::Closed { reason } => self.timed("closed", &reason.to_string()),
            _ => self.timed("event", "of a newer client"),
        }
    }

    fn timed(&mut self, label: &str, text: &str) {
        let seconds = self.start.elapsed().as_secs_f64();
        self.line(&format!("{seconds:8.3}s  {label:<13} {text}"));
    }

    fn line(&mut self, text: &str) {
        if !self.broken {
            // A closed pipe is the reader's way to say that it has seen enough.
            self.broken = writeln!(io::stdout(), "{text}").is_err();
        }
    }
}

fn names<'a>(kinds: impl IntoIterator<Item = &'a SubscriptionKind>) -> String {
    let names: Vec<&str> = kinds.into_iter().map(SubscriptionKind::name).collect();
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names.join(", ")
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

/// An event as one JSON object: `event`, `session` and what it holds; messages as they stand on the wire.
fn object(event: &Event) -> Value {
    let session = event.session().map(|SessionId(number)| number);
    match event {
        Event::DialFailed {
            attempt,
            error,
            retry_in,
        } => {
            let seconds = retry_in.map(|delay| delay.as_secs_f64());
            json!({"event": "dial_failed", "attempt": attempt, "error": error.to_string(), "retry_in_seconds": seconds})
        }
        Event::Connected { .. } => json!({"event": "connected", "session": session}),
        Event::Message { message, .. } => {
            json!({"event": "message", "session": session, "message": message})
        }
        Event::Gap {
            cause,
            kinds,
            missed,
            ..
        } => {
            json!({"event": "gap", "session": session, "cause": cause.to_string(), "kinds": kinds, "missed": missed})
        }
        Event::Resubscribed { kinds, .. } => {
            json!({"event": "resubscribed", "session": session, "kinds": kinds})
        }
        Event::Lagged { missed, .. } => {
            json!({"event": "lagged", "session": session, "missed": missed})
        }
        Event::Stale { kind, quiet, .. } => {
            json!({"event": "stale", "session": session, "kind": kind, "quiet_seconds": quiet.as_secs()})
        }
        Event::Unrecognized { message, .. } => {
            json!({"event": "unrecognized", "session": session, "message": message})
        }
        Event::Malformed { error, size, .. } => {
            json!({"event": "malformed", "session": session, "error": error.to_string(), "size": size})
        }
        Event::ServerError { text, requests, .. } => {
            let kinds: Vec<_> = requests.iter().map(Request::kind).collect();
            json!({"event": "server_error", "session": session, "text": text.to_string(), "requests": kinds})
        }
        Event::Closed { reason } => json!({"event": "closed", "reason": reason.to_string()}),
        _ => json!({"event": "other", "session": session}),
    }
}
