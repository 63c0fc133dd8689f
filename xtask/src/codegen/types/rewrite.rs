//! typify's output with our documentation, derives and serde attributes on it.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Fields, Item, ItemEnum, ItemImpl, ItemStruct, parse_quote};

use super::{field_serde, field_tokens, ident, tokens};
use crate::codegen::model::{
    Field, Model, Others, Payload, Presence, Shape, Type, TypeDef, Union, Variant, Word,
};
use crate::codegen::render::{doc, doc_line};

mod example;

/// Keeps typify's structs, enums and payload conversions; drops what we write ourselves.
pub(super) fn rewrite(model: &Model, stream: TokenStream) -> BTreeMap<String, TokenStream> {
    let mut file: syn::File =
        syn::parse2(stream).expect("typify's output is Rust: it parses its own before it returns");
    Shorten.visit_file_mut(&mut file);
    let mut found: BTreeMap<String, TokenStream> = BTreeMap::new();
    for item in file.items {
        let Some((name, tokens)) = kept(model, item) else {
            continue;
        };
        found.entry(name).or_default().extend(tokens);
    }
    found
}

fn kept(model: &Model, item: Item) -> Option<(String, TokenStream)> {
    match item {
        Item::Struct(item) => {
            let def = model.get(&item.ident.to_string())?;
            Some((def.name.clone(), structure(def, item)))
        }
        Item::Enum(item) => {
            let def = model.get(&item.ident.to_string())?;
            Some((def.name.clone(), enumeration(model, def, item)))
        }
        Item::Impl(item) => conversion(model, &item),
        _ => None,
    }
}

