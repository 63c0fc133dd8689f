//! `cargo xtask bench`: what the kit costs, as ratios to baselines of the same run, in tables.
//!
//! What runs protocol code is measured by the programs of the package `rocketfi-benches`, which print a row for every
//! figure; this runs them, measures the generator and clean builds itself, and says which targets are met. A target
//! that is missed fails nothing: machines are noisy, and a figure is for people to read.

use std::process::ExitCode;

mod build;
mod codegen;
mod error;
mod machine;
mod process;
mod program;
mod table;

use clap::ValueEnum;
use rocketfi_report::Row;

use self::error::BenchError;
use crate::codegen::report;

/// What `cargo xtask bench` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to measure; without any, everything
    #[arg(value_enum)]
    topics: Vec<Topic>,
    /// A look rather than a figure
    #[arg(long)]
    quick: bool,
    /// Print the tables as Markdown
    #[arg(long)]
    markdown: bool,
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Topic {
    /// CPU time of reading and writing a frame
    Codec,
    /// Allocations of reading and writing a frame
    Allocations,
    /// CPU time, throughput and latency from the socket to the user, and what an idle session keeps
    Client,
    /// The mock's fan-out to a hundred clients, and what an idle session keeps
    Mock,
    /// Time and memory of the generator
    Codegen,
    /// Clean builds of the protocol crate
    Build,
}

impl Topic {
    fn measure(self, quick: bool) -> Result<Vec<Row>, BenchError> {
        match self {
            Self::Codec => program::run("codec", quick),
            Self::Allocations => program::run("allocations", quick),
            Self::Client => Ok([
                program::run("client", quick)?,
                program::run("client_memory", quick)?,
            ]
            .concat()),
            Self::Mock => Ok([
                program::run("mock", quick)?,
                program::run("mock_memory", quick)?,
            ]
            .concat()),
            Self::Codegen => codegen::measure(quick),
            Self::Build => build::measure(quick),
        }
    }
}

/// Prints the tables; fails if something could not be measured.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    match measure(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", report(&error));
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<(), BenchError> {
    let topics = if args.topics.is_empty() {
        Topic::value_variants()
    } else {
        &args.topics
    };
    println!("{}", machine::facts());
    for topic in topics {
        // A table at a time: the whole takes minutes.
        println!(
            "{}",
            table::tables(&topic.measure(args.quick)?, args.markdown)
        );
    }
    Ok(())
}
