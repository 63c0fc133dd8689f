//! From documents to rows: make, judge, compile, try.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;

use super::compile::{Verdict, compile};
use super::document::Document;
use super::error::CorpusError;
use super::judge::{Judgement, judge};
use super::maker::{Maker, panic_text};
use super::message::{Message, collect};
use super::package::Package;
use super::pointer::resolve;
use super::progress::Progress;
use super::row::{Examples, Row};
use super::trial::{self, Job};
use super::unit::{LARGEST, balance};
use crate::codegen::Output;

/// One document on its way.
struct Subject<'d> {
    document: &'d Document,
    made: Result<Output, String>,
    messages: Vec<Message>,
    /// By message; empty if examples were not asked for.
    judgements: Vec<Judgement>,
}

/// A job and where its answer belongs.
struct Errand {
    document: usize,
    message: usize,
    example: usize,
    job: Job,
}

/// The answers that an example got: it is tried once for each type that stands for its message.
type Answers = BTreeMap<(usize, usize, usize), Vec<Option<String>>>;

/// Runs all documents through a generator, a compiler and, if examples are asked for, what was compiled.
pub(crate) fn survey(
    documents: &[Document],
    maker: &Maker,
    folder: &Path,
    examples: bool,
    progress: &Progress,
) -> Result<Vec<Row>, CorpusError> {
    progress.phase("generating", documents.len());
    let subject = |document| {
        let subject = Subject::new(document, maker, examples);
        progress.step();
        subject
    };
    let subjects: Vec<_> = documents.iter().map(subject).collect();
    let package = Package::create(folder, maker.runtime)?;
    let mut sizes = Vec::new();
    for (document, output) in subjects.iter().filter_map(Subject::output) {
        package.write_document(&document.module, output)?;
        sizes.push((document.module.clone(), size(output)));
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let verdicts = compile(
        &package,
        balance(&sizes, cores, LARGEST),
        examples,
        progress,
    )?;
    let answers = try_all(errands(&subjects, &verdicts), &verdicts, progress);
    let row = |(index, subject): (usize, &Subject<'_>)| {
        subject.row(
            verdicts.get(&subject.document.module),
            |message, example| answers.get(&(index, message, example)).map(Vec::as_slice),
        )
    };
    Ok(subjects.iter().enumerate().map(row).collect())
}

fn size(output: &Output) -> usize {
    output.files.iter().map(|(_, text)| text.len()).sum()
}

impl<'d> Subject<'d> {
    fn new(document: &'d Document, maker: &Maker, examples: bool) -> Self {
        let made = maker.run(document);
        let typed = made.iter().flat_map(|output| &output.messages);
        let messages = collect(
            &document.tree,
            typed.map(|message| message.pointer.as_str()),
        );
        let judged = |message| {
            let judged = catch_unwind(AssertUnwindSafe(|| judge(document, message)));
            judged.unwrap_or_else(|panic| Judgement {
                unjudged: Some(format!("the judge failed: {}", panic_text(&*panic))),
                ..Judgement::default()
            })
        };
        let judgements = messages.iter().filter(|_| examples).map(judged).collect();
        Self {
            document,
            made,
            messages,
            judgements,
        }
    }

    fn output(&self) -> Option<(&Document, &Output)> {
        Some((self.document, self.made.as_ref().ok()?))
    }

    /// The numbers of the types that stand for a message.
    fn types_of(&self, message: &Message) -> Vec<usize> {
        let typed = self
            .made
            .iter()
            .flat_map(|output| &output.messages)
            .enumerate();
        let here = |pointer: &str| {
            resolve(&self.document.tree, pointer).is_some_and(|found| found == message.pointer)
        };
        typed
            .filter(|(_, typed)| here(&typed.pointer))
            .map(|(index, _)| index)
            .collect()
    }

    fn row<'a>(
        &self,
        verdict: Option<&Verdict>,
        answers: impl Fn(usize, usize) -> Option<&'a [Option<String>]>,
    ) -> Row {
        let error = verdict.and_then(|verdict| verdict.error.clone());
        let compiled = verdict.is_some_and(|verdict| verdict.error.is_none());
        let typed = self
            .messages
            .iter()
            .filter(|message| !self.types_of(message).is_empty());
        Row {
            document: self.document.name.clone(),
            sha256: self.document.sha256.clone(),
            version: self.document.version().map(ToOwned::to_owned),
            messages: self.messages.len(),
            typed: typed.count(),
            types: self.made.as_ref().map_or(0, |output| output.types),
            generated: self.made.is_ok(),
            compiled,
            warnings: verdict.map_or(0, |verdict| verdict.warnings),
            failure: self
                .made
                .as_ref()
                .err()
                .cloned()
                .or(error.map(|error| format!("does not compile: {error}"))),
            examples: (self.judgements.len() == self.messages.len())
                .then(|| self.examples(compiled, answers)),
        }
    }

    fn examples<'a>(
        &self,
        compiled: bool,
        answers: impl Fn(usize, usize) -> Option<&'a [Option<String>]>,
    ) -> Examples {
        let mut sum = Examples::default();
        for (index, (message, judgement)) in self.messages.iter().zip(&self.judgements).enumerate()
        {
            sum.valid += judgement.valid.len();
            sum.invalid += judgement.invalid;
            if let Some(why) = &judgement.unjudged {
                sum.unjudged += message.examples.len();
                sum.why_unjudged.get_or_insert_with(|| why.clone());
            }
            for &example in &judgement.valid {
                let problem = match answers(index, example) {
                    None => Some("no type stands for its message".to_owned()),
                    Some(answers) => answers.iter().flatten().next().cloned(),
                };
                match problem {
                    None => sum.equal += 1,
                    Some(problem) => sum
                        .problems
                        .push(format!("#{}: {problem}", message.examples[example].pointer)),
                }
            }
        }
        // What was not compiled was not tried: the reason stands in the table.
        if !compiled {
            sum.problems.clear();
        }
        sum
    }
}