fn structure(def: &TypeDef, mut item: ItemStruct) -> TokenStream {
    item.attrs = attributes(def);
    match &def.shape {
        Shape::Record(fields) => {
            item.fields = dressed(&item.fields, fields, true);
            if let (Fields::Named(named), Some(others)) = (&mut item.fields, &def.others) {
                named.named.push(others_field(others));
            }
        }
        Shape::Tuple(fields) => {
            item.fields = places(&item.fields, fields, def.others.as_ref());
            item.semi_token = Some(<syn::Token![;]>::default());
        }
        Shape::Newtype(_) => item.attrs.push(parse_quote!(#[serde(transparent)])),
        Shape::Union(_) | Shape::Words(_) => {}
    }
    item.into_token_stream()
}

fn enumeration(model: &Model, def: &TypeDef, mut item: ItemEnum) -> TokenStream {
    item.attrs = attributes(def);
    match &def.shape {
        Shape::Union(union) => variants(model, def, union, &mut item),
        Shape::Words(words) => plain(def, words, &mut item),
        Shape::Record(_) | Shape::Tuple(_) | Shape::Newtype(_) => {}
    }
    item.into_token_stream()
}

/// The unions that a reader begins with: those alone show examples.
fn is_message(model: &Model, name: &str) -> bool {
    let unions = [&model.client, &model.server, &model.kind];
    unions.into_iter().flatten().any(|union| union == name)
}

fn others_field(others: &Others) -> syn::Field {
    let (name, ty) = (ident(&others.rust), tokens(&others.ty));
    parse_quote!(
        /// Members that the specification does not name.
        #[serde(flatten)]
        pub #name: Map<EcoString, #ty>
    )
}

/// The fields of a tuple, with the types typify gave them.
fn places(theirs: &Fields, ours: &[Field], others: Option<&Others>) -> Fields {
    let place = |(index, field): (usize, &Field)| {
        let known = theirs
            .iter()
            .find(|known| known.ident.as_ref().is_some_and(|id| *id == field.rust));
        let ty = known.map_or_else(|| field_tokens(field), |known| place_type(field, &known.ty));
        let docs = doc(field.docs.as_deref(), &format!("place {index}"));
        quote!(#(#docs)* pub #ty)
    };
    let own = ours.iter().enumerate().map(place);
    let rest = others.map(|others| {
        let ty = tokens(&others.ty);
        quote!(
            /// All further elements.
            pub Vec<#ty>
        )
    });
    let all = own.chain(rest);
    Fields::Unnamed(parse_quote!((#(#all),*)))
}

/// An element that may be both null and left out is an option of an option.
fn place_type(field: &Field, ty: &syn::Type) -> TokenStream {
    let inner = optional(ty).unwrap_or(ty);
    match field.presence {
        Presence::Required => ty.to_token_stream(),
        Presence::Nullable | Presence::Optional => quote!(Option<#inner>),
        Presence::OptionalNullable => quote!(Option<Option<#inner>>),
    }
}

fn variants(model: &Model, def: &TypeDef, union: &Union, item: &mut ItemEnum) {
    // typify keeps their order.
    for (variant, ours) in item.variants.iter_mut().zip(&union.variants) {
        variant.ident = format_ident!("{}", ours.rust);
        variant.attrs = doc(ours.docs.as_deref(), &ours.wire);
        if is_message(model, &def.name)
            && let Some(example) = &ours.example
        {
            let shown = example::lines(model.path.as_deref(), &def.name, &ours.wire, example);
            variant
                .attrs
                .extend(shown.into_iter().map(|line| doc_line(&line)));
        }
        if ours.wire != ours.rust && union.external() {
            let wire = &ours.wire;
            variant.attrs.push(parse_quote!(#[serde(rename = #wire)]));
        }
        if let Payload::Fields(fields) = &ours.payload {
            variant.fields = dressed(&variant.fields, fields, false);
        }
    }
    if !union.external() {
        item.attrs.push(parse_quote!(#[serde(untagged)]));
    }
    if def.open && union.external() {
        item.variants.push(parse_quote!(
            /// A variant that the specification does not have, kept as it came.
            #[serde(untagged)]
            Unrecognized(Unrecognized)
        ));
    } else if def.open {
        item.variants.push(parse_quote!(
            /// What no variant of the specification fits, kept as it came.
            Unrecognized(RawJson)
        ));
    }
}

fn plain(def: &TypeDef, words: &[Word], item: &mut ItemEnum) {
    for (variant, word) in item.variants.iter_mut().zip(words) {
        variant.ident = format_ident!("{}", word.rust);
        variant.attrs = doc(word.docs.as_deref(), &word.wire);
        if def.tag {
            let wire = &word.wire;
            variant.attrs.push(parse_quote!(#[default]));
            variant.attrs.push(parse_quote!(#[serde(rename = #wire)]));
        }
    }
    if def.open {
        item.variants.push(parse_quote!(
            /// A value that the specification does not have, kept as it came.
            Unrecognized(EcoString)
        ));
    }
}

/// The fields in the order of the specification, with the types typify gave them.
fn dressed(theirs: &Fields, ours: &[Field], public: bool) -> Fields {
    let fields = ours.iter().map(|field| {
        let name = ident(&field.rust);
        let known = theirs
            .iter()
            .find(|known| known.ident.as_ref().is_some_and(|id| *id == field.rust));
        let docs = doc(field.docs.as_deref(), &field.wire);
        let serde = field_serde(field);
        let ty = known.map_or_else(|| field_tokens(field), |known| wrapped(field, &known.ty));
        let visibility = if public { quote!(pub) } else { quote!() };
        quote!(#(#docs)* #serde #visibility #name: #ty)
    });
    Fields::Named(parse_quote!({ #(#fields),* }))
}

/// typify's type in what the field's presence asks for: it knows `Option` alone, and leaves lists and maps bare.
fn wrapped(field: &Field, ty: &syn::Type) -> TokenStream {
    let inner = optional(ty).unwrap_or(ty);
    match field.presence {
        Presence::Required => ty.to_token_stream(),
        Presence::Nullable | Presence::Optional => quote!(Option<#inner>),
        Presence::OptionalNullable => quote!(Optional<#inner>),
    }
}

/// The type inside an `Option`.
fn optional(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == "Option")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

fn attributes(def: &TypeDef) -> Vec<Attribute> {
    let mut attributes = doc(def.docs.as_deref(), &def.wire);
    let derives = derives(def);
    attributes.push(parse_quote!(#[derive(#(#derives),*)]));
    if matches!(def.shape, Shape::Union(_) | Shape::Words(_)) && !def.tag {
        attributes.push(parse_quote!(#[non_exhaustive]));
    }
    attributes
}

fn derives(def: &TypeDef) -> Vec<TokenStream> {
    let traits = def.traits;
    let serde = match &def.shape {
        // Members of any name are read apart from the declared ones.
        Shape::Record(_) if def.others.is_some() => vec![quote!(Serialize)],
        Shape::Record(_) | Shape::Newtype(_) => {
            vec![quote!(Serialize), quote!(Deserialize)]
        }
        // Reading a union is written by hand, in `tagged.rs`; so are both ways of a string enum.
        Shape::Union(_) => vec![quote!(Serialize)],
        Shape::Words(_) if def.tag => {
            vec![quote!(Default), quote!(Serialize), quote!(Deserialize)]
        }
        Shape::Tuple(_) | Shape::Words(_) => Vec::new(),
    };
    let chosen = [
        (true, quote!(Clone)),
        (traits.copy, quote!(Copy)),
        (!def.redacted, quote!(Debug)),
        (true, quote!(PartialEq)),
        (traits.eq, quote!(Eq)),
        (traits.eq && traits.ord, quote!(PartialOrd)),
        (traits.eq && traits.ord, quote!(Ord)),
        (traits.eq, quote!(Hash)),
    ];
    let chosen = chosen
        .into_iter()
        .filter_map(|(wanted, name)| wanted.then_some(name));
    chosen.chain(serde).collect()
}

/// `From<Payload>` for a union, where the payload is a type of its own and of that variant alone.
fn conversion(model: &Model, item: &ItemImpl) -> Option<(String, TokenStream)> {
    let target = item.self_ty.to_token_stream().to_string();
    let union = model.union(&target)?;
    let (_, path, _) = item.trait_.as_ref()?;
    let from = path
        .segments
        .last()
        .filter(|segment| segment.ident == "From")?;
    let syn::PathArguments::AngleBracketed(arguments) = &from.arguments else {
        return None;
    };
    let payload = arguments.args.to_token_stream().to_string();
    let named = |variant: &&Variant| matches!(&variant.payload, Payload::Type(Type::Named(name)) if *name == payload);
    let mut variants = union.variants.iter().filter(named);
    let (Some(variant), None) = (variants.next(), variants.next()) else {
        return None;
    };
    if union.conversion.as_ref() == Some(&variant.rust) {
        return None;
    }
    Some((target, item.to_token_stream()))
}

/// `::std::vec::Vec` and `crate::scalar::Decimal` to the names that the file's `use` lines bring in, and `String` to ours.
struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        let first = path
            .segments
            .first()
            .map(|segment| segment.ident.to_string());
        let library = path.leading_colon.is_some() && first.as_deref() == Some("std");
        let ours = path.segments.len() > 2 && first.as_deref() == Some("crate");
        if library || ours {
            let last = path.segments.pop().map(syn::punctuated::Pair::into_value);
            path.segments.clear();
            path.segments.extend(last);
            path.leading_colon = None;
        }
        // A short text needs no heap this way, and a copy of a long one is cheap.
        if library && path.is_ident("String") {
            *path = parse_quote!(EcoString);
        }
    }
}
