//! `cargo xtask corpus`: what the generator makes of documents that other people wrote.
//!
//! Every document of a folder is generated; all that was generated is compiled; every example that its own schema
//! accepts is decoded and encoded again. The result is a table, and a record of what was reached.

use std::path::PathBuf;
use std::process::ExitCode;

mod baseline;
mod compile;
mod diagnostic;
mod document;
#[cfg(test)]
mod equality;
mod error;
mod judge;
mod machine;
mod maker;
mod message;
mod package;
mod pointer;
mod progress;
mod record;
mod row;
mod source;
mod subject;
mod survey;
mod table;
mod text;
mod trial;
mod unit;

#[cfg(test)]
mod tests;

use error::CorpusError;
use maker::Maker;
use progress::Progress;
use record::Record;

use crate::codegen::{report, workspace};

/// Where totals are recorded, in the workspace.
const RECORD: &str = "xtask/corpus.yaml";

/// What `cargo xtask corpus` takes.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Args {
    /// The folder of AsyncAPI documents (yaml, yml, json); folders in it are left alone
    dir: PathBuf,
    /// Decode and encode again every message example that its own schema accepts
    #[arg(long)]
    examples: bool,
    /// Print the table as Markdown
    #[arg(long)]
    markdown: bool,
    /// Record what these documents give, in xtask/corpus.yaml, for later runs to be measured against
    #[arg(long, requires = "examples", conflicts_with = "baseline")]
    record: bool,
    /// Run raw typify on the documents' schemas in place of our generator; nothing is compared
    #[arg(long)]
    baseline: bool,
}

/// Prints the table; fails if a total is lower than the recorded one.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    maker::tell_panics_later();
    match print_and_compare(args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", report(&error));
            ExitCode::FAILURE
        }
    }
}

fn print_and_compare(args: &Args) -> Result<ExitCode, CorpusError> {
    let maker = if args.baseline {
        Maker::TYPIFY
    } else {
        Maker::OURS
    };
    let folder = workspace().join("target").join(maker.folder);
    let progress = Progress::new();
    let rows = survey::survey(
        &document::load(&args.dir)?,
        &maker,
        &folder,
        args.examples,
        &progress,
    )?;
    progress.finish();
    let print = if args.markdown {
        table::markdown
    } else {
        table::plain
    };
    print!("{}", print(&rows));
    if args.baseline {
        return Ok(ExitCode::SUCCESS);
    }
    let path = workspace().join(RECORD);
    let record = Record::load(&path)?;
    if args.record {
        record.save(&path, &rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(told(&record.falls(&rows)))
}

fn told(falls: &[String]) -> ExitCode {
    if falls.is_empty() {
        return ExitCode::SUCCESS;
    }
    for fall in falls {
        eprintln!("error: {fall}");
    }
    eprintln!("error: {RECORD} records more; if less is meant, run this with --examples --record");
    ExitCode::FAILURE
}
