//! The short form of `cargo xtask oracle`, and that a seed is a seed.

use rocketfi_simulation::oracle::{FAULTS, Job, Plan, Report, soak, trace};

/// Enough that every fault happens several times.
const SEEDS: u64 = 24;

#[test]
fn a_followed_account_ends_equal_to_the_server_s_own() {
    let job = Job {
        first: 0,
        seeds: SEEDS,
        threads: 2,
        fail_fast: false,
    };
    let summary = soak(job, |_| {});
    assert!(summary.violations.is_empty(), "{}", Report(&summary));
    for name in FAULTS {
        assert!(summary.faults.contains_key(name), "{name} never happened");
    }
    for what in [
        "fills",
        "fills that were missed",
        "gaps",
        "reconciliations",
        "failures of REST",
    ] {
        assert!(
            summary.told.get(what).is_some_and(|times| *times > 0),
            "no {what}"
        );
    }
}

#[test]
fn a_seed_lives_through_the_same_run_again() {
    for seed in 0..5 {
        let plan = Plan::new(seed);
        let (first, second) = (trace(&plan), trace(&plan));
        assert!(first == second, "seed {seed}");
    }
}
