//! `cargo xtask soak`: the client against the mock server under seeded faults.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use rocketfi_simulation::cli::Seeds;
use rocketfi_simulation::soak::{Summary, soak};
use rocketfi_simulation::{Plan, Report, trace};

/// Run the client against the mock server in a simulated network, under seeded faults
#[derive(Parser)]
#[command(name = "cargo xtask soak", version)]
struct Cli {
    #[command(flatten)]
    seeds: Seeds,
}

fn main() -> ExitCode {
    let Cli { seeds } = Cli::parse();
    if let Some(seed) = seeds.alone() {
        return replay(seed);
    }
    let began = Instant::now();
    let bar = seeds.progress_bar();
    let summary = soak(seeds.job(), |done| bar.set_position(done));
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
