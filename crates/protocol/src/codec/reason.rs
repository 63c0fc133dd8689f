//! What may be told about a fault. `serde` and `serde_json` quote the value they stumble over; here that can be the
//! price or the address of somebody's order, so the quotation is cut out and the rest kept.

use crate::text::truncated;

/// Longest reason that is shown, in characters.
const LIMIT: usize = 120;
/// Longest name out of a frame that is shown, in characters. The longest in the protocol has 29.
const NAME_LIMIT: usize = 40;

/// What an error says, without values and without the position, which a path says better.
pub(super) fn of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&position).unwrap_or(&text);
    truncated(&without_values(text), LIMIT).into_owned()
}

/// A name that came with the frame, when it looks like one; `?` when it looks like data.
pub(super) fn name(text: &str) -> String {
    if is_name(text) {
        text.to_owned()
    } else {
        "?".to_owned()
    }
}

/// An identifier of ordinary length. An address without its `0x`, or some key, could pass for one, so neither many
/// digits nor a long run of hexadecimal ones make a name. The most digits that a name of the protocol has are two.
fn is_name(text: &str) -> bool {
    text.len() <= NAME_LIMIT
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && text.bytes().filter(u8::is_ascii_digit).count() < 4
        && !(text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Each of the messages that `serde::de::Error` makes has its own place for a value; whatever else there is may quote
/// anything, and loses all quotations.
fn without_values(text: &str) -> String {
    for kind in ["invalid type", "invalid value"] {
        if let Some(rest) = text
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix(": "))
        {
            return unexpected(kind, rest);
        }
    }
    for kind in ["unknown variant", "unknown field"] {
        if let Some(rest) = text
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix(" `"))
        {
            return unknown(kind, rest);
        }
    }
    for kind in ["missing field `", "duplicate field `"] {
        if text.starts_with(kind) {
            // A field of ours, not of the frame.
            return text.to_owned();
        }
    }
    without_quotations(text)
}

/// `string "0xabc", expected u64`: the type of the value, and what was expected, which is a text of our own.
fn unexpected(kind: &str, rest: &str) -> String {
    let (found, expected) = rest
        .rsplit_once(", expected ")
        .unwrap_or((rest, "something else"));
    let found = found
        .split(['"', '`'])
        .next()
        .unwrap_or_default()
        .trim_end();
    let found = if FOUND.contains(&found) {
        found
    } else {
        "another value"
    };
    format!("{kind}: {found}, expected {expected}")
}

/// How `serde` and `serde_json` name the types that JSON has.
const FOUND: [&str; 9] = [
    "string",
    "integer",
    "floating point",
    "boolean",
    "null",
    "unit value",
    "map",
    "sequence",
    "number",
];

/// The rest of an error that begins with a name in backticks and ends with the names that are known.
fn unknown(kind: &str, rest: &str) -> String {
    let known = ["`, expected ", "`, there are no "];
    let end = known.iter().filter_map(|end| rest.rfind(end)).max();
    format!("{kind} {}", name(&rest[..end.unwrap_or_default()]))
}

fn without_quotations(text: &str) -> String {
    let first = text.find(['"', '`']);
    let last = text.rfind(['"', '`']);
    match (first, last) {
        (Some(first), Some(last)) => format!("{}…{}", &text[..first], &text[last + 1..]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde::de::{DeserializeOwned, IgnoredAny};

    use super::*;

    fn reason<T: DeserializeOwned>(json: &str) -> String {
        of(&serde_json::from_str::<T>(json).err().unwrap())
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Record {
        #[serde(rename = "theField")]
        _field: IgnoredAny,
    }

    #[derive(Deserialize)]
    enum Arm {
        Known,
    }

    #[test]
    fn types_stay_and_values_go() {
        let table = [
            (
                reason::<u64>(r#""SENTINEL""#),
                "invalid type: string, expected u64",
            ),
            (
                reason::<u64>(r#""a \", expected `SENTINEL""#),
                "invalid type: string, expected u64",
            ),
            (reason::<u8>("99999"), "invalid value: integer, expected u8"),
            (
                reason::<u64>("-99999"),
                "invalid value: integer, expected u64",
            ),
            (
                reason::<u64>("1.99999"),
                "invalid type: floating point, expected u64",
            ),
            (reason::<u64>("true"), "invalid type: boolean, expected u64"),
            (reason::<u64>("null"), "invalid type: null, expected u64"),
            (
                reason::<u64>("[99999]"),
                "invalid type: sequence, expected u64",
            ),
            (
                reason::<u64>(r#"{"SENTINEL":1}"#),
                "invalid type: map, expected u64",
            ),
            (
                reason::<char>(r#""SENTINEL""#),
                "invalid value: string, expected a character",
            ),
            (
                reason::<(u8, u8)>("[1]"),
                "invalid length 1, expected a tuple of size 2",
            ),
        ];
        for (found, expected) in table {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn names_stay_when_they_are_names() {
        let table = [
            (reason::<Record>("{}"), "missing field `theField`"),
            (
                reason::<Record>(r#"{"theField":1,"theField":2}"#),
                "duplicate field `theField`",
            ),
            (
                reason::<Record>(r#"{"another":1}"#),
                "unknown field another",
            ),
            (reason::<Record>(r#"{"12.75":1}"#), "unknown field ?"),
            (reason::<Arm>(r#""Other""#), "unknown variant Other"),
            (reason::<Arm>(r#""a`, expected b""#), "unknown variant ?"),
            (
                reason::<Arm>(r#""0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266""#),
                "unknown variant ?",
            ),
            (
                reason::<Arm>(r#""f39Fd6e51aad88F6F4ce6aB8827279cffFb92266""#),
                "unknown variant ?",
            ),
        ];
        for (found, expected) in table {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_name_is_short_and_an_identifier() {
        for text in ["Foo", "orderId", "volume24h", "is_adl", "fee", "e"] {
            assert_eq!(name(text), text);
        }
        let long = "x".repeat(41);
        for text in [
            "",
            "17",
            "0xab",
            "a.b",
            "a b",
            "é",
            "a\n",
            "a05a8de04b1273c9f",
            "sk_1234",
            "abcdefabcdefabcd",
            "abcdef0123456789",
            &long,
        ] {
            assert_eq!(name(text), "?", "{text}");
        }
    }

    #[test]
    fn other_texts_lose_their_quotations() {
        let table = [
            (
                "lone leading surrogate in hex escape",
                "lone leading surrogate in hex escape",
            ),
            ("cannot use \"a\" or \"b\" here", "cannot use … here"),
            ("cannot use `a\" here", "cannot use … here"),
            ("cannot use ` here", "cannot use … here"),
            (
                "invalid type: SENTINEL, expected u64",
                "invalid type: another value, expected u64",
            ),
            (
                "invalid value: SENTINEL",
                "invalid value: another value, expected something else",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(without_values(text), expected);
        }
    }

    proptest! {
        #[test]
        fn no_string_shows(text: String) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(reason::<u64>(&json), "invalid type: string, expected u64");
        }

        #[test]
        fn is_bounded(text: String, times in 1_usize..100) {
            let long = text.repeat(times);
            let error: serde_json::Error = serde::de::Error::custom(&long);
            prop_assert!(of(&error).chars().count() <= LIMIT);
            prop_assert!(name(&long).len() <= NAME_LIMIT);
        }
    }
}
