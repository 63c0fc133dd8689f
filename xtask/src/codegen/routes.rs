//! What no schema says: who is concerned by a message, which subscription it answers, how it is to be merged.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;

use super::annotations::{Annotations, Delivery, Message, Role, Scope};
use super::error::{CodegenError, Problem};
use super::model::{Field, Model, Payload, Presence, Type, Union, Variant};

mod emit;

/// Model and annotations joined: every name in here was found in the specification.
pub(crate) struct Routes {
    client: Vec<Route>,
    server: Vec<Route>,
    kinds: Vec<KindRoute>,
    /// The hand-written type of an account and of an instrument, where the protocol has one.
    account: Option<String>,
    instrument: Option<String>,
    /// Whether there is anything to route by.
    known: bool,
    pub(crate) warnings: Vec<String>,
}

impl Routes {
    /// Without annotations nobody knows what a message is about: better no answer than a wrong one.
    fn none(model: &Model) -> Self {
        let unions = [&model.client, &model.server, &model.kind];
        let names: Vec<&str> = unions.into_iter().flatten().map(String::as_str).collect();
        let warning = format!(
            "no annotations, so no scope, delivery, merge key or subscription is told of {}",
            names.join(", ")
        );
        Self {
            client: Vec::new(),
            server: Vec::new(),
            kinds: Vec::new(),
            account: None,
            instrument: None,
            known: false,
            warnings: if names.is_empty() {
                Vec::new()
            } else {
                vec![warning]
            },
        }
    }
}

/// One variant of the client's or the server's union.
struct Route {
    variant: String,
    payload: Option<Type>,
    account: Option<Access>,
    instrument: Option<Access>,
    private: bool,
    delivery: Delivery,
    key: Option<String>,
    /// The payload is a subscription kind: a request or a confirmation.
    carries_kind: bool,
}

struct KindRoute {
    variant: String,
    account: Option<Access>,
    instrument: Option<Access>,
    pushes: Vec<Push>,
}

/// An update that a kind brings.
struct Push {
    wire: String,
    update: String,
    ties: Vec<Tie>,
}

/// A field of the kind that an update's field must equal.
struct Tie {
    kind: Access,
    update: Access,
}

/// A way to a value: the fields to go through, and whether the last may be missing.
#[derive(Clone)]
struct Access {
    path: Vec<String>,
    presence: Presence,
    ty: Type,
}

/// Joins the model with its annotations.
pub(crate) fn resolve(model: &Model, notes: &Annotations) -> Result<Routes, CodegenError> {
    if !notes.routes() {
        return Ok(Routes::none(model));
    }
    let resolver = Resolver { model, notes };
    let kinds = resolver.kinds()?;
    let mut warnings = unanswered(model, &kinds);
    let client = resolver.routes(model.client.as_deref(), &kinds, &mut warnings)?;
    let server = resolver.routes(model.server.as_deref(), &kinds, &mut warnings)?;
    let role = |role| {
        model
            .types
            .iter()
            .flat_map(super::model::TypeDef::parts)
            .find_map(|ty| scalar(ty, role))
    };
    Ok(Routes {
        client,
        server,
        kinds,
        account: role(Role::Account),
        instrument: role(Role::Instrument),
        known: true,
        warnings,
    })
}

/// A kind that no annotation names still subscribes; only what it brings is not known.
fn unanswered(model: &Model, kinds: &[KindRoute]) -> Vec<String> {
    let union = model.kind.as_deref().unwrap_or_default();
    let silent = kinds.iter().filter(|kind| kind.pushes.is_empty());
    silent
        .map(|kind| {
            format!(
                "{union}::{} has no annotation of what it pushes",
                kind.variant
            )
        })
        .collect()
}

/// The `impl` blocks that tell all this, by Rust name.
pub(crate) fn emit(model: &Model, routes: &Routes) -> BTreeMap<String, TokenStream> {
    emit::emit(model, routes)
}

struct Resolver<'a> {
    model: &'a Model,
    notes: &'a Annotations,
}

