//! How two types relate on the wire.

use std::collections::BTreeSet;

use super::side::Side;
use crate::codegen::model::{Field, Integer, Payload, Shape, Type, TypeDef, Variant, Word};

/// What the new type is to the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// The same name; what differs inside is that type's own change.
    Same,
    /// Another name for what is the same on the wire.
    Renamed,
    /// Whatever the old one was is still of the new one.
    Wider,
    /// Whatever is of the new one was of the old one.
    Narrower,
    Different,
}

/// Compares types of two specifications.
pub(super) struct Pair<'a> {
    pub(super) old: &'a Side,
    pub(super) new: &'a Side,
}

/// Types with other names that are being compared: within themselves they count as the same.
type Above = Vec<(String, String)>;

impl Pair<'_> {
    pub(super) fn types(&self, old: &Type, new: &Type) -> Relation {
        self.within(old, new, &mut Above::new())
    }

    pub(super) fn payloads(&self, old: &Payload, new: &Payload) -> Relation {
        self.payloads_within(old, new, &mut Above::new())
    }

    fn within(&self, old: &Type, new: &Type, above: &mut Above) -> Relation {
        match (old, new) {
            (Type::Named(old), Type::Named(new)) => self.named(old, new, above),
            (Type::List(old), Type::List(new)) => self.within(old, new, above),
            (Type::Map(old_key, old), Type::Map(new_key, new)) => {
                let key = self.within(old_key, new_key, above);
                both(key, self.within(old, new, above))
            }
            _ if old == new => Relation::Same,
            (_, Type::Raw) => Relation::Wider,
            (Type::Raw, _) => Relation::Narrower,
            _ => self.plain(old, new),
        }
    }

    fn named(&self, old: &str, new: &str, above: &mut Above) -> Relation {
        let (Some(old), Some(new)) = (self.old.model.get(old), self.new.model.get(new)) else {
            return Relation::Different;
        };
        if old.wire == new.wire {
            return Relation::Same;
        }
        let pair = (old.name.clone(), new.name.clone());
        if above.contains(&pair) {
            return Relation::Renamed;
        }
        above.push(pair);
        let same = self.shapes_are_the_same(old, new, above);
        above.pop();
        if same {
            return Relation::Renamed;
        }
        self.plain(
            &Type::Named(old.name.clone()),
            &Type::Named(new.name.clone()),
        )
    }

    fn shapes_are_the_same(&self, old: &TypeDef, new: &TypeDef, above: &mut Above) -> bool {
        match (&old.shape, &new.shape) {
            (Shape::Record(old), Shape::Record(new)) => self.fields_are_the_same(old, new, above),
            (Shape::Words(old), Shape::Words(new)) => wires(old) == wires(new),
            (Shape::Union(old), Shape::Union(new)) => {
                let (old, new) = (&old.variants, &new.variants);
                let same = |one: &Variant| {
                    let other = new.iter().find(|other| other.wire == one.wire);
                    other.is_some_and(|other| {
                        equal(self.payloads_within(&one.payload, &other.payload, above))
                    })
                };
                old.len() == new.len() && old.iter().all(same)
            }
            _ => false,
        }
    }

    fn fields_are_the_same(&self, old: &[Field], new: &[Field], above: &mut Above) -> bool {
        let same = |one: &Field| {
            let other = new.iter().find(|other| other.wire == one.wire);
            other.is_some_and(|other| {
                one.presence == other.presence && equal(self.within(&one.ty, &other.ty, above))
            })
        };
        old.len() == new.len() && old.iter().all(same)
    }

    fn payloads_within(&self, old: &Payload, new: &Payload, above: &mut Above) -> Relation {
        match (old, new) {
            (Payload::None, Payload::None) => Relation::Same,
            (Payload::Type(old), Payload::Type(new)) => self.within(old, new, above),
            (Payload::Fields(old), Payload::Fields(new))
                if self.fields_are_the_same(old, new, above) =>
            {
                Relation::Same
            }
            _ => Relation::Different,
        }
    }

    /// Numbers and texts, whatever their names.
    pub(super) fn plain(&self, old: &Type, new: &Type) -> Relation {
        let (Some(old), Some(new)) = (plain(old, self.old), plain(new, self.new)) else {
            return Relation::Different;
        };
        match (old.is_in(new), new.is_in(old)) {
            (true, true) => Relation::Renamed,
            (true, false) => Relation::Wider,
            (false, true) => Relation::Narrower,
            (false, false) => Relation::Different,
        }
    }
}

/// Both parts of a map.
fn both(one: Relation, other: Relation) -> Relation {
    match (one, other) {
        _ if one == other => one,
        (Relation::Same | Relation::Renamed, other) => other,
        (one, Relation::Same | Relation::Renamed) => one,
        _ => Relation::Different,
    }
}

const fn equal(relation: Relation) -> bool {
    matches!(relation, Relation::Same | Relation::Renamed)
}

fn wires(words: &[Word]) -> BTreeSet<&str> {
    words.iter().map(|word| word.wire.as_str()).collect()
}

/// What a type without parts can be.
#[derive(Clone, Copy)]
enum Plain<'a> {
    Integer(Integer),
    Number,
    Words(&'a [Word]),
    String,
}

fn plain<'a>(ty: &Type, side: &'a Side) -> Option<Plain<'a>> {
    match ty {
        Type::Integer(integer) => Some(Plain::Integer(*integer)),
        Type::Number => Some(Plain::Number),
        Type::String => Some(Plain::String),
        Type::Named(name) => match &side.model.get(name)?.shape {
            Shape::Newtype(integer) => Some(Plain::Integer(*integer)),
            Shape::Words(words) => Some(Plain::Words(words)),
            _ => None,
        },
        _ => None,
    }
}

impl Plain<'_> {
    /// Whether every value of this type is one of the other.
    fn is_in(self, other: Self) -> bool {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => integer_is_in(one, other),
            (Self::Integer(_) | Self::Number, Self::Number)
            | (Self::Words(_) | Self::String, Self::String) => true,
            (Self::Words(one), Self::Words(other)) => wires(one).is_subset(&wires(other)),
            _ => false,
        }
    }
}

const fn integer_is_in(one: Integer, other: Integer) -> bool {
    use Integer::{I32, I64, U32, U64};
    matches!(
        (one, other),
        (I32, I32 | I64) | (I64, I64) | (U32, U32 | U64 | I64) | (U64, U64)
    )
}
