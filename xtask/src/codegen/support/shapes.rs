//! How values are read that no single key announces: unions told apart by what is in them, arrays whose places have
//! meanings, and objects with members of any name.
//!
//! All of it reads through `serde_json` only, since a value must be looked at before it is known what to read.

use std::cmp::Reverse;
use std::fmt;
use std::marker::PhantomData;

use ecow::EcoString;
use serde::de::{
    DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::scalar::{Map, RawJson};

/// What kinds of JSON a value may be of.
pub(crate) const NULL: u8 = 1;
pub(crate) const BOOL: u8 = 2;
pub(crate) const INTEGER: u8 = 4;
/// Any number, an integer too.
pub(crate) const NUMBER: u8 = 8 | INTEGER;
pub(crate) const STRING: u8 = 16;
pub(crate) const ARRAY: u8 = 32;
pub(crate) const OBJECT: u8 = 64;
pub(crate) const ANY: u8 = NULL | BOOL | NUMBER | STRING | ARRAY | OBJECT;

/// A value that the specification fixes.
pub(crate) enum Fixed {
    Text(&'static str),
    /// A number, as JSON writes it.
    Number(&'static str),
    Bool(bool),
    Null,
}

/// One form that a variant has in JSON.
pub(crate) struct Shape {
    pub(crate) kinds: u8,
    /// Paths to fixed values. One that is there must be among those listed.
    pub(crate) fixed: &'static [(&'static [&'static str], &'static [Fixed])],
    /// Members that are always there, and of which kinds they are.
    pub(crate) required: &'static [(&'static str, u8)],
    /// Members that may be there.
    pub(crate) optional: &'static [(&'static str, u8)],
}

/// What the generator knows about a union whose variants are told apart by what is in them.
pub(crate) trait Shaped: Sized {
    /// What an error says was expected.
    const EXPECTED: &'static str;
    /// The path of the value that tells every variant, where there is one.
    const TAG: Option<&'static [&'static str]> = None;
    /// The variants by name, each with the forms it has. Of two that fit equally well the first is taken.
    const SHAPES: &'static [(&'static str, &'static [Shape])];
    /// Paths to members deeper inside, by variant, where nothing else tells it from another: whoever has more of them is
    /// meant.
    const INSIDE: &'static [(&'static str, &'static [&'static [&'static str]])] = &[];

    /// Reads the variant of that name, which is one of [`Self::SHAPES`].
    fn read(name: &str, json: &str) -> serde_json::Result<Self>;

    /// Keeps what no variant fits; `None` where only we are the sender.
    fn unrecognized(_json: Box<RawValue>) -> Option<Self> {
        None
    }
}

/// Reads a union; the body of every generated `Deserialize`.
///
/// Of the variants that fit, the one that says most about the value is tried first, so that no variant takes what a
/// larger one describes better.
pub(crate) fn deserialize<'de, T: Shaped, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let json = Box::<RawValue>::deserialize(deserializer)?;
    let value: Value = serde_json::from_str(json.get()).map_err(D::Error::custom)?;
    let tag = T::TAG.and_then(|path| at(&value, path));
    let told = |shape: &&Shape| match (T::TAG, tag) {
        (Some(path), Some(tag)) => shape.allows(path, tag),
        _ => shape.fits(&value),
    };
    let mut found: Vec<_> = T::SHAPES
        .iter()
        .filter_map(|(name, shapes)| {
            let ranks = shapes.iter().filter(told).map(|shape| shape.rank(&value));
            Some((Reverse((ranks.max()?, inside::<T>(name, &value))), *name))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    let mut refusal = None;
    for (_, name) in found {
        match T::read(name, json.get()) {
            Ok(value) => return Ok(value),
            Err(error) => refusal = refusal.or(Some((name, error))),
        }
    }
    match refusal {
        Some((name, error)) => Err(D::Error::custom(format_args!("{name}: {error}"))),
        None => T::unrecognized(json)
            .ok_or_else(|| D::Error::custom(format_args!("expected {}", T::EXPECTED))),
    }
}

/// How many of the members that lie deeper in a variant are there.
fn inside<T: Shaped>(name: &str, value: &Value) -> usize {
    let own = T::INSIDE.iter().filter(|(known, _)| *known == name);
    let paths = own.flat_map(|(_, paths)| paths.iter());
    paths.filter(|path| at(value, path).is_some()).count()
}

impl Shape {
    /// An object that its fixed values tell from all others.
    pub(crate) const fn told(
        fixed: &'static [(&'static [&'static str], &'static [Fixed])],
    ) -> Self {
        Self {
            kinds: OBJECT,
            fixed,
            required: &[],
            optional: &[],
        }
    }

    fn fits(&self, value: &Value) -> bool {
        let member = |(name, kinds): &(&str, u8)| {
            step(value, name).map(|value| kind(value) & !kinds == 0)
        };
        kind(value) & !self.kinds == 0
            && self.fixed.iter().all(|(path, fixed)| {
                at(value, path).is_none_or(|value| fixed.iter().any(|fixed| fixed.is(value)))
            })
            && self.required.iter().all(|known| member(known) == Some(true))
            && self.optional.iter().all(|known| member(known) != Some(false))
    }

    /// Whether the value at the tag's path is one of this shape's.
    fn allows(&self, path: &[&str], tag: &Value) -> bool {
        let mut own = self.fixed.iter().filter(|(known, _)| *known == path);
        own.any(|(_, fixed)| fixed.iter().any(|fixed| fixed.is(tag)))
    }

    /// How much of the value the shape speaks of.
    fn rank(&self, value: &Value) -> (usize, usize, usize) {
        let there = |path: &[&str]| at(value, path).is_some();
        let fixed = self.fixed.iter().filter(|(path, _)| there(path)).count();
        let optional = self.optional.iter().filter(|(name, _)| there(&[name])).count();
        (fixed, self.required.len(), optional)
    }
}

