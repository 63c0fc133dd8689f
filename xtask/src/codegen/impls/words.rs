//! String enums: to text and back, open where the server sends them.

use proc_macro2::TokenStream;
use quote::quote;

use crate::codegen::model::{TypeDef, Word};
use crate::codegen::types::ident;

pub(super) fn impls(def: &TypeDef, words: &[Word]) -> TokenStream {
    let name = ident(&def.name);
    let wires: Vec<&str> = words.iter().map(|word| word.wire.as_str()).collect();
    let variants: Vec<_> = words.iter().map(|word| ident(&word.rust)).collect();
    let other = if def.open {
        quote!(Self::Unrecognized(text) => text.as_str(),)
    } else {
        quote!()
    };
    let parse = parse(def, &name, &wires, &variants);
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

fn parse(
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
