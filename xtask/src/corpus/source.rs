//! The texts of the generated package that no generator wrote: manifest, roots of units, trials of messages.

use std::io;

use super::unit::Unit;
use crate::codegen::MessageType;
use crate::codegen::standalone::{DEPENDENCIES, FEATURES, RUNTIME, dependency_lines};

/// What raw typify's code refers to besides serde.
const TYPIFY: &str = r#"chrono = { version = "0.4", default-features = false, features = ["serde", "std"] }
regress = "0.12"
uuid = { version = "1", features = ["serde"] }
"#;

const PACKAGE: &str = r#"[package]
name = "corpus"
version = "0.0.0"
edition = "2024"
autobins = false

[workspace]
"#;

/// Nobody debugs these programs. A change to the generator changes most documents: what is kept for an incremental
/// build then costs a third more time, half a gigabyte of disk, and saves little.
const PROFILE: &str = "\n[profile.dev]\ndebug = 0\nincremental = false\n";

const HARNESS: &str = r#"#[path = "../equality.rs"]
mod equality;
#[path = "../harness.rs"]
mod harness;
"#;

const RUNTIME_MODULE: &str = r#"#[allow(dead_code, unused_imports)]
#[path = "../runtime/mod.rs"]
mod runtime;
"#;

/// Names nothing of the prelude's, for a document may have the same names.
const TRIAL_HEAD: &str = "pub(crate) fn trial(message: usize, example: &str) -> ::core::result::Result<(), ::std::string::String> {\n";

pub(crate) fn manifest(units: &[Unit], runtime: bool) -> io::Result<String> {
    let mut parts = vec![PACKAGE.to_owned(), FEATURES.to_owned()];
    parts.push("[dependencies]\n".to_owned());
    if runtime {
        parts.push(dependency_lines(DEPENDENCIES)?);
    } else {
        parts.push(dependency_lines(&["serde", "serde_json"])?);
        parts.push(TYPIFY.to_owned());
    }
    parts.push(PROFILE.to_owned());
    let bin = |unit: &Unit| {
        format!(
            "\n[[bin]]\nname = \"{}\"\npath = \"{}\"\n",
            unit.name,
            root_file(unit)
        )
    };
    parts.extend(units.iter().map(bin));
    Ok(parts.concat())
}

pub(crate) fn root_file(unit: &Unit) -> String {
    format!("src/bin/{}.rs", unit.name)
}

/// The modules that generated code finds at `crate::…`, side by side.
pub(crate) fn runtime() -> String {
    let modules: Vec<_> = RUNTIME
        .iter()
        .map(|module| format!("pub(crate) mod {module};\n"))
        .collect();
    modules.concat()
}

/// A unit's program. Nothing but the trials uses a document's names.
pub(crate) fn root(unit: &Unit, runtime: bool) -> String {
    let mut parts = vec![HARNESS.to_owned()];
    if runtime {
        parts.push(RUNTIME_MODULE.to_owned());
        parts.push(format!(
            "#[allow(unused_imports)]\nuse runtime::{{{}}};\n",
            RUNTIME.join(", ")
        ));
    }
    for module in &unit.modules {
        parts.push(format!(
            "#[allow(dead_code)]\n#[path = \"../documents/{module}/mod.rs\"]\nmod {module};\n"
        ));
        parts.push(format!(
            "#[path = \"../trials/{module}.rs\"]\nmod try_{module};\n"
        ));
    }
    parts.push("\nfn main() {\n    harness::serve(&[\n".to_owned());
    let trial = |module: &String| format!("        (\"{module}\", try_{module}::trial),\n");
    parts.extend(unit.modules.iter().map(trial));
    parts.push("    ]);\n}\n".to_owned());
    parts.concat()
}

/// How the messages of a document are tried. Inside the function its names hide the runtime's.
pub(crate) fn trials(module: &str, messages: &[MessageType], runtime: bool) -> String {
    let mut parts = Vec::new();
    if runtime {
        parts.push("#[allow(unused_imports)]\nuse crate::scalar::*;\n#[allow(unused_imports)]\nuse ecow::EcoString;\n\n".to_owned());
    }
    parts.push(TRIAL_HEAD.to_owned());
    parts.push(format!(
        "    #[allow(unused_imports)]\n    use crate::{module}::*;\n    match message {{\n"
    ));
    for (index, message) in messages.iter().enumerate() {
        parts.push(trial(index, message));
    }
    parts.push("        _ => crate::harness::no_such_message(example),\n    }\n}\n".to_owned());
    parts.concat()
}

/// One message: as its payload, then as each union's variant.
fn trial(index: usize, message: &MessageType) -> String {
    let mut parts = vec![format!(
        "        {index} => crate::harness::payload::<{}>(example)",
        message.rust
    )];
    for within in &message.unions {
        let (union, variants) = (&within.union, &within.variants);
        parts.push(format!(
            "\n            .and_then(|()| crate::harness::union::<{union}>({union:?}, &{variants:?}, |value| value.name().into(), example))"
        ));
    }
    parts.push(",\n".to_owned());
    parts.concat()
}
