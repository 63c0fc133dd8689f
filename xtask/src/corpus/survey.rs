//! From documents to rows: make, judge, compile, try.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::compile::{Verdict, compile};
use super::document::Document;
use super::error::CorpusError;
use super::machine;
use super::maker::Maker;
use super::package::Package;
use super::progress::Progress;
use super::row::Row;
use super::subject::{Place, Subject};
use super::trial::{self, Job};
use super::unit::{LARGEST, balance};
use crate::codegen::Output;

/// What came of an example, by its document's number and its place: an answer for each type that it was tried as.
type Answers = BTreeMap<(usize, Place), Vec<Option<String>>>;

/// Runs all documents through a generator, a compiler and, if examples are asked for, what was compiled.
pub(crate) fn survey(
    documents: &[Document],
    maker: &Maker,
    folder: &Path,
    examples: bool,
    progress: &Progress,
) -> Result<Vec<Row>, CorpusError> {
    let subjects = make_all(documents, maker, examples, progress);
    let package = Package::create(folder, maker.runtime)?;
    let mut sizes = Vec::new();
    for subject in &subjects {
        if let Ok(output) = &subject.made {
            package.write_document(&subject.document.module, output)?;
            sizes.push((subject.document.module.clone(), size(output)));
        }
    }
    let units = balance(&sizes, machine::compilers(), LARGEST);
    let verdicts = compile(&package, units, examples, progress)?;
    let answers = try_all(&subjects, &verdicts, progress);
    let row = |(number, subject): (usize, &Subject<'_>)| {
        let answers = |place| answers.get(&(number, place)).map(Vec::as_slice);
        subject.row(verdicts.get(&subject.document.module), answers)
    };
    Ok(subjects.iter().enumerate().map(row).collect())
}

fn make_all<'d>(
    documents: &'d [Document],
    maker: &Maker,
    examples: bool,
    progress: &Progress,
) -> Vec<Subject<'d>> {
    progress.phase("generating", documents.len());
    let subject = |document| {
        let subject = Subject::new(document, maker, examples);
        progress.step();
        subject
    };
    documents.iter().map(subject).collect()
}

fn size(output: &Output) -> usize {
    output.files.iter().map(|(_, text)| text.len()).sum()
}

/// Runs every unit once on all that it is to try.
fn try_all(
    subjects: &[Subject<'_>],
    verdicts: &BTreeMap<String, Verdict>,
    progress: &Progress,
) -> Answers {
    let mut by_unit: BTreeMap<&PathBuf, (Vec<_>, Vec<Job>)> = BTreeMap::new();
    for (number, subject) in subjects.iter().enumerate() {
        let verdict = verdicts.get(&subject.document.module);
        let Some(executable) = verdict.and_then(|verdict| verdict.executable.as_ref()) else {
            continue;
        };
        let (places, jobs) = by_unit.entry(executable).or_default();
        for (place, job) in subject.jobs() {
            places.push((number, place));
            jobs.push(job);
        }
    }
    progress.phase("trying", by_unit.values().map(|(_, jobs)| jobs.len()).sum());
    let mut answers = Answers::new();
    for (executable, (places, jobs)) in by_unit {
        let given = trial::run(executable, &jobs, || progress.step());
        for (place, answer) in places.into_iter().zip(given) {
            answers.entry(place).or_default().push(answer);
        }
    }
    answers
}
