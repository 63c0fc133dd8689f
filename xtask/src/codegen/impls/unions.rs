//! Externally tagged unions: the names of their variants, and how `tagged.rs` reads them.

use proc_macro2::TokenStream;
use quote::quote;

use crate::codegen::model::{Model, Payload, TypeDef, Union, Variant};
use crate::codegen::types::{field_serde, field_tokens, ident, tokens};

pub(super) fn impls(model: &Model, def: &TypeDef, union: &Union) -> TokenStream {
    let name = ident(&def.name);
    let wires: Vec<&str> = union
        .variants
        .iter()
        .map(|variant| variant.wire.as_str())
        .collect();
    let patterns = union.variants.iter().map(pattern);
    let other = if def.open {
        quote!(Self::Unrecognized(variant) => variant.name(),)
    } else {
        quote!()
    };
    let tagged = tagged_impl(model, def, union);
    let payloads = union.variants.iter().filter_map(payload_struct);
    let conversion = conversion(&name, union);
    quote! {
        impl #name {
            /// The names of all variants of the specification, as they stand on the wire.
            pub const NAMES: &'static [&'static str] = &[#(#wires),*];
            /// The variant's name as it stands on the wire.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    #(#patterns => #wires,)*
                    #other
                }
            }
        }
        #conversion
        #tagged
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                tagged::deserialize(deserializer)
            }
        }
        #(#payloads)*
    }
}

/// The pattern that matches a variant and looks at nothing in it.
pub(super) fn pattern(variant: &Variant) -> TokenStream {
    let name = ident(&variant.rust);
    match variant.payload {
        Payload::None => quote!(Self::#name),
        Payload::Type(_) => quote!(Self::#name(_)),
        Payload::Fields(_) => quote!(Self::#name { .. }),
    }
}

pub(super) fn conversion(name: &TokenStream, union: &Union) -> TokenStream {
    let target = union.conversion.as_ref();
    let Some(variant) = union
        .variants
        .iter()
        .find(|variant| Some(&variant.rust) == target)
    else {
        return TokenStream::new();
    };
    let Payload::Type(ty) = &variant.payload else {
        return TokenStream::new();
    };
    let (payload, variant) = (tokens(ty), ident(&variant.rust));
    quote! {
        impl From<#payload> for #name {
            fn from(value: #payload) -> Self {
                Self::#variant(value)
            }
        }
    }
}

fn tagged_impl(model: &Model, def: &TypeDef, union: &Union) -> TokenStream {
    let name = ident(&def.name);
    let expected = format!("a variant of {}", def.wire);
    let arms = union.variants.iter().map(read_arm);
    let bare = union
        .variants
        .iter()
        .filter(|variant| matches!(variant.payload, Payload::None));
    let (bare_wires, bare_names): (Vec<_>, Vec<_>) = bare
        .map(|variant| (variant.wire.as_str(), ident(&variant.rust)))
        .unzip();
    let bare_body = if bare_wires.is_empty() {
        quote!(
            fn bare(_tag: &str) -> Option<Self> {
                None
            }
        )
    } else {
        quote! {
            fn bare(tag: &str) -> Option<Self> {
                match tag {
                    #(#bare_wires => Some(Self::#bare_names),)*
                    _ => None,
                }
            }
        }
    };
    let (untagged_fields, read_untagged) = untagged(model, union).unzip();
    let quirks = quirks(def, union);
    quote! {
        impl Tagged for #name {
            const EXPECTED: &'static str = #expected;
            const TAGS: &'static [&'static str] = Self::NAMES;
            #untagged_fields
            fn read<'de, A: MapAccess<'de>>(tag: &'static str, map: &mut A) -> Result<Self, A::Error> {
                match tag {
                    #(#arms)*
                    _ => Err(A::Error::unknown_variant(tag, Self::TAGS)),
                }
            }
            #bare_body
            #quirks
            #read_untagged
        }
    }
}

fn read_arm(variant: &Variant) -> TokenStream {
    let (wire, name) = (&variant.wire, ident(&variant.rust));
    match &variant.payload {
        Payload::None => quote!(#wire => tagged::skip_payload(map).map(|()| Self::#name),),
        Payload::Type(_) => quote!(#wire => map.next_value().map(Self::#name),),
        Payload::Fields(fields) => {
            let payload = payload_name(variant);
            let names: Vec<_> = fields.iter().map(|field| ident(&field.rust)).collect();
            quote! {
                #wire => {
                    let #payload { #(#names),* } = map.next_value()?;
                    Ok(Self::#name { #(#names),* })
                }
            }
        }
    }
}

/// How the fields of a struct variant are read.
fn payload_struct(variant: &Variant) -> Option<TokenStream> {
    let Payload::Fields(fields) = &variant.payload else {
        return None;
    };
    let (payload, serde) = (payload_name(variant), fields.iter().map(field_serde));
    let (names, types) = (
        fields.iter().map(|field| ident(&field.rust)),
        fields.iter().map(field_tokens),
    );
    Some(quote! {
        #[derive(Deserialize)]
        struct #payload { #(#serde #names: #types),* }
    })
}

fn payload_name(variant: &Variant) -> TokenStream {
    ident(&format!("{}Payload", variant.rust))
}

/// The corners of the wire that the annotations tell of.
fn quirks(def: &TypeDef, union: &Union) -> TokenStream {
    let mut quirks = TokenStream::new();
    if def.open {
        quirks.extend(quote! {
            fn unrecognized(variant: Unrecognized) -> Option<Self> { Some(Self::Unrecognized(variant)) }
        });
    }
    if let Some(name) = union.null.as_deref().map(ident) {
        quirks.extend(quote!(fn null() -> Option<Self> { Some(Self::#name) }));
    }
    if let Some(name) = union.bare_string.as_deref().map(ident) {
        quirks.extend(quote! {
            fn bare_string(text: &str) -> Option<Self> { Some(Self::#name(text.into())) }
        });
    }
    quirks
}

fn untagged(model: &Model, union: &Union) -> Option<(TokenStream, TokenStream)> {
    let wire = union.untagged.as_ref()?;
    let variant = union
        .variants
        .iter()
        .find(|variant| variant.wire == *wire)?;
    let Payload::Type(ty) = &variant.payload else {
        return None;
    };
    let fields: Vec<&str> = model
        .fields(ty)?
        .iter()
        .map(|field| field.wire.as_str())
        .collect();
    let (name, payload) = (ident(&variant.rust), tokens(ty));
    let constant = quote!(const UNTAGGED_FIELDS: &'static [&'static str] = &[#(#fields),*];);
    let method = quote! {
        fn read_untagged<'de, D: Deserializer<'de>>(payload: D) -> Result<Self, D::Error> {
            #payload::deserialize(payload).map(Self::#name)
        }
    };
    Some((constant, method))
}
