//! The oracle: an account that is followed through seeded trouble must end up equal to the server's own, and its user
//! must have been given everything that happened, once.
//!
//! As in the rest of the simulation a seed fixes everything, and nothing of the account crate's inside is known here.

mod check;
mod plan;
mod report;
mod source;
mod user;
mod world;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

pub use self::plan::{FAULTS, Plan};
pub use self::report::Report;
use crate::Violation;
pub use crate::sweep::Job;
use crate::sweep::sweep;

/// What came of one run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How often each fault happened.
    pub faults: BTreeMap<&'static str, u64>,
    /// The rules that were broken.
    pub violations: Vec<Violation>,
    /// What the account told: how many fills, how many of them late from REST, gaps, reconciliations and so on.
    pub told: BTreeMap<&'static str, u64>,
    /// Simulated time.
    pub time: Duration,
}

/// What came of many runs.
#[derive(Debug, Default)]
pub struct Summary {
    /// How many runs there were.
    pub runs: u64,
    /// How often each fault happened.
    pub faults: BTreeMap<&'static str, u64>,
    /// What the accounts told.
    pub told: BTreeMap<&'static str, u64>,
    /// What was broken, by seed.
    pub violations: BTreeMap<u64, Vec<Violation>>,
    /// Simulated time, of all runs together.
    pub time: Duration,
}

impl Summary {
    fn add(&mut self, seed: u64, outcome: Outcome) {
        self.runs += 1;
        for (fault, times) in outcome.faults {
            *self.faults.entry(fault).or_default() += times;
        }
        for (what, times) in outcome.told {
            *self.told.entry(what).or_default() += times;
        }
        if !outcome.violations.is_empty() {
            self.violations.insert(seed, outcome.violations);
        }
        self.time += outcome.time;
    }
}

/// Lives through one seed.
#[must_use]
pub fn run(plan: &Plan) -> Outcome {
    let live = AssertUnwindSafe(|| world::live(plan));
    catch_unwind(live).unwrap_or_else(|_| Outcome {
        violations: vec![Violation {
            rule: "nothing panics",
            detail: "the message is above".to_owned(),
        }],
        ..Outcome::default()
    })
}

/// Lives through one seed, and tells everything that the user was told, with the violations behind it.
#[must_use]
pub fn trace(plan: &Plan) -> (String, bool) {
    let (record, outcome) = world::live_and_record(plan);
    let told = record.events.iter().map(|(time, event)| {
        let seconds = time.duration_since(record.began).as_secs_f64();
        format!("{seconds:10.3}s  {}\n", user::words(event))
    });
    let broken = outcome.violations.iter().map(|it| format!("{it}\n"));
    let text = [
        format!("{plan:#?}\n\n"),
        told.collect(),
        "\n".to_owned(),
        broken.collect(),
    ]
    .concat();
    (text, outcome.violations.is_empty())
}

/// Lives through many seeds, and calls `progress` with how many are done from time to time.
///
/// Ends the process with code 1 when a run does not end within a minute.
pub fn soak(job: Job, progress: impl Fn(u64)) -> Summary {
    let mut summary = Summary::default();
    let take = |seed, outcome: Outcome| {
        let is_sound = outcome.violations.is_empty();
        summary.add(seed, outcome);
        is_sound
    };
    sweep(job, |seed| run(&Plan::new(seed)), take, progress);
    summary
}
