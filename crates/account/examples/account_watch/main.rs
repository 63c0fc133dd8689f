//! Watches an account: its orders, fills, positions, collateral and risk, one line an event or on a live screen.
//!
//! Without arguments it needs no network: it starts a mock exchange inside itself, follows a demo account there, loses
//! its connection once on purpose, puts the account right with REST, compares it with the mock's own books, and ends by
//! itself. With `--screen` it stays open until you quit.

use std::error::Error;
use std::fs::File;
use std::io::{IsTerminal, stderr, stdout};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tracing_subscriber::EnvFilter;

mod args;
mod bare;
mod burst;
mod compare;
mod demo;
mod describe;
mod follow;
mod moment;
mod object;
mod output;
mod quiet;
mod screen;
mod target;

use args::Args;
use target::Target;

#[tokio::main]
async fn main() -> ExitCode {
    let mut args = Args::parse();
    if args.screen && !stdout().is_terminal() {
        eprintln!("note: the output is not a terminal, so there are lines instead of a screen");
        args.screen = false;
    }
    match run(&args).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", describe::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    start_log(args)?;
    if args.burst {
        return burst::run().await;
    }
    let target = Target::choose(args).await?;
    if args.screen {
        screen::run(args, &target).await
    } else if args.kinds.is_empty() {
        follow::run(args, target).await
    } else {
        bare::run(args, &target).await
    }
}

/// The libraries' own log: on stderr or in a file. Lines in the middle of a screen would garble it.
fn start_log(args: &Args) -> std::io::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    let log = tracing_subscriber::fmt().with_env_filter(filter);
    match &args.log {
        Some(path) => log
            .with_ansi(false)
            .with_writer(Arc::new(File::create(path)?))
            .init(),
        None if args.screen => {}
        None => log.with_writer(stderr).init(),
    }
    Ok(())
}
