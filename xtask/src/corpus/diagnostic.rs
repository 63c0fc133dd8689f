//! What cargo says, line by line, and of which document it says it.

use std::path::PathBuf;

use serde_json::Value;

use super::text::shortened;

/// As much of the compiler's words as a table bears.
const LONGEST: usize = 200;

/// One line of `cargo build --message-format=json` that matters here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A unit was built.
    Built {
        unit: String,
        executable: Option<PathBuf>,
    },
    /// A compiler spoke about a unit.
    Diagnostic(Diagnostic),
}

/// An error or a warning.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    pub(crate) unit: String,
    /// The module of the document that it is about.
    pub(crate) module: Option<String>,
    pub(crate) error: bool,
    pub(crate) text: String,
}

impl Said {
    /// Reads a line; `None` for what is not about a unit, and for words about words ("3 warnings emitted").
    pub(crate) fn read(line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let target = line.get("target")?;
        let kinds = target.get("kind")?.as_array()?;
        if !kinds.iter().any(|kind| kind == "bin") {
            return None;
        }
        let unit = target.get("name")?.as_str()?.to_owned();
        match line.get("reason")?.as_str()? {
            "compiler-artifact" => {
                let executable = line
                    .get("executable")
                    .and_then(Value::as_str)
                    .map(PathBuf::from);
                Some(Self::Built { unit, executable })
            }
            "compiler-message" => diagnostic(unit, line.get("message")?).map(Self::Diagnostic),
            _ => None,
        }
    }
}

fn diagnostic(unit: String, message: &Value) -> Option<Diagnostic> {
    let level = message.get("level")?.as_str()?;
    let error = level.starts_with("error");
    if !error && level != "warning" {
        return None;
    }
    let code = message.pointer("/code/code").and_then(Value::as_str);
    let words = message.get("message")?.as_str()?;
    let place = place(message);
    if place.is_none() && (!error || words.starts_with("aborting due to")) {
        return None;
    }
    // A document's root hands names on whether or not anything here takes them.
    if place.as_ref().is_some_and(|place| place.file == "mod.rs") && code == Some("unused_imports")
    {
        return None;
    }
    let code = code
        .filter(|_| error)
        .map(|code| format!("{code}: "))
        .unwrap_or_default();
    let at = place
        .as_ref()
        .map(|place| format!(" ({}:{})", place.file, place.line))
        .unwrap_or_default();
    Some(Diagnostic {
        unit,
        module: place.map(|place| place.module),
        error,
        text: format!("{}{at}", shortened(&format!("{code}{words}"), LONGEST)),
    })
}

/// Somewhere in a document's module.
struct Place {
    module: String,
    file: String,
    line: u64,
}

/// The first primary span in a document; a macro's span leads there by way of where it was used.
fn place(message: &Value) -> Option<Place> {
    let spans = message.get("spans")?.as_array()?;
    let primary = |span: &&Value| span.get("is_primary").and_then(Value::as_bool) == Some(true);
    let primary_first = spans.iter().filter(primary).chain(spans.iter());
    primary_first.into_iter().find_map(place_of_span)
}

fn place_of_span(span: &Value) -> Option<Place> {
    let mut span = Some(span);
    while let Some(here) = span {
        if let Some((module, file)) = here
            .get("file_name")
            .and_then(Value::as_str)
            .and_then(module_and_file)
        {
            let line = here
                .get("line_start")
                .and_then(Value::as_u64)
                .unwrap_or_default();
            return Some(Place { module, file, line });
        }
        span = here.pointer("/expansion/span");
    }
    None
}

/// `…/documents/MODULE/FILE` or `…/trials/MODULE.rs`.
fn module_and_file(path: &str) -> Option<(String, String)> {
    let parts: Vec<_> = path.split(['/', '\\']).collect();
    let file = parts.last()?;
    let at = parts
        .iter()
        .rposition(|part| *part == "documents" || *part == "trials")?;
    let module = parts.get(at + 1)?.trim_end_matches(".rs");
    Some((module.to_owned(), (*file).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As cargo 1.95 prints it, without the members that nobody reads here.
    const ERROR: &str = r#"{"reason":"compiler-message","package_id":"path+file:///c#corpus@0.0.0","target":{"kind":["bin"],"crate_types":["bin"],"name":"unit1","src_path":"/c/src/bin/unit1.rs"},"message":{"rendered":"error[E0425]","$message_type":"diagnostic","children":[],"level":"error","message":"cannot find type `Missing` in this scope","spans":[{"byte_end":9,"byte_start":2,"column_end":9,"column_start":2,"expansion":null,"file_name":"src/bin/../documents/doc_bad/views.rs","is_primary":true,"label":"not found","line_end":7,"line_start":7}],"code":{"code":"E0425","explanation":""}}}"#;

    fn diagnostic(line: &str) -> Option<Diagnostic> {
        match Said::read(line) {
            Some(Said::Diagnostic(diagnostic)) => Some(diagnostic),
            _ => None,
        }
    }

    #[test]
    fn an_error_is_a_documents_by_its_file() {
        let expected = Diagnostic {
            unit: "unit1".to_owned(),
            module: Some("doc_bad".to_owned()),
            error: true,
            text: "E0425: cannot find type `Missing` in this scope (views.rs:7)".to_owned(),
        };
        assert_eq!(diagnostic(ERROR), Some(expected));
    }

    #[test]
    fn a_trial_is_its_documents_too() {
        let line = ERROR.replace("documents/doc_bad/views.rs", "trials/doc_bad.rs");
        assert_eq!(
            diagnostic(&line).unwrap().module.as_deref(),
            Some("doc_bad")
        );
    }

    #[test]
    fn a_macros_error_is_where_the_macro_was_used() {
        let used = r#""expansion":{"span":{"file_name":"src/documents/doc_user/a.rs","line_start":3,"expansion":null}},"file_name":"/registry/serde/src/lib.rs""#;
        let line = ERROR.replace(
            r#""expansion":null,"file_name":"src/bin/../documents/doc_bad/views.rs""#,
            used,
        );
        let found = diagnostic(&line).unwrap();
        assert_eq!(
            (found.module.as_deref(), found.text.ends_with("(a.rs:3)")),
            (Some("doc_user"), true)
        );
    }

    #[test]
    fn errors_without_a_place_are_kept_and_sums_are_not() {
        let line = |level: &str, words: &str| {
            format!(
                r#"{{"reason":"compiler-message","target":{{"kind":["bin"],"name":"unit0"}},"message":{{"level":"{level}","message":"{words}","spans":[],"code":null}}}}"#
            )
        };
        let linking = diagnostic(&line("error", "linking with `cc` failed")).unwrap();
        assert_eq!(
            (linking.module, linking.text.as_str()),
            (None, "linking with `cc` failed")
        );
        assert_eq!(
            diagnostic(&line("error", "aborting due to 3 previous errors")),
            None
        );
        assert_eq!(diagnostic(&line("warning", "3 warnings emitted")), None);
    }

    #[test]
    fn a_unit_that_was_built_says_where() {
        let line = r#"{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"unit0"},"executable":"/c/unit0"}"#;
        let built = Said::Built {
            unit: "unit0".to_owned(),
            executable: Some(PathBuf::from("/c/unit0")),
        };
        assert_eq!(Said::read(line), Some(built));
        assert_eq!(Said::read(&line.replace("bin", "lib")), None);
    }
}
