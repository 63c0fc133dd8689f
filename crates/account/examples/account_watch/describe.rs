//! What happened, in words: a label and a text, for lines and for the log of the screen.

mod account;
mod client;
mod message;

pub(crate) use account::account;
pub(crate) use client::client;

use message::message;

use std::error::Error;
use std::time::Duration;

use rocketfi_account::Origin;
use rocketfi_account::protocol::SubscriptionKind;

/// A label, and what is to be said.
pub(crate) type Line = (&'static str, String);

/// An error and its sources on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// `1 fill`, `3 fills`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// Seconds, as exact as one wants to read them.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn names<'a>(kinds: impl IntoIterator<Item = &'a SubscriptionKind>) -> String {
    let names: Vec<&str> = kinds.into_iter().map(SubscriptionKind::name).collect();
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names.join(", ")
}

/// Says of what the stream has not brought that it was missed.
pub(crate) const fn mark(origin: Origin) -> &'static str {
    match origin {
        Origin::Stream => "",
        Origin::Backfill => "missed: ",
    }
}
