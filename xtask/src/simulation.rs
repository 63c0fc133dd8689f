//! Hands over to the simulation, a program of its own: the generator must not need what it generates.

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// Builds one of the simulation's programs for speed and runs it.
#[must_use]
pub fn run(program: &str, args: Vec<OsString>) -> ExitCode {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--release", "--quiet", "--locked"])
        .args(["--package", "rocketfi-simulation", "--bin", program, "--"])
        .args(args)
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: cargo did not start: {error}");
            ExitCode::FAILURE
        }
    }
}
