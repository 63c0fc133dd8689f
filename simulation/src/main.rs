//! `cargo xtask soak`: the client against the mock server under seeded faults.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use rocketfi_simulation::soak::{Job, Summary, soak};
use rocketfi_simulation::{Plan, Report, trace};

/// Run the client against the mock server in a simulated network, under seeded faults
#[derive(Parser)]
#[command(name = "cargo xtask soak", version)]
struct Cli {
    /// How many seeds to run
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Run this seed alone, and show everything that happens
    #[arg(long, conflicts_with_all = ["seeds", "first", "fail_fast"])]
    seed: Option<u64>,
    /// How many threads [default: one a core]
    #[arg(long)]
    threads: Option<usize>,
    /// Stop at the first seed that breaks a rule
    #[arg(long)]
    fail_fast: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(seed) = cli.seed {
        return replay(seed);
    }
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    let job = Job {
        first: cli.first,
        seeds: cli.seeds,
        threads: cli.threads.unwrap_or(cores),
        fail_fast: cli.fail_fast,
    };
    let began = Instant::now();
    let bar = progress_bar(job.seeds);
    let summary = soak(job, |done| bar.set_position(done));
    bar.finish_and_clear();
    print!("{}", Report(&summary));
    print_totals(&summary, began.elapsed());
    if summary.violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn replay(seed: u64) -> ExitCode {
    let (text, is_sound) = trace(&Plan::new(seed));
    print!("{text}");
    if is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Shown on a terminal only.
fn progress_bar(seeds: u64) -> ProgressBar {
    let style = "{bar:40} {pos}/{len} seeds, {per_sec}, {eta} left";
    let style = ProgressStyle::with_template(style).expect("the template is well-formed");
    ProgressBar::new(seeds).with_style(style)
}

fn print_totals(summary: &Summary, took: Duration) {
    let Summary {
        runs,
        sessions,
        events,
        time,
        ..
    } = summary;
    println!(
        "\n{runs} seeds with {} faults in {:.1} s, {:.0} seeds a second",
        summary.total_faults(),
        took.as_secs_f64(),
        f64::from(u32::try_from(*runs).unwrap_or(u32::MAX)) / took.as_secs_f64(),
    );
    println!(
        "{sessions} sessions, {events} events, {:.0} h of simulated time",
        time.as_secs_f64() / 3600.0,
    );
    println!(
        "{} seeds passed, {} failed",
        runs - failed(summary),
        failed(summary)
    );
}

fn failed(summary: &Summary) -> u64 {
    u64::try_from(summary.violations.len()).unwrap_or(u64::MAX)
}
