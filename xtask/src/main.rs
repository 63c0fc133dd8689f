//! The workspace's own commands. Run `cargo xtask --help`.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{bench, codegen, corpus, simulation};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The workspace's own commands", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure what the kit costs, against baselines in the same run, and print tables
    Bench(bench::Args),
    /// Write the protocol's types from its AsyncAPI document
    Codegen(codegen::Args),
    /// Generate, compile and try a folder of foreign AsyncAPI documents, and print a table
    Corpus(corpus::Args),
    /// Look into AsyncAPI documents
    #[command(subcommand)]
    Spec(Spec),
    /// Follow an account through seeded trouble, against the mock's own books; see `cargo xtask oracle --help`
    #[command(disable_help_flag = true)]
    Oracle {
        /// What to pass on
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGS"
        )]
        args: Vec<OsString>,
    },
    /// Run the client against the mock server under seeded faults; see `cargo xtask soak --help`
    #[command(disable_help_flag = true)]
    Soak {
        /// What to pass on
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGS"
        )]
        args: Vec<OsString>,
    },
}

#[derive(Subcommand)]
enum Spec {
    /// Say what a new document changes in the protocol, and whether that breaks clients made from the old one
    #[command(after_help = codegen::diff::EXIT_CODES)]
    Diff(codegen::diff::Args),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Bench(args) => bench::run(&args),
        Command::Codegen(args) => codegen::run(args),
        Command::Corpus(args) => corpus::run(&args),
        Command::Spec(Spec::Diff(args)) => codegen::diff::run(args),
        Command::Oracle { args } => simulation::run("oracle", args),
        Command::Soak { args } => simulation::run("soak", args),
    }
}
