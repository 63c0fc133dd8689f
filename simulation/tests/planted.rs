//! A harness that finds nothing proves nothing: bugs are planted in a copy of the client, one at a time, and the soak
//! must find each of them.
//!
//! The copy is built once, with all bugs in it, each behind a switch; the client itself knows nothing of them.

#[path = "planted/bugs.rs"]
mod bugs;
#[path = "planted/workshop.rs"]
mod workshop;

use bugs::BUGS;
use workshop::Workshop;

/// How many seeds the soak may need.
const SEEDS: u64 = 2_000;

#[test]
fn every_planted_bug_is_found() {
    let workshop = Workshop::open();
    let control = workshop.soak(None, 200);
    assert!(control.is_sound, "without a bug:\n{}", control.report);
    let mut missed = Vec::new();
    for bug in BUGS {
        let found = workshop.soak(Some(bug.name), SEEDS);
        println!("{:<58} {}", bug.name, found.first_violation());
        if found.is_sound {
            missed.push(bug.name);
        }
    }
    assert!(
        missed.is_empty(),
        "not found within {SEEDS} seeds: {missed:#?}"
    );
}
