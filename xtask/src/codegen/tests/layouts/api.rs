//! Generated code without its docs, and the public names in it.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Fields, ImplItem, Item, Visibility};

use crate::codegen::Output;

/// The files of an output as code alone: the banner is a comment, docs are attributes, and both are left out.
pub(super) fn code(output: &Output) -> Vec<(String, String)> {
    let bare = |(name, text): &(String, String)| {
        let tokens = text.parse().unwrap();
        (name.clone(), without_docs(tokens).to_string())
    };
    output.files.iter().map(bare).collect()
}

/// Where code differs first, with some of what stands around.
pub(super) fn first_difference(
    old: &[(String, String)],
    new: &[(String, String)],
) -> Option<String> {
    for (index, (file, new)) in new.iter().enumerate() {
        let Some((_, old)) = old.get(index).filter(|(name, _)| name == file) else {
            return Some(format!("{file} is not among the files"));
        };
        if old != new {
            let same = old
                .bytes()
                .zip(new.bytes())
                .take_while(|(old, new)| old == new);
            let from = old.floor_char_boundary(same.count().saturating_sub(40));
            let piece = |text: &str| {
                text.get(from..)
                    .map(|rest| rest.chars().take(120).collect::<String>())
            };
            return Some(format!("{file}:\n  {:?}\n  {:?}", piece(old), piece(new)));
        }
    }
    (old.len() != new.len()).then(|| "a file is missing".to_owned())
}

fn without_docs(tokens: TokenStream) -> TokenStream {
    let mut bare = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if is_doc(&group) => {
                // The hash in front, and the mark of an inner attribute.
                while matches!(bare.last(), Some(TokenTree::Punct(mark)) if "#!".contains(mark.as_char()))
                {
                    bare.pop();
                }
            }
            TokenTree::Group(group) => {
                let inner = without_docs(group.stream());
                bare.push(Group::new(group.delimiter(), inner).into());
            }
            other => bare.push(other),
        }
    }
    bare.into_iter().collect()
}

fn is_doc(group: &Group) -> bool {
    group.delimiter() == Delimiter::Bracket
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
}

/// Types, fields, variants, functions, constants and implementations, in no order.
pub(super) fn api(output: &Output) -> BTreeSet<String> {
    let items = code(output).into_iter().flat_map(|(_, text)| {
        let file: syn::File = syn::parse_str(&text).unwrap();
        file.items
    });
    items.flat_map(|item| lines(&item)).collect()
}

fn lines(item: &Item) -> Vec<String> {
    match item {
        Item::Struct(item) => {
            let (name, attributes) = (&item.ident, &item.attrs);
            let mut lines = vec![spelled(quote!(#(#attributes)* struct #name))];
            lines.extend(fields(&item.fields, &name.to_string()));
            lines
        }
        Item::Enum(item) => {
            let (name, attributes) = (&item.ident, &item.attrs);
            let variants = item.variants.iter();
            let variant = |variant: &syn::Variant| spelled(quote!(#name :: #variant));
            let mut lines = vec![spelled(quote!(#(#attributes)* enum #name))];
            lines.extend(variants.map(variant));
            lines
        }
        Item::Impl(item) => implementation(item),
        Item::Fn(item) if is_public(&item.vis) => vec![spelled(&item.sig)],
        Item::Const(item) if is_public(&item.vis) => {
            let (name, ty) = (&item.ident, &item.ty);
            vec![spelled(quote!(const #name: #ty))]
        }
        Item::Type(item) if is_public(&item.vis) => vec![spelled(item)],
        _ => Vec::new(),
    }
}

fn fields(fields: &Fields, owner: &str) -> Vec<String> {
    let line = |field: &syn::Field| format!("{owner}.{}", spelled(field));
    fields.iter().map(line).collect()
}

fn implementation(item: &syn::ItemImpl) -> Vec<String> {
    let (generics, ty) = (&item.generics, &item.self_ty);
    let of = item.trait_.as_ref().map(|(_, path, _)| quote!(#path for));
    let header = spelled(quote!(impl #generics #of #ty));
    let member = |member: &ImplItem| match member {
        ImplItem::Fn(method) => Some(spelled(&method.sig)),
        ImplItem::Const(constant) => {
            let (name, ty) = (&constant.ident, &constant.ty);
            Some(spelled(quote!(const #name: #ty)))
        }
        _ => None,
    };
    let members: Vec<String> = item.items.iter().filter_map(member).collect();
    let with_header = |member| format!("{header}: {member}");
    std::iter::once(header.clone())
        .chain(members.into_iter().map(with_header))
        .collect()
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn spelled(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

#[test]
fn docs_count_for_nothing_and_fields_for_much() {
    let output = |text: &str| Output {
        files: vec![("a.rs".to_owned(), text.to_owned())],
        warnings: Vec::new(),
        server: None,
        types: 0,
        messages: Vec::new(),
    };
    let bare = output(
        "#[derive(Debug)] pub struct A { pub b: u8, pub c: u8 } impl A { pub fn d(&self) {} }",
    );
    let documented = output(
        "// Banner.\n//! A module.\n/// A type.\n#[derive(Debug)] pub struct A { pub b: u8, /** Last. */ pub c: u8 } \
         impl A { /// None.\n pub fn d(&self) {} }",
    );
    let turned = output(
        "impl A { pub fn d(&self) {} } #[derive(Debug)] pub struct A { pub c: u8, pub b: u8 }",
    );
    let widened = output(
        "#[derive(Debug)] pub struct A { pub b: u8, pub c: u16 } impl A { pub fn d(&self) {} }",
    );
    assert_eq!(code(&bare), code(&documented));
    assert_ne!(code(&bare), code(&turned));
    assert_eq!(api(&bare), api(&turned));
    assert_ne!(api(&bare), api(&widened));
    assert!(first_difference(&code(&bare), &code(&documented)).is_none());
    assert!(
        first_difference(&code(&bare), &code(&widened))
            .unwrap()
            .contains("u16")
    );
}
