//! One line an event, for people or for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Instant;

use rocketfi_account::Event;
use rocketfi_account::client::Event as ClientEvent;
use rocketfi_account::protocol::ServerMessage;
use serde_json::json;

use crate::describe::{self, Line, count};
use crate::object;

/// Prints, and counts for the summary.
pub(crate) struct Output {
    json: bool,
    start: Instant,
    messages: BTreeMap<String, u64>,
    sessions: u64,
    gaps: u64,
    reconciliations: u64,
    missed_fills: usize,
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
            reconciliations: 0,
            missed_fills: 0,
            broken: false,
        }
    }

    /// A remark of this program's own.
    pub(crate) fn note(&mut self, text: &str) {
        self.remark("note", text);
    }

    /// A remark that is looked for: in JSON its label is the event.
    pub(crate) fn remark(&mut self, label: &str, text: &str) {
        if self.json {
            self.line(&json!({"event": label, "text": text}).to_string());
        } else {
            self.timed(label, text);
        }
    }

    /// What the client tells, without an account.
    pub(crate) fn client(&mut self, event: &ClientEvent) {
        self.count_client(event);
        if self.json {
            self.line(&object::client(event).to_string());
        } else {
            self.lines(describe::client(event));
        }
    }

    /// What an account tells.
    pub(crate) fn account(&mut self, event: &Event) {
        self.count_account(event);
        if self.json {
            self.line(&object::account(event).to_string());
        } else {
            let lines = describe::account(event);
            self.lines(lines);
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
        let reconciled = match self.reconciliations {
            0 => String::new(),
            times => format!(
                ", reconciled: {times} ({} missed)",
                count(self.missed_fills, "fill")
            ),
        };
        let text = format!(
            "sessions: {}, gaps: {}{reconciled}; {counts}",
            self.sessions, self.gaps
        );
        self.note(&text);
    }

    /// Whether printing is of no use any more.
    pub(crate) const fn is_broken(&self) -> bool {
        self.broken
    }

    fn count_client(&mut self, event: &ClientEvent) {
        match event {
            ClientEvent::Connected { .. } => self.sessions += 1,
            ClientEvent::Gap { .. } => self.gaps += 1,
            ClientEvent::Message { message, .. } => self.count_message(message),
            _ => {}
        }
    }

    fn count_account(&mut self, event: &Event) {
        match event {
            Event::Client(event) => self.count_client(event),
            Event::Gap { .. } => self.gaps += 1,
            Event::Reconciled(report) => {
                self.reconciliations += 1;
                self.missed_fills += report.missed_fills.len();
            }
            Event::Message { message, .. } => self.count_message(message),
            _ => {}
        }
    }

    fn count_message(&mut self, message: &ServerMessage) {
        *self.messages.entry(message.name().to_owned()).or_default() += 1;
    }

    fn lines(&mut self, lines: Vec<Line>) {
        for (label, text) in lines {
            self.timed(label, &text);
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
