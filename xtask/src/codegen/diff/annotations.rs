//! Which annotations no longer fit, and what a new specification asks of them.

use serde::Serialize;

use super::side::{Misfit, Side};

/// Something to do, or to know, about the annotations.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Note {
    /// The entry, or nothing where one is missing.
    pub(super) entry: Option<String>,
    pub(super) state: State,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Fitted the old specification.
    NoLongerMatches,
    /// Fits neither.
    NeverMatched,
    /// Fits the new specification alone.
    MatchesNow,
    /// Something new that the annotations say nothing about.
    Missing,
}

/// The annotations' part of a report, in the order of their names.
pub(super) fn notes(old: &Side, new: &Side) -> Vec<Note> {
    let mut notes = Vec::new();
    for misfit in &new.misfits {
        let state = if knows(old, misfit) {
            State::NeverMatched
        } else {
            State::NoLongerMatches
        };
        notes.push(note(misfit, state, misfit.problem.clone()));
    }
    for misfit in old.misfits.iter().filter(|misfit| !knows(new, misfit)) {
        notes.push(note(
            misfit,
            State::MatchesNow,
            "it did not before".to_owned(),
        ));
    }
    for guess in &new.guesses {
        if !old.guesses.contains(guess) {
            notes.push(Note {
                entry: None,
                state: State::Missing,
                text: guess.clone(),
            });
        }
    }
    notes
}

fn knows(side: &Side, misfit: &Misfit) -> bool {
    side.misfits.iter().any(|known| known.entry == misfit.entry)
}

fn note(misfit: &Misfit, state: State, text: String) -> Note {
    Note {
        entry: Some(misfit.entry.clone()),
        state,
        text,
    }
}
