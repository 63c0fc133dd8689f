//! Model to the scanners of the fast path: for each type that the server sends, what comes next and what to do with it.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::model::{Field, Model, Payload, Presence, Shape, TypeDef, Union, Variant};
use super::types::{ident, tokens};

mod known;

use known::Known;

/// An `impl Scan` for every type within the server's union. Nothing where no key announces the server's variants: what
/// they are is then found by looking at the whole value, which serde may as well do.
pub(crate) fn emit(model: &Model) -> TokenStream {
    let known = Known::of(model);
    let scanners = known.reachable().into_iter().map(|def| {
        let scanner = scanner(&known, def);
        let name = ident(&def.name);
        quote! {
            impl scan::Scan for #name { #scanner }
        }
    });
    scanners.collect()
}

fn scanner(known: &Known<'_>, def: &TypeDef) -> TokenStream {
    match &def.shape {
        Shape::Record(fields) => record(known, fields),
        Shape::Union(union) => {
            let (empty, body) = (
                empty_variant(known, def, union),
                variants(known, def, union),
            );
            quote! {
                fn empty() -> Self { #empty }
                fn fill(&mut self, scanner: &mut scan::Scanner<'_>) -> Option<()> { #body }
            }
        }
        Shape::Words(words) => {
            let first = words.first().map(|word| ident(&word.rust));
            // By what serde reads it with, too.
            let read = if def.open {
                quote!(scanner.string()?.into())
            } else {
                quote!(scanner.string()?.parse().ok()?)
            };
            quote! {
                const MIN: usize = 2;
                fn empty() -> Self { Self::#first }
                fn fill(&mut self, scanner: &mut scan::Scanner<'_>) -> Option<()> {
                    *self = #read;
                    Some(())
                }
            }
        }
        Shape::Newtype(_) => quote! {
            fn empty() -> Self { Self(0) }
            fn fill(&mut self, scanner: &mut scan::Scanner<'_>) -> Option<()> {
                self.0.fill(scanner)
            }
        },
        Shape::Tuple(_) => TokenStream::new(),
    }
}

fn record(known: &Known<'_>, fields: &[Field]) -> TokenStream {
    let constants = constants(known, fields);
    let names = fields.iter().map(|field| ident(&field.rust));
    let places: Vec<_> = names.clone().map(|name| quote!(&mut self.#name)).collect();
    let body = members(fields, &places);
    quote! {
        #constants
        fn empty() -> Self {
            Self { #(#names: scan::Scan::empty()),* }
        }
        fn fill(&mut self, scanner: &mut scan::Scanner<'_>) -> Option<()> {
            #body
            Some(())
        }
    }
}

/// How small the record may be on the wire, and whether it has leaves alone.
fn constants(known: &Known<'_>, fields: &[Field]) -> TokenStream {
    let always = fields
        .iter()
        .filter(|field| field.presence == Presence::Required);
    // The name in quotes, a colon, a value of one byte, and a comma or the closing brace.
    let members: usize = always.map(|field| field.wire.len() + 5).sum();
    let min = Literal::usize_unsuffixed(members.max(1) + 1);
    let flat = fields.iter().all(|field| known.is_leaf(&field.ty));
    let flat = flat.then(|| {
        quote!(
            const FLAT: bool = true;
        )
    });
    quote!(const MIN: usize = #min; #flat)
}

/// Reads members into their places. They are tried in the order of the specification, and looked up by name when another
/// one comes.
fn members(fields: &[Field], places: &[TokenStream]) -> TokenStream {
    if fields.is_empty() {
        return quote! {
            let mut more = scanner.open()?;
            while more {
                scanner.key()?;
                scanner.skip()?;
                more = scanner.more()?;
            }
        };
    }
    let expected = fields.iter().enumerate().map(|(index, field)| {
        let index = Literal::usize_unsuffixed(index);
        let key = Literal::byte_string(format!("\"{}\":", field.wire).as_bytes());
        quote!(#index if scanner.take(#key) => #index,)
    });
    let aliases = fields.iter().flat_map(|field| &field.aliases);
    let names = fields.iter().map(|field| &field.wire).chain(aliases);
    let mut alias = fields.len();
    let reads = fields.iter().zip(places).enumerate();
    let reads = reads.map(|(index, (field, place))| {
        let aliases = alias..alias + field.aliases.len();
        alias = aliases.end;
        let indices = std::iter::once(index).chain(aliases);
        let indices = indices.map(Literal::usize_unsuffixed);
        let index = Literal::usize_unsuffixed(index);
        quote!(#(#indices)|* => seen.once(#index, #place, scanner)?,)
    });
    let required = required(fields);
    quote! {
        let mut seen = scan::Seen::default();
        let mut next = 0;
        let mut more = scanner.open()?;
        while more {
            let member = match next {
                #(#expected)*
                _ => scanner.find(&[#(#names),*], next)?,
            };
            match member {
                #(#reads)*
                _ => scanner.skip()?,
            }
            next = member + 1;
            more = scanner.more()?;
        }
        seen.all(#required)?;
    }
}

/// A bit for each member that has to be there.
fn required(fields: &[Field]) -> TokenStream {
    let all = fields.iter().enumerate();
    let bits = all.filter(|(_, field)| field.presence == Presence::Required);
    let bits = bits.fold(0_u64, |bits, (index, _)| bits | 1 << index);
    let digits = format!("{bits:b}").into_bytes();
    let groups = digits.rchunks(4).rev().map(String::from_utf8_lossy);
    let groups: Vec<_> = groups.collect();
    let literal = format!("0b{}", groups.join("_"));
    literal.parse().expect("a number is a token")
}

fn variants(known: &Known<'_>, def: &TypeDef, union: &Union) -> TokenStream {
    let null = union.null.as_deref().map(ident).map(|name| {
        quote! {
            if scanner.null() {
                *self = Self::#name;
                return Some(());
            }
        }
    });
    let bare = bare(union);
    // Beside a variant that is alone there is nothing else that a value could be.
    let alone = !def.open && union.variants.len() == 1;
    let (wires, reads): (Vec<_>, Vec<_>) = union
        .variants
        .iter()
        .filter_map(|variant| Some((&variant.wire, payload(known, variant, alone)?)))
        .unzip();
    quote! {
        #null
        #bare
        match scanner.tag()? {
            #(#wires => #reads)*
            _ => return None,
        }
        scanner.close()
    }
}

/// What a string means.
fn bare(union: &Union) -> Option<TokenStream> {
    let all = union.variants.iter();
    let bare = all.filter(|variant| matches!(variant.payload, Payload::None));
    let (wires, names): (Vec<_>, Vec<_>) = bare
        .map(|variant| (&variant.wire, ident(&variant.rust)))
        .unzip();
    let other = union.bare_string.as_deref().map(ident);
    if wires.is_empty() && other.is_none() {
        return None;
    }
    let other = other.map_or_else(
        || quote!(_ => return None,),
        |name| quote!(text => Self::#name(text.into()),),
    );
    Some(quote! {
        if scanner.at_string() {
            *self = match scanner.string()? {
                #(#wires => Self::#names,)*
                #other
            };
            return Some(());
        }
    })
}

/// Reads the payload of a variant, in the place where it stays; `None` where it has none, and an object of that name is
/// for serde.
fn payload(known: &Known<'_>, variant: &Variant, alone: bool) -> Option<TokenStream> {
    let name = ident(&variant.rust);
    let otherwise = (!alone).then(|| quote!(else { return None; }));
    match &variant.payload {
        Payload::None => None,
        Payload::Type(ty) if known.scans(ty) => Some(quote! {{
            *self = Self::#name(scan::Scan::empty());
            let Self::#name(payload) = self #otherwise;
            scan::Scan::fill(payload, scanner)?;
        }}),
        Payload::Type(ty) => {
            let ty = tokens(ty);
            Some(quote!(*self = Self::#name(scanner.by_serde::<#ty>()?),))
        }
        Payload::Fields(fields) => {
            let names: Vec<_> = fields.iter().map(|field| ident(&field.rust)).collect();
            // A field may be called like what the body below has names for.
            let places = fields
                .iter()
                .map(|field| ident(&format!("{}_place", field.rust)));
            let places: Vec<_> = places.collect();
            let body = members(fields, &places);
            Some(quote! {{
                *self = Self::#name { #(#names: scan::Scan::empty()),* };
                let Self::#name { #(#names: #places),* } = self #otherwise;
                #body
            }})
        }
    }
}

/// A variant to be written over: the one that holds least, or else the first.
fn empty_variant(known: &Known<'_>, def: &TypeDef, union: &Union) -> Option<TokenStream> {
    if def.open {
        return Some(quote!(Self::Unrecognized(Unrecognized::new("", None))));
    }
    let mut variants = union.variants.iter();
    let variant = variants.find(|variant| known.has_empty(variant))?;
    let name = ident(&variant.rust);
    Some(match &variant.payload {
        Payload::None => quote!(Self::#name),
        Payload::Type(_) => quote!(Self::#name(scan::Scan::empty())),
        Payload::Fields(fields) => {
            let names = fields.iter().map(|field| ident(&field.rust));
            quote!(Self::#name { #(#names: scan::Scan::empty()),* })
        }
    })
}
