//! Many seeds, on every core.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

/// Longer in real time than any run takes: whoever needs more goes round in circles.
const LONGEST_RUN: Duration = Duration::from_secs(60);

/// Lives through all seeds of a job, hands each outcome to `take`, which says whether it is sound, and calls `progress`
/// with how many are done from time to time.
///
/// Ends the process with code 1 when a run does not end within a minute.
pub(crate) fn sweep<O>(
    job: Job,
    live: impl Fn(u64) -> O + Sync,
    take: impl FnMut(u64, O) -> bool + Send,
    progress: impl Fn(u64),
) {
    let shared = Shared {
        job,
        next: AtomicU64::new(0),
        done: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        running: Mutex::default(),
        live,
        take: Mutex::new(take),
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
            progress(shared.done.load(Ordering::Relaxed));
            watch(&shared.running());
        }
    });
}

struct Shared<L, T> {
    job: Job,
    next: AtomicU64,
    done: AtomicU64,
    stop: AtomicBool,
    /// Which seed each worker is at, and since when.
    running: Mutex<BTreeMap<usize, (u64, Instant)>>,
    live: L,
    take: Mutex<T>,
}

impl<L, T> Shared<L, T> {
    fn work<O>(&self, worker: usize)
    where
        L: Fn(u64) -> O,
        T: FnMut(u64, O) -> bool,
    {
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.job.seeds {
                break;
            }
            let seed = self.job.first + number;
            self.running().insert(worker, (seed, Instant::now()));
            let outcome = (self.live)(seed);
            let is_sound =
                (self.take.lock().unwrap_or_else(PoisonError::into_inner))(seed, outcome);
            self.done.fetch_add(1, Ordering::Relaxed);
            if self.job.fail_fast && !is_sound {
                self.stop.store(true, Ordering::Relaxed);
            }
        }
        self.running().remove(&worker);
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<usize, (u64, Instant)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that goes round in circles cannot be ended, but the process can.
fn watch(running: &BTreeMap<usize, (u64, Instant)>) {
    for (seed, since) in running.values() {
        if since.elapsed() > LONGEST_RUN {
            println!("seed {seed}:\n    the run ends: it does not, somebody goes round in circles");
            std::process::exit(1);
        }
    }
}
