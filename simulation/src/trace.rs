//! A run as a list of what happened, for people.

use std::fmt::Write as _;

use rocketfi_client::Event;
use tokio::time::Instant;

use crate::check;
use crate::plan::Plan;
use crate::record::{Record, Submission};
use crate::tap::{Inbound, Outbound};
use crate::world::record;

/// Lives through a plan and tells what happened, and what is wrong with it; and whether nothing is.
#[must_use]
pub fn trace(plan: &Plan) -> (String, bool) {
    let record = record(plan);
    let mut lines = network(&record);
    lines.extend(faults(plan, &record));
    lines.extend(user(&record));
    lines.sort_by_key(|(time, _)| *time);
    let mut text = format!("{plan:#?}\n\n");
    for (time, line) in lines {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:>12}  {line}", record.at(time));
    }
    let violations = check::all(plan, &record);
    for violation in &violations {
        let _ = writeln!(text, "violation: {violation}");
    }
    (text, violations.is_empty())
}

type Line = (Instant, String);

fn faults(plan: &Plan, record: &Record) -> Vec<Line> {
    let act = |(time, act): &(_, _)| (record.began + *time, format!("fault       {act:?}"));
    plan.acts.iter().map(act).collect()
}

fn network(record: &Record) -> Vec<Line> {
    let dial = |time: &Instant| (*time, "dial".to_owned());
    let mut lines: Vec<_> = record.dials.iter().map(dial).collect();
    for (number, line) in (1..).zip(record.sessions()) {
        let (tap, course) = (line.tap(), line.course());
        lines.push((course.opened, format!("{number:<4}opened")));
        lines.extend(
            course
                .closed
                .map(|time| (time, format!("{number:<4}closed"))),
        );
        let sent = tap.sent.iter();
        lines.extend(sent.map(|at| (at.time, format!("{number:<4}--> {}", outbound(&at.what)))));
        let received = tap.received.iter();
        lines.extend(received.map(|at| (at.time, format!("{number:<4}<-- {}", inbound(&at.what)))));
    }
    lines
}

fn outbound(frame: &Outbound) -> String {
    match frame {
        Outbound::Subscribe(kind) => format!("Subscribe {kind:?}"),
        Outbound::Unsubscribe(kind) => format!("Unsubscribe {kind:?}"),
        other => format!("{other:?}"),
    }
}

fn inbound(frame: &Inbound) -> String {
    match frame {
        Inbound::Message(message) => message.name().to_owned(),
        other => format!("{other:?}"),
    }
}

fn user(record: &Record) -> Vec<Line> {
    let call = |call: &crate::record::Call| {
        let text = format!(
            "call        {:?} of {:?}, since {}",
            call.result,
            call.kind,
            record.at(call.began)
        );
        (call.ended, text)
    };
    let event = |(time, event): &(Instant, Event)| match event {
        Event::Message { session, message } => (
            *time,
            format!("event       {} on {session}", message.name()),
        ),
        other => (*time, format!("event       {other:?}")),
    };
    let submission = |submission: &Submission| {
        let (result, began) = (&submission.result, record.at(submission.began));
        let text = format!("call        {result:?} of a transaction, since {began}");
        (submission.ended, text)
    };
    let calls = record.calls.iter().map(call);
    let calls = calls.chain(record.submissions.iter().map(submission));
    calls.chain(record.events.iter().map(event)).collect()
}
