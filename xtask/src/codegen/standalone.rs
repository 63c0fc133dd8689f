//! Generated code outside the workspace: a package of its own, with the runtime that the code refers to.

use std::fs;
use std::io;
use std::path::Path;

use super::workspace;

/// The modules of the protocol crate that generated code stands on, as `crate::…`.
pub(crate) const RUNTIME: &[&str] = &["route", "scalar", "tagged", "text"];

/// What these modules and generated code depend on.
pub(crate) const DEPENDENCIES: &[&str] = &[
    "const-hex",
    "ecow",
    "rust_decimal",
    "serde",
    "serde_json",
    "sha3",
    "thiserror",
];

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
        format!("mod {stem};\npub use {stem}::*;\n")
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
