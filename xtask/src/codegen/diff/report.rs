//! What is printed.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::annotations::{Note, State};
use super::judge::Impact;

/// Where a change belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Section {
    ClientMessages,
    ServerMessages,
    SubscriptionKinds,
    Types,
}

/// One thing that a new specification says differently.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Change {
    section: Section,
    /// The variant, kind, field or value, by the names of the specification.
    at: String,
    what: String,
    impact: Impact,
    reason: String,
}

/// All changes, and what becomes of the annotations.
pub(crate) struct Report {
    changes: Vec<Change>,
    notes: Vec<Note>,
    pub(super) breaking: usize,
}

impl Change {
    pub(super) fn new(
        section: Section,
        at: String,
        what: String,
        verdict: (Impact, String),
    ) -> Self {
        let (impact, reason) = verdict;
        Self {
            section,
            at,
            what,
            impact,
            reason,
        }
    }
}

impl Report {
    pub(super) fn new(changes: Vec<Change>, notes: Vec<Note>) -> Self {
        let breaking = changes
            .iter()
            .filter(|change| change.impact == Impact::Breaking);
        Self {
            breaking: breaking.count(),
            changes,
            notes,
        }
    }

    /// The same for programs.
    pub(super) fn json(&self) -> Value {
        json!({
            "changes": self.changes,
            "annotations": self.notes,
            "breaking": self.breaking,
            "compatible": self.compatible(),
            "annotations_no_longer_matching": self.lost(),
        })
    }

    fn compatible(&self) -> usize {
        self.changes.len() - self.breaking
    }

    /// How many annotations no longer match.
    fn lost(&self) -> usize {
        let lost = |note: &&Note| note.state == State::NoLongerMatches;
        self.notes.iter().filter(lost).count()
    }

    /// Entries for other specifications are not this one's business: they are counted alone.
    fn write_notes(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.notes.is_empty() {
            return Ok(());
        }
        writeln!(formatter, "Annotations")?;
        let foreign = |note: &&Note| note.state == State::NeverMatched;
        for note in self.notes.iter().filter(|note| !foreign(note)) {
            writeln!(formatter, "  {note}")?;
        }
        match self.notes.iter().filter(foreign).count() {
            0 => Ok(()),
            1 => writeln!(formatter, "  1 entry matches neither document"),
            count => writeln!(formatter, "  {count} entries match neither document"),
        }
    }

    fn summary(&self) -> String {
        let changes = match (self.breaking, self.compatible()) {
            (0, 0) => "no changes".to_owned(),
            (breaking, 1) => format!("{breaking} breaking, 1 compatible change"),
            (breaking, compatible) => {
                format!("{breaking} breaking, {compatible} compatible changes")
            }
        };
        match self.lost() {
            0 => changes,
            1 => format!("{changes}; 1 annotation no longer matches"),
            lost => format!("{changes}; {lost} annotations no longer match"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sections = [
            (Section::ClientMessages, "Client messages"),
            (Section::ServerMessages, "Server messages"),
            (Section::SubscriptionKinds, "Subscription kinds"),
            (Section::Types, "Types"),
        ];
        for (section, title) in sections {
            let mut changes = self
                .changes
                .iter()
                .filter(|change| change.section == section)
                .peekable();
            if changes.peek().is_some() {
                writeln!(formatter, "{title}")?;
            }
            for change in changes {
                writeln!(formatter, "  {change}")?;
            }
        }
        self.write_notes(formatter)?;
        writeln!(formatter, "{}", self.summary())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let impact = match self.impact {
            Impact::Compatible => "compatible",
            Impact::Breaking => "breaking  ",
        };
        let Self {
            at, what, reason, ..
        } = self;
        write!(formatter, "{impact}  {at}: {what} ({reason})")
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::NoLongerMatches => "no longer matches",
            State::NeverMatched => "matches neither document",
            State::MatchesNow => "matches now",
            State::Missing => "missing",
        };
        match &self.entry {
            Some(entry) => write!(formatter, "{state}: {entry}: {}", self.text),
            None => write!(formatter, "{state}: {}", self.text),
        }
    }
}
