//! How an externally tagged union is read, with the tolerance the wire asks for.
//!
//! Derived code would refuse an unknown variant, would take `"Ping"` but not `{"Ping":null}`, and could not
//! read a message that lost its tag. The generator writes an implementation of [`Tagged`] for each union;
//! the reading itself stands here once.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Unexpected, Visitor};

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
        T::null().ok_or_else(|| E::invalid_type(Unexpected::Unit, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut unknown = UnknownKeys::default();
        while let Some(key) = map.next_key_seed(KeySeed::<T>(PhantomData))? {
            match key {
                Key::Tag(tag) => return read_tagged(tag, map),
                Key::Field(name) => return T::read_untagged(replay(name, map)),
                Key::Other(name) => unknown.see::<T>(name, map.next_value()?),
            }
        }
        match unknown.variant() {
            Some((name, payload)) => keep_unrecognized(&name, payload),
            None => Err(A::Error::custom(NOT_ONE_KEY)),
        }
    }
}

/// How much an unknown key and its value look like a variant, in rising order.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Likeness {
    /// A field, as far as one can tell.
    Field,
    /// A payload-less variant, or a field without a value.
    Bare,
    /// A variant with its payload.
    Variant,
}

impl Likeness {
    /// A variant's name begins with a letter of the same case as a known one's, and its payload is an object.
    fn of<T: Tagged>(name: &str, payload: &RawJson) -> Self {
        let upper = |name: &str| name.starts_with(char::is_uppercase);
        if !T::TAGS.iter().any(|tag| upper(tag) == upper(name)) {
            return Self::Field;
        }
        match payload.as_str() {
            json if json.starts_with('{') => Self::Variant,
            "null" => Self::Bare,
            _ => Self::Field,
        }
    }
}

/// The keys of an object that has no known one, of which one may name a variant and the others be fields beside it.
///
/// A key that is alone always names the variant. Of several it is the one that looks most like a variant, wherever it
/// stands, so `{"expired":{},"seq":2}` is `expired` and loses `seq`, as a known variant would. When two look equally
/// like one, the object is no variant: nobody could say whether it is two messages or a bag of fields.
#[derive(Default)]
struct UnknownKeys {
    best: Option<(Likeness, String, RawJson)>,
    tied: bool,
}

impl UnknownKeys {
    fn see<T: Tagged>(&mut self, name: String, payload: RawJson) {
        let likeness = Likeness::of::<T>(&name, &payload);
        match &self.best {
            Some((best, ..)) if likeness < *best => {}
            Some((best, ..)) if likeness == *best => self.tied = true,
            _ => {
                self.best = Some((likeness, name, payload));
                self.tied = false;
            }
        }
    }

    fn variant(self) -> Option<(String, RawJson)> {
        let (_, name, payload) = self.best.filter(|_| !self.tied)?;
        Some((name, payload))
    }
}

const NOT_ONE_KEY: &str = "expected an object with exactly one key, the name of a variant";

/// Keys beside the tag are fields we do not know yet; a second tag would be a second message, and to drop one
/// of the two in silence would lose data.
fn read_tagged<'de, T: Tagged, A: MapAccess<'de>>(
    tag: &'static str,
    mut map: A,
) -> Result<T, A::Error> {
    let value = T::read(tag, &mut map);
    // A message is large: it is handed on without a look inside.
    if value.is_ok() {
        end_tagged::<T, A>(map)?;
    }
    value
}

fn end_tagged<'de, T: Tagged, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while let Some(key) = map.next_key_seed(KeySeed::<T>(PhantomData))? {
        if matches!(key, Key::Tag(_)) {
            return Err(A::Error::custom(NOT_ONE_KEY));
        }
        skip_payload(&mut map)?;
    }
    Ok(())
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
        let field = || find(T::UNTAGGED_FIELDS).map(Key::Field);
        let known = find(T::TAGS).map(Key::Tag).or_else(field);
        Ok(known.unwrap_or_else(|| Key::Other(text.to_owned())))
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

/// Reads a string enum through its `From<&str>` or `FromStr`, without an allocation for a known string.
///
/// A later server may give a value a payload. An open enum, which has a value for any word, then reads an object with
/// exactly one key as the word that the key is: `{"custom":{"code":1}}` is `custom`. The payload is lost, since the
/// enum has no place for it, and the value is written back as a string; but the rest of the message is kept. Every
/// other shape is an error, and so is every object for a closed enum.
pub(crate) fn deserialize_word<'de, T, D>(
    deserializer: D,
    expected: &'static str,
    read: fn(&str) -> Option<T>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(WordVisitor { expected, read })
}

struct WordVisitor<T> {
    expected: &'static str,
    read: fn(&str) -> Option<T>,
}

impl<T> WordVisitor<T> {
    /// Whether any word has a value. No closed enum has the empty one.
    fn is_open(&self) -> bool {
        (self.read)("").is_some()
    }
}

impl<'de, T> Visitor<'de> for WordVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| E::custom(format_args!("expected {}", self.expected)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        if self.is_open()
            && let Some((word, IgnoredAny)) = map.next_entry::<String, _>()?
            && map.next_key::<IgnoredAny>()?.is_none()
        {
            return self.visit_str(&word);
        }
        Err(A::Error::invalid_type(Unexpected::Map, &self))
    }
}
