//! What turns a document into code: our generator, or raw typify beside it. Neither may stop the run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

use super::baseline;
use super::document::Document;
use super::text::shortened;
use crate::codegen::{Output, generate_alone};

/// As much of a reason as can be read; typify prints whole schemas.
const LONGEST: usize = 300;

/// Where and why the last panic was, for the reason that is shown.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// A generator and what its code needs.
pub(crate) struct Maker {
    pub(crate) make: fn(&Document) -> Result<Output, String>,
    /// Whether the protocol crate's hand-written modules stand beside the code.
    pub(crate) runtime: bool,
    /// The folder in `target/` for the generated package.
    pub(crate) folder: &'static str,
}

impl Maker {
    pub(crate) const OURS: Self = Self {
        make: |document| generate_alone(&document.path),
        runtime: true,
        folder: "corpus",
    };
    pub(crate) const TYPIFY: Self = Self {
        make: baseline::make,
        runtime: false,
        folder: "corpus-typify",
    };

    /// What is made of a document, or the reason in one line why nothing is.
    pub(crate) fn run(&self, document: &Document) -> Result<Output, String> {
        take_panic();
        let made = catch_unwind(AssertUnwindSafe(|| (self.make)(document)));
        made.unwrap_or_else(|panic| Err(format!("a bug: {}", panic_text(&*panic))))
            .map_err(|reason| one_line(&reason, document))
    }
}

/// Lets a panic be told in the table, not on standard error.
pub(crate) fn tell_panics_later() {
    set_hook(Box::new(|panic| {
        let mut last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(without_home(&panic.to_string()));
    }));
}

/// A dependency's source without the machine's part of its path.
fn without_home(panic: &str) -> String {
    let inside = panic
        .split_once("/registry/src/")
        .and_then(|(_, rest)| rest.split_once('/'));
    inside.map_or_else(
        || panic.to_owned(),
        |(_, rest)| format!("panicked at {rest}"),
    )
}

fn take_panic() -> Option<String> {
    LAST_PANIC
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
}

/// In the hook's words, which hold the place; without the hook, what the panic carries.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let carried = || {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| panic.downcast_ref::<String>().cloned())
    };
    take_panic()
        .or_else(carried)
        .unwrap_or_else(|| "a panic".to_owned())
}

/// The first of a generator's errors without the path that every row names already.
fn one_line(reason: &str, document: &Document) -> String {
    let path = document.path.display().to_string();
    let canonical = document.path.canonicalize();
    let canonical = canonical.map_or_else(|_| path.clone(), |path| path.display().to_string());
    let mut errors = reason.split("\nerror: ");
    let first = errors.next().unwrap_or_default();
    let first = [path, canonical]
        .iter()
        .fold(first.to_owned(), |text, path| {
            let text = text.replace(&format!("{path}#"), "#");
            text.replace(&format!("{path}: "), "")
        });
    let first = shortened(&first, LONGEST);
    match errors.count() {
        0 => first,
        more => format!("{first} (and {more} more)"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::Value;

    use super::*;

    fn made(make: fn(&Document) -> Result<Output, String>) -> String {
        let document = Document {
            path: PathBuf::from("/elsewhere/a.yaml"),
            name: "a.yaml".to_owned(),
            module: "doc_a".to_owned(),
            sha256: String::new(),
            tree: Value::Null,
        };
        let maker = Maker {
            make,
            ..Maker::OURS
        };
        maker.run(&document).unwrap_err()
    }

    #[test]
    fn the_first_error_is_told_without_the_path() {
        let reason =
            made(|_| Err("/elsewhere/a.yaml#/a: no\nerror: /elsewhere/a.yaml#/b: no".to_owned()));
        assert_eq!(reason, "#/a: no (and 1 more)");
    }

    #[test]
    fn a_panic_in_a_dependency_is_told_without_the_machines_path() {
        let panic =
            "panicked at /home/me/.cargo/registry/src/index-1/typify-impl-0.8.0/src/a.rs:1:2:\nno";
        assert_eq!(
            without_home(panic),
            "panicked at typify-impl-0.8.0/src/a.rs:1:2:\nno"
        );
        assert_eq!(
            without_home("panicked at xtask/src/a.rs:1:2:\nno"),
            "panicked at xtask/src/a.rs:1:2:\nno"
        );
    }

    #[test]
    fn a_panic_is_a_reason_too() {
        assert_eq!(made(|_| panic!("todo {}", 1)), "a bug: todo 1");
    }
}
