//! The generator, warm: its files were read before, and nothing that it writes has changed.

use std::env;
use std::path::Path;
use std::process::Command;

use rocketfi_report::{Row, Sample, Unit};

use super::error::BenchError;
use super::process::{self, Spent};

const TABLE: &str = "cargo xtask codegen, warm";
const MIB: f64 = (1 << 20) as f64;

/// The command as it is typed, cargo's own look at what is to be built included, and the generator alone.
pub(crate) fn measure(quick: bool) -> Result<Vec<Row>, BenchError> {
    let folder = tempfile::tempdir().map_err(BenchError::Folder)?;
    let runs = if quick { 5 } else { 21 };
    let mut typed = process::cargo();
    typed.arg("xtask");
    let exe = env::current_exe().map_err(BenchError::Folder)?;
    let mut rows = rows("the command", &mut typed, folder.path(), runs)?;
    rows.extend(self::rows(
        "its process alone",
        &mut Command::new(exe),
        folder.path(),
        runs,
    )?);
    Ok(rows)
}

fn rows(
    what: &str,
    command: &mut Command,
    folder: &Path,
    runs: usize,
) -> Result<Vec<Row>, BenchError> {
    command.arg("codegen").arg("--out").arg(folder);
    process::spend(command)?;
    let spent = (0..runs)
        .map(|_| process::spend(command))
        .collect::<Result<Vec<Spent>, _>>()?;
    let wall: Sample = spent.iter().map(|it| it.wall.as_secs_f64()).collect();
    #[expect(clippy::cast_precision_loss, reason = "no process holds 2^53 bytes")]
    let peak: Sample = spent.iter().map(|it| it.peak as f64).collect();
    Ok(vec![
        Row::median(TABLE, what, "wall clock", &wall, Unit::Seconds).at_most(0.5),
        Row::median(TABLE, what, "peak memory", &peak, Unit::Bytes).at_most(64.0 * MIB),
    ])
}