impl Resolver<'_> {
    fn kinds(&self) -> Result<Vec<KindRoute>, CodegenError> {
        let Some(kind) = &self.model.kind else {
            return Ok(Vec::new());
        };
        let union = self
            .model
            .union(kind)
            .map_or(&[][..], |union| &union.variants);
        union.iter().map(|variant| self.kind(variant)).collect()
    }

    fn kind(&self, variant: &Variant) -> Result<KindRoute, CodegenError> {
        let fields = match &variant.payload {
            Payload::Fields(fields) => fields.as_slice(),
            _ => &[],
        };
        let mut pushes = Vec::new();
        for (update, ties) in self
            .notes
            .kind(&variant.wire)
            .map(|note| &note.pushes)
            .into_iter()
            .flatten()
        {
            let entry = format!("kinds/{}/pushes/{update}", variant.wire);
            pushes.push(self.push(&entry, update, ties, fields)?);
        }
        let role = |role| {
            fields
                .iter()
                .find(|field| scalar(&field.ty, role).is_some())
                .map(Access::direct)
        };
        let (account, instrument) = (role(Role::Account), role(Role::Instrument));
        Ok(KindRoute {
            variant: variant.rust.clone(),
            account,
            instrument,
            pushes,
        })
    }

    fn push(
        &self,
        entry: &str,
        update: &str,
        ties: &BTreeMap<String, String>,
        fields: &[Field],
    ) -> Result<Push, CodegenError> {
        let server = self.variants(self.model.server.as_deref());
        let no_field = |name: &str| self.notes.problem(entry, Problem::NoField(name.to_owned()));
        let variant = server.iter().find(|variant| variant.wire == update);
        let variant = variant.ok_or_else(|| self.notes.problem(entry, Problem::MatchesNothing))?;
        let mut resolved = Vec::new();
        for (field, path) in ties {
            let kind = fields
                .iter()
                .find(|known| known.wire == *field)
                .ok_or_else(|| no_field(field))?;
            let (kind, update) = (Access::direct(kind), self.access(entry, variant, path)?);
            if kind.ty != update.ty {
                let (field, path) = (field.clone(), path.clone());
                return Err(self.notes.problem(entry, Problem::TieTypes { field, path }));
            }
            resolved.push(Tie { kind, update });
        }
        Ok(Push {
            wire: update.to_owned(),
            update: variant.rust.clone(),
            ties: resolved,
        })
    }

    fn variants(&self, union: Option<&str>) -> &[Variant] {
        union
            .and_then(|union| self.model.union(union))
            .map_or(&[], |union: &Union| &union.variants)
    }

    fn routes(
        &self,
        union: Option<&str>,
        kinds: &[KindRoute],
        warnings: &mut Vec<String>,
    ) -> Result<Vec<Route>, CodegenError> {
        let mut routes = Vec::new();
        for variant in self.variants(union) {
            let union = union.unwrap_or_default();
            let note = self.notes.message(&variant.wire);
            if Some(union) == self.model.server.as_deref()
                && note.is_none_or(|note| note.delivery.is_none())
            {
                warnings.push(format!(
                    "{union}::{} has no delivery annotation; taken as partial",
                    variant.rust
                ));
            }
            self.refuse_untagged_client(union, variant, note)?;
            routes.push(self.route(variant, note, kinds)?);
        }
        Ok(routes)
    }

    /// An entry of that name may be meant for the server's variant alone.
    fn refuse_untagged_client(
        &self,
        union: &str,
        variant: &Variant,
        note: Option<&Message>,
    ) -> Result<(), CodegenError> {
        let server = self.variants(self.model.server.as_deref());
        let shared = server.iter().any(|known| known.wire == variant.wire);
        if Some(union) != self.model.client.as_deref()
            || shared
            || note.is_none_or(|note| !note.untagged)
        {
            return Ok(());
        }
        let entry = format!("messages/{}/untagged", variant.wire);
        Err(self.notes.problem(&entry, Problem::UntaggedClient))
    }

    fn route(
        &self,
        variant: &Variant,
        note: Option<&Message>,
        kinds: &[KindRoute],
    ) -> Result<Route, CodegenError> {
        let entry = format!("messages/{}", variant.wire);
        let payload = match &variant.payload {
            Payload::Type(ty) => Some(ty.clone()),
            Payload::None | Payload::Fields(_) => None,
        };
        let carries_kind = match (&payload, &self.model.kind) {
            (Some(Type::Named(name)), Some(kind)) => name == kind,
            _ => false,
        };
        let stated = note.and_then(|note| note.account.as_deref());
        let stated = stated
            .map(|path| self.access(&entry, variant, path))
            .transpose()?;
        let key = note.and_then(|note| note.key.clone());
        key.as_ref()
            .map(|key| self.check_key(&entry, variant, key))
            .transpose()?;
        Ok(Route {
            variant: variant.rust.clone(),
            account: stated.or_else(|| self.concerned(variant, Role::Account, kinds)),
            instrument: self.concerned(variant, Role::Instrument, kinds),
            private: note.is_some_and(|note| note.scope == Some(Scope::Private)),
            delivery: note
                .and_then(|note| note.delivery)
                .unwrap_or(Delivery::Partial),
            payload,
            key,
            carries_kind,
        })
    }

    /// Where a message says whom it concerns: a field of its own, or the one that ties it to its subscription.
    fn concerned(&self, variant: &Variant, role: Role, kinds: &[KindRoute]) -> Option<Access> {
        let Payload::Type(ty) = &variant.payload else {
            return None;
        };
        let fields = self.model.fields(ty)?;
        let direct = fields
            .iter()
            .find(|field| scalar(&field.ty, role).is_some())
            .map(Access::direct);
        direct.or_else(|| {
            let pushes = kinds.iter().flat_map(|kind| &kind.pushes);
            let mut ties = pushes
                .filter(|push| push.wire == variant.wire)
                .flat_map(|push| &push.ties);
            ties.find(|tie| scalar(&tie.update.ty, role).is_some())
                .map(|tie| tie.update.clone())
        })
    }

    /// Follows `candle.instrumentId` through the payload of a variant.
    fn access(&self, entry: &str, variant: &Variant, path: &str) -> Result<Access, CodegenError> {
        let Payload::Type(ty) = &variant.payload else {
            return Err(self.notes.problem(entry, Problem::NoField(path.to_owned())));
        };
        let mut access = Access {
            path: Vec::new(),
            presence: Presence::Required,
            ty: ty.clone(),
        };
        for segment in path.split('.') {
            if access.presence != Presence::Required {
                return Err(self
                    .notes
                    .problem(entry, Problem::NotARecord(path.to_owned())));
            }
            let field = self.field(entry, &access.ty, segment)?;
            access.path.push(field.rust.clone());
            access.presence = field.presence;
            access.ty = field.ty.clone();
        }
        Ok(access)
    }

    fn field(&self, entry: &str, ty: &Type, name: &str) -> Result<&Field, CodegenError> {
        let fields = self.model.fields(ty).unwrap_or_default();
        let found = fields.iter().find(|field| field.wire == name);
        found.ok_or_else(|| self.notes.problem(entry, Problem::NoField(name.to_owned())))
    }

    /// `orders[].orderId`, `positions{}` or `candle.slot`.
    fn check_key(&self, entry: &str, variant: &Variant, key: &str) -> Result<(), CodegenError> {
        let no_field = |name: &str| self.notes.problem(entry, Problem::NoField(name.to_owned()));
        let Payload::Type(ty) = &variant.payload else {
            return Err(no_field(key));
        };
        let mut ty = ty.clone();
        for segment in key.split('.') {
            let name = segment.trim_end_matches("[]").trim_end_matches("{}");
            let inner = self.field(entry, &ty, name)?.ty.clone();
            ty = match (inner, &segment[name.len()..]) {
                (Type::List(item), "[]") => *item,
                (Type::Map(_, value), "{}") => *value,
                (inner, "") => inner,
                _ => return Err(no_field(segment)),
            };
        }
        Ok(())
    }
}

impl Access {
    fn direct(field: &Field) -> Self {
        Self {
            path: vec![field.rust.clone()],
            presence: field.presence,
            ty: field.ty.clone(),
        }
    }
}

/// The path of the hand-written type, if this is a scalar of that role.
fn scalar(ty: &Type, wanted: Role) -> Option<String> {
    match ty {
        Type::Scalar { path, role } if *role == Some(wanted) => Some(path.clone()),
        _ => None,
    }
}
