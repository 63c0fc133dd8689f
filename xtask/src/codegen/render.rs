//! Tokens to files: banner, `use` lines, formatting.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, parse_quote};

use super::model::{Model, TypeDef};

mod docs;
mod imports;

/// All tokens of the generated code, by Rust name.
pub(crate) struct Parts {
    pub(crate) types: BTreeMap<String, TokenStream>,
    pub(crate) impls: BTreeMap<String, TokenStream>,
    pub(crate) routes: BTreeMap<String, TokenStream>,
    /// The scanners of what the server sends; they stand in a file of their own.
    pub(crate) scan: TokenStream,
}

/// One file for each of the protocol's unions and one for the rest, by file name.
pub(crate) fn files(
    model: &Model,
    parts: &Parts,
    banner: &str,
    fingerprint: &str,
) -> Vec<(String, String)> {
    let mut files: BTreeMap<String, TokenStream> = BTreeMap::new();
    for def in &model.types {
        let file = files.entry(file_of(model, def)).or_default();
        for source in [&parts.types, &parts.impls, &parts.routes] {
            file.extend(source.get(&def.name).cloned());
        }
    }
    if !parts.scan.is_empty() {
        files.insert("scan.rs".to_owned(), parts.scan.clone());
    }
    let text = |(name, tokens): (String, TokenStream)| {
        let text = format!("{banner}\n\n{}", render(model, &name, &tokens));
        (name, text)
    };
    let mut files: Vec<(String, String)> = files.into_iter().map(text).collect();
    if files.iter().any(|(_, text)| text.contains("shapes::")) {
        files.push(("shapes.rs".to_owned(), format!("{banner}\n\n{SHAPES}")));
    }
    let names: Vec<&str> = files
        .iter()
        .map(|(name, _)| name.trim_end_matches(".rs"))
        .collect();
    files.push((
        "mod.rs".to_owned(),
        root(&names, &format!("{banner}\n{fingerprint}")),
    ));
    files.sort();
    files
}

/// What some generated types stand on, and is only there if they do.
pub(crate) const SHAPES: &str = include_str!("support/shapes.rs");

const SOME: &str =
    "#[allow(dead_code, reason = \"not every protocol has all that it can tell apart\")]";

const FAST: &str = "#[cfg(feature = \"fast\")]";
const LONG: &str =
    "#[allow(clippy::too_many_lines, reason = \"a scanner is as long as its type has fields\")]";

/// All types in one scope.
fn root(names: &[&str], banner: &str) -> String {
    let modules = names.iter().map(|name| match *name {
        "shapes" => format!("{SOME}\n#[rustfmt::skip]\nmod {name};\n"),
        "scan" => format!("{FAST}\n{LONG}\n#[rustfmt::skip]\nmod {name};\n"),
        _ => format!("#[rustfmt::skip]\nmod {name};\n"),
    });
    let public = names
        .iter()
        .filter(|name| !matches!(**name, "scan" | "shapes"));
    let uses = public.map(|name| format!("pub use {name}::*;\n"));
    format!(
        "{banner}\n\n{}\n{}",
        modules.collect::<String>(),
        uses.collect::<String>()
    )
}

fn file_of(model: &Model, def: &TypeDef) -> String {
    let role = match &def.name {
        name if Some(name) == model.client.as_ref() => "client_message",
        name if Some(name) == model.server.as_ref() => "server_message",
        name if Some(name) == model.kind.as_ref() => "subscription_kind",
        _ => "views",
    };
    format!("{role}.rs")
}

fn render(model: &Model, file: &str, body: &TokenStream) -> String {
    let parsed = syn::parse2(body.clone()).expect("quote built these tokens from whole items");
    let uses = imports::imports(model, file, &parsed);
    let file = syn::parse2(quote!(#uses #body)).expect("`use` lines before whole items are a file");
    spaced(&listed(&prettyplease::unparse(&file)))
}

/// One name a line where a list of imports takes several: one more name is then one more line.
fn listed(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        inside |= line.starts_with("use ") && line.ends_with('{');
        if inside && line.starts_with(' ') {
            for name in line.trim().trim_end_matches(',').split(", ") {
                out.extend(["    ", name, ",\n"]);
            }
        } else {
            inside &= !line.starts_with('}');
            out.extend([line, "\n"]);
        }
    }
    out
}

/// prettyplease sets no blank lines; a reader wants one after each item and between groups of `use` lines.
fn spaced(text: &str) -> String {
    let mut out = String::new();
    let (mut previous, mut group) = ("", None);
    for line in text.lines() {
        let inside = line.starts_with(' ') || line.starts_with('}');
        let next = line.strip_prefix("use ").map(imports::rank);
        let regrouped = !inside && group.is_some() && group != next;
        let after_item = !inside && previous == "}";
        let opens = !matches!(line.trim_start().chars().next(), Some('}' | ')') | None);
        if regrouped || after_item || opens && ends_member(previous) {
            out.push('\n');
        }
        if !inside {
            group = next;
        }
        out.push_str(line);
        out.push('\n');
        previous = line;
    }
    out
}

/// A method or an associated constant, one level in.
fn ends_member(line: &str) -> bool {
    matches!(line, "    }" | "    ];") || (line.starts_with("    const") && line.ends_with(';'))
}

/// A description as documentation: the specification's text, with what rustdoc would take for markup escaped.
pub(crate) fn doc(text: Option<&str>, wire: &str) -> Vec<Attribute> {
    let fallback = format!("`{wire}`; the specification says no more.");
    let text = text
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .unwrap_or(&fallback);
    let lines = docs::lines(text);
    lines.iter().map(|line| doc_line(line)).collect()
}

/// One line of documentation, as it stands.
pub(crate) fn doc_line(line: &str) -> Attribute {
    let line = match line.trim_end() {
        "" => String::new(),
        text => format!(" {text}"),
    };
    parse_quote!(#[doc = #line])
}
