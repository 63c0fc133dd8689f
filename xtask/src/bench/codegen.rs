//! The generator, warm: its files were read before, and nothing that it writes has changed.

use std::env;
use std::path::Path;
use std::process::Command;

use rocketfi_report::{Row, Sample, Target, Unit};

use super::error::BenchError;
use super::process::{self, Spent};

const TABLE: &str = "cargo xtask codegen, warm";
const WALL: &str = "wall clock";

const TIME: Target = Target::AtMost(0.5);
const MEMORY: Target = Target::AtMost((64 << 20) as f64);

/// The command as it is typed; the same command where it does nothing, which is cargo's share of it; and our process
/// alone, which is what the targets are for.
pub(crate) fn measure(quick: bool) -> Result<Vec<Row>, BenchError> {
    let folder = tempfile::tempdir().map_err(BenchError::Folder)?;
    let runs = if quick { 5 } else { 21 };
    let exe = env::current_exe().map_err(BenchError::Folder)?;
    let mut rows = rows(
        "cargo xtask codegen",
        generate(&mut typed(), folder.path()),
        runs,
    )?;
    rows.extend(self::rows(
        "cargo xtask --version",
        typed().arg("--version"),
        runs,
    )?);
    let alone = self::rows(
        "its process alone",
        generate(&mut Command::new(exe), folder.path()),
        runs,
    )?;
    rows.extend(alone.into_iter().map(|row| {
        let target = match row.unit {
            Unit::Bytes => Some(MEMORY),
            _ if row.case == WALL => Some(TIME),
            _ => None,
        };
        row.hoping(target)
    }));
    Ok(rows)
}

fn typed() -> Command {
    let mut cargo = process::cargo();
    cargo.arg("xtask");
    cargo
}

fn generate<'c>(command: &'c mut Command, out: &Path) -> &'c mut Command {
    command.arg("codegen").arg("--out").arg(out)
}

fn rows(what: &str, command: &mut Command, runs: usize) -> Result<Vec<Row>, BenchError> {
    process::spend(command)?;
    let spent = (0..runs)
        .map(|_| process::spend(command))
        .collect::<Result<Vec<Spent>, _>>()?;
    let wall: Sample = spent.iter().map(|it| it.wall.as_secs_f64()).collect();
    let cpu: Sample = spent.iter().map(|it| it.cpu.as_secs_f64()).collect();
    #[expect(clippy::cast_precision_loss, reason = "no process holds 2^53 bytes")]
    let peak: Sample = spent.iter().map(|it| it.peak as f64).collect();
    Ok(vec![
        Row::median(TABLE, what, WALL, &wall, Unit::Seconds),
        Row::median(TABLE, what, "CPU time", &cpu, Unit::Seconds),
        Row::median(TABLE, what, "peak memory", &peak, Unit::Bytes),
    ])
}
