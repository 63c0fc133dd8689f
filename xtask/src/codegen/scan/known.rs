//! Which types have scanners. The others are read by serde, and so is what cannot be without them.

use std::collections::BTreeSet;

use crate::codegen::model::{Model, Payload, Shape, Type, TypeDef, Variant};

/// The leaf types that `scan/leaves.rs` reads, and those of them that name the members of a map.
const LEAVES: &[&str] = &[
    "crate::scalar::AccountAddress",
    "crate::scalar::Decimal",
    "crate::scalar::InstrumentId",
    RAW,
    "crate::scalar::Signature",
];
const KEYS: &[&str] = &[
    "crate::scalar::AccountAddress",
    "crate::scalar::InstrumentId",
];
const RAW: &str = "crate::scalar::RawJson";

/// More members than there are bits to note them with.
const MANY: usize = 64;

pub(super) struct Known<'m> {
    model: &'m Model,
    /// The names of the types that have scanners.
    names: BTreeSet<&'m str>,
}

impl<'m> Known<'m> {
    /// Takes all types that could have one, and then, until nothing changes, leaves out those with parts that do not.
    pub(super) fn of(model: &'m Model) -> Self {
        let defs = model.types.iter();
        let simple = defs.filter(|def| is_simple(def) && !is_recursive(model, def));
        let names = simple.map(|def| def.name.as_str());
        let mut known = Self {
            model,
            names: names.collect(),
        };
        loop {
            let kept = known.names.iter().copied();
            let kept: BTreeSet<_> = kept.filter(|name| known.is_whole(name)).collect();
            if kept.len() == known.names.len() {
                return known;
            }
            known.names = kept;
        }
    }

    /// The types within the server's union that have scanners, sorted by name.
    pub(super) fn reachable(&self) -> Vec<&'m TypeDef> {
        let mut found = BTreeSet::new();
        let mut queue: Vec<&str> = self.model.server.as_deref().into_iter().collect();
        while let Some(name) = queue.pop() {
            if self.names.contains(name) && found.insert(name) {
                let parts = self.model.get(name).map(TypeDef::parts).unwrap_or_default();
                let scanned = parts.into_iter().filter(|ty| self.scans(ty));
                queue.extend(scanned.flat_map(Type::named));
            }
        }
        let defs = self.model.types.iter();
        defs.filter(|def| found.contains(def.name.as_str()))
            .collect()
    }

    pub(super) fn scans(&self, ty: &Type) -> bool {
        match ty {
            Type::Bool | Type::Integer(_) | Type::Number | Type::String | Type::Raw => true,
            Type::Scalar { path, .. } => LEAVES.contains(&path.as_str()),
            Type::Named(name) => self.names.contains(name.as_str()),
            Type::List(item) | Type::Nullable(item) => self.scans(item),
            Type::Map(key, value) => is_key(key) && self.scans(value),
        }
    }

    /// Whether it is a value without parts, so without braces and brackets.
    pub(super) fn is_leaf(&self, ty: &Type) -> bool {
        match ty {
            Type::Bool | Type::Integer(_) | Type::Number | Type::String => true,
            Type::Scalar { path, .. } => path != RAW,
            Type::Named(name) => self
                .model
                .get(name)
                .is_some_and(|def| matches!(def.shape, Shape::Words(_) | Shape::Newtype(_))),
            Type::Raw | Type::List(_) | Type::Map(..) => false,
            Type::Nullable(item) => self.is_leaf(item),
        }
    }

    /// Whether the variant can be made without reading anything.
    pub(super) fn has_empty(&self, variant: &Variant) -> bool {
        match &variant.payload {
            Payload::None => true,
            Payload::Type(ty) => self.scans(ty),
            Payload::Fields(_) => self.has_all_fields(variant),
        }
    }

    fn has_all_fields(&self, variant: &Variant) -> bool {
        match &variant.payload {
            Payload::Fields(fields) => {
                fields.len() < MANY && fields.iter().all(|field| self.scans(&field.ty))
            }
            Payload::None | Payload::Type(_) => true,
        }
    }

    fn is_whole(&self, name: &str) -> bool {
        self.model.get(name).is_some_and(|def| match &def.shape {
            Shape::Record(fields) => {
                fields.len() < MANY && fields.iter().all(|field| self.scans(&field.ty))
            }
            // A payload without a scanner is read by serde.
            Shape::Union(union) => {
                let mut variants = union.variants.iter();
                (def.open || variants.clone().any(|variant| self.has_empty(variant)))
                    && variants.all(|variant| self.has_all_fields(variant))
            }
            Shape::Words(_) | Shape::Newtype(_) => true,
            Shape::Tuple(_) => false,
        })
    }
}

fn is_simple(def: &TypeDef) -> bool {
    match &def.shape {
        Shape::Record(_) => def.others.is_none(),
        Shape::Union(union) => union.external(),
        Shape::Words(words) => !def.tag && !words.is_empty(),
        Shape::Newtype(_) => true,
        Shape::Tuple(_) => false,
    }
}

/// Whether a value of the type may be within another one of it: nobody could say how deep, or make an empty one.
fn is_recursive(model: &Model, def: &TypeDef) -> bool {
    let within = |name: &str| model.get(name).map(TypeDef::parts).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut queue = def.parts();
    while let Some(ty) = queue.pop() {
        for name in ty.named() {
            if name == def.name {
                return true;
            }
            if seen.insert(name) {
                queue.extend(within(name));
            }
        }
    }
    false
}

fn is_key(ty: &Type) -> bool {
    match ty {
        Type::String => true,
        Type::Scalar { path, .. } => KEYS.contains(&path.as_str()),
        _ => false,
    }
}
