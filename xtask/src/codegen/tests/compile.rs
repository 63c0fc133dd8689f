//! A snapshot nobody compiles is no test: all of them become modules of one crate, beside the protocol's
//! hand-written leaf types, and the compiler judges them with warnings denied.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{name, specs, testdata};
use crate::codegen::render::SHAPES;
use crate::codegen::standalone::{
    DEPENDENCIES, FEATURES, RUNTIME, copy_runtime, dependency_lines, write_crate,
};
use crate::codegen::{alone, workspace};

#[test]
fn every_snapshot_compiles_and_documents_without_a_warning() {
    let folder = workspace().join("target/golden");
    let source = folder.join("src");
    fs::create_dir_all(&source).unwrap();
    let mut root = root(&source);
    for spec in specs("specs") {
        let module = name(&spec);
        write!(root, "/// {module}\npub mod {module};\n").unwrap();
        write_module(&source, &module);
    }
    fs::write(source.join("lib.rs"), root).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest()).unwrap();
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let tests = folder.join("tests");
    fs::create_dir_all(&tests).unwrap();
    fs::copy(testdata("golden.rs"), tests.join("golden.rs")).unwrap();
    // Warnings are errors in it, and so a check of its own would tell nothing more.
    cargo(&folder, &["test", "--test", "golden"]);
    cargo(&folder, &["doc", "--no-deps"]);
}

#[test]
fn a_crate_of_its_own_compiles_and_passes_its_examples() {
    let folder = workspace().join("target/new-crate");
    let spec = testdata("specs").join("describes_the_client.yaml");
    let output = alone(&spec).unwrap();
    write_crate(&folder, &output).unwrap();
    // It lies within the workspace here, and must not become a member.
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    if !manifest.contains("[workspace]") {
        fs::write(
            folder.join("Cargo.toml"),
            format!("{manifest}\n[workspace]\n"),
        )
        .unwrap();
    }
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    cargo(&folder, &["test"]);
}

#[test]
fn a_crate_of_somebody_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("src/lib.rs");
    fs::create_dir_all(root.parent().unwrap()).unwrap();
    fs::write(&root, "//! By hand.\n").unwrap();
    let output = alone(&testdata("specs").join("strings.yaml")).unwrap();
    write_crate(folder.path(), &output).unwrap_err();
    assert_eq!(fs::read_to_string(&root).unwrap(), "//! By hand.\n");
    let left = fs::read_dir(folder.path().join("src")).unwrap();
    assert_eq!(left.count(), 1);
}

/// The crate root that generated code expects: copies of `crate::scalar`, `crate::route`, `crate::tagged` and
/// what these stand on.
fn root(source: &Path) -> String {
    copy_runtime(source).unwrap();
    let mut root =
        String::from("//! Snapshots, to be compiled.\n#![deny(warnings, missing_docs)]\n");
    for module in RUNTIME {
        writeln!(
            root,
            "#[allow(dead_code, missing_docs, unused_imports)]\nmod {module};"
        )
        .unwrap();
    }
    root
}

/// Splits a snapshot back into the files it was joined from.
fn write_module(source: &Path, module: &str) {
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/codegen/snapshots");
    let snapshot = snapshots.join(format!("xtask__codegen__tests__{module}.snap"));
    let text = fs::read_to_string(&snapshot).unwrap();
    let (_, body) = text
        .split_once("\n---\n")
        .expect("insta's header ends in a rule");
    let folder = source.join(module);
    fs::create_dir_all(&folder).unwrap();
    for part in body.split("// ==> ").skip(1) {
        let (file, text) = part.split_once('\n').unwrap();
        fs::write(folder.join(file), text).unwrap();
    }
    // Snapshots leave out what is always the same.
    fs::write(folder.join("shapes.rs"), SHAPES).unwrap();
}

fn manifest() -> String {
    let package =
        "[package]\nname = \"golden\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
    let dependencies = dependency_lines(DEPENDENCIES).unwrap();
    format!("{package}{FEATURES}[dependencies]\n{dependencies}")
}

/// Runs cargo on a crate or workspace of its own, which must succeed.
pub(super) fn cargo(folder: &Path, command: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .args(command)
        .args(["--quiet", "--offline", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("RUSTDOCFLAGS", "-D warnings")
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    // What tests say, they say there.
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "cargo {command:?}\n{messages}{said}"
    );
}
