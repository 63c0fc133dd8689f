//! Model to Rust type definitions, through typify.
//!
//! typify decides how a schema becomes a Rust type. It is fed names that cannot clash and shapes it is known to
//! read well; its serde attributes and conversions, which know nothing of the wire's tolerance, are replaced.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use schemars::schema::Schema;
use serde_json::{Map, Value, json};
use typify::{TypeSpace, TypeSpaceSettings};

use super::error::CodegenError;
use super::model::{Field, Integer, Model, Payload, Presence, Shape, Type, TypeDef, Union};

mod rewrite;

/// The definitions of all types, by Rust name. `file` is what errors call the specification.
pub(crate) fn emit(
    model: &Model,
    file: &str,
) -> Result<BTreeMap<String, TokenStream>, CodegenError> {
    let scalars = scalars(model);
    let mut settings = TypeSpaceSettings::default();
    settings
        .with_struct_builder(false)
        .with_map_type("crate::scalar::Map");
    for (key, path) in &scalars {
        settings.with_replacement(key, path, std::iter::empty());
    }
    let mut space = TypeSpace::new(&settings);
    let replaced = scalars
        .keys()
        .map(|key| (key.clone(), json!({"type": "string"})));
    let defined = model
        .types
        .iter()
        .map(|def| (def.name.clone(), schema(def)));
    let schemas = replaced
        .chain(defined)
        .map(|(name, value)| Ok((name.clone(), read(file, &name, value)?)));
    let schemas = schemas.collect::<Result<Vec<_>, CodegenError>>()?;
    space
        .add_ref_types(schemas)
        .map_err(|source| CodegenError::Typify {
            file: file.to_owned(),
            name: "the specification".to_owned(),
            source,
        })?;
    Ok(rewrite::rewrite(model, space.to_stream()))
}

/// What stands for a schema at a place typify must not look into.
const RAW: &str = "crate::scalar::RawJson";
const NUMBER: &str = "crate::scalar::Number";

/// Every hand-written type in use, by the name typify knows it under.
fn scalars(model: &Model) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut queue: Vec<&Type> = model.types.iter().flat_map(TypeDef::parts).collect();
    while let Some(ty) = queue.pop() {
        match ty {
            Type::Scalar { path, .. } => {
                found.insert(scalar_key(path), path.clone());
            }
            Type::Raw => {
                found.insert(scalar_key(RAW), RAW.to_owned());
            }
            Type::Number => {
                found.insert(scalar_key(NUMBER), NUMBER.to_owned());
            }
            Type::List(item) | Type::Nullable(item) => queue.push(item),
            Type::Map(key, value) => queue.extend([&**key, &**value]),
            Type::Bool | Type::Integer(_) | Type::String | Type::Named(_) => {}
        }
    }
    found
}

fn scalar_key(path: &str) -> String {
    format!("Scalar{}", path.rsplit("::").next().unwrap_or(path))
}

fn read(file: &str, name: &str, value: Value) -> Result<Schema, CodegenError> {
    serde_json::from_value(value).map_err(|error| CodegenError::Typify {
        file: file.to_owned(),
        name: name.to_owned(),
        source: typify::Error::InvalidSchema {
            type_name: Some(name.to_owned()),
            reason: error.to_string(),
        },
    })
}

fn schema(def: &TypeDef) -> Value {
    match &def.shape {
        Shape::Record(fields) | Shape::Tuple(fields) => record(fields),
        Shape::Union(union) => union_schema(union),
        Shape::Words(words) => {
            let names: Vec<&str> = words.iter().map(|word| word.rust.as_str()).collect();
            json!({"type": "string", "enum": names})
        }
        Shape::Newtype(integer) => integer_schema(*integer),
    }
}

fn record(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.rust.clone(), type_schema(&field.ty)))
        .collect();
    let always = fields
        .iter()
        .filter(|field| field.presence == Presence::Required);
    let required: Vec<&str> = always.map(|field| field.rust.as_str()).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn union_schema(union: &Union) -> Value {
    let branches = union.variants.iter().map(|variant| {
        let name = &variant.rust;
        let payload = match &variant.payload {
            Payload::None => return json!({"type": "string", "enum": [name]}),
            Payload::Type(ty) => type_schema(ty),
            Payload::Fields(fields) => record(fields),
        };
        json!({"type": "object", "properties": {name: payload}, "required": [name], "additionalProperties": false})
    });
    json!({"oneOf": branches.collect::<Vec<_>>()})
}

