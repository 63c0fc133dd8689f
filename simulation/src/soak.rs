//! Many seeds, on every core, and what came of them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

pub use crate::sweep::Job;
use crate::sweep::sweep;
use crate::{Outcome, Plan, Violation, run};

/// What came of many runs.
#[derive(Debug, Default)]
pub struct Summary {
    /// How many runs there were.
    pub runs: u64,
    /// How often each fault happened.
    pub faults: BTreeMap<&'static str, u64>,
    /// How many runs there were of each fault alone; `None` for those with a mixture.
    pub runs_alone: BTreeMap<Option<&'static str>, u64>,
    /// What was broken, by seed.
    pub violations: BTreeMap<u64, (Option<&'static str>, Vec<Violation>)>,
    /// Simulated time, of all runs together.
    pub time: Duration,
    /// Events that users were given.
    pub events: usize,
    /// Sessions that clients had.
    pub sessions: usize,
}

impl Summary {
    /// How many faults happened.
    #[must_use]
    pub fn total_faults(&self) -> u64 {
        self.faults.values().sum()
    }

    fn add(&mut self, plan: &Plan, outcome: Outcome) {
        self.runs += 1;
        *self.runs_alone.entry(plan.only).or_default() += 1;
        for (fault, times) in outcome.faults {
            *self.faults.entry(fault).or_default() += times;
        }
        if !outcome.violations.is_empty() {
            self.violations
                .insert(plan.seed, (plan.only, outcome.violations));
        }
        self.time += outcome.time;
        self.events += outcome.events;
        self.sessions += outcome.sessions;
    }
}

/// Runs all seeds of a job, and calls `progress` with how many are done from time to time.
///
/// Ends the process with code 1 when a run does not end within a minute.
pub fn soak(job: Job, progress: impl Fn(u64)) -> Summary {
    let mut summary = Summary::default();
    let live = |seed| {
        let plan = Plan::new(seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&plan))).unwrap_or_else(|_| panicked());
        (plan, outcome)
    };
    let take = |_, (plan, outcome): (Plan, Outcome)| {
        let is_sound = outcome.violations.is_empty();
        summary.add(&plan, outcome);
        is_sound
    };
    sweep(job, live, take, progress);
    summary
}

fn panicked() -> Outcome {
    Outcome {
        faults: BTreeMap::new(),
        violations: vec![Violation {
            rule: "nothing panics",
            detail: "the message is above".to_owned(),
        }],
        time: Duration::ZERO,
        events: 0,
        sessions: 0,
    }
}
