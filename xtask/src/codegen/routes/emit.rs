//! Routes to Rust.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Access, KindRoute, Route, Routes};
use crate::codegen::annotations::Delivery;
use crate::codegen::model::{Model, Presence};
use crate::codegen::types::ident;

/// A `match self`, with a last arm for whatever it does not name.
struct Match {
    arms: Vec<TokenStream>,
    unnamed: usize,
}

impl Match {
    /// A match on a union of that name.
    fn on(model: &Model, union: &str) -> Self {
        let variants = model.union(union).map_or(0, |union| union.variants.len());
        let open = model.get(union).is_some_and(|def| def.open);
        Self {
            arms: Vec::new(),
            unnamed: variants + usize::from(open),
        }
    }

    /// One arm for some variants; none, if there are no patterns.
    fn arm(&mut self, patterns: &[TokenStream], value: &TokenStream) {
        if !patterns.is_empty() {
            self.arms.push(quote!(#(#patterns)|* => #value,));
            self.unnamed -= patterns.len();
        }
    }

    fn otherwise(self, value: &TokenStream) -> TokenStream {
        let Self { arms, unnamed } = self;
        match (arms.is_empty(), unnamed) {
            (true, _) => value.clone(),
            (false, 0) => quote!(match self { #(#arms)* }),
            (false, _) => quote!(match self { #(#arms)* _ => #value }),
        }
    }
}

pub(super) fn emit(model: &Model, routes: &Routes) -> BTreeMap<String, TokenStream> {
    let mut found = BTreeMap::new();
    found.insert(
        model.client.clone(),
        message_impl(
            model,
            &model.client,
            &routes.client,
            routes,
            &TokenStream::new(),
        ),
    );
    let server = server_methods(model, routes);
    found.insert(
        model.server.clone(),
        message_impl(model, &model.server, &routes.server, routes, &server),
    );
    if let Some(kind) = &model.kind {
        found.insert(kind.clone(), kind_impl(model, kind, routes));
    }
    found
}

fn message_impl(
    model: &Model,
    union: &str,
    own: &[Route],
    routes: &Routes,
    more: &TokenStream,
) -> TokenStream {
    let name = ident(union);
    let account = routes.account.as_deref().map(|path| {
        let body = message_access(
            Match::on(model, union),
            own,
            |route| route.account.as_ref(),
            "account",
        );
        getter(
            "account",
            path,
            "The account the message concerns, if it names one.",
            &body,
        )
    });
    let instrument = routes.instrument.as_deref().map(|path| {
        let body = message_access(
            Match::on(model, union),
            own,
            |route| route.instrument.as_ref(),
            "instrument_id",
        );
        getter(
            "instrument_id",
            path,
            "The instrument the message concerns, if it names one.",
            &body,
        )
    });
    let scope = message_scope(model, union, own, account.is_some());
    quote!(impl #name { #scope #account #instrument #more })
}

fn getter(method: &str, path: &str, docs: &str, body: &TokenStream) -> TokenStream {
    let (method, returns) = (
        ident(method),
        ident(path.rsplit("::").next().unwrap_or(path)),
    );
    let docs = format!(" {docs}");
    quote! {
        #[doc = #docs]
        #[must_use]
        pub fn #method(&self) -> Option<#returns> { #body }
    }
}

fn message_access(
    mut body: Match,
    own: &[Route],
    pick: fn(&Route) -> Option<&Access>,
    method: &str,
) -> TokenStream {
    let method = ident(method);
    let mut groups: Vec<(&Route, TokenStream, Vec<TokenStream>)> = Vec::new();
    for (route, access) in own.iter().filter_map(|route| Some((route, pick(route)?))) {
        let variant = ident(&route.variant);
        let pattern = quote!(Self::#variant(message));
        // Variants with the same payload share an arm.
        match groups
            .iter_mut()
            .find(|(known, _, _)| known.payload == route.payload)
        {
            Some((_, _, patterns)) => patterns.push(pattern),
            None => groups.push((route, copied(access), vec![pattern])),
        }
    }
    for (_, value, patterns) in groups {
        body.arm(&patterns, &value);
    }
    body.arm(&kind_patterns(own), &quote!(kind.#method()));
    body.otherwise(&quote!(None))
}

/// The variants that carry a subscription kind, with it bound.
fn kind_patterns(own: &[Route]) -> Vec<TokenStream> {
    let carriers = own
        .iter()
        .filter(|route| route.carries_kind)
        .map(|route| ident(&route.variant));
    carriers
        .map(|variant| quote!(Self::#variant(kind)))
        .collect()
}

/// The value behind a message, copied out.
fn copied(access: &Access) -> TokenStream {
    let path = field_path(access);
    match access.presence {
        Presence::Required => quote!(Some(message #path)),
        Presence::Nullable | Presence::Optional => quote!(message #path),
        Presence::OptionalNullable => quote!(message #path.copied()),
    }
}

fn field_path(access: &Access) -> TokenStream {
    let fields = access.path.iter().map(|field| ident(field));
    quote!(#(.#fields)*)
}

fn message_scope(model: &Model, union: &str, own: &[Route], has_account: bool) -> TokenStream {
    let mut private: Vec<_> = own
        .iter()
        .filter(|route| route.private)
        .map(bare_pattern)
        .collect();
    if model.get(union).is_some_and(|def| def.open) {
        private.push(quote!(Self::Unrecognized(_)));
    }
    let mut body = Match::on(model, union);
    body.arm(&private, &quote!(Scope::Private));
    body.arm(&kind_patterns(own), &quote!(kind.scope()));
    let body = body.otherwise(&scope_by_account(has_account));
    quote! {
        /// Private if the message concerns one account; what the specification does not have is taken as private.
        #[must_use]
        pub fn scope(&self) -> Scope { #body }
    }
}

fn scope_by_account(has_account: bool) -> TokenStream {
    if has_account {
        quote!(if self.account().is_some() {
            Scope::Private
        } else {
            Scope::Public
        })
    } else {
        quote!(Scope::Public)
    }
}

fn server_methods(model: &Model, routes: &Routes) -> TokenStream {
    let delivery = delivery(Match::on(model, &model.server), &routes.server);
    let merge_key = merge_key(Match::on(model, &model.server), &routes.server);
    let belongs = model.kind.as_ref().map(|kind| belongs_to(kind, routes));
    quote!(#delivery #merge_key #belongs)
}

fn delivery(mut body: Match, own: &[Route]) -> TokenStream {
    let values = [
        (Delivery::Snapshot, quote!(Some(Delivery::Snapshot))),
        (Delivery::Event, quote!(Some(Delivery::Event))),
        (Delivery::Control, quote!(None)),
    ];
    for (delivery, value) in values {
        let chosen = own.iter().filter(|route| route.delivery == delivery);
        body.arm(&chosen.map(bare_pattern).collect::<Vec<_>>(), &value);
    }
    let body = body.otherwise(&quote!(Some(Delivery::Partial)));
    quote! {
        /// How the message relates to what its reader holds; `None` for answers and failures. What the
        /// specification does not say is partial.
        #[must_use]
        pub fn delivery(&self) -> Option<Delivery> { #body }
    }
}

fn bare_pattern(route: &Route) -> TokenStream {
    let variant = ident(&route.variant);
    if route.payload.is_some() {
        quote!(Self::#variant(_))
    } else {
        quote!(Self::#variant)
    }
}

fn merge_key(mut body: Match, own: &[Route]) -> TokenStream {
    for route in own {
        if let Some(key) = &route.key {
            body.arm(&[bare_pattern(route)], &quote!(Some(#key)));
        }
    }
    let body = body.otherwise(&quote!(None));
    quote! {
        /// The wire path of what identifies an entry: `orders[].orderId` for a field of each list element,
        /// `positions{}` for the key of a map. `None` where the message as a whole is the entry.
        #[must_use]
        pub fn merge_key(&self) -> Option<&'static str> { #body }
    }
}

fn belongs_to(kind: &str, routes: &Routes) -> TokenStream {
    let name = ident(kind);
    let pushes = routes
        .kinds
        .iter()
        .flat_map(|kind| kind.pushes.iter().map(move |push| (kind, push)));
    let arms = pushes.map(|(kind, push)| {
        let (variant, update) = (ident(&kind.variant), ident(&push.update));
        if push.ties.is_empty() {
            return quote!((Self::#update(_), #name::#variant { .. }) => true,);
        }
        let fields = push
            .ties
            .iter()
            .map(|tie| tie.kind.path.first().map(|field| ident(field)));
        let tests = push.ties.iter().map(|tie| same(&tie.kind, &tie.update));
        quote!((Self::#update(message), #name::#variant { #(#fields,)* .. }) => #(#tests)&&*,)
    });
    let confirmations: Vec<_> = routes
        .server
        .iter()
        .filter(|route| route.carries_kind)
        .map(|route| ident(&route.variant))
        .collect();
    let confirmed = (!confirmations.is_empty())
        .then(|| quote!((#(Self::#confirmations(confirmed))|*, kind) => confirmed == kind,));
    quote! {
        /// Whether the message is one that a subscription of that kind brings, or its confirmation. A field that
        /// echoes an optional filter must be absent where the filter is.
        #[must_use]
        pub fn belongs_to(&self, kind: &#name) -> bool {
            match (self, kind) { #(#arms)* #confirmed _ => false }
        }
    }
}

/// A test that a bound field of the kind equals the update's field.
fn same(kind: &Access, update: &Access) -> TokenStream {
    let (path, field) = (
        field_path(update),
        kind.path.first().map(|field| ident(field)),
    );
    if kind.presence == Presence::Required && update.presence == Presence::Required {
        return quote!(message #path == *#field);
    }
    let theirs = match update.presence {
        Presence::Required => quote!(Some(&message #path)),
        Presence::Nullable | Presence::Optional => quote!(message #path.as_ref()),
        Presence::OptionalNullable => quote!(message #path.get()),
    };
    let ours = match kind.presence {
        Presence::Required => quote!(Some(#field)),
        Presence::OptionalNullable => quote!(#field.get()),
        Presence::Nullable | Presence::Optional => quote!(#field.as_ref()),
    };
    quote!(#theirs == #ours)
}

fn kind_impl(model: &Model, kind: &str, routes: &Routes) -> TokenStream {
    let name = ident(kind);
    let account = routes.account.as_deref().map(|path| {
        let body = kind_access(Match::on(model, kind), &routes.kinds, |route| {
            route.account.as_ref()
        });
        getter(
            "account",
            path,
            "The account the subscription is about, if it names one.",
            &body,
        )
    });
    let instrument = routes.instrument.as_deref().map(|path| {
        let body = kind_access(Match::on(model, kind), &routes.kinds, |route| {
            route.instrument.as_ref()
        });
        getter(
            "instrument_id",
            path,
            "The instrument the subscription is about, if it names one.",
            &body,
        )
    });
    let updates = updates(Match::on(model, kind), &routes.kinds);
    let scope = kind_scope(model, kind, account.is_some());
    quote!(impl #name { #scope #account #instrument #updates })
}

fn kind_scope(model: &Model, kind: &str, has_account: bool) -> TokenStream {
    let mut body = Match::on(model, kind);
    if model.get(kind).is_some_and(|def| def.open) {
        body.arm(&[quote!(Self::Unrecognized(_))], &quote!(Scope::Private));
    }
    let body = body.otherwise(&scope_by_account(has_account));
    quote! {
        /// Private if the kind carries an account; what the specification does not have is taken as private.
        #[must_use]
        pub fn scope(&self) -> Scope { #body }
    }
}

fn kind_access(
    mut body: Match,
    kinds: &[KindRoute],
    pick: fn(&KindRoute) -> Option<&Access>,
) -> TokenStream {
    let mut groups: Vec<(TokenStream, Vec<TokenStream>)> = Vec::new();
    for route in kinds {
        let Some(access) = pick(route) else { continue };
        let (variant, field) = (
            ident(&route.variant),
            access.path.first().map(|field| ident(field)),
        );
        let value = match access.presence {
            Presence::Required => quote!(Some(*#field)),
            Presence::Nullable | Presence::Optional => quote!(*#field),
            Presence::OptionalNullable => quote!(#field.copied()),
        };
        let pattern = quote!(Self::#variant { #field, .. });
        match groups
            .iter_mut()
            .find(|(known, _)| known.to_string() == value.to_string())
        {
            Some((_, patterns)) => patterns.push(pattern),
            None => groups.push((value, vec![pattern])),
        }
    }
    for (value, patterns) in groups {
        body.arm(&patterns, &value);
    }
    body.otherwise(&quote!(None))
}

fn updates(mut body: Match, kinds: &[KindRoute]) -> TokenStream {
    for route in kinds.iter().filter(|route| !route.pushes.is_empty()) {
        let variant = ident(&route.variant);
        let wires = route.pushes.iter().map(|push| &push.wire);
        body.arm(&[quote!(Self::#variant { .. })], &quote!(&[#(#wires),*]));
    }
    let body = body.otherwise(&quote!(&[]));
    quote! {
        /// The wire names of the updates that a subscription of this kind brings.
        #[must_use]
        pub fn updates(&self) -> &'static [&'static str] { #body }
    }
}
