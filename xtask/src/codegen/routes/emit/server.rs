//! What only the server's messages tell: how to merge them, and to which subscription they belong.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Match, bare_pattern, field_path};
use crate::codegen::annotations::Delivery;
use crate::codegen::model::{Model, Presence};
use crate::codegen::routes::{Access, Route, Routes};
use crate::codegen::types::ident;

pub(super) fn methods(model: &Model, server: &str, routes: &Routes) -> TokenStream {
    let delivery = delivery(Match::on(model, server), &routes.server);
    let merge_key = merge_key(Match::on(model, server), &routes.server);
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
