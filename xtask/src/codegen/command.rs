//! `cargo xtask codegen`: what it is told, and what it tells.

use std::path::PathBuf;
use std::process::ExitCode;

use super::error::{CodegenError, report};
use super::standalone::write_crate;
use super::write::{differences, write};
use super::{Job, Output, alone, generate};

/// What `cargo xtask codegen` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write nothing; exit 1 if what is on disk differs from what would be written
    #[arg(long)]
    check: bool,
    /// The AsyncAPI document, 2.x or 3.x, YAML or JSON [default: asyncapi/rocketfi-ws.yaml]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// What AsyncAPI cannot say [default: asyncapi/annotations.yaml]
    #[arg(long, value_name = "FILE")]
    annotations: Option<PathBuf>,
    /// Where the generated files go [default: crates/protocol/src/generated]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write a crate of its own there instead, with all that the generated code stands on. Annotations apply only if
    /// they are named, and cannot give it the hand-written types of this workspace
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "check"])]
    new_crate: Option<PathBuf>,
}

/// Writes the generated files or checks them, and says so on standard output and standard error.
#[must_use]
pub fn run(args: Args) -> ExitCode {
    match write_or_check(args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", report(&error));
            ExitCode::FAILURE
        }
    }
}

fn write_or_check(args: Args) -> Result<ExitCode, CodegenError> {
    // The workspace's annotations are of its own protocol.
    let foreign = args.annotations.is_none() && args.new_crate.is_some();
    let job = Job::new(args.spec, args.annotations, args.out);
    let output = if foreign {
        alone(&job.spec)?
    } else {
        generate(&job)?
    };
    for warning in &output.warnings {
        eprintln!("warning: {warning}");
    }
    if let Some(folder) = args.new_crate {
        write_crate(&folder, &output)?;
        println!(
            "{}: a crate of {} types",
            super::shown(&folder),
            output.types
        );
        return Ok(ExitCode::SUCCESS);
    }
    if args.check {
        return Ok(check(&job, &output));
    }
    let changed = write(&job.out, &output.files)?;
    println!(
        "{}: {} files, {changed} changed",
        job.shown_out(),
        output.files.len()
    );
    Ok(ExitCode::SUCCESS)
}

fn check(job: &Job, output: &Output) -> ExitCode {
    let stale = differences(&job.out, &output.files);
    if stale.is_empty() {
        println!(
            "{}: {} files, up to date",
            job.shown_out(),
            output.files.len()
        );
        return ExitCode::SUCCESS;
    }
    for difference in &stale {
        eprintln!("{}/{difference}", job.shown_out());
    }
    eprintln!(
        "error: generated code is out of date; run `{}`",
        job.command()
    );
    ExitCode::FAILURE
}
