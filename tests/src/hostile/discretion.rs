//! Values that must not show in the text of an error.

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};

use serde_json::Value;

/// The longest text that tells what is wrong with a frame, in characters.
const LONGEST: usize = 300;
/// The longest `Debug` text, which has the names of fields on top.
const LONGEST_DEBUG: usize = 400;

/// What in a frame tells something about an account or the market: words with digits in them.
#[derive(Debug)]
pub(super) struct Secrets(BTreeSet<String>);

impl Secrets {
    pub(super) fn of(frame: &str) -> Self {
        let mut found = BTreeSet::new();
        words(frame, &mut found);
        // Escapes hide words in the text that are plain in the value.
        if let Ok(value) = serde_json::from_str(frame) {
            strings(&value, &mut found);
        }
        Self(found)
    }

    /// Checks the texts of an error.
    pub(super) fn assert_kept(&self, error: &(impl Display + Debug)) {
        let (display, debug) = (error.to_string(), format!("{error:?}"));
        assert!(display.chars().count() <= LONGEST, "too long: {display}");
        assert!(debug.chars().count() <= LONGEST_DEBUG, "too long: {debug}");
        for secret in &self.0 {
            let shows = display.contains(secret) || debug.contains(secret);
            assert!(!shows, "{secret} shows in {debug}: {display}");
        }
    }
}

fn strings(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            words(key, found);
            strings(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::String(text) => words(text, found),
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

/// Shorter words would be found by chance, for places in a frame are told in numbers; and names of
/// fields and types have few digits.
fn words(text: &str, found: &mut BTreeSet<String>) {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    let is_secret = |word: &&str| word.len() >= 5 && digits(word) >= 4;
    found.extend(words.filter(is_secret).map(str::to_owned));
}
