//! Clean builds of the protocol crate, against a crate with nothing but plain derives of the same types.

use std::path::Path;

use rocketfi_report::{Row, Target, Unit};

use super::error::BenchError;
use super::process::{self, Spent};

/// A package, and the features it is built with.
struct Subject {
    name: &'static str,
    args: &'static [&'static str],
    package: &'static str,
    /// Over the first subject.
    target: Option<Target>,
}

/// The yardstick first; then what no crate that reads and writes JSON by `serde_json` can go below.
const SUBJECTS: [Subject; 4] = [
    Subject {
        name: "plain derives",
        package: "rocketfi-plain",
        args: &[],
        target: None,
    },
    Subject {
        name: "plain derives, and reading and writing them",
        package: "rocketfi-plain",
        args: &["--features", "json"],
        target: None,
    },
    Subject {
        name: "rocketfi-protocol, no default features",
        package: "rocketfi-protocol",
        args: &["--no-default-features"],
        target: Some(Target::AtMost(1.3)),
    },
    Subject {
        name: "rocketfi-protocol",
        package: "rocketfi-protocol",
        args: &[],
        target: Some(Target::AtMost(1.6)),
    },
];

/// One measure of a build, and its name.
type Measure = (&'static str, fn(&Spent) -> f64);

const MEASURES: [Measure; 2] = [
    ("wall clock", |spent| spent.wall.as_secs_f64()),
    ("CPU time", |spent| spent.cpu.as_secs_f64()),
];

/// What of a build is measured, and its name.
type Part = (&'static str, fn(&Built) -> Spent);

const PARTS: [Part; 2] = [
    ("clean build, dependencies included", |built| built.whole),
    ("clean build, the crate alone", |built| built.alone),
];

/// What one subject took in one round.
struct Built {
    /// With all its dependencies.
    whole: Spent,
    /// The package, its dependencies being there.
    alone: Spent,
}

/// Builds all subjects in every round.
pub(crate) fn measure(quick: bool) -> Result<Vec<Row>, BenchError> {
    let rounds = if quick { 1 } else { 3 };
    let built = (0..rounds).map(build_all).collect::<Result<Vec<_>, _>>()?;
    Ok(rows(&built))
}

/// Each round begins with another subject.
fn build_all(round: usize) -> Result<Vec<Built>, BenchError> {
    let first = round % SUBJECTS.len();
    let mut built = SUBJECTS
        .iter()
        .cycle()
        .skip(first)
        .take(SUBJECTS.len())
        .map(build)
        .collect::<Result<Vec<_>, _>>()?;
    built.rotate_right(first);
    Ok(built)
}

fn build(subject: &Subject) -> Result<Built, BenchError> {
    let target = tempfile::tempdir().map_err(BenchError::Folder)?;
    let whole = compile(subject, target.path())?;
    process::spend(
        process::cargo()
            .args(["clean", "--quiet", "--offline", "--locked"])
            .args(["--package", subject.package, "--target-dir"])
            .arg(target.path()),
    )?;
    let alone = compile(subject, target.path())?;
    Ok(Built { whole, alone })
}

fn compile(subject: &Subject, target: &Path) -> Result<Spent, BenchError> {
    process::spend(
        process::cargo()
            .args(["build", "--quiet", "--offline", "--locked", "--package"])
            .arg(subject.package)
            .args(subject.args)
            .arg("--target-dir")
            .arg(target)
            // A cache would compile nothing.
            .env_remove("RUSTC_WRAPPER")
            .env_remove("CARGO_BUILD_RUSTC_WRAPPER"),
    )
}

fn rows(rounds: &[Vec<Built>]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (table, part) in PARTS {
        for (case, measure) in MEASURES {
            let figure = |round: &[Built], place: usize| measure(&part(&round[place]));
            let plain = rounds.iter().map(|round| figure(round, 0)).collect();
            let name = SUBJECTS[0].name;
            rows.push(Row::median(table, name, case, &plain, Unit::Seconds));
            for (place, subject) in SUBJECTS.iter().enumerate().skip(1) {
                let ratio = |round: &Vec<Built>| figure(round, place) / figure(round, 0);
                let ratios = rounds.iter().map(ratio).collect();
                rows.push(
                    Row::median(table, subject.name, case, &ratios, Unit::Ratio)
                        .hoping(subject.target),
                );
            }
        }
    }
    rows
}
