//! How an externally tagged union is read, with the tolerance the wire asks for.
//!
//! Derived code would refuse an unknown variant, would take `"Ping"` but not `{"Ping":null}`, and could not
//! read a message that lost its tag. The generator writes an implementation of [`Tagged`] for each union;
//! the reading itself stands here once.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::scalar::{RawJson, Unrecognized};

/// What the generator knows about one externally tagged union.
pub(crate) trait Tagged: Sized {
    /// What an error says was expected.
    const EXPECTED: &'static str;
    /// The wire names of all variants, in the order of the specification.
    const TAGS: &'static [&'static str];
    /// The fields of the one payload that may arrive without its tag; mostly none.
    const UNTAGGED_FIELDS: &'static [&'static str] = &[];

    /// Reads the payload that follows `tag`, which is one of [`Self::TAGS`].
    fn read<'de, A: MapAccess<'de>>(tag: &'static str, map: &mut A) -> Result<Self, A::Error>;

    /// The payload-less variant of that name.
    fn bare(tag: &str) -> Option<Self>;

    /// What a string means that names no payload-less variant.
    fn bare_string(_text: &str) -> Option<Self> {
        None
    }

    /// What `null` means.
    fn null() -> Option<Self> {
        None
    }

    /// Keeps a variant that the specification does not have; `None` where only we are the sender.
    fn unrecognized(_variant: Unrecognized) -> Option<Self> {
        None
    }

    /// Reads the payload whose fields are [`Self::UNTAGGED_FIELDS`].
    fn read_untagged<'de, D: Deserializer<'de>>(_payload: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("a payload without its tag"))
    }
}

/// Reads a union; the body of every generated `Deserialize`.
pub(crate) fn deserialize<'de, T: Tagged, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(UnionVisitor(PhantomData))
}

/// Takes the payload of a payload-less variant, whatever a later server may put there.
pub(crate) fn skip_payload<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

struct UnionVisitor<T>(PhantomData<T>);

impl<'de, T: Tagged> Visitor<'de> for UnionVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        if let Some(value) = T::bare(text).or_else(|| T::bare_string(text)) {
            return Ok(value);
        }
        if T::TAGS.contains(&text) {
            return Err(E::custom(format_args!("{text} needs a payload")));
        }
        T::unrecognized(Unrecognized::new(text, None))
            .ok_or_else(|| E::unknown_variant(text, T::TAGS))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        T::null().ok_or_else(|| E::invalid_type(serde::de::Unexpected::Unit, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut unknown: Option<(String, RawJson)> = None;
        let mut several = false;
        while let Some(key) = map.next_key_seed(KeySeed::<T>(PhantomData))? {
            match key {
                Key::Tag(tag) => return read_tagged(tag, map),
                Key::Field(name) => return T::read_untagged(replay(name, map)),
                Key::Other(name) if unknown.is_none() => unknown = Some((name, map.next_value()?)),
                Key::Other(_) => {
                    several = true;
                    skip_payload(&mut map)?;
                }
            }
        }
        match unknown {
            Some((name, payload)) if !several => keep_unrecognized(&name, payload),
            _ => Err(A::Error::custom(NOT_ONE_KEY)),
        }
    }
}

const NOT_ONE_KEY: &str = "expected an object with exactly one key, the name of a variant";

/// Keys beside the tag are fields we do not know yet; a second tag would be a second message, and to drop one
/// of the two in silence would lose data.
fn read_tagged<'de, T: Tagged, A: MapAccess<'de>>(
    tag: &'static str,
    mut map: A,
) -> Result<T, A::Error> {
    let value = T::read(tag, &mut map)?;
    while let Some(key) = map.next_key_seed(KeySeed::<T>(PhantomData))? {
        if matches!(key, Key::Tag(_)) {
            return Err(A::Error::custom(NOT_ONE_KEY));
        }
        skip_payload(&mut map)?;
    }
    Ok(value)
}

fn keep_unrecognized<T: Tagged, E: Error>(name: &str, payload: RawJson) -> Result<T, E> {
    let unknown = || E::unknown_variant(name, T::TAGS);
    T::unrecognized(Unrecognized::new(name, Some(payload))).ok_or_else(unknown)
}

enum Key {
    /// A variant's wire name.
    Tag(&'static str),
    /// A field of the payload that may arrive without its tag.
    Field(&'static str),
    /// Anything else.
    Other(String),
}

struct KeySeed<T>(PhantomData<T>);

impl<'de, T: Tagged> DeserializeSeed<'de> for KeySeed<T> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: Tagged> Visitor<'_> for KeySeed<T> {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a variant")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
        let find =
            |names: &'static [&'static str]| names.iter().copied().find(|name| *name == text);
        Ok(match (find(T::TAGS), find(T::UNTAGGED_FIELDS)) {
            (Some(tag), _) => Key::Tag(tag),
            (None, Some(field)) => Key::Field(field),
            (None, None) => Key::Other(text.to_owned()),
        })
    }
}

/// The rest of an object whose first key was already taken.
fn replay<'de, A: MapAccess<'de>>(name: &str, map: A) -> MapAccessDeserializer<Replay<A>> {
    MapAccessDeserializer::new(Replay {
        first: Some(name.to_owned()),
        map,
    })
}

struct Replay<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Replay<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(name) => seed.deserialize(StringDeserializer::new(name)).map(Some),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads a string enum through its `From<&str>` or `FromStr`, without an allocation for a known value.
pub(crate) fn deserialize_word<'de, T, D>(
    deserializer: D,
    expected: &'static str,
    read: fn(&str) -> Option<T>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    deserializer.deserialize_str(WordVisitor { expected, read })
}

struct WordVisitor<T> {
    expected: &'static str,
    read: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for WordVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| E::custom(format_args!("expected {}", self.expected)))
    }
}