fn type_schema(ty: &Type) -> Value {
    match ty {
        Type::Bool => json!({"type": "boolean"}),
        Type::Integer(integer) => integer_schema(*integer),
        Type::String => json!({"type": "string"}),
        Type::Number => reference(&scalar_key(NUMBER)),
        Type::Raw => reference(&scalar_key(RAW)),
        Type::Scalar { path, .. } => reference(&scalar_key(path)),
        Type::Named(name) => reference(name),
        Type::List(item) => json!({"type": "array", "items": type_schema(item)}),
        Type::Nullable(item) => json!({"oneOf": [type_schema(item), {"type": "null"}]}),
        Type::Map(key, value) => map_schema(key, value),
    }
}

fn map_schema(key: &Type, value: &Type) -> Value {
    let mut schema = json!({"type": "object", "additionalProperties": type_schema(value)});
    if *key != Type::String {
        schema["propertyNames"] = type_schema(key);
    }
    schema
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/definitions/{name}")})
}

fn integer_schema(integer: Integer) -> Value {
    let format = match integer {
        Integer::I32 => "int32",
        Integer::I64 => "int64",
        Integer::U32 => "uint32",
        Integer::U64 => "uint64",
    };
    json!({"type": "integer", "format": format})
}

/// A type as it is written in generated code.
pub(crate) fn tokens(ty: &Type) -> TokenStream {
    match ty {
        Type::Bool => quote!(bool),
        Type::Integer(integer) => integer_tokens(*integer),
        Type::String => quote!(EcoString),
        Type::Number => quote!(Number),
        Type::Raw => quote!(RawJson),
        Type::Scalar { path, .. } => ident(path.rsplit("::").next().unwrap_or(path)),
        Type::Named(name) => ident(name),
        Type::List(item) => {
            let item = tokens(item);
            quote!(Vec<#item>)
        }
        Type::Map(key, value) => {
            let (key, value) = (tokens(key), tokens(value));
            quote!(Map<#key, #value>)
        }
        Type::Nullable(item) => {
            let item = tokens(item);
            quote!(Option<#item>)
        }
    }
}

/// An integer's Rust type.
pub(crate) fn integer_tokens(integer: Integer) -> TokenStream {
    match integer {
        Integer::I32 => quote!(i32),
        Integer::I64 => quote!(i64),
        Integer::U32 => quote!(u32),
        Integer::U64 => quote!(u64),
    }
}

/// A name as a token.
pub(crate) fn ident(name: &str) -> TokenStream {
    let ident = quote::format_ident!("{name}");
    quote!(#ident)
}

/// A field's type with what its presence wraps around it.
pub(crate) fn field_tokens(field: &Field) -> TokenStream {
    let inner = tokens(&field.ty);
    match field.presence {
        Presence::Required => inner,
        Presence::Nullable | Presence::Optional => quote!(Option<#inner>),
        Presence::OptionalNullable => quote!(Optional<#inner>),
    }
}

/// A field's serde attribute, if it needs one.
pub(crate) fn field_serde(field: &Field) -> TokenStream {
    let mut options = Vec::new();
    if field.wire != field.rust {
        let wire = &field.wire;
        options.push(quote!(rename = #wire));
    }
    options.extend(field.aliases.iter().map(|alias| quote!(alias = #alias)));
    match field.presence {
        Presence::Required | Presence::Nullable => {}
        Presence::Optional => {
            options.push(quote!(default, skip_serializing_if = "Option::is_none"));
        }
        Presence::OptionalNullable => {
            options.push(quote!(default, skip_serializing_if = "Optional::is_absent"));
        }
    }
    if options.is_empty() {
        TokenStream::new()
    } else {
        quote!(#[serde(#(#options),*)])
    }
}