/// All valid examples of all documents that compile.
fn errands(subjects: &[Subject<'_>], verdicts: &BTreeMap<String, Verdict>) -> Vec<Errand> {
    let mut errands = Vec::new();
    for (document, subject) in subjects.iter().enumerate() {
        let module = &subject.document.module;
        if verdicts
            .get(module)
            .is_none_or(|verdict| verdict.executable.is_none())
        {
            continue;
        }
        for (message, (found, judgement)) in
            subject.messages.iter().zip(&subject.judgements).enumerate()
        {
            let types = subject.types_of(found);
            for (&example, &number) in judgement
                .valid
                .iter()
                .flat_map(|example| types.iter().map(move |number| (example, number)))
            {
                let value = found.examples[example].value.clone();
                let job = Job {
                    module: module.clone(),
                    message: number,
                    example: value,
                };
                errands.push(Errand {
                    document,
                    message,
                    example,
                    job,
                });
            }
        }
    }
    errands
}

/// Runs every unit once on all that it is to try.
fn try_all(
    errands: Vec<Errand>,
    verdicts: &BTreeMap<String, Verdict>,
    progress: &Progress,
) -> Answers {
    progress.phase("trying", errands.len());
    let mut by_unit: BTreeMap<PathBuf, (Vec<_>, Vec<Job>)> = BTreeMap::new();
    for Errand {
        document,
        message,
        example,
        job,
    } in errands
    {
        let executable = verdicts
            .get(&job.module)
            .and_then(|verdict| verdict.executable.clone());
        if let Some(executable) = executable {
            let (places, jobs) = by_unit.entry(executable).or_default();
            places.push((document, message, example));
            jobs.push(job);
        }
    }
    let mut answers = Answers::new();
    for (executable, (places, jobs)) in by_unit {
        let given = trial::run(&executable, &jobs, || progress.step());
        for (place, answer) in places.into_iter().zip(given) {
            answers.entry(place).or_default().push(answer);
        }
    }
    answers
}
