//! Rust names out of the specification's names, unique where they must be.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Names that generated code or the prelude uses for something else.
const TAKEN_TYPES: &[&str] = &[
    "ScalarNumber",
    "ScalarRawJson",
    "IntoIterator",
    "Iterator",
    "SerializeSeq",
    "SeqAccess",
    "RawValue",
    "Shaped",
    "Shape",
    "Positional",
    "Items",
    "Fixed",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "DecodeError",
    "Default",
    "Delivery",
    "Deserialize",
    "Deserializer",
    "EcoString",
    "Eq",
    "Err",
    "Error",
    "From",
    "FromStr",
    "Hash",
    "Infallible",
    "Map",
    "MapAccess",
    "Message",
    "None",
    "Number",
    "Ok",
    "Option",
    "Optional",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "RawJson",
    "Result",
    "Scope",
    "Self",
    "Serialize",
    "Serializer",
    "Some",
    "String",
    "Tagged",
    "UnknownValue",
    "Unrecognized",
    "Vec",
];

/// A type's name: `order_event` and `OrderEvent::Fill` become `OrderEvent` and `OrderEventFill`.
pub(crate) fn type_name(wire: &str) -> String {
    let name = camel(wire);
    if TAKEN_TYPES.contains(&name.as_str()) {
        format!("{name}Value")
    } else {
        name
    }
}

/// Variant names for a union or an enum: distinct, in the order of the specification.
pub(crate) fn variant_names<'a>(wires: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    unique(wires.into_iter().map(|wire| match camel(wire).as_str() {
        "Self" => "SelfValue".to_owned(),
        "Unrecognized" => "UnrecognizedValue".to_owned(),
        name => name.to_owned(),
    }))
}

/// Field names: distinct even where wire names differ in case alone (`a` and `A`).
pub(crate) fn field_names<'a>(wires: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    unique(wires.into_iter().map(|wire| {
        let name = symbols(&letters(wire)).to_snake_case();
        // A single capital letter beside its small twin is market data's habit.
        let capital = wire.len() == 1 && wire.chars().all(char::is_uppercase);
        let name = if capital {
            format!("{name}_upper")
        } else {
            name
        };
        escape(&identifier(&name, "field_"))
    }))
}

/// Converted twice, so that a further conversion (typify makes one) changes nothing: `a/b` is `Ab`, not `AB`.
fn camel(wire: &str) -> String {
    identifier(
        &symbols(&letters(wire))
            .to_upper_camel_case()
            .to_upper_camel_case(),
        "N",
    )
}

/// `x²` and `½` count as letters and digits, and yet Rust takes them in no name: these are left out.
fn letters(wire: &str) -> String {
    let starts = wire.starts_with(|first: char| first.is_ascii() || !first.is_numeric());
    let known = |symbol: char| {
        let word = symbol.is_ascii() || !symbol.is_alphanumeric();
        word || is_identifier(&format!("x{symbol}"))
    };
    if starts && wire.chars().all(known) {
        return wire.to_owned();
    }
    wire.replace(|symbol: char| !symbol.is_ascii_alphanumeric(), "_")
}

/// Whether Rust takes it as a name as it stands.
pub(crate) fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Values such as `>=` have no letters to make a name from.
fn symbols(wire: &str) -> String {
    if wire.chars().any(char::is_alphanumeric) {
        return wire.to_owned();
    }
    let words = wire.chars().map(|symbol| match symbol {
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '+' => "plus",
        '-' => "minus",
        '*' => "any",
        _ => "symbol",
    });
    words.collect::<Vec<_>>().join("_")
}

fn identifier(name: &str, prefix: &str) -> String {
    match name.chars().next() {
        None if prefix.ends_with('_') => format!("{prefix}empty"),
        None => format!("{prefix}Empty"),
        Some(first) if first.is_ascii_digit() => format!("{prefix}{name}"),
        Some(_) => name.to_owned(),
    }
}

fn escape(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else {
        format!("{name}_")
    }
}

fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for name in names {
        let numbered = (2..).map(|count| format!("{name}{count}"));
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        let free = candidates.find(|candidate| !taken.contains(candidate));
        taken.extend(free);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_alike_but_for_case_get_names_of_their_own() {
        assert_eq!(
            field_names(["a", "A", "e", "E"]),
            ["a", "a_upper", "e", "e_upper"]
        );
        assert_eq!(
            field_names(["type", "fooBar", "foo_bar", "24h"]),
            ["type_", "foo_bar", "foo_bar2", "field_24h"]
        );
    }

    #[test]
    fn values_alike_but_for_case_or_punctuation_get_names_of_their_own() {
        assert_eq!(variant_names(["1m", "1M"]), ["N1m", "N1m2"]);
        assert_eq!(
            variant_names([">", ">=", "", "Self"]),
            ["Greater", "GreaterEqual", "NEmpty", "SelfValue"]
        );
    }

    #[test]
    fn digits_that_rust_takes_in_no_name_are_left_out() {
        assert_eq!(
            field_names(["x²", "x", "٣d", "½", "größe"]),
            ["x", "x2", "d", "symbol", "größe"]
        );
        assert_eq!(variant_names(["½", "x²", "٣"]), ["Symbol", "X", "Symbol2"]);
    }

    #[test]
    fn types_keep_clear_of_the_prelude() {
        assert_eq!(type_name("String"), "StringValue");
        assert_eq!(
            type_name("ServerMessage::QuoteUpdate"),
            "ServerMessageQuoteUpdate"
        );
    }
}
