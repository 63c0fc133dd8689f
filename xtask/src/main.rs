//! The workspace's own commands. Run `cargo xtask --help`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod codegen;
mod soak;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The workspace's own commands", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the protocol's types from its AsyncAPI document
    Codegen(CodegenArgs),
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

#[derive(clap::Args)]
struct CodegenArgs {
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
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Codegen(args) => run_codegen(args).unwrap_or_else(|error| {
            eprintln!("error: {}", codegen::error::report(&error));
            ExitCode::FAILURE
        }),
        Command::Soak { args } => soak::run(args),
    }
}

fn run_codegen(args: CodegenArgs) -> Result<ExitCode, codegen::error::CodegenError> {
    let job = codegen::Job::new(args.spec, args.annotations, args.out);
    let output = codegen::generate(&job)?;
    for warning in &output.warnings {
        eprintln!("warning: {warning}");
    }
    if args.check {
        return Ok(check(&job, &output));
    }
    let changed = codegen::write::write(&job.out, &output.files)?;
    println!(
        "{}: {} files, {changed} changed",
        job.shown_out(),
        output.files.len()
    );
    Ok(ExitCode::SUCCESS)
}

fn check(job: &codegen::Job, output: &codegen::Output) -> ExitCode {
    let stale = codegen::write::differences(&job.out, &output.files);
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
