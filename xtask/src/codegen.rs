//! From an AsyncAPI document to Rust types: load, lower, emit, write.

use std::path::{Path, PathBuf};
use std::{panic, thread};

mod annotations;
mod command;
pub mod diff;
mod document;
mod error;
mod impls;
mod lower;
mod model;
mod names;
mod render;
mod routes;
mod scan;
mod schema;
pub(crate) mod standalone;
mod types;
mod write;
mod yaml;

#[cfg(test)]
mod tests;

use annotations::Annotations;
use document::Document;
use error::CodegenError;
pub(crate) use error::report;

pub use command::{Args, run};

/// What to read and where to write.
struct Job {
    spec: PathBuf,
    annotations: PathBuf,
    out: PathBuf,
    arguments: String,
}

/// What was generated, still in memory.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    /// File names and texts, sorted.
    pub files: Vec<(String, String)>,
    /// What had to be guessed.
    pub warnings: Vec<String>,
    /// The Rust name of what the server sends.
    pub server: Option<String>,
    /// How many types that is.
    pub types: usize,
    /// The messages of the document and the types of their payloads.
    pub messages: Vec<MessageType>,
}

/// One message of a document, with the type that stands for its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageType {
    /// The name that the specification uses.
    pub name: String,
    /// Where the message stands in the document.
    pub pointer: String,
    /// The payload's type, as written where all generated names are in scope.
    pub rust: String,
    /// The unions it is a variant of.
    pub unions: Vec<InUnion>,
}

impl MessageType {
    fn of(message: &model::MessageDef) -> Self {
        let unions = message.unions.iter();
        Self {
            name: message.name.clone(),
            pointer: message.pointer.clone(),
            rust: types::tokens(&message.ty).to_string(),
            unions: unions
                .map(|(union, variants)| InUnion {
                    union: union.clone(),
                    variants: variants.clone(),
                })
                .collect(),
        }
    }
}

/// A message as a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InUnion {
    /// The union's Rust name.
    pub union: String,
    /// What `name()` may give for it: more than one where the payload is a union itself, or where messages cannot be
    /// told apart.
    pub variants: Vec<String>,
}

/// Makes all files of a specification and its annotations, both given as text.
///
/// # Errors
/// With what `cargo xtask codegen` would print: every line names `spec.yaml` or `annotations.yaml` and the place in it.
pub fn generate_from_text(spec: &str, annotations: &str) -> Result<Output, String> {
    let generated = on_a_large_stack(|| {
        let document = Document::parse("spec.yaml".to_owned(), spec)?;
        let annotations = Annotations::parse("annotations.yaml".to_owned(), annotations)?;
        emit(&document, &annotations)
    });
    generated.map_err(|error| report(&error))
}

/// The tree of a text, if it is YAML or JSON.
pub(crate) fn parse_yaml(text: &str) -> Option<serde_yaml::Value> {
    yaml::parse(text).ok()
}

/// Makes all files of a specification that nobody annotated; touches nothing on disk.
///
/// # Errors
/// With what `cargo xtask codegen` would print.
pub(crate) fn generate_alone(spec: &Path) -> Result<Output, String> {
    alone(spec).map_err(|error| report(&error))
}

fn alone(spec: &Path) -> Result<Output, CodegenError> {
    on_a_large_stack(|| {
        let document = Document::load(spec)?;
        let annotations = Annotations::parse("annotations.yaml".to_owned(), "")?;
        emit(&document, &annotations)
    })
}

/// Reads the specification and makes all files in memory; touches nothing on disk.
fn generate(job: &Job) -> Result<Output, CodegenError> {
    on_a_large_stack(|| {
        let document = Document::load(&job.spec)?;
        emit(&document, &Annotations::load(&job.annotations)?)
    })
}

/// Types are walked by recursion, here and in typify, as deep as a document may be nested.
fn on_a_large_stack<T: Send>(
    work: impl FnOnce() -> Result<T, CodegenError> + Send,
) -> Result<T, CodegenError> {
    const STACK: usize = 32 << 20;
    thread::scope(|scope| {
        let started = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work);
        let ended = started.map_err(CodegenError::Thread)?.join();
        ended.unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}

fn emit(document: &Document, annotations: &Annotations) -> Result<Output, CodegenError> {
    let model = lower::lower(document, annotations)?;
    let routes = routes::resolve(&model, annotations)?;
    annotations.refuse_unused()?;
    let parts = render::Parts {
        types: types::emit(&model, document.file())?,
        impls: impls::emit(&model),
        routes: routes::emit(&model, &routes),
        scan: scan::emit(&model),
    };
    let files = render::files(&model, &parts, &document.banner(), &document.fingerprint());
    let messages = model.messages.iter().map(MessageType::of).collect();
    let types = model.types.len();
    let server = model.server;
    let mut warnings = model.guesses;
    warnings.extend(routes.warnings);
    Ok(Output {
        files,
        warnings,
        server,
        types,
        messages,
    })
}

impl Job {
    /// A job with the workspace's own files where none is named.
    fn new(spec: Option<PathBuf>, annotations: Option<PathBuf>, out: Option<PathBuf>) -> Self {
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
    fn command(&self) -> String {
        format!("cargo xtask codegen{}", self.arguments)
    }

    /// The output folder as a reader of a message knows it.
    fn shown_out(&self) -> String {
        shown(&self.out)
    }
}

/// A path as it is shown: inside the workspace without the machine's part, so that output is the same everywhere.
fn shown(path: &Path) -> String {
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

pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in a folder of the workspace")
}
