//! What the command lines of the simulation's programs have in common.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::sweep::Job;

/// Which seeds to live through.
#[derive(Args, Clone, Copy, Debug)]
pub struct Seeds {
    /// How many seeds to run
    #[arg(long = "seeds", value_name = "SEEDS", default_value_t = 2_000)]
    count: u64,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Run this seed alone, and show everything that happens
    #[arg(long, conflicts_with_all = ["count", "first", "fail_fast"])]
    seed: Option<u64>,
    /// How many threads [default: one a core]
    #[arg(long)]
    threads: Option<usize>,
    /// Stop at the first seed that breaks a rule
    #[arg(long)]
    fail_fast: bool,
}

impl Seeds {
    /// The seed that is to be shown, if it is only one.
    #[must_use]
    pub const fn alone(&self) -> Option<u64> {
        self.seed
    }

    /// All of them.
    #[must_use]
    pub fn job(&self) -> Job {
        let cores = std::thread::available_parallelism().map_or(1, Into::into);
        Job {
            first: self.first,
            seeds: self.count,
            threads: self.threads.unwrap_or(cores),
            fail_fast: self.fail_fast,
        }
    }

    /// Shown on a terminal only.
    ///
    /// # Panics
    /// Never: the template is well-formed.
    #[must_use]
    pub fn progress_bar(&self) -> ProgressBar {
        let style = "{bar:40} {pos}/{len} seeds, {per_sec}, {eta} left";
        let style = ProgressStyle::with_template(style).expect("the template is well-formed");
        ProgressBar::new(self.count).with_style(style)
    }
}
