//! What types, payloads and fields are called in a report: by the names of the specification.

use super::side::Side;
use crate::codegen::model::{Default, Field, Integer, Payload, Presence, Shape, Type};

/// A type in the protocol's words.
pub(super) fn spelled(ty: &Type, side: &Side) -> String {
    match ty {
        Type::Bool => "boolean".to_owned(),
        Type::Integer(integer) => integer_name(*integer).to_owned(),
        Type::Number => "number".to_owned(),
        Type::String => "string".to_owned(),
        Type::Scalar { path, .. } => path.rsplit("::").next().unwrap_or(path).to_owned(),
        Type::Named(name) => {
            let wire = side.model.get(name).map(|def| &def.wire);
            wire.unwrap_or(name).clone()
        }
        Type::List(item) => format!("list of {}", spelled(item, side)),
        Type::Map(key, value) => {
            format!("map of {} to {}", spelled(key, side), spelled(value, side))
        }
        Type::Raw => "any JSON".to_owned(),
        Type::Nullable(item) => format!("{} or null", spelled(item, side)),
    }
}

pub(super) const fn integer_name(integer: Integer) -> &'static str {
    match integer {
        Integer::I32 => "i32",
        Integer::I64 => "i64",
        Integer::U32 => "u32",
        Integer::U64 => "u64",
    }
}

/// What a variant carries.
pub(super) fn spelled_payload(payload: &Payload, side: &Side) -> String {
    match payload {
        Payload::None => "nothing".to_owned(),
        Payload::Type(ty) => spelled(ty, side),
        Payload::Fields(fields) if fields.is_empty() => "no fields".to_owned(),
        Payload::Fields(fields) => {
            let names: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
            names.join(", ")
        }
    }
}

pub(super) const fn spelled_presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Required => "required",
        Presence::Nullable => "required, may be null",
        Presence::Optional => "optional",
        Presence::OptionalNullable => "optional, may be null",
    }
}

/// A default as it stands in a message.
pub(super) fn spelled_default(field: &Field, side: &Side) -> String {
    let word = |name: &str| {
        let [Type::Named(ty)] = [&field.ty] else {
            return None;
        };
        let Shape::Words(words) = &side.model.get(ty)?.shape else {
            return None;
        };
        let word = words.iter().find(|word| word.rust == name)?;
        Some(word.wire.clone())
    };
    match &field.default {
        None => "none".to_owned(),
        Some(Default::Bool(flag)) => flag.to_string(),
        Some(Default::Unsigned(number)) => number.to_string(),
        Some(Default::Text(text)) => format!("{text:?}"),
        Some(Default::Word(name)) => format!("{:?}", word(name).as_ref().unwrap_or(name)),
    }
}
