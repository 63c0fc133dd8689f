//! No specification, however damaged, may panic the generator: each node of the small ones is
//! replaced in turn by what does not belong there.

use std::fs;
use std::path::Path;

use serde_yaml::Value;

use super::specs;
use crate::codegen::{Annotations, Document, emit, yaml};

#[test]
fn no_damage_to_a_spec_panics() {
    for spec in specs("specs") {
        let whole: Value = yaml::parse(&fs::read_to_string(&spec).unwrap()).unwrap();
        let annotations = annotations(&spec);
        for index in 1..size(&whole) {
            let damage = [Value::Null, Value::from(7), Value::from("x")][index % 3].clone();
            let mut damaged = whole.clone();
            replace(&mut damaged, &mut index.clone(), &damage);
            generate(&damaged, &annotations);
        }
    }
}

fn annotations(spec: &Path) -> String {
    fs::read_to_string(spec.with_extension("annotations.yaml")).unwrap_or_default()
}

/// Whether it is refused or generated does not matter here; that it returns does.
fn generate(spec: &Value, annotations: &str) {
    let text = serde_yaml::to_string(spec).unwrap();
    let annotations = Annotations::parse("annotations.yaml".to_owned(), annotations).unwrap();
    if let Ok(document) = Document::parse("spec.yaml".to_owned(), &text) {
        let _: Result<_, _> = emit(&document, &annotations);
    }
}

fn size(value: &Value) -> usize {
    1 + children(value).map(size).sum::<usize>()
}

fn children(value: &Value) -> impl Iterator<Item = &Value> {
    let members = value.as_mapping().into_iter().flat_map(|map| map.values());
    members.chain(value.as_sequence().into_iter().flatten())
}

/// Replaces the node of that number, counted in order.
fn replace(value: &mut Value, index: &mut usize, damage: &Value) {
    if *index == 0 {
        *value = damage.clone();
        return;
    }
    *index -= 1;
    let children: Vec<&mut Value> = match value {
        Value::Mapping(map) => map.values_mut().collect(),
        Value::Sequence(list) => list.iter_mut().collect(),
        _ => return,
    };
    for child in children {
        let inside = size(child);
        if *index < inside {
            return replace(child, index, damage);
        }
        *index -= inside;
    }
}
