//! What keeps the whole run from going on; what is wrong with one document never does.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

#[derive(Debug, Error)]
pub(crate) enum CorpusError {
    #[error("{}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{}: no document in it (yaml, yml or json)", .0.display())]
    NoDocuments(PathBuf),
    #[error("cargo did not start")]
    Cargo(#[source] io::Error),
    #[error("the generated package does not build, and no document is to blame:\n{0}")]
    Build(String),
    #[error("{}: not a record of the corpus", path.display())]
    Record {
        path: PathBuf,
        #[source]
        source: serde_yaml::Error,
    },
}

impl CorpusError {
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }
}
