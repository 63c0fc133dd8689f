//! Variants of the messages, the subscription kinds, and of the types they lead to.

use std::cell::RefCell;

use super::fields::{Owner, perhaps};
use super::judge::{self, Judgement};
use super::recognised::{self, Recognised};
use super::relation::{Pair, Relation};
use super::report::{Change, Section};
use super::side::{Senders, Side};
use super::words::{integer_name, spelled_payload};
use crate::codegen::model::{Payload, Shape, Type, TypeDef, Union, Variant};

/// A variant of a union, or a value of an enum, which is a variant that carries nothing.
struct Case<'m> {
    wire: &'m str,
    payload: &'m Payload,
    recognised: Recognised<'m>,
}

/// All changes: of what clients send, of what the server sends, of the kinds, and of the types inside.
pub(super) fn changes(old: &Side, new: &Side) -> Vec<Change> {
    let pair = Pair {
        old,
        new,
        renamed: RefCell::default(),
    };
    let sections = [
        (Section::ClientMessages, Senders::CLIENT),
        (Section::ServerMessages, Senders::SERVER),
        (Section::SubscriptionKinds, Senders::BOTH),
    ];
    let mut changes = Vec::new();
    for ((section, senders), (old, new)) in sections
        .into_iter()
        .zip(old.roots().into_iter().zip(new.roots()))
    {
        let owner = Owner {
            section,
            name: "",
            senders,
            texts: false,
        };
        let [old, new] = [old, new].map(|union| union.map(cases).unwrap_or_default());
        changes.extend(pair.cases(owner, &old, &new));
    }
    for def in &old.model.types {
        if let Some(now) = new.by_wire(&def.wire).filter(|_| old.senders(def).any())
            && !old.is_root(def)
            && !new.is_root(now)
        {
            changes.extend(pair.definitions(def, now));
        }
    }
    changes.extend(pair.renamed_definitions());
    changes
}

impl Pair<'_> {
    /// The types that have another name now; what is compared in them may lead to more.
    fn renamed_definitions(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for index in 0.. {
            let names = self.renamed.borrow().get(index).cloned();
            let Some((old, new)) = names else { break };
            let (Some(old), Some(new)) = (self.old.model.get(&old), self.new.model.get(&new))
            else {
                continue;
            };
            let what = format!("named {} before", old.wire);
            let verdict = judge::renamed().of(self.new.senders(new));
            changes.push(Change::new(Section::Types, new.wire.clone(), what, verdict));
            changes.extend(self.definitions(old, new));
        }
        changes
    }

    /// One type in both specifications.
    fn definitions(&self, old: &TypeDef, new: &TypeDef) -> Vec<Change> {
        let owner = Owner {
            section: Section::Types,
            name: &new.wire,
            senders: self.old.senders(old).or(self.new.senders(new)),
            texts: matches!(old.shape, Shape::Words(_)),
        };
        match (&old.shape, &new.shape) {
            (Shape::Record(old), Shape::Record(new)) | (Shape::Tuple(old), Shape::Tuple(new)) => {
                self.fields(owner, old, new)
            }
            (Shape::Newtype(old), Shape::Newtype(new)) if old == new => Vec::new(),
            (was, is) => match (shape_cases(was), shape_cases(is)) {
                (Some(old), Some(new)) => self.cases(owner, &old, &new),
                _ => vec![self.reshaped(owner, (old, was), (new, is))],
            },
        }
    }

    /// A type that has become something else.
    fn reshaped(
        &self,
        owner: Owner<'_>,
        old: (&TypeDef, &Shape),
        new: (&TypeDef, &Shape),
    ) -> Change {
        let what = format!(
            "retyped from {} to {}",
            shape_name(old.1),
            shape_name(new.1)
        );
        let [was, is] = [old.0, new.0].map(|def| Type::Named(def.name.clone()));
        let relation = self.plain(&was, &is);
        let verdict = judge::retyped(relation).of(owner.senders);
        Change::new(owner.section, owner.name.to_owned(), what, verdict)
    }

    fn cases(&self, owner: Owner<'_>, old: &[Case<'_>], new: &[Case<'_>]) -> Vec<Change> {
        let mut added: Vec<&Case<'_>> = new
            .iter()
            .filter(|case| !old.iter().any(|was| was.wire == case.wire))
            .collect();
        let mut changes = Vec::new();
        for case in old {
            if let Some(now) = new.iter().find(|now| now.wire == case.wire) {
                changes.extend(self.case(owner, case, now));
                continue;
            }
            let like = |now: &&Case<'_>| {
                let carries = !matches!(case.payload, Payload::None);
                carries && self.same_payloads(case.payload, now.payload)
            };
            let renamed = added.iter().position(like).map(|index| added.remove(index));
            let to = renamed.map(|now| perhaps("renamed to", now.wire));
            let what = format!("removed{}", to.unwrap_or_default());
            changes.push(change(owner, case, what, &removed(owner)));
            let from = perhaps("renamed from", case.wire);
            changes.extend(renamed.map(|now| self.new_case(owner, now, &from)));
        }
        changes.extend(added.into_iter().map(|case| self.new_case(owner, case, "")));
        changes
    }

    fn new_case(&self, owner: Owner<'_>, case: &Case<'_>, perhaps: &str) -> Change {
        let (carries, judgement) = match case.payload {
            Payload::None => (String::new(), judge::added()),
            payload => {
                let carries = format!(", carries {}", spelled_payload(payload, self.new));
                (carries, judge::added_with_payload(owner.texts))
            }
        };
        change(owner, case, format!("added{carries}{perhaps}"), &judgement)
    }

    /// One variant in both specifications.
    fn case(&self, owner: Owner<'_>, old: &Case<'_>, new: &Case<'_>) -> Vec<Change> {
        let mut changes = self.payload(owner, old, new);
        if let Some(what) = old.recognised.changed(new.recognised) {
            changes.push(change(owner, old, what, &judge::recognised_otherwise()));
        }
        changes
    }

    fn payload(&self, owner: Owner<'_>, old: &Case<'_>, new: &Case<'_>) -> Vec<Change> {
        if let (Payload::Fields(was), Payload::Fields(is)) = (old.payload, new.payload) {
            let name = at(owner, old);
            return self.fields(
                Owner {
                    name: &name,
                    ..owner
                },
                was,
                is,
            );
        }
        let relation = self.payloads(old.payload, new.payload);
        if relation == Relation::Same {
            return Vec::new();
        }
        let was = spelled_payload(old.payload, self.old);
        let is = spelled_payload(new.payload, self.new);
        let what = format!("carried {was}; carries {is}");
        vec![change(owner, old, what, &judge::retyped(relation))]
    }
}

