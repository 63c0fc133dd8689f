//! `cargo xtask spec diff`: what a new specification changes, in the protocol's words.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::error::{CodegenError, report};
use super::{Job, on_a_large_stack};

mod annotations;
mod fields;
mod judge;
mod recognised;
mod relation;
mod report;
mod side;
mod variants;
mod words;

#[cfg(test)]
mod tests;

use report::Report;
use side::Side;

/// What `cargo xtask spec diff` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The AsyncAPI document as it was
    old: PathBuf,
    /// The AsyncAPI document as it is now
    new: PathBuf,
    /// What AsyncAPI cannot say, of both documents [default: asyncapi/annotations.yaml]
    #[arg(long, value_name = "FILE")]
    annotations: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How the exit code is to be read, for `--help`.
pub const EXIT_CODES: &str = "Exit code: 0 if nothing changes or all changes are compatible, 1 if some are breaking, \
     2 if a document cannot be read";

/// Prints what changes; the exit code says how bad it is, see [`EXIT_CODES`].
#[must_use]
pub fn run(args: Args) -> ExitCode {
    let annotations = Job::new(None, args.annotations, None).annotations;
    let compared = compare_files(&args.old, &args.new, &annotations);
    match &compared {
        Ok(report) if args.json => println!("{:#}", report.json()),
        Ok(report) => print!("{report}"),
        Err(error) => eprintln!("error: {}", report(error)),
    }
    ExitCode::from(exit_code(&compared))
}

fn exit_code(compared: &Result<Report, CodegenError>) -> u8 {
    match compared {
        Ok(report) => u8::from(report.breaking > 0),
        Err(_) => 2,
    }
}

/// All that differs between two documents, as the annotations understand each of them.
pub(crate) fn compare_files(
    old: &Path,
    new: &Path,
    annotations: &Path,
) -> Result<Report, CodegenError> {
    on_a_large_stack(|| {
        let old = Side::load(old, annotations)?;
        let new = Side::load(new, annotations)?;
        Ok(compare(&old, &new))
    })
}

fn compare(old: &Side, new: &Side) -> Report {
    let changes = variants::changes(old, new);
    Report::new(changes, annotations::notes(old, new))
}
