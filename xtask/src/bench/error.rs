//! What keeps a figure from being taken.

use std::io;
use std::process::ExitStatus;

use thiserror::Error;

#[derive(Debug, Error)]
pub(crate) enum BenchError {
    #[error("{program} did not start")]
    Start {
        program: String,
        #[source]
        source: io::Error,
    },
    #[error("{program} ended with {status}\n{words}")]
    Failed {
        program: String,
        status: ExitStatus,
        words: String,
    },
    #[error("{program} printed a line that is no row: {line}")]
    Row {
        program: String,
        line: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("no folder to work in")]
    Folder(#[source] io::Error),
}
