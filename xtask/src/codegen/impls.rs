//! What every type can do by itself: read itself tolerantly, name its value, fill in a default.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::model::{Default, Field, Integer, Model, Presence, Shape, Tagging, Type, TypeDef};
use super::types::{ident, integer_tokens, tokens};

mod shapes;
mod unions;
mod words;

/// The `impl` blocks of all types, by Rust name.
pub(crate) fn emit(model: &Model) -> BTreeMap<String, TokenStream> {
    let emit = |def: &TypeDef| {
        let own = match &def.shape {
            Shape::Record(fields) => {
                let (own, reading) = (record(def, fields), shapes::others(def, fields));
                quote!(#own #reading)
            }
            Shape::Tuple(fields) => shapes::tuple(def, fields),
            Shape::Union(union) => match &union.tagging {
                Tagging::External => unions::impls(model, def, union),
                Tagging::Shaped { tag, marks } => shapes::union(def, union, tag.as_deref(), marks),
            },
            Shape::Words(_) if def.tag => TokenStream::new(),
            Shape::Words(words) => words::impls(def, words),
            Shape::Newtype(integer) => newtype(def, *integer),
        };
        let debug = if def.redacted {
            redacted(def)
        } else {
            TokenStream::new()
        };
        (def.name.clone(), quote!(#own #debug))
    };
    model.types.iter().map(emit).collect()
}

fn redacted(def: &TypeDef) -> TokenStream {
    let (name, text) = (ident(&def.name), format!("{}(redacted)", def.name));
    quote! {
        /// Shows the name alone: what is inside must not reach a log.
        impl fmt::Debug for #name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(#text)
            }
        }
    }
}

fn record(def: &TypeDef, fields: &[Field]) -> TokenStream {
    let accessors: Vec<_> = fields.iter().filter_map(default_accessor).collect();
    if accessors.is_empty() {
        return TokenStream::new();
    }
    let name = ident(&def.name);
    quote!(impl #name { #(#accessors)* })
}

/// An absent field keeps absent on the wire; what it means is a question to ask.
fn default_accessor(field: &Field) -> Option<TokenStream> {
    let default = field.default.as_ref()?;
    let (name, method) = (
        ident(&field.rust),
        ident(&format!("{}_or_default", field.rust)),
    );
    let nullable = field.presence == Presence::OptionalNullable;
    let value = Absent {
        copied: if nullable {
            quote!(self.#name.copied())
        } else {
            quote!(self.#name)
        },
        cloned: if nullable {
            quote!(self.#name.get().cloned())
        } else {
            quote!(self.#name.clone())
        },
        text: if nullable {
            quote!(self.#name.get().map(EcoString::as_str))
        } else {
            quote!(self.#name.as_deref())
        },
    };
    let (returns, body) = default_value(&field.ty, default, &value)?;
    let docs = format!(" `{}`, or what its absence means.", field.wire);
    Some(quote! {
        #[doc = #docs]
        #[must_use]
        pub fn #method(&self) -> #returns { #body }
    })
}

/// A field that may be absent, as an `Option` of its own kind.
struct Absent {
    copied: TokenStream,
    cloned: TokenStream,
    text: TokenStream,
}

fn default_value(
    ty: &Type,
    default: &Default,
    value: &Absent,
) -> Option<(TokenStream, TokenStream)> {
    let returns = tokens(ty);
    let Absent {
        copied,
        cloned,
        text,
    } = value;
    let body = match (ty, default) {
        (Type::Bool, Default::Bool(flag)) => quote!(#copied.unwrap_or(#flag)),
        (Type::Integer(_), Default::Unsigned(number)) => {
            let number = Literal::u64_unsuffixed(*number);
            quote!(#copied.unwrap_or(#number))
        }
        (Type::Named(_), Default::Unsigned(number)) => {
            let number = Literal::u64_unsuffixed(*number);
            quote!(#copied.unwrap_or(#returns(#number)))
        }
        (Type::Named(_), Default::Word(word)) => {
            let word = ident(word);
            quote!(#cloned.unwrap_or(#returns::#word))
        }
        (Type::String, Default::Text(default)) => {
            return Some((quote!(&str), quote!(#text.unwrap_or(#default))));
        }
        _ => return None,
    };
    Some((returns, body))
}

fn newtype(def: &TypeDef, integer: Integer) -> TokenStream {
    let (name, inner) = (ident(&def.name), integer_tokens(integer));
    quote! {
        impl fmt::Display for #name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }
        impl From<#inner> for #name {
            fn from(value: #inner) -> Self {
                Self(value)
            }
        }
        impl From<#name> for #inner {
            fn from(value: #name) -> Self {
                value.0
            }
        }
    }
}