fn change(owner: Owner<'_>, case: &Case<'_>, what: String, judgement: &Judgement) -> Change {
    Change::new(
        owner.section,
        at(owner, case),
        what,
        judgement.of(owner.senders),
    )
}

/// A message goes by its own name, a case of a type by both names.
fn at(owner: Owner<'_>, case: &Case<'_>) -> String {
    match owner.section {
        Section::Types => format!("{}::{}", owner.name, case.wire),
        _ => case.wire.to_owned(),
    }
}

fn removed(owner: Owner<'_>) -> Judgement {
    match owner.section {
        Section::ClientMessages | Section::ServerMessages => judge::message_removed(),
        // A kind is heard of only by who subscribes to it.
        Section::SubscriptionKinds | Section::Types => judge::case_removed(),
    }
}

fn cases(union: &Union) -> Vec<Case<'_>> {
    let case = |(variant, recognised)| {
        let variant: &Variant = variant;
        Case {
            wire: &variant.wire,
            payload: &variant.payload,
            recognised,
        }
    };
    union
        .variants
        .iter()
        .zip(recognised::of(union))
        .map(case)
        .collect()
}

/// The cases of a union or an enum: an enum that gets a variant with a payload is a union from then on.
fn shape_cases(shape: &Shape) -> Option<Vec<Case<'_>>> {
    match shape {
        Shape::Union(union) => Some(cases(union)),
        Shape::Words(words) => {
            let case = |word| Case {
                wire: word,
                payload: &Payload::None,
                recognised: Recognised::ByName,
            };
            let words = words.iter().map(|word| word.wire.as_str());
            Some(words.map(case).collect())
        }
        _ => None,
    }
}

fn shape_name(shape: &Shape) -> &'static str {
    match shape {
        Shape::Record(_) => "an object",
        Shape::Tuple(_) => "an array of places",
        Shape::Union(_) => "a union",
        Shape::Words(_) => "an enum",
        Shape::Newtype(integer) => integer_name(*integer),
    }
}
