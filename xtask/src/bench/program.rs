//! The programs of `rocketfi-benches`, which are built for speed and print rows.

use std::process::Stdio;

use rocketfi_report::Row;

use super::error::BenchError;
use super::process;

/// Builds and runs `benches/src/bin/{name}.rs`.
pub(crate) fn run(name: &str, quick: bool) -> Result<Vec<Row>, BenchError> {
    let output = process::cargo()
        .args(["run", "--release", "--quiet", "--locked"])
        .args(["--package", "rocketfi-benches", "--bin", name, "--"])
        .args(quick.then_some("--quick"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| BenchError::Start {
            program: name.to_owned(),
            source,
        })?;
    if !output.status.success() {
        return Err(BenchError::Failed {
            program: name.to_owned(),
            status: output.status,
            // It had its say already.
            words: String::new(),
        });
    }
    rows(name, &String::from_utf8_lossy(&output.stdout))
}

fn rows(program: &str, text: &str) -> Result<Vec<Row>, BenchError> {
    let read = |line: &str| {
        Row::parse(line).map_err(|source| BenchError::Row {
            program: program.to_owned(),
            line: line.to_owned(),
            source,
        })
    };
    text.lines().map(read).collect()
}
