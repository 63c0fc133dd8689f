//! Hostile specifications: what must hold of the generator whatever it is given. `fuzz/` runs this for as long as one
//! likes, the tests for some hundred cases.

pub(crate) mod damage;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use serde_yaml::Value;

use self::damage::Damage;
use crate::codegen::{Output, generate_from_text, parse_yaml};

/// More only brings the same refusal sooner.
const MOST_DAMAGE: u8 = 8;

/// The protocol as other tools write it, in the ways that differ most.
const LAYOUTS: [&str; 3] = [
    "discriminator.yaml",
    "schemars_embedded.yaml",
    "v2_6_publish_subscribe.yaml",
];

/// A specification to begin with.
struct Sample {
    tree: Value,
    annotations: String,
}

/// An even first byte makes the rest the text of a specification; an odd one makes it say how one of the specifications
/// in `testdata/`, or the workspace's own in one of its layouts, is to be damaged.
///
/// # Panics
/// When the generator panics, or [`generate`] does.
pub fn specification(bytes: &[u8]) {
    match bytes.split_first() {
        Some((first, rest)) if first % 2 == 0 => generate(&String::from_utf8_lossy(rest), ""),
        // An input that is too short says nothing to do.
        Some((_, rest)) => damaged(&mut Unstructured::new(rest)).unwrap_or_default(),
        None => {}
    }
}

fn damaged(input: &mut Unstructured<'_>) -> Result<()> {
    static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(samples);
    let sample = input.choose(&SAMPLES)?;
    let mut tree = sample.tree.clone();
    for _ in 0..input.int_in_range(1..=MOST_DAMAGE)? {
        input.arbitrary::<Damage>()?.apply(&mut tree);
    }
    let text = serde_yaml::to_string(&tree).map_err(|_| arbitrary::Error::IncorrectFormat)?;
    generate(&text, &sample.annotations);
    Ok(())
}

/// Generates, twice.
///
/// # Panics
/// When what is generated is no Rust or another the second time, or an error does not say where it is.
pub fn generate(spec: &str, annotations: &str) {
    let first = generate_from_text(spec, annotations);
    match &first {
        Ok(output) => is_rust(output),
        Err(error) => assert!(has_place(error), "{error}"),
    }
    assert!(
        first == generate_from_text(spec, annotations),
        "another output"
    );
}

fn is_rust(output: &Output) {
    for (file, text) in &output.files {
        if let Err(error) = syn::parse_file(text) {
            panic!("{file}: {error}\n{text}");
        }
    }
}

/// The file and, wherever it could be parsed, the place in it.
fn has_place(error: &str) -> bool {
    let at = ["spec.yaml#", "annotations.yaml#"];
    let whole = ["spec.yaml: ", "annotations.yaml: "];
    at.iter()
        .chain(&whole)
        .any(|start| error.starts_with(start))
}

fn samples() -> Vec<Sample> {
    let folder = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let mut paths: Vec<PathBuf> = ["testdata/specs", "testdata/broken", "testdata/corpus"]
        .iter()
        .flat_map(|name| fs::read_dir(folder(name)).expect("it is in the repository"))
        .map(|entry| entry.expect("it is in the repository").path())
        .filter(|path| !path.to_string_lossy().contains(".annotations."))
        .collect();
    paths.sort();
    let mut samples: Vec<Sample> = paths
        .iter()
        .filter_map(|path| sample(path, &path.with_extension("annotations.yaml")))
        .collect();
    let own = folder("../asyncapi/rocketfi-ws.yaml");
    let annotations = own.with_file_name("annotations.yaml");
    let layouts = LAYOUTS
        .iter()
        .map(|name| folder("testdata/layouts").join(name));
    samples.extend(
        layouts
            .chain([own])
            .filter_map(|path| sample(&path, &annotations)),
    );
    samples
}

/// None of those that are no YAML on purpose.
fn sample(path: &Path, annotations: &Path) -> Option<Sample> {
    let text = fs::read_to_string(path).expect("it is in the repository");
    Some(Sample {
        tree: parse_yaml(&text)?,
        annotations: fs::read_to_string(annotations).unwrap_or_default(),
    })
}
