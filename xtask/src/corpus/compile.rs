//! Compiles all documents; one that does not compile is put aside and spoils nobody.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use super::diagnostic::{Diagnostic, Said};
use super::error::CorpusError;
use super::machine;
use super::package::Package;
use super::progress::Progress;
use super::unit::Unit;

/// What the compiler made of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Why it does not compile.
    pub(crate) error: Option<String>,
    pub(crate) warnings: usize,
    /// The program that holds it, if programs were asked for.
    pub(crate) executable: Option<PathBuf>,
}

/// What one run of cargo gave.
#[derive(Default)]
struct Build {
    diagnostics: Vec<Diagnostic>,
    /// Units that were built.
    built: BTreeMap<String, Option<PathBuf>>,
    /// What cargo itself said.
    words: String,
}

/// Compiles all units, again and again without what failed, until all that is left compiles. A verdict by module.
pub(crate) fn compile(
    package: &Package,
    mut units: Vec<Unit>,
    programs: bool,
    progress: &Progress,
) -> Result<BTreeMap<String, Verdict>, CorpusError> {
    let mut verdicts = BTreeMap::new();
    let mut next_number = units.len();
    while !units.is_empty() {
        package.write_units(&units)?;
        progress.phase("compiling", units.len());
        let build = cargo(package, programs, progress)?;
        let (passed, failed): (Vec<_>, Vec<_>) = units
            .into_iter()
            .partition(|unit| build.built.contains_key(&unit.name));
        if failed.is_empty() {
            verdicts.extend(passed.iter().flat_map(|unit| build.passed(unit)));
            break;
        }
        units = passed;
        for unit in failed {
            units.extend(build.without_culprits(unit, &mut next_number, &mut verdicts)?);
        }
    }
    Ok(verdicts)
}

impl Build {
    fn passed(&self, unit: &Unit) -> Vec<(String, Verdict)> {
        let verdict = |module: &String| Verdict {
            error: None,
            warnings: self.about(unit, module).count(),
            executable: self.built.get(&unit.name).cloned().flatten(),
        };
        unit.modules
            .iter()
            .map(|module| (module.clone(), verdict(module)))
            .collect()
    }

    /// What is left of a unit that failed. One that blames no document is taken apart, and blamed itself once it
    /// holds one document alone.
    fn without_culprits(
        &self,
        unit: Unit,
        next_number: &mut usize,
        verdicts: &mut BTreeMap<String, Verdict>,
    ) -> Result<Vec<Unit>, CorpusError> {
        let mut left = Vec::new();
        for module in &unit.modules {
            let error = self.about(&unit, module).find(|said| said.error);
            match error {
                Some(error) => {
                    verdicts.insert(module.clone(), Verdict::failed(error.text.clone()));
                }
                None => left.push(module.clone()),
            }
        }
        if left.len() < unit.modules.len() {
            let rest = Unit {
                modules: left,
                ..unit
            };
            return Ok(if rest.modules.is_empty() {
                Vec::new()
            } else {
                vec![rest]
            });
        }
        if let [module] = left.as_slice() {
            verdicts.insert(module.clone(), Verdict::failed(self.blame(&unit)?));
            return Ok(Vec::new());
        }
        let alone = left.into_iter().map(|module| {
            let number = *next_number;
            *next_number += 1;
            Unit::new(number, vec![module])
        });
        Ok(alone.collect())
    }

    fn about<'b>(
        &'b self,
        unit: &'b Unit,
        module: &'b str,
    ) -> impl Iterator<Item = &'b Diagnostic> {
        let said = self.diagnostics.iter();
        said.filter(move |said| said.unit == unit.name && said.module.as_deref() == Some(module))
    }

    /// An error without a place, or a compiler that died; unless cargo never came as far as our package.
    fn blame(&self, unit: &Unit) -> Result<String, CorpusError> {
        let error = self
            .diagnostics
            .iter()
            .find(|said| said.error && said.unit == unit.name);
        if let Some(error) = error {
            return Ok(error.text.clone());
        }
        if self.words.contains("could not compile `corpus`") {
            return Ok("the compiler died on it".to_owned());
        }
        Err(CorpusError::Build(self.words.clone()))
    }
}

