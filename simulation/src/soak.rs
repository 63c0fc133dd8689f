//! Many seeds, on every core, and what came of them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::{Outcome, Plan, Violation, run};

/// Which seeds to run.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// The first seed.
    pub first: u64,
    /// How many.
    pub seeds: u64,
    /// On how many threads.
    pub threads: usize,
    /// Whether to stop at the first seed that breaks a rule.
    pub fail_fast: bool,
}

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

/// Longer in real time than any run takes: whoever needs more goes round in circles.
const LONGEST_RUN: Duration = Duration::from_secs(60);

/// Runs all seeds of a job, and calls `progress` with how many are done from time to time.
///
/// Ends the process with code 1 when a run does not end within a minute.
pub fn soak(job: Job, progress: impl Fn(u64)) -> Summary {
    let shared = Shared {
        job,
        next: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        summary: Mutex::default(),
        running: Mutex::default(),
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..job.threads.max(1))
            .map(|worker| {
                scope.spawn({
                    let shared = &shared;
                    move || shared.work(worker)
                })
            })
            .collect();
        while workers.iter().any(|worker| !worker.is_finished()) {
            std::thread::sleep(Duration::from_millis(100));
            progress(shared.summary().runs);
            shared.watch();
        }
    });
    shared
        .summary
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}

struct Shared {
    job: Job,
    next: AtomicU64,
    stop: AtomicBool,
    summary: Mutex<Summary>,
    /// Which seed each worker is at, and since when.
    running: Mutex<BTreeMap<usize, (u64, Instant)>>,
}

impl Shared {
    fn work(&self, worker: usize) {
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.job.seeds {
                break;
            }
            let seed = self.job.first + number;
            self.running().insert(worker, (seed, Instant::now()));
            self.run(seed);
        }
        self.running().remove(&worker);
    }

    fn run(&self, seed: u64) {
        let plan = Plan::new(seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&plan))).unwrap_or_else(|_| panicked());
        if self.job.fail_fast && !outcome.violations.is_empty() {
            self.stop.store(true, Ordering::Relaxed);
        }
        self.summary().add(&plan, outcome);
    }

    /// A thread that goes round in circles cannot be ended, but the process can.
    fn watch(&self) {
        for (seed, since) in self.running().values() {
            if since.elapsed() > LONGEST_RUN {
                println!(
                    "seed {seed}:\n    the run ends: it does not, somebody goes round in circles"
                );
                std::process::exit(1);
            }
        }
    }

    fn summary(&self) -> MutexGuard<'_, Summary> {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<usize, (u64, Instant)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
