//! What a user may print.

use std::error::Error;
use std::fmt::Write as _;

use rocketfi_client::Event;

use crate::plan::Plan;
use crate::record::Record;
use crate::world::record;

/// Lives through a plan, and prints what its user may print without asking for data: the `Debug` of
/// everything but messages, and the `Display` of every error that speaks in the client's own words.
#[must_use]
pub fn shown(plan: &Plan) -> String {
    let record = record(plan);
    let mut text = format!(
        "{:?}\n{:?}\n{:?}\n",
        plan.config, record.client, record.server
    );
    events(&record, &mut text);
    for call in &record.calls {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:?} of {:?}", call.result, call.kind);
    }
    for submission in &record.submissions {
        let _ = writeln!(text, "{:?}", submission.result);
    }
    text
}

fn events(record: &Record, text: &mut String) {
    for (_, event) in &record.events {
        match event {
            Event::Message { .. } => continue,
            Event::DialFailed { error, .. } => chain(error.as_ref(), text),
            Event::Malformed { error, .. } => chain(error, text),
            _ => {}
        }
        let _ = writeln!(text, "{event:?}");
    }
}

/// An error and what caused it, as a program that gives up prints them.
fn chain(error: &dyn Error, text: &mut String) {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let _ = writeln!(text, "{error}: {error:?}");
        cause = error.source();
    }
}
