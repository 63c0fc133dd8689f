//! The short form of `cargo xtask soak`, and that a seed is a seed.

use rocketfi_simulation::soak::{Job, soak};
use rocketfi_simulation::{FAULTS, Plan, Report, trace};

/// Some of every fault alone, and as many mixtures.
const SEEDS: u64 = 160;

#[test]
fn no_rule_is_broken_under_any_fault() {
    let job = Job {
        first: 0,
        seeds: SEEDS,
        threads: 2,
        fail_fast: false,
    };
    let summary = soak(job, |_| {});
    assert!(summary.violations.is_empty(), "{}", Report(&summary));
    for kind in FAULTS {
        assert!(
            summary.faults.contains_key(kind.name),
            "{} never happened",
            kind.name
        );
        assert!(summary.runs_alone.contains_key(&Some(kind.name)));
    }
}

#[test]
fn a_seed_lives_through_the_same_run_again() {
    for seed in 0..40 {
        let plan = Plan::new(seed);
        assert_eq!(trace(&plan), trace(&plan), "seed {seed}");
    }
}
