//! From an AsyncAPI document to Rust types: load, lower, emit, write.

use std::path::{Path, PathBuf};

pub(crate) mod error;
pub(crate) mod write;

mod annotations;
mod document;
mod impls;
mod lower;
mod model;
mod names;
mod render;
mod routes;
mod schema;
mod types;

#[cfg(test)]
mod tests;

use annotations::Annotations;
use document::Document;
use error::CodegenError;

/// What to read and where to write.
pub(crate) struct Job {
    pub(crate) spec: PathBuf,
    pub(crate) annotations: PathBuf,
    pub(crate) out: PathBuf,
    arguments: String,
}

/// What was generated, still in memory.
#[derive(Debug)]
pub(crate) struct Output {
    /// File names and texts, sorted.
    pub(crate) files: Vec<(String, String)>,
    /// What had to be guessed.
    pub(crate) warnings: Vec<String>,
}

/// Reads the specification and makes all files in memory; touches nothing on disk.
pub(crate) fn generate(job: &Job) -> Result<Output, CodegenError> {
    emit(
        &Document::load(&job.spec)?,
        &Annotations::load(&job.annotations)?,
    )
}

fn emit(document: &Document, annotations: &Annotations) -> Result<Output, CodegenError> {
    let model = lower::lower(document, annotations)?;
    let routes = routes::resolve(&model, annotations)?;
    annotations.refuse_unused()?;
    let parts = render::Parts {
        types: types::emit(&model)?,
        impls: impls::emit(&model),
        routes: routes::emit(&model, &routes),
    };
    let files = render::files(&model, &parts, &document.banner());
    Ok(Output {
        files,
        warnings: routes.warnings,
    })
}

impl Job {
    /// A job with the workspace's own files where none is named.
    pub(crate) fn new(
        spec: Option<PathBuf>,
        annotations: Option<PathBuf>,
        out: Option<PathBuf>,
    ) -> Self {
        let given = [
            ("spec", &spec),
            ("annotations", &annotations),
            ("out", &out),
        ];
        let argument = |(flag, path): (&str, &Option<PathBuf>)| {
            path.as_ref()
                .map(|path| format!(" --{flag} {}", path.display()))
        };
        let arguments = given.into_iter().filter_map(argument).collect();
        let default = |path: &str| workspace().join(path);
        Self {
            spec: spec.unwrap_or_else(|| default("asyncapi/rocketfi-ws.yaml")),
            annotations: annotations.unwrap_or_else(|| default("asyncapi/annotations.yaml")),
            out: out.unwrap_or_else(|| default("crates/protocol/src/generated")),
            arguments,
        }
    }

    /// The command that brings the output up to date.
    pub(crate) fn command(&self) -> String {
        format!("cargo xtask codegen{}", self.arguments)
    }

    /// The output folder as a reader of a message knows it.
    pub(crate) fn shown_out(&self) -> String {
        shown(&self.out)
    }
}

/// A path as it is shown: inside the workspace without the machine's part, so that output is the same everywhere.
pub(crate) fn shown(path: &Path) -> String {
    inside(path).unwrap_or_else(|| spelled(path))
}

/// What a banner calls a specification: no folder of the machine's may show in generated code.
fn source_name(path: &Path) -> String {
    let name = || spelled(path.file_name().map_or(path, Path::new));
    inside(path).unwrap_or_else(name)
}

/// The path from the workspace's root, however it was given.
fn inside(path: &Path) -> Option<String> {
    let path = canonical(path);
    let path = path.strip_prefix(canonical(workspace())).ok()?;
    Some(spelled(path))
}

/// A file that is yet to be written has a folder at least.
fn canonical(path: &Path) -> PathBuf {
    let folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    let found = path.canonicalize().ok().or_else(folder);
    found.unwrap_or_else(|| path.to_owned())
}

fn spelled(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in a folder of the workspace")
}
