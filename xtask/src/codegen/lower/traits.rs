//! What can be derived for each type.

use std::collections::{BTreeMap, BTreeSet};

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
    let copied = copied(model);
    for def in &mut model.types {
        let newtype = matches!(def.shape, Shape::Newtype(_));
        def.traits = Traits {
            eq: !partial.contains(&def.name),
            ord: newtype || keys.contains(&def.name),
            copy: copied.contains(&def.name),
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

/// More bytes are better lent than copied.
const SMALL: usize = 32;

/// The types that are small and own nothing: enums without a catch-all, numbers, and records of some of these.
fn copied(model: &Model) -> BTreeSet<String> {
    let mut copied: BTreeMap<String, usize> = BTreeMap::new();
    let mut before = None;
    while before != Some(copied.len()) {
        before = Some(copied.len());
        for def in model
            .types
            .iter()
            .filter(|def| !copied.contains_key(&def.name))
            .collect::<Vec<_>>()
        {
            if let Some(size) = size_of_type(def, &copied).filter(|size| *size <= SMALL) {
                copied.insert(def.name.clone(), size);
            }
        }
    }
    copied.into_keys().collect()
}

/// Bytes at most, if nothing in the type is owned.
fn size_of_type(def: &TypeDef, copied: &BTreeMap<String, usize>) -> Option<usize> {
    match &def.shape {
        Shape::Newtype(_) => Some(8),
        Shape::Words(_) => (!def.open).then_some(1),
        Shape::Record(fields) if !fields.is_empty() && def.others.is_none() && !def.redacted => {
            let sizes = fields
                .iter()
                .map(|field| Some(8 + size(&field.ty, copied)?));
            sizes.sum()
        }
        _ => None,
    }
}

fn size(ty: &Type, copied: &BTreeMap<String, usize>) -> Option<usize> {
    match ty {
        Type::Bool => Some(1),
        Type::Integer(_) => Some(8),
        Type::Number => Some(16),
        Type::Named(name) => copied.get(name).copied(),
        Type::Nullable(item) => Some(8 + size(item, copied)?),
        _ => None,
    }
}
