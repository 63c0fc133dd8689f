//! The program that every unit is: examples in, verdicts out, one line each. Part of the generated package only.

use std::io::{BufRead, Write, stdin, stdout};
use std::panic::{catch_unwind, set_hook};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::equality::difference;

/// Tries the text of an example as a message, by the message's number.
pub(crate) type Trial = fn(usize, &str) -> Result<(), String>;

#[derive(Deserialize)]
struct Job<'l> {
    document: &'l str,
    message: usize,
    #[serde(borrow)]
    example: &'l RawValue,
}

/// Answers every line of standard input with one line on standard output, before the next is read.
pub(crate) fn serve(documents: &[(&str, Trial)]) {
    // A panic is told in its answer.
    set_hook(Box::new(|_| {}));
    for line in stdin().lock().lines() {
        let Ok(line) = line else { return };
        let answer = json!({ "problem": answer(documents, &line).err() });
        let mut out = stdout().lock();
        if writeln!(out, "{answer}")
            .and_then(|()| out.flush())
            .is_err()
        {
            return;
        }
    }
}

fn answer(documents: &[(&str, Trial)], line: &str) -> Result<(), String> {
    let job: Job<'_> = serde_json::from_str(line).map_err(|error| format!("not a job: {error}"))?;
    let known = documents.iter().find(|(name, _)| *name == job.document);
    let (_, trial) = known.ok_or("no such document")?;
    let tried = catch_unwind(|| trial(job.message, job.example.get()));
    tried.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(format!("panicked: {}", text.unwrap_or_default()))
    })
}

/// The example as the message's own type.
pub(crate) fn payload<T: DeserializeOwned + Serialize>(example: &str) -> Result<(), String> {
    survive::<T>(example)
        .map(drop)
        .map_err(|problem| format!("as payload: {problem}"))
}

/// The example as one of a union's variants.
pub(crate) fn union<T: DeserializeOwned + Serialize>(
    union: &str,
    variants: &[&str],
    name: impl Fn(&T) -> String,
    example: &str,
) -> Result<(), String> {
    let within = |problem| format!("as {union}: {problem}");
    let value = survive::<T>(example).map_err(within)?;
    let name = name(&value);
    if variants.contains(&name.as_str()) {
        return Ok(());
    }
    Err(within(format!(
        "taken for {name}, not {}",
        variants.join(" or ")
    )))
}

pub(crate) fn no_such_message(_example: &str) -> Result<(), String> {
    Err("no such message".to_owned())
}

/// Decodes, encodes again, and compares.
fn survive<T: DeserializeOwned + Serialize>(example: &str) -> Result<T, String> {
    let value: T = serde_json::from_str(example).map_err(|error| error.to_string())?;
    let encoded =
        serde_json::to_string(&value).map_err(|error| format!("cannot be encoded: {error}"))?;
    let parse =
        |text| serde_json::from_str::<Value>(text).map_err(|error| format!("is no JSON: {error}"));
    match difference(&parse(example)?, &parse(&encoded)?) {
        None => Ok(value),
        Some(pointer) => Err(format!(
            "differs at {}",
            if pointer.is_empty() {
                "its root"
            } else {
                &pointer
            }
        )),
    }
}