impl Fixed {
    fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(text), Value::String(value)) => text == value,
            (Self::Number(text), Value::Number(value)) => {
                let same = |number: f64| value.as_f64() == Some(number);
                *text == value.to_string() || text.parse().is_ok_and(same)
            }
            (Self::Bool(flag), Value::Bool(value)) => flag == value,
            (Self::Null, Value::Null) => true,
            _ => false,
        }
    }
}

/// The value at the end of a path; the places of an array count from zero.
fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| step(value, name))
}

fn step<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    }
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => NULL,
        Value::Bool(_) => BOOL,
        Value::Number(number) if number.is_f64() => NUMBER & !INTEGER,
        Value::Number(_) => INTEGER,
        Value::String(_) => STRING,
        Value::Array(_) => ARRAY,
        Value::Object(_) => OBJECT,
    }
}

/// What the generator knows about an array whose places have meanings.
pub(crate) trait Positional: Sized {
    /// What an error says was expected.
    const EXPECTED: &'static str;

    /// Takes the elements in order. Those after the last one that is taken are ones we do not know yet.
    fn read<'de, A: SeqAccess<'de>>(items: &mut Items<A>) -> Result<Self, A::Error>;
}

/// The elements of an array, one after the other.
pub(crate) struct Items<A> {
    array: A,
    taken: usize,
    expected: &'static str,
}

impl<'de, A: SeqAccess<'de>> Items<A> {
    /// An element that is always there.
    pub(crate) fn next<T: Deserialize<'de>>(&mut self) -> Result<T, A::Error> {
        let (taken, expected) = (self.taken, self.expected);
        let short = || A::Error::invalid_length(taken, &expected);
        self.next_if_any()?.ok_or_else(short)
    }

    /// An element that may be left out at the end.
    pub(crate) fn next_if_any<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.taken += 1;
        self.array.next_element()
    }

    /// All others.
    pub(crate) fn rest<T: Deserialize<'de>>(&mut self) -> Result<Vec<T>, A::Error> {
        let mut rest = Vec::new();
        while let Some(item) = self.next_if_any()? {
            rest.push(item);
        }
        Ok(rest)
    }
}

/// Reads an array whose places have meanings.
pub(crate) fn deserialize_places<'de, T: Positional, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_seq(Places(PhantomData))
}

struct Places<T>(PhantomData<T>);

impl<'de, T: Positional> Visitor<'de> for Places<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<T, A::Error> {
        let mut items = Items {
            array,
            taken: 0,
            expected: T::EXPECTED,
        };
        let value = T::read(&mut items)?;
        while items.array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(value)
    }
}

/// Reads an object's declared members, and apart from them all others.
pub(crate) fn deserialize_others<'de, D, F, T>(
    deserializer: D,
    declared: &'static [&'static str],
) -> Result<(F, Map<EcoString, T>), D::Error>
where
    D: Deserializer<'de>,
    F: DeserializeOwned,
    T: DeserializeOwned,
{
    let json = RawJson::deserialize(deserializer)?;
    let fields = json.parse().map_err(D::Error::custom)?;
    let mut others = serde_json::Deserializer::from_str(json.as_str());
    let others = others.deserialize_map(Others(declared, PhantomData));
    Ok((fields, others.map_err(D::Error::custom)?))
}

struct Others<T>(&'static [&'static str], PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Others<T> {
    type Value = Map<EcoString, T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut others = Vec::new();
        while let Some(name) = map.next_key::<EcoString>()? {
            if self.0.contains(&name.as_str()) {
                map.next_value::<IgnoredAny>()?;
            } else {
                others.push((name, map.next_value()?));
            }
        }
        Ok(others.into())
    }
}
