//! What `shapes.rs` is told of unions without tags, of tuples, and of objects with members of any name.

use proc_macro2::TokenStream;
use quote::quote;

use super::unions::{conversion, pattern};
use crate::codegen::lower::marks::{ANY, KINDS, OBJECT};
use crate::codegen::model::{
    Field, Fixed, FixedMark, Marks, Member, Presence, TypeDef, Union, Variant,
};
use crate::codegen::types::{field_serde, field_tokens, ident};

/// A union whose variants are told apart by what is in them.
pub(super) fn union(
    def: &TypeDef,
    union: &Union,
    tag: Option<&[String]>,
    marks: &[Vec<Marks>],
) -> TokenStream {
    let name = ident(&def.name);
    let wires: Vec<&str> = union
        .variants
        .iter()
        .map(|variant| variant.wire.as_str())
        .collect();
    let patterns = union.variants.iter().map(pattern);
    let other = def
        .open
        .then(|| quote!(Self::Unrecognized(_) => "Unrecognized",));
    let shaped = shaped(def, union, tag, marks);
    let conversion = conversion(&name, union);
    quote! {
        impl #name {
            /// The names of all variants of the specification.
            pub const NAMES: &'static [&'static str] = &[#(#wires),*];
            /// The variant's name in the specification.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    #(#patterns => #wires,)*
                    #other
                }
            }
        }
        #conversion
        #shaped
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                shapes::deserialize(deserializer)
            }
        }
    }
}

fn shaped(
    def: &TypeDef,
    union: &Union,
    tag: Option<&[String]>,
    marks: &[Vec<Marks>],
) -> TokenStream {
    let name = ident(&def.name);
    let expected = format!("a variant of {}", def.wire);
    let tag =
        tag.map(|path| quote!(const TAG: Option<&'static [&'static str]> = Some(&[#(#path),*]);));
    let shapes = union.variants.iter().zip(marks).map(|(variant, marks)| {
        let (wire, marks) = (&variant.wire, marks.iter().map(shape));
        quote!((#wire, &[#(#marks),*]))
    });
    let arms = union.variants.iter().map(|variant: &Variant| {
        let (wire, rust) = (&variant.wire, ident(&variant.rust));
        quote!(#wire => serde_json::from_str(json).map(Self::#rust),)
    });
    let unrecognized = def.open.then(|| {
        quote! {
            fn unrecognized(json: Box<RawValue>) -> Option<Self> {
                Some(Self::Unrecognized(json.into()))
            }
        }
    });
    quote! {
        impl Shaped for #name {
            const EXPECTED: &'static str = #expected;
            #tag
            const SHAPES: &'static [(&'static str, &'static [Shape])] = &[#(#shapes),*];
            fn read(name: &str, json: &str) -> serde_json::Result<Self> {
                match name {
                    #(#arms)*
                    _ => Err(serde_json::Error::unknown_variant(name, Self::NAMES)),
                }
            }
            #unrecognized
        }
    }
}

fn shape(marks: &Marks) -> TokenStream {
    let kinds = kinds(marks.kinds);
    let fixed = marks.fixed.iter().map(|FixedMark { path, values, .. }| {
        let values = values.iter().map(fixed);
        quote!((&[#(#path),*], &[#(#values),*]))
    });
    let members = |required: bool| {
        let own = marks
            .members
            .iter()
            .filter(move |member| member.required == required);
        own.map(|Member { name, kinds, .. }| {
            let kinds = self::kinds(*kinds);
            quote!((#name, #kinds))
        })
    };
    if marks.kinds == OBJECT && marks.members.is_empty() {
        return quote!(Shape::told(&[#(#fixed),*]));
    }
    let (required, optional) = (members(true), members(false));
    quote! {
        Shape {
            kinds: #kinds,
            fixed: &[#(#fixed),*],
            required: &[#(#required),*],
            optional: &[#(#optional),*],
        }
    }
}

fn fixed(value: &Fixed) -> TokenStream {
    match value {
        Fixed::Text(text) => quote!(Fixed::Text(#text)),
        Fixed::Number(text) => quote!(Fixed::Number(#text)),
        Fixed::Bool(flag) => quote!(Fixed::Bool(#flag)),
        Fixed::Null => quote!(Fixed::Null),
    }
}

fn kinds(kinds: u8) -> TokenStream {
    if kinds == ANY {
        return quote!(shapes::ANY);
    }
    // The widest first: a number may be an integer.
    let mut left = kinds;
    let mut names = Vec::new();
    for (name, kind) in KINDS.iter().rev() {
        if *kind & !kinds == 0 && left & kind != 0 {
            names.push(ident(name));
            left &= !kind;
        }
    }
    names.reverse();
    quote!(#(shapes::#names)|*)
}

/// Reads an object with members of any name; nothing where it has none.
pub(super) fn others(def: &TypeDef, fields: &[Field]) -> TokenStream {
    let Some(others) = &def.others else {
        return TokenStream::new();
    };
    let (name, declared) = (ident(&def.name), ident(&format!("{}Declared", def.name)));
    let serde = fields.iter().map(field_serde);
    let names: Vec<_> = fields.iter().map(|field| ident(&field.rust)).collect();
    let types = fields.iter().map(field_tokens);
    let wires = fields
        .iter()
        .flat_map(|field| std::iter::once(&field.wire).chain(&field.aliases));
    let rest = ident(&others.rust);
    quote! {
        #[derive(Deserialize)]
        struct #declared { #(#serde #names: #types),* }
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let declared = &[#(#wires),*];
                let (fields, #rest) = shapes::deserialize_others(deserializer, declared)?;
                let #declared { #(#names),* } = fields;
                Ok(Self { #(#names,)* #rest })
            }
        }
    }
}

/// Reads and writes an array whose places have meanings.
pub(super) fn tuple(def: &TypeDef, fields: &[Field]) -> TokenStream {
    let name = ident(&def.name);
    let expected = format!("an array of {}", def.wire);
    let always = |field: &Field| matches!(field.presence, Presence::Required | Presence::Nullable);
    let reads = fields.iter().map(|field| {
        if always(field) {
            quote!(items.next()?)
        } else {
            quote!(items.next_if_any()?)
        }
    });
    let rest = def.others.is_some().then(|| quote!(items.rest()?));
    let reads = reads.chain(rest);
    let writes = fields.iter().enumerate().map(|(index, field)| {
        let place = syn::Index::from(index);
        if always(field) {
            quote!(SerializeSeq::serialize_element(&mut array, &self.#place)?;)
        } else {
            quote!(if let Some(item) = &self.#place { SerializeSeq::serialize_element(&mut array, item)?; })
        }
    });
    let place = syn::Index::from(fields.len());
    let rest = def.others.is_some().then(
        || quote!(for item in &self.#place { SerializeSeq::serialize_element(&mut array, item)?; }),
    );
    quote! {
        impl Positional for #name {
            const EXPECTED: &'static str = #expected;
            fn read<'de, A: SeqAccess<'de>>(items: &mut Items<A>) -> Result<Self, A::Error> {
                Ok(Self(#(#reads),*))
            }
        }
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                shapes::deserialize_places(deserializer)
            }
        }
        impl Serialize for #name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut array = serializer.serialize_seq(None)?;
                #(#writes)*
                #rest
                SerializeSeq::end(array)
            }
        }
    }
}
