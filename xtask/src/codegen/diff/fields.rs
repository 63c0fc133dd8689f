//! Fields that come, go and change.

use super::judge;
use super::relation::{Pair, Relation};
use super::report::{Change, Section};
use super::side::Senders;
use super::words::{spelled, spelled_default, spelled_presence};
use crate::codegen::model::{Field, Presence};

/// Whose fields are compared.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) section: Section,
    pub(super) name: &'a str,
    pub(super) senders: Senders,
    /// It was an enum, and so whoever reads it reads texts alone.
    pub(super) texts: bool,
}

impl Owner<'_> {
    /// A change of something in this owner.
    fn change(self, field: &str, what: String, judgement: &judge::Judgement) -> Change {
        let at = format!("{}.{field}", self.name);
        Change::new(self.section, at, what, judgement.of(self.senders))
    }
}

impl Pair<'_> {
    pub(super) fn fields(&self, owner: Owner<'_>, old: &[Field], new: &[Field]) -> Vec<Change> {
        let mut added: Vec<&Field> = without(new, old);
        let mut changes = Vec::new();
        for field in old {
            if let Some(now) = new.iter().find(|now| now.wire == field.wire) {
                changes.extend(self.field(owner, field, now));
                continue;
            }
            let like = |now: &&Field| {
                now.presence == field.presence && self.same_types(&field.ty, &now.ty)
            };
            let renamed = added.iter().position(like).map(|index| added.remove(index));
            let to = renamed.map(|now| perhaps("renamed to", &now.wire));
            let was = self.described(field, false);
            let what = format!("removed; it was {was}{}", to.unwrap_or_default());
            changes.push(owner.change(&field.wire, what, &judge::field_removed(field.presence)));
            let from = perhaps("renamed from", &field.wire);
            changes.extend(renamed.map(|now| self.added(owner, now, &from)));
        }
        changes.extend(added.into_iter().map(|field| self.added(owner, field, "")));
        changes
    }

    fn added(&self, owner: Owner<'_>, field: &Field, perhaps: &str) -> Change {
        let what = format!("added, {}{perhaps}", self.described(field, true));
        owner.change(&field.wire, what, &judge::field_added(field.presence))
    }

    fn described(&self, field: &Field, now: bool) -> String {
        let side = if now { self.new } else { self.old };
        let presence = spelled_presence(field.presence);
        format!("{}, {presence}", spelled(&field.ty, side))
    }

    /// One field in both specifications.
    fn field(&self, owner: Owner<'_>, old: &Field, new: &Field) -> Vec<Change> {
        let mut changes = Vec::new();
        let relation = self.types(&old.ty, &new.ty);
        if relation != Relation::Same {
            let (was, is) = (spelled(&old.ty, self.old), spelled(&new.ty, self.new));
            let what = format!("retyped from {was} to {is}");
            changes.push(owner.change(&new.wire, what, &judge::retyped(relation)));
        }
        if old.presence != new.presence {
            let (was, is) = (
                spelled_presence(old.presence),
                spelled_presence(new.presence),
            );
            let what = format!("was {was}; is {is}");
            let judgement = judge::presence_changed(old.presence, new.presence);
            changes.push(owner.change(&new.wire, what, &judgement));
        }
        // A field that is always there has no default to speak of.
        let (was, is) = (
            spelled_default(old, self.old),
            spelled_default(new, self.new),
        );
        if was != is && is_optional(old) && is_optional(new) {
            let what = format!("default changed from {was} to {is}");
            let judgement = judge::default_changed(old.default.is_some());
            changes.push(owner.change(&new.wire, what, &judgement));
        }
        changes
    }
}

fn is_optional(field: &Field) -> bool {
    matches!(
        field.presence,
        Presence::Optional | Presence::OptionalNullable
    )
}

fn without<'f>(fields: &'f [Field], others: &[Field]) -> Vec<&'f Field> {
    let known = |field: &&Field| others.iter().any(|other| other.wire == field.wire);
    fields.iter().filter(|field| !known(field)).collect()
}

/// What a reader may want to look at: nothing in a specification says that a name has changed.
pub(super) fn perhaps(what: &str, name: &str) -> String {
    format!("; perhaps {what} `{name}`")
}
