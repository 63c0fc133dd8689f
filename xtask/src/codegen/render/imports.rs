//! The `use` lines of a generated file: what its code names, and no more.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::visit::{self, Visit};

use super::file_of;
use crate::codegen::model::{Model, Type, TypeDef};

/// What generated code may name beside the model's own types, by module.
const KNOWN: &[(&str, &[&str])] = &[
    ("std", &["fmt"]),
    ("std::convert", &["Infallible"]),
    ("std::str", &["FromStr"]),
    ("ecow", &["EcoString"]),
    (
        "serde",
        &["Deserialize", "Deserializer", "Serialize", "Serializer"],
    ),
    ("serde::de", &["Error", "MapAccess", "SeqAccess"]),
    ("serde::ser", &["SerializeSeq"]),
    ("serde_json::value", &["RawValue"]),
    ("crate", &["scan", "tagged"]),
    ("crate::route", &["Delivery", "Scope"]),
    (
        "crate::scalar",
        &[
            "Map",
            "Number",
            "Optional",
            "RawJson",
            "UnknownValue",
            "Unrecognized",
        ],
    ),
    ("crate::tagged", &["Tagged"]),
    ("super", &["shapes"]),
    (
        "super::shapes",
        &["Fixed", "Items", "Positional", "Shape", "Shaped"],
    ),
];

/// The `use` lines, one for each module, in a fixed order.
pub(super) fn imports(model: &Model, file: &str, body: &syn::File) -> TokenStream {
    let mut named = Named::default();
    named.visit_file(body);
    let mut uses: BTreeMap<(usize, String), BTreeSet<String>> = BTreeMap::new();
    for (module, name) in importable(model, file) {
        if named.0.contains(&name) {
            uses.entry((rank(&module), module))
                .or_default()
                .insert(name);
        }
    }
    let lines = uses
        .iter()
        .filter_map(|((_, module), names)| line(module, names));
    quote!(#(#lines)*)
}

/// Standard library, crates, ours.
pub(super) fn rank(module: &str) -> usize {
    match module.split("::").next() {
        Some("std") => 0,
        Some("crate") => 2,
        Some("super") => 3,
        _ => 1,
    }
}

fn line(module: &str, names: &BTreeSet<String>) -> Option<TokenStream> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let text = match names.as_slice() {
        [name] => format!("use {module}::{name};"),
        _ => format!("use {module}::{{{}}};", names.join(", ")),
    };
    text.parse().ok()
}

fn importable(model: &Model, file: &str) -> Vec<(String, String)> {
    let known = KNOWN.iter().flat_map(|(module, names)| {
        names
            .iter()
            .map(|name| ((*module).to_owned(), (*name).to_owned()))
    });
    let own = |name: &str| model.get(name).is_some();
    let mut found: Vec<_> = known.filter(|(_, name)| !own(name)).collect();
    found.extend(scalar_paths(model).iter().filter_map(|path| {
        path.rsplit_once("::")
            .map(|(module, name)| (module.to_owned(), name.to_owned()))
    }));
    let elsewhere = model
        .types
        .iter()
        .map(|def| (file_of(model, def), def))
        .filter(|(place, _)| place != file);
    found.extend(elsewhere.map(|(place, def)| {
        (
            format!("super::{}", place.trim_end_matches(".rs")),
            def.name.clone(),
        )
    }));
    found
}

fn scalar_paths(model: &Model) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let mut queue: Vec<&Type> = model.types.iter().flat_map(TypeDef::parts).collect();
    while let Some(ty) = queue.pop() {
        match ty {
            Type::Scalar { path, .. } => {
                paths.insert(path.clone());
            }
            Type::List(item) => queue.push(item),
            Type::Map(key, value) => queue.extend([&**key, &**value]),
            _ => {}
        }
    }
    paths
}

/// The first segment of every path, what derives name, and the one trait that is called through a type.
#[derive(Default)]
struct Named(BTreeSet<String>);

impl<'ast> Visit<'ast> for Named {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut segments = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        self.0.extend(segments.next());
        if segments.any(|segment| segment == "unknown_variant") {
            self.0.insert("Error".to_owned());
        }
        visit::visit_path(self, path);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        if list.path.is_ident("derive") {
            let names = list
                .tokens
                .clone()
                .into_iter()
                .filter_map(|token| match token {
                    TokenTree::Ident(name) => Some(name.to_string()),
                    _ => None,
                });
            self.0.extend(names);
        }
    }
}
