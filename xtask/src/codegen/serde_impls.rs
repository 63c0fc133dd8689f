//! What every type can do by itself: read itself tolerantly, name its value, fill in a default.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::model::{
    Default, Field, Integer, Model, Payload, Presence, Shape, Type, TypeDef, Union, Variant, Word,
};
use super::types::{field_serde, field_tokens, ident, integer_tokens};

/// The `impl` blocks of all types, by Rust name.
pub(crate) fn emit(model: &Model) -> BTreeMap<String, TokenStream> {
    let emit = |def: &TypeDef| {
        let own = match &def.shape {
            Shape::Record(fields) => record(def, fields),
            Shape::Union(union) => union_impls(model, def, union),
            Shape::Words(words) => words_impls(def, words),
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
            quote!(self.#name.get().map(String::as_str))
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
    let returns = super::types::tokens(ty);
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

fn words_impls(def: &TypeDef, words: &[Word]) -> TokenStream {
    let name = ident(&def.name);
    let wires: Vec<&str> = words.iter().map(|word| word.wire.as_str()).collect();
    let variants: Vec<_> = words.iter().map(|word| ident(&word.rust)).collect();
    let other = if def.open {
        quote!(Self::Unrecognized(text) => text.as_str(),)
    } else {
        quote!()
    };
    let parse = words_parse(def, &name, &wires, &variants);
    quote! {
        impl #name {
            /// The values of the specification, as they stand on the wire.
            pub const NAMES: &'static [&'static str] = &[#(#wires),*];
            /// The value as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #wires,)*
                    #other
                }
            }
        }
        impl fmt::Display for #name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }
        #parse
        impl Serialize for #name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    }
}

fn words_parse(
    def: &TypeDef,
    name: &TokenStream,
    wires: &[&str],
    variants: &[TokenStream],
) -> TokenStream {
    let expected = format!("a value of {}", def.wire);
    if def.open {
        return quote! {
            impl From<&str> for #name {
                fn from(text: &str) -> Self {
                    match text {
                        #(#wires => Self::#variants,)*
                        _ => Self::Unrecognized(text.into()),
                    }
                }
            }
            impl FromStr for #name {
                type Err = Infallible;
                fn from_str(text: &str) -> Result<Self, Infallible> {
                    Ok(Self::from(text))
                }
            }
            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    tagged::deserialize_word(deserializer, #expected, |text| Some(Self::from(text)))
                }
            }
        };
    }
    quote! {
        impl FromStr for #name {
            type Err = UnknownValue;
            fn from_str(text: &str) -> Result<Self, UnknownValue> {
                match text {
                    #(#wires => Ok(Self::#variants),)*
                    _ => Err(UnknownValue::new(Self::NAMES)),
                }
            }
        }
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                tagged::deserialize_word(deserializer, #expected, |text| text.parse().ok())
            }
        }
    }
}

fn union_impls(model: &Model, def: &TypeDef, union: &Union) -> TokenStream {
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
pub(crate) fn pattern(variant: &Variant) -> TokenStream {
    let name = ident(&variant.rust);
    match variant.payload {
        Payload::None => quote!(Self::#name),
        Payload::Type(_) => quote!(Self::#name(_)),
        Payload::Fields(_) => quote!(Self::#name { .. }),
    }
}

fn conversion(name: &TokenStream, union: &Union) -> TokenStream {
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
    let (payload, variant) = (super::types::tokens(ty), ident(&variant.rust));
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
            fn bare_string(text: &str) -> Option<Self> { Some(Self::#name(text.to_owned())) }
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
    let (name, payload) = (ident(&variant.rust), super::types::tokens(ty));
    let constant = quote!(const UNTAGGED_FIELDS: &'static [&'static str] = &[#(#fields),*];);
    let method = quote! {
        fn read_untagged<'de, D: Deserializer<'de>>(payload: D) -> Result<Self, D::Error> {
            #payload::deserialize(payload).map(Self::#name)
        }
    };
    Some((constant, method))
}
