//! `cargo xtask oracle`: an account that is followed through seeded trouble, against the server's own books.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use rocketfi_simulation::cli::Seeds;
use rocketfi_simulation::oracle::{Plan, Report, Summary, soak, trace};

/// Follow an account through seeded trouble in a simulated network, and compare it with the server's own books
#[derive(Parser)]
#[command(name = "cargo xtask oracle", version)]
struct Cli {
    #[command(flatten)]
    seeds: Seeds,
}

fn main() -> ExitCode {
    let Cli { seeds } = Cli::parse();
    if let Some(seed) = seeds.alone() {
        let (text, is_sound) = trace(&Plan::new(seed));
        print!("{text}");
        return exit_code(is_sound);
    }
    let began = Instant::now();
    let bar = seeds.progress_bar();
    let summary = soak(seeds.job(), |done| bar.set_position(done));
    bar.finish_and_clear();
    print!("{}", Report(&summary));
    print_totals(&summary, began.elapsed());
    exit_code(summary.violations.is_empty())
}

fn print_totals(summary: &Summary, took: Duration) {
    let failed = u64::try_from(summary.violations.len()).unwrap_or(u64::MAX);
    println!(
        "\n{} seeds in {:.1} s, {:.0} h of simulated time",
        summary.runs,
        took.as_secs_f64(),
        summary.time.as_secs_f64() / 3600.0,
    );
    println!("{} seeds passed, {failed} failed", summary.runs - failed);
}

fn exit_code(is_sound: bool) -> ExitCode {
    if is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