impl Verdict {
    fn failed(error: String) -> Self {
        Self {
            error: Some(error),
            ..Self::default()
        }
    }
}

fn cargo(package: &Package, programs: bool, progress: &Progress) -> Result<Build, CorpusError> {
    let mut child = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .arg(if programs { "build" } else { "check" })
        .args(["--jobs", &machine::compilers().to_string()])
        .args(["--keep-going", "--message-format=json", "--manifest-path"])
        .arg(package.folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", package.folder.join("target"))
        // Warnings are counted, whatever a shell or a CI asks of other builds.
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(CorpusError::Cargo)?;
    let mut errors = child.stderr.take();
    let words = thread::spawn(move || {
        let mut words = Vec::new();
        // What was read before a failure is all there is to tell.
        errors.as_mut().map(|errors| errors.read_to_end(&mut words));
        String::from_utf8_lossy(&words).into_owned()
    });
    let mut build = Build::default();
    for line in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
    {
        match Said::read(&line.map_err(CorpusError::Cargo)?) {
            Some(Said::Diagnostic(diagnostic)) => build.diagnostics.push(diagnostic),
            Some(Said::Built { unit, executable }) => {
                build.built.insert(unit, executable);
                progress.step();
            }
            None => {}
        }
    }
    child.wait().map_err(CorpusError::Cargo)?;
    build.words = words.join().unwrap_or_default();
    Ok(build)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a unit after a build in which it failed, and what became of the others.
    fn left(build: &Build, modules: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
        let unit = Unit::new(0, modules.iter().map(ToString::to_string).collect());
        let mut verdicts = BTreeMap::new();
        let left = build.without_culprits(unit, &mut 5, &mut verdicts).unwrap();
        let failed = verdicts
            .into_iter()
            .map(|(module, verdict)| format!("{module}: {}", verdict.error.unwrap()));
        (
            left.into_iter().map(|unit| unit.modules).collect(),
            failed.collect(),
        )
    }

    fn error(module: Option<&str>) -> Diagnostic {
        Diagnostic {
            unit: "unit0".to_owned(),
            module: module.map(ToOwned::to_owned),
            error: true,
            text: "no".to_owned(),
        }
    }

    fn build(diagnostics: Vec<Diagnostic>, words: &str) -> Build {
        Build {
            diagnostics,
            words: words.to_owned(),
            ..Build::default()
        }
    }

    #[test]
    fn a_document_with_an_error_leaves_its_unit() {
        let build = build(vec![error(None), error(Some("b"))], "");
        assert_eq!(
            left(&build, &["a", "b"]),
            (vec![vec!["a".to_owned()]], vec!["b: no".to_owned()])
        );
        assert_eq!(left(&build, &["b"]), (Vec::new(), vec!["b: no".to_owned()]));
    }

    #[test]
    fn a_unit_that_blames_nobody_is_taken_apart() {
        let dead = build(
            Vec::new(),
            "error: could not compile `corpus` (bin \"unit0\")",
        );
        let apart = vec![vec!["a".to_owned()], vec!["b".to_owned()]];
        assert_eq!(left(&dead, &["a", "b"]), (apart, Vec::new()));
        assert_eq!(
            left(&dead, &["a"]),
            (Vec::new(), vec!["a: the compiler died on it".to_owned()])
        );
        let unlinked = build(vec![error(None)], "");
        assert_eq!(left(&unlinked, &["a"]).1, ["a: no"]);
    }

    #[test]
    fn what_is_no_documents_fault_ends_the_run() {
        let unit = Unit::new(0, vec!["a".to_owned()]);
        let offline = build(Vec::new(), "error: failed to download `serde`");
        let end = offline.without_culprits(unit, &mut 0, &mut BTreeMap::new());
        assert!(matches!(end, Err(CorpusError::Build(words)) if words.contains("download")));
    }
}
