//! No specification, however damaged, may break the generator: each node of the small ones is replaced in turn by what
//! does not belong there, and some hundred are damaged at random.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_yaml::Value;

use super::specs;
use crate::codegen::{generate_from_text, yaml};
use crate::hostile::damage::{node, size};
use crate::hostile::{generate, specification};

#[test]
fn no_damage_to_a_spec_panics() {
    // Documents of many messages repeat themselves.
    let small = specs("specs").into_iter().map(|spec| (spec, 1));
    let large = specs("corpus").into_iter().map(|spec| (spec, 10));
    for (spec, step) in small.chain(large) {
        let whole: Value = yaml::parse(&fs::read_to_string(&spec).unwrap()).unwrap();
        let annotations = annotations(&spec);
        for index in (1..size(&whole)).step_by(step) {
            let mut damaged = whole.clone();
            *node(&mut damaged, index) =
                [Value::Null, Value::from(7), Value::from("x")][index % 3].clone();
            let _: Result<_, _> =
                generate_from_text(&serde_yaml::to_string(&damaged).unwrap(), &annotations);
        }
    }
}

fn annotations(spec: &Path) -> String {
    fs::read_to_string(spec.with_extension("annotations.yaml")).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_heap_of_damage_breaks_the_generator(mut bytes in vec(any::<u8>(), 2..200)) {
        bytes[0] = 1;
        specification(&bytes);
    }

    #[test]
    fn no_text_breaks_the_generator(text in "(asyncapi: 3.0.0\n)?[ &*<a-c:\\[\\]{}\"',!|>?%~\n-]{0,80}") {
        generate(&text, "");
    }
}
