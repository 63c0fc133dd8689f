//! The outermost look of a frame, taken when nothing more specific is known about why it is no message.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::sealed::Union;

/// What a frame that could not be read looks like from outside.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outline {
    /// The name of a variant that has a payload, alone.
    BareName(&'static str),
    /// The payload that may come without its tag.
    Untagged(&'static str),
    /// One name, of no variant.
    Unknown(String),
    /// Nothing like a message.
    Other,
}

/// Looks at a frame that is known to be JSON.
pub(super) fn outline<U: Union>(frame: &str) -> Outline {
    serde_json::from_str(frame).map_or(Outline::Other, |Read::<U>(outline, _)| outline)
}

struct Read<U>(Outline, PhantomData<U>);

impl<'de, U: Union> Deserialize<'de> for Read<U> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let outline = deserializer.deserialize_any(OutlineVisitor::<U>(PhantomData))?;
        Ok(Self(outline, PhantomData))
    }
}

struct OutlineVisitor<U>(PhantomData<U>);

impl<'de, U: Union> Visitor<'de> for OutlineVisitor<U> {
    type Value = Outline;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an object")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Outline, E> {
        let known = U::NAMES.iter().find(|name| **name == text);
        Ok(known.map_or_else(
            || Outline::Unknown(text.to_owned()),
            |name| Outline::BareName(name),
        ))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Outline, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Outline::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Outline, A::Error> {
        let mut first: Option<Outline> = None;
        let mut alone = true;
        while let Some((key, IgnoredAny)) = map.next_entry::<String, _>()? {
            let found = look_at_key::<U>(key);
            match first {
                // Keys that mean nothing may come before the one that does.
                None | Some(Outline::Unknown(_)) if !matches!(found, Outline::Unknown(_)) => {
                    return finish(map, found);
                }
                None => first = Some(found),
                Some(_) => alone = false,
            }
        }
        Ok(first.filter(|_| alone).unwrap_or(Outline::Other))
    }
}

/// A key of the outermost object. A variant's name is `Other`: what is wrong with its payload has a path, so what is
/// left is that there are two of them.
fn look_at_key<U: Union>(key: String) -> Outline {
    if U::NAMES.contains(&&*key) {
        return Outline::Other;
    }
    match U::UNTAGGED {
        Some((variant, fields)) if fields.contains(&&*key) => Outline::Untagged(variant),
        _ => Outline::Unknown(key),
    }
}

fn finish<'de, A: MapAccess<'de>>(mut map: A, outline: Outline) -> Result<Outline, A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(outline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientMessage, ServerMessage};

    #[test]
    fn a_frame_is_told_by_its_outermost_names() {
        let unknown = |name: &str| Outline::Unknown(name.to_owned());
        let table = [
            (
                r#""OpenOrdersUpdate""#,
                Outline::BareName("OpenOrdersUpdate"),
            ),
            (
                r#"{"x":1,"orderEvents":[],"y":2}"#,
                Outline::Untagged("OrderEventUpdate"),
            ),
            (r#"{"account":null}"#, Outline::Untagged("OrderEventUpdate")),
            (r#""Nope""#, unknown("Nope")),
            (r#"{"Nope":{"a":[1]}}"#, unknown("Nope")),
            (r#"{"Nope":1,"Never":2}"#, Outline::Other),
            (r#"{"Pong":null,"account":null}"#, Outline::Other),
            ("{}", Outline::Other),
            ("[1,[2]]", Outline::Other),
            ("17", Outline::Other),
            ("null", Outline::Other),
        ];
        for (frame, expected) in table {
            assert_eq!(outline::<ServerMessage>(frame), expected, "{frame}");
        }
    }

    #[test]
    fn only_a_server_sends_untagged_batches() {
        let unknown = Outline::Unknown("orderEvents".to_owned());
        assert_eq!(outline::<ClientMessage>(r#"{"orderEvents":[]}"#), unknown);
    }

    #[test]
    fn the_untagged_variant_is_one_of_the_servers() {
        let (variant, _) = ServerMessage::UNTAGGED.unwrap();
        assert!(ServerMessage::NAMES.contains(&variant));
    }
}
