//! A harness that finds nothing proves nothing: bugs are planted in a copy of the client and of the account crate, one at
//! a time, and the soak, or the oracle, must find each of them.
//!
//! The copy is built once, with all bugs in it, each behind a switch; the crates themselves know nothing of them.

#[path = "planted/account_bugs.rs"]
mod account_bugs;
#[path = "planted/bugs.rs"]
mod bugs;
#[path = "planted/workshop.rs"]
mod workshop;

use workshop::Workshop;

/// How many seeds a program may need.
const SEEDS: u64 = 2_000;

/// One mistake.
pub(crate) struct Bug {
    name: &'static str,
    edits: &'static [Edit],
}

/// A place in a crate's source, found by its text.
pub(crate) struct Edit {
    /// From the crate's `src` on.
    file: &'static str,
    /// Stands there exactly once.
    from: &'static str,
    /// What stands there instead; `BUG` is whether this bug is alive.
    to: &'static str,
}

const fn bug(name: &'static str, edits: &'static [Edit]) -> Bug {
    Bug { name, edits }
}

const fn edit(file: &'static str, from: &'static str, to: &'static str) -> Edit {
    Edit { file, from, to }
}

#[test]
fn every_planted_bug_is_found() {
    let workshop = Workshop::open();
    let mut missed = hunt(&workshop, "soak", bugs::BUGS);
    missed.extend(hunt(&workshop, "oracle", account_bugs::BUGS));
    assert!(
        missed.is_empty(),
        "not found within {SEEDS} seeds: {missed:#?}"
    );
}

/// The bugs that a program does not find.
fn hunt(workshop: &Workshop, program: &str, bugs: &[Bug]) -> Vec<&'static str> {
    let control = workshop.run(program, None, 200);
    assert!(control.is_sound, "without a bug:\n{}", control.report);
    let mut missed = Vec::new();
    for bug in bugs {
        let found = workshop.run(program, Some(bug.name), SEEDS);
        println!("{:<58} {}", bug.name, found.first_violation());
        if found.is_sound {
            missed.push(bug.name);
        }
    }
    missed
}
