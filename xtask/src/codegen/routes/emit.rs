//! Routes to Rust.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Access, Route, Routes};
use crate::codegen::model::{Model, Presence};
use crate::codegen::types::ident;

mod kind;
mod server;

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
    if !routes.known {
        return found;
    }
    if let Some(client) = &model.client {
        let none = TokenStream::new();
        let own = message_impl(model, client, &routes.client, routes, &none);
        found.insert(client.clone(), own);
    }
    if let Some(server) = &model.server {
        let methods = server::methods(model, server, routes);
        let own = message_impl(model, server, &routes.server, routes, &methods);
        found.insert(server.clone(), own);
    }
    if let Some(kind) = &model.kind {
        found.insert(kind.clone(), kind::kind_impl(model, kind, routes));
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

fn bare_pattern(route: &Route) -> TokenStream {
    let variant = ident(&route.variant);
    if route.payload.is_some() {
        quote!(Self::#variant(_))
    } else {
        quote!(Self::#variant)
    }
}
