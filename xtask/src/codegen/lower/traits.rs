//! What can be derived for each type.

use std::collections::BTreeSet;

use super::{Model, Shape, Traits, Type, TypeDef};

/// Equality is total unless a JSON number is somewhere inside; order is for what serves as a key.
pub(super) fn mark_traits(model: &mut Model) {
    let mut partial = BTreeSet::new();
    let mut before = None;
    while before != Some(partial.len()) {
        before = Some(partial.len());
        for def in &model.types {
            let total =
                |ty: &&Type| ty.total() && !ty.named().iter().any(|name| partial.contains(*name));
            if !def.parts().iter().all(total) {
                partial.insert(def.name.clone());
            }
        }
    }
    let keys = key_types(model);
    for def in &mut model.types {
        let newtype = matches!(def.shape, Shape::Newtype(_));
        let closed_words = matches!(def.shape, Shape::Words(_)) && !def.open;
        def.traits = Traits {
            eq: !partial.contains(&def.name),
            ord: newtype || keys.contains(&def.name),
            copy: newtype || closed_words,
        };
    }
}

/// The subscription kind, the enums and numbers in it, and the keys of maps.
fn key_types(model: &Model) -> BTreeSet<String> {
    let mut queue: Vec<String> = model.kind.iter().cloned().collect();
    for ty in model.types.iter().flat_map(TypeDef::parts) {
        if let Type::Map(key, _) = ty {
            queue.extend(key.named().into_iter().map(str::to_owned));
        }
    }
    let mut keys = BTreeSet::new();
    while let Some(name) = queue.pop() {
        let parts = model.get(&name).map(TypeDef::parts).unwrap_or_default();
        queue.extend(
            parts
                .iter()
                .flat_map(|ty| ty.named())
                .filter(|part| *part != name)
                .map(str::to_owned),
        );
        keys.insert(name);
    }
    keys
}
