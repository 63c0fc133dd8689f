//! What can be wrong with a specification, and where in it.

use std::error::Error;
use std::io;

use thiserror::Error;

use super::yaml::YamlError;

/// Why nothing was generated.
#[derive(Debug, Error)]
pub(crate) enum CodegenError {
    #[error("{file}: cannot be read")]
    Read {
        file: String,
        #[source]
        source: io::Error,
    },
    #[error("{file}: neither YAML nor JSON")]
    Parse {
        file: String,
        #[source]
        source: serde_yaml::Error,
    },
    #[error("{file}: {limit}")]
    Limit { file: String, limit: YamlError },
    #[error("{file}: not an annotation file")]
    Annotations {
        file: String,
        #[source]
        source: serde_yaml::Error,
    },
    #[error("{file}#{pointer}: {problem}")]
    At {
        file: String,
        pointer: String,
        problem: Problem,
    },
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nerror: "))]
    Many(Vec<CodegenError>),
    #[error("{file}: typify refuses {name}")]
    Typify {
        file: String,
        name: String,
        #[source]
        source: typify::Error,
    },
    #[error("no thread to work on")]
    Thread(#[source] io::Error),
    #[error("{file}: cannot be written")]
    Write {
        file: String,
        #[source]
        source: io::Error,
    },
}

/// What is wrong at one place of a file.
#[derive(Debug, Clone, PartialEq, Error)]
pub(crate) enum Problem {
    #[error("not an AsyncAPI document: it has no field `asyncapi`")]
    NotAsyncApi,
    #[error("AsyncAPI {0} is not supported; 2.x and 3.x are")]
    Version(String),
    #[error("expected {expected}, found {found}")]
    Expected {
        expected: &'static str,
        found: &'static str,
    },
    #[error("`{0}` points at nothing")]
    DanglingRef(String),
    #[error("`{0}` lies outside this file; bring it in first")]
    ExternalRef(String),
    #[error("`{file}` cannot be read: {cause}")]
    UnreadableFile { file: String, cause: String },
    #[error("`{file}` is {language}, not JSON Schema")]
    OtherLanguage {
        file: String,
        language: &'static str,
    },
    #[error("an operation's `action` must be `send` or `receive`")]
    NoAction,
    #[error("`{0}` leads back to itself")]
    RefCycle(String),
    #[error("is nested more than {0} deep")]
    TooDeep(usize),
    #[error("the name `{name}` is taken by {by} already")]
    NameClash { name: String, by: String },
    #[error("no {role} message: neither a message nor a schema is named `{name}`")]
    NoMessage { role: &'static str, name: String },
    #[error("`{0}` is not a union of single-key objects and payload-less variants")]
    NotAUnion(String),
    #[error("a payload in `{0}` is not JSON Schema, which alone is read")]
    SchemaFormat(String),
    #[error("a message without a payload")]
    NoPayload,
    #[error("an enum with no value in it")]
    EmptyEnum,
    #[error("two fields of one annotation path need an object; `{0}` is none")]
    NotARecord(String),
    #[error("matches nothing in the specification")]
    MatchesNothing,
    #[error("`{0}` cannot be a Rust name here")]
    NoName(String),
    #[error("one variant alone may come without its tag; `{0}` does already")]
    UntaggedTwice(String),
    #[error("what the client sends always has its tag")]
    UntaggedClient,
    #[error("`{field}` is of another type than `{path}`")]
    TieTypes { field: String, path: String },
    #[error("`{0}` is no field here")]
    NoField(String),
    #[error("`{0}` is no variant here")]
    NoVariant(String),
    #[error("`{name}` must carry {expected}")]
    WrongPayload {
        name: String,
        expected: &'static str,
    },
}

/// An error and all its sources on one line.
pub(crate) fn report(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
