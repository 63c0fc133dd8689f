//! Generated code outside the workspace: a package of its own, with the runtime that the code refers to.

use std::fs;
use std::io;
use std::path::Path;

use super::Output;
use super::error::CodegenError;
use super::workspace;

/// The modules of the protocol crate that generated code stands on, as `crate::…`.
pub(crate) const RUNTIME: &[&str] = &["route", "scalar", "scan", "tagged", "text"];

/// What these modules and generated code depend on.
pub(crate) const DEPENDENCIES: &[&str] = &[
    "const-hex",
    "ecow",
    "keccak",
    "memchr",
    "rust_decimal",
    "serde",
    "serde_json",
    "thiserror",
];

/// Writes a crate around generated code, with the runtime that the code stands on: what a protocol needs that is not the
/// workspace's own. A manifest that is there already is left alone, and so is a crate that somebody else wrote.
pub(crate) fn write_crate(folder: &Path, output: &Output) -> Result<(), CodegenError> {
    let source = folder.join("src");
    let failed = |source| CodegenError::Write {
        file: super::shown(folder),
        source,
    };
    refuse_others(&source).map_err(failed)?;
    let scanned = output.files.iter().any(|(name, _)| name == "scan.rs");
    let server = output.server.as_deref().filter(|_| scanned);
    write_around(folder, &source, server).map_err(failed)?;
    super::write::write(&source.join("generated"), &output.files).map(drop)
}

/// Only what was written here before may be written again.
fn refuse_others(source: &Path) -> io::Result<()> {
    let empty = fs::read_dir(source).is_ok_and(|mut entries| entries.next().is_none());
    let ours = fs::read_to_string(source.join("lib.rs")).is_ok_and(|root| root.starts_with(ROOT));
    if ours || empty || !source.exists() {
        return Ok(());
    }
    let message = "its `src` holds a crate that was not written by --new-crate";
    Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
}

/// `server` is what the scanner reads, if there is one.
fn write_around(folder: &Path, source: &Path, server: Option<&str>) -> io::Result<()> {
    let name = crate_name(folder);
    let protocol = workspace().join("crates/protocol/src");
    let modules = ["route", "tagged", "text"].map(str::to_owned).into_iter();
    let scalars = SCALARS.iter().map(|scalar| format!("scalar/{scalar}"));
    let scanner = server.map(|_| SCANNER).unwrap_or_default();
    let scanner = scanner.iter().map(|module| (*module).to_owned());
    for folder in ["scalar", "scan"] {
        fs::create_dir_all(source.join(folder))?;
    }
    for module in modules.chain(scalars).chain(scanner) {
        let file = format!("{module}.rs");
        let text = fs::read_to_string(protocol.join(&file))?;
        write_changed(&source.join(file), &adapted(&text, &name.replace('-', "_")))?;
    }
    let scalars: String = SCALARS.iter().map(|scalar| scalar_lines(scalar)).collect();
    write_changed(
        &source.join("scalar.rs"),
        &format!("//! Leaf types.\n\n{scalars}"),
    )?;
    let scanner = server.map(|server| SCANNER_ROOT.replace("SERVER", server));
    let root = format!("{ROOT}{}", scanner.unwrap_or_default());
    write_changed(&source.join("lib.rs"), &root)?;
    let manifest = folder.join("Cargo.toml");
    if manifest.exists() {
        return Ok(());
    }
    let dependencies = dependency_lines(&["ecow", "memchr", "serde", "serde_json"])?;
    let package = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{FEATURES}\n[dependencies]\n{dependencies}"
    );
    fs::write(manifest, package)
}

const ROOT: &str =
    "//! A protocol's types, generated from its AsyncAPI document by `cargo xtask codegen`.

mod generated;
#[allow(dead_code, unused_imports, reason = \"shared by all generated protocols\")]
mod route;
#[allow(dead_code, unused_imports, reason = \"shared by all generated protocols\")]
mod scalar;
#[allow(dead_code, reason = \"shared by all generated protocols\")]
mod tagged;
#[allow(dead_code, unused_imports, reason = \"shared by all generated protocols\")]
mod text;

pub use generated::*;
pub use scalar::{Map, Number, Optional, RawJson, UnknownValue, Unrecognized};
";

