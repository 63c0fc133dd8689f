//! How two types relate on the wire.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::side::Side;
use crate::codegen::model::{Field, Integer, Payload, Shape, Type, TypeDef, Variant, Word};

/// What the new type is to the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// The same type; what differs inside is that type's own change.
    Same,
    /// Another type, which is the same on the wire.
    Equal,
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
    /// The Rust names of types that have got another name, as they are met where they are used.
    pub(super) renamed: RefCell<Vec<(String, String)>>,
}

/// What a comparison is in the middle of.
#[derive(Default)]
struct Walk {
    /// Types with other names: within themselves they count as the same.
    above: Vec<(String, String)>,
    /// Another name counts as another type, unless the two are the same on the wire.
    strict: bool,
}

impl Walk {
    const fn strict() -> Self {
        Self {
            above: Vec::new(),
            strict: true,
        }
    }
}

impl Pair<'_> {
    pub(super) fn types(&self, old: &Type, new: &Type) -> Relation {
        self.within(old, new, &mut Walk::default())
    }

    pub(super) fn payloads(&self, old: &Payload, new: &Payload) -> Relation {
        self.payloads_within(old, new, &mut Walk::default())
    }

    /// Whether types are the same on the wire, all the way down.
    pub(super) fn same_types(&self, old: &Type, new: &Type) -> bool {
        is_same(self.within(old, new, &mut Walk::strict()))
    }

    /// The same of payloads.
    pub(super) fn same_payloads(&self, old: &Payload, new: &Payload) -> bool {
        is_same(self.payloads_within(old, new, &mut Walk::strict()))
    }

    fn within(&self, old: &Type, new: &Type, walk: &mut Walk) -> Relation {
        match (old, new) {
            (Type::Named(old), Type::Named(new)) => self.named(old, new, walk),
            (Type::List(old), Type::List(new)) | (Type::Nullable(old), Type::Nullable(new)) => {
                self.within(old, new, walk)
            }
            (Type::Map(old_key, old), Type::Map(new_key, new)) => {
                let key = self.within(old_key, new_key, walk);
                both(key, self.within(old, new, walk))
            }
            _ if old == new => Relation::Same,
            (_, Type::Raw) => Relation::Wider,
            (Type::Raw, _) => Relation::Narrower,
            _ => self.plain(old, new),
        }
    }

    fn named(&self, old: &str, new: &str, walk: &mut Walk) -> Relation {
        let (Some(old), Some(new)) = (self.old.model.get(old), self.new.model.get(new)) else {
            return Relation::Different;
        };
        if old.wire == new.wire || !walk.strict && self.is_rename(old, new) {
            return Relation::Same;
        }
        let pair = (old.name.clone(), new.name.clone());
        if walk.above.contains(&pair) {
            return Relation::Equal;
        }
        walk.above.push(pair);
        let strict = std::mem::replace(&mut walk.strict, true);
        let same = self.shapes_are_the_same(old, new, walk);
        walk.strict = strict;
        walk.above.pop();
        if same {
            return Relation::Equal;
        }
        let [old, new] = [old, new].map(|def| Type::Named(def.name.clone()));
        self.plain(&old, &new)
    }

    /// Whether a type has got another name, rather than another type its place: what it was called is gone, and what it
    /// is called is new. It is remembered, since it may have changed as well.
    fn is_rename(&self, old: &TypeDef, new: &TypeDef) -> bool {
        let alike = match (&old.shape, &new.shape) {
            (Shape::Record(_), Shape::Record(_))
            | (Shape::Tuple(_), Shape::Tuple(_))
            | (Shape::Newtype(_), Shape::Newtype(_)) => true,
            (old, new) => is_choice(old) && is_choice(new),
        };
        if !alike || self.new.by_wire(&old.wire).is_some() || self.old.by_wire(&new.wire).is_some()
        {
            return false;
        }
        let pair = (old.name.clone(), new.name.clone());
        let mut renamed = self.renamed.borrow_mut();
        if !renamed.contains(&pair) {
            renamed.push(pair);
        }
        true
    }

    fn shapes_are_the_same(&self, old: &TypeDef, new: &TypeDef, walk: &mut Walk) -> bool {
        match (&old.shape, &new.shape) {
            (Shape::Record(old), Shape::Record(new)) | (Shape::Tuple(old), Shape::Tuple(new)) => {
                self.fields_are_the_same(old, new, walk)
            }
            (Shape::Words(old), Shape::Words(new)) => wires(old) == wires(new),
            (Shape::Union(old), Shape::Union(new)) => {
                if old.external() != new.external() {
                    return false;
                }
                let (old, new) = (&old.variants, &new.variants);
                let same = |one: &Variant| {
                    let other = new.iter().find(|other| other.wire == one.wire);
                    other.is_some_and(|other| {
                        is_same(self.payloads_within(&one.payload, &other.payload, walk))
                    })
                };
                old.len() == new.len() && old.iter().all(same)
            }
            _ => false,
        }
    }

    fn fields_are_the_same(&self, old: &[Field], new: &[Field], walk: &mut Walk) -> bool {
        let same = |one: &Field| {
            let other = new.iter().find(|other| other.wire == one.wire);
            other.is_some_and(|other| {
                one.presence == other.presence && is_same(self.within(&one.ty, &other.ty, walk))
            })
        };
        old.len() == new.len() && old.iter().all(same)
    }

    fn payloads_within(&self, old: &Payload, new: &Payload, walk: &mut Walk) -> Relation {
        match (old, new) {
            (Payload::None, Payload::None) => Relation::Same,
            (Payload::Type(old), Payload::Type(new)) => self.within(old, new, walk),
            (Payload::Fields(old), Payload::Fields(new))
                if self.fields_are_the_same(old, new, walk) =>
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
            (true, true) => Relation::Equal,
            (true, false) => Relation::Wider,
            (false, true) => Relation::Narrower,
            (false, false) => Relation::Different,
        }
    }
}

const fn is_choice(shape: &Shape) -> bool {
    matches!(shape, Shape::Union(_) | Shape::Words(_))
}

/// Both parts of a map.
fn both(one: Relation, other: Relation) -> Relation {
    match (one, other) {
        _ if one == other => one,
        (Relation::Same | Relation::Equal, other) => other,
        (one, Relation::Same | Relation::Equal) => one,
        _ => Relation::Different,
    }
}

const fn is_same(relation: Relation) -> bool {
    matches!(relation, Relation::Same | Relation::Equal)
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
