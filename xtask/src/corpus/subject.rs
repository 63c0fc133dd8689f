//! One document on its way from text to row.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use super::compile::Verdict;
use super::document::Document;
use super::judge::{Judgement, judge};
use super::maker::{Maker, panic_text};
use super::message::{Message, collect};
use super::pointer::resolve;
use super::row::{Examples, Row};
use super::trial::Job;
use crate::codegen::Output;

/// A document and what is known of it before anything is compiled.
pub(crate) struct Subject<'d> {
    pub(crate) document: &'d Document,
    pub(crate) made: Result<Output, String>,
    messages: Vec<Found>,
    /// Whether examples were asked for.
    judged: bool,
}

/// A message of the document.
struct Found {
    message: Message,
    /// The numbers of the generator's messages that stand for it.
    types: Vec<usize>,
    judgement: Judgement,
}

/// An example, by the numbers of its message and of itself.
pub(crate) type Place = (usize, usize);

impl<'d> Subject<'d> {
    pub(crate) fn new(document: &'d Document, maker: &Maker, examples: bool) -> Self {
        let made = maker.run(document);
        let ours = made.iter().flat_map(|output| &output.messages);
        let pointers: Vec<_> = ours.map(|message| message.pointer.as_str()).collect();
        let resolved: Vec<_> = pointers
            .iter()
            .map(|pointer| resolve(&document.tree, pointer))
            .collect();
        let found = |message: Message| {
            let here = |(_, pointer): &(usize, &Option<String>)| {
                pointer.as_ref() == Some(&message.pointer)
            };
            let types = resolved
                .iter()
                .enumerate()
                .filter(here)
                .map(|(number, _)| number)
                .collect();
            let judgement = if examples {
                judgement(document, &message)
            } else {
                Judgement::default()
            };
            Found {
                message,
                types,
                judgement,
            }
        };
        let messages = collect(&document.tree, pointers)
            .into_iter()
            .map(found)
            .collect();
        Self {
            document,
            made,
            messages,
            judged: examples,
        }
    }

    /// What there is to try once it is compiled: each valid example as every type that stands for its message.
    pub(crate) fn jobs(&self) -> Vec<(Place, Job)> {
        let mut jobs = Vec::new();
        for (place, found) in self.valid() {
            let example = &found.message.examples[place.1].value;
            jobs.extend(
                found
                    .types
                    .iter()
                    .map(|number| (place, self.job(*number, example))),
            );
        }
        jobs
    }

    fn job(&self, message: usize, example: &Value) -> Job {
        Job {
            module: self.document.module.clone(),
            message,
            example: example.clone(),
        }
    }

    fn valid(&self) -> impl Iterator<Item = (Place, &Found)> {
        let messages = self.messages.iter().enumerate();
        messages.flat_map(|(number, found)| {
            found
                .judgement
                .valid
                .iter()
                .map(move |example| ((number, *example), found))
        })
    }

    /// `answers` gives what came of an example, if it was tried.
    pub(crate) fn row<'a>(
        &self,
        verdict: Option<&Verdict>,
        answers: impl Fn(Place) -> Option<&'a [Option<String>]>,
    ) -> Row {
        let error = verdict.and_then(|verdict| verdict.error.as_ref());
        let refused = self.made.as_ref().err().cloned();
        let compiled = verdict.is_some_and(|verdict| verdict.error.is_none());
        Row {
            document: self.document.name.clone(),
            sha256: self.document.sha256.clone(),
            version: self.document.version().map(ToOwned::to_owned),
            messages: self.messages.len(),
            typed: self
                .messages
                .iter()
                .filter(|found| !found.types.is_empty())
                .count(),
            types: self.made.as_ref().map_or(0, |output| output.types),
            generated: self.made.is_ok(),
            compiled,
            warnings: verdict.map_or(0, |verdict| verdict.warnings),
            failure: refused.or_else(|| Some(format!("does not compile: {}", error?))),
            examples: self.judged.then(|| self.examples(compiled, answers)),
        }
    }

    fn examples<'a>(
        &self,
        compiled: bool,
        answers: impl Fn(Place) -> Option<&'a [Option<String>]>,
    ) -> Examples {
        let mut sum = Examples::default();
        for Found {
            message, judgement, ..
        } in &self.messages
        {
            sum.valid += judgement.valid.len();
            sum.invalid += judgement.invalid;
            if let Some(why) = &judgement.unjudged {
                sum.unjudged += message.examples.len();
                sum.why_unjudged.get_or_insert_with(|| why.clone());
            }
        }
        // What was not compiled was not tried: the reason stands in the table.
        if compiled {
            let untyped = self.messages.iter().filter(|found| found.is_untyped());
            sum.problems.extend(
                untyped.map(|found| format!("#{}: no type stands for it", found.message.pointer)),
            );
            for (place, found) in self.valid().filter(|(_, found)| !found.is_untyped()) {
                let pointer = &found.message.examples[place.1].pointer;
                let problem = match answers(place) {
                    Some(answers) => answers.iter().flatten().next().map(String::as_str),
                    None => Some("was not tried"),
                };
                match problem {
                    None => sum.equal += 1,
                    Some(problem) => sum.problems.push(format!("#{pointer}: {problem}")),
                }
            }
        }
        sum
    }
}

impl Found {
    /// Nothing was generated for it that its examples could be tried as.
    fn is_untyped(&self) -> bool {
        self.types.is_empty() && !self.judgement.valid.is_empty()
    }
}

/// Never a panic, whatever the judge meets.
fn judgement(document: &Document, message: &Message) -> Judgement {
    let judged = catch_unwind(AssertUnwindSafe(|| judge(document, message)));
    judged.unwrap_or_else(|panic| Judgement {
        unjudged: Some(format!("the judge failed: {}", panic_text(&*panic))),
        ..Judgement::default()
    })
}