const SCANNER_ROOT: &str = "
#[cfg(feature = \"fast\")]
#[allow(dead_code, unused_imports, reason = \"shared by all generated protocols\")]
mod scan;

/// Reads a frame of the server: with a scanner that knows the schema, and through serde what surprises it.
///
/// # Errors
/// When the frame is not JSON, or no message that the specification allows.
pub fn decode(frame: &str) -> serde_json::Result<SERVER> {
    #[cfg(feature = \"fast\")]
    {
        let mut message = <SERVER as scan::Scan>::empty();
        if scan::read_into(&mut message, frame).is_some() {
            return Ok(message);
        }
    }
    serde_json::from_str(frame)
}
";

pub(crate) const FEATURES: &str = "[features]\ndefault = [\"fast\"]\nfast = []\n";

/// The scanner, as far as it belongs to no protocol.
const SCANNER: &[&str] = &[
    "scan",
    "scan/collections",
    "scan/leaves",
    "scan/scanner",
    "scan/seen",
    "scan/words",
];

/// The folder's name, as far as a crate may have it.
fn crate_name(folder: &Path) -> String {
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase());
    let name = name.unwrap_or_default();
    let name = name.replace(
        |symbol: char| !symbol.is_ascii_alphanumeric() && symbol != '-',
        "_",
    );
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name
    } else {
        format!("protocol-{name}")
    }
}

/// The leaf types that belong to no protocol.
const SCALARS: &[&str] = &[
    "map",
    "number",
    "optional",
    "raw_json",
    "unknown_value",
    "unrecognized",
];

fn scalar_lines(module: &str) -> String {
    let name = heck::AsUpperCamelCase(module);
    format!("mod {module};\npub use {module}::{name};\n")
}

/// The runtime's examples name the crate that they are part of; its tests stay where it comes from.
fn adapted(text: &str, name: &str) -> String {
    let text = text.replace("rocketfi_protocol", name);
    let code = text.split_once("\n#[cfg(test)]");
    let code = code.map_or(text.as_str(), |(code, _)| code);
    format!("{}\n", code.trim_end())
}

/// Copies the runtime's modules into a folder.
pub(crate) fn copy_runtime(to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for module in RUNTIME {
        copy(&workspace().join("crates/protocol/src"), to, module)?;
    }
    Ok(())
}

/// Copies a module and its folder, if it has one.
fn copy(from: &Path, to: &Path, module: &str) -> io::Result<()> {
    let file = format!("{module}.rs");
    write_changed(&to.join(&file), &fs::read_to_string(from.join(&file))?)?;
    let Ok(entries) = fs::read_dir(from.join(module)) else {
        return Ok(());
    };
    fs::create_dir_all(to.join(module))?;
    for entry in entries {
        let path = entry?.path();
        let source = path.extension().is_some_and(|extension| extension == "rs");
        if let Some(stem) = path.file_stem().filter(|_| source) {
            copy(
                &from.join(module),
                &to.join(module),
                &stem.to_string_lossy(),
            )?;
        }
    }
    Ok(())
}

/// The root of a document's module: all names of all files in one scope.
pub(crate) fn module_root<'f>(files: impl IntoIterator<Item = &'f str>) -> String {
    let line = |file: &str| {
        let stem = file.strip_suffix(".rs").unwrap_or(file);
        match stem {
            // It says how types are read, and has none.
            "scan" => "mod scan;\n".to_owned(),
            _ => format!("mod {stem};\npub use {stem}::*;\n"),
        }
    };
    files.into_iter().map(line).collect()
}

/// Lines for a manifest: dependencies of the workspace, as the workspace has them.
pub(crate) fn dependency_lines(names: &[&str]) -> io::Result<String> {
    let text = fs::read_to_string(workspace().join("Cargo.toml"))?;
    let ours: toml::Table = toml::from_str(&text).map_err(io::Error::other)?;
    let known = ours
        .get("workspace")
        .and_then(|table| table.get("dependencies"));
    let line = |name: &&str| {
        let dependency = known.and_then(|table| table.get(*name));
        let missing = || io::Error::other(format!("the workspace does not depend on {name}"));
        Ok(format!("{name} = {}\n", dependency.ok_or_else(missing)?))
    };
    names.iter().map(line).collect()
}

/// A file that stays as it is keeps its time too, and need not be compiled again.
pub(crate) fn write_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text)
}
