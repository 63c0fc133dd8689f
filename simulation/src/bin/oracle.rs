//! `cargo xtask oracle`: an account that is followed through seeded trouble, against the server's own books.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use rocketfi_simulation::oracle::{Job, Plan, Report, Summary, soak, trace};

/// Follow an account through seeded trouble in a simulated network, and compare it with the server's own books
#[derive(Parser)]
#[command(name = "cargo xtask oracle", version)]
struct Cli {
    /// How many seeds to run
    #[arg(long, default_value_t = 500)]
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
        let (text, is_sound) = trace(&Plan::new(seed));
        print!("{text}");
        return exit_code(is_sound);
    }
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    let job = Job {
        first: cli.first,
        seeds: cli.seeds,
        threads: cli.threads.unwrap_or(cores),
        fail_fast: cli.fail_fast,
    };
    let began = Instant::now();
    let style = "{bar:40} {pos}/{len} seeds, {per_sec}, {eta} left";
    let style = ProgressStyle::with_template(style).expect("the template is well-formed");
    let bar = ProgressBar::new(job.seeds).with_style(style);
    let summary = soak(job, |done| bar.set_position(done));
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
