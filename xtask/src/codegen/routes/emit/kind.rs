//! What a subscription kind tells of itself.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Match, getter, scope_by_account};
use crate::codegen::model::{Model, Presence};
use crate::codegen::routes::{Access, KindRoute, Routes};
use crate::codegen::types::ident;

pub(super) fn kind_impl(model: &Model, kind: &str, routes: &Routes) -> TokenStream {
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
