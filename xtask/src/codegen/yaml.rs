//! YAML or JSON text to a tree, within limits.
//!
//! The parser bounds how deeply collections are nested (128 levels) and how many aliases are followed, but neither what
//! the aliases add up to nor the time that brackets take. A few kilobytes could thus ask for gigabytes or hours.

use std::cell::Cell;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_yaml::{Mapping, Value};
use thiserror::Error;

/// Forty times the largest specification seen.
const LONGEST: usize = 8 << 20;
/// The parser refuses 128; these are the brackets in descriptions, which need not be closed.
const MOST_OPEN: usize = 1000;
/// What a tree may hold, aliases written out: nodes, and text in units of [`TEXT`].
const LARGEST: usize = 1 << 19;
/// How much text weighs as much as a node.
const TEXT: usize = 64;

/// Why a text is no tree.
#[derive(Debug, Error)]
pub(crate) enum YamlError {
    /// In the words of the parser.
    #[error(transparent)]
    Syntax(#[from] serde_yaml::Error),
    #[error("{0} bytes are too many: {LONGEST} are read")]
    TooLong(usize),
    #[error("more than {MOST_OPEN} brackets are open")]
    TooDeep,
    #[error("too large with its aliases written out")]
    TooLarge,
}

/// Reads YAML, and JSON, which is YAML but for some corners.
pub(crate) fn parse(text: &str) -> Result<Value, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_text(text)?;
    // JSON goes first to its own reader: YAML's knows neither surrogate pairs nor tabs nor very long keys.
    if text.trim_start().starts_with('{')
        && walk(&mut serde_json::Deserializer::from_str(text))?.is_ok()
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    walk(serde_yaml::Deserializer::from_str(text))??;
    let mut yaml: Value = serde_yaml::from_str(text)?;
    merge(&mut yaml);
    // Merges that are none are left to the parser to refuse.
    yaml.apply_merge()?;
    Ok(yaml)
}

/// Writes merge keys out where they stand: the parser's own way puts what they bring at the end, and the last member
/// where the key was, but the order of fields is the order in which they are shown.
fn merge(value: &mut Value) {
    match value {
        Value::Mapping(map) => {
            // First what is inside: what is brought may be merged itself.
            map.values_mut().for_each(merge);
            if let Some(merged) = map.get("<<").and_then(|key| merged(map, key)) {
                *map = merged;
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(merge),
        Value::Tagged(tagged) => merge(&mut tagged.value),
        _ => {}
    }
}

/// A mapping with what its merge key brings: its own members count for more, and then those brought first.
fn merged(map: &Mapping, key: &Value) -> Option<Mapping> {
    let parts = match key {
        Value::Sequence(parts) => parts.as_slice(),
        part => std::slice::from_ref(part),
    };
    let parts: Vec<_> = parts.iter().map(Value::as_mapping).collect::<Option<_>>()?;
    let mut whole = Mapping::new();
    for (name, value) in map {
        if name != "<<" {
            whole.insert(name.clone(), value.clone());
            continue;
        }
        let brought = parts.iter().copied().flatten();
        for (name, value) in brought.filter(|(name, _)| !map.contains_key(*name)) {
            whole.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    Some(whole)
}

/// Refuses what is beyond the limits, whether or not it is YAML.
pub(crate) fn check(text: &str) -> Result<(), YamlError> {
    check_text(text)?;
    walk(serde_yaml::Deserializer::from_str(text)).map(drop)
}

/// The parser takes time for every open bracket at every token.
fn check_text(text: &str) -> Result<(), YamlError> {
    if text.len() > LONGEST {
        return Err(YamlError::TooLong(text.len()));
    }
    let mut open = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MOST_OPEN {
            return Err(YamlError::TooDeep);
        }
    }
    Ok(())
}

/// Goes through the tree without keeping anything of it, and gives the reader's own error as it is.
fn walk<'de, D: Deserializer<'de>>(text: D) -> Result<Result<(), D::Error>, YamlError> {
    let room = Cell::new(LARGEST);
    let walked = Walk(&room).deserialize(text);
    match room.get() {
        0 => Err(YamlError::TooLarge),
        _ => Ok(walked),
    }
}

/// Counts down to zero, and then stops with an error.
#[derive(Clone, Copy)]
struct Walk<'r>(&'r Cell<usize>);

impl Walk<'_> {
    fn take<E: serde::de::Error>(self, weight: usize) -> Result<(), E> {
        self.0.set(self.0.get().saturating_sub(weight));
        if self.0.get() == 0 {
            return Err(E::custom(YamlError::TooLarge));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// One visit for each type of scalar.
macro_rules! scalars {
    ($($visit:ident: $type:ty;)*) => {$(
        fn $visit<E: serde::de::Error>(self, _: $type) -> Result<(), E> {
            self.take(1)
        }
    )*};
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("anything")
    }

    scalars! {
        visit_bool: bool;
        visit_i64: i64;
        visit_i128: i128;
        visit_u64: u64;
        visit_u128: u128;
        visit_f64: f64;
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.take(1)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.take(1 + text.len() / TEXT)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.take(1)?;
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.take(1)?;
        while members.next_entry_seed(self, self)?.is_some() {}
        Ok(())
    }

    /// A value with a tag.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        self.take(1)?;
        let (_tag, content) = tagged.variant_seed(self)?;
        content.newtype_variant_seed(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::generate_from_text;

    fn refusal(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn merged_members_stand_where_the_merge_key_stood() {
        let text = "a: &a {x: 1, y: 2}\nb: &b {<<: *a, y: 3, z: 4}\nc: {first: 0, <<: [*b, {z: 5, w: 6}], last: 7}";
        let tree = parse(text).unwrap();
        let members = serde_json::to_string(&tree["c"]).unwrap();
        assert_eq!(members, r#"{"first":0,"x":1,"y":3,"z":4,"w":6,"last":7}"#);
    }

    #[test]
    fn a_merge_of_no_mapping_is_refused() {
        let list = "expected a mapping for merging, but found sequence";
        assert_eq!(refusal("a: {<<: [[]]}"), list);
        let scalar = "expected a mapping or list of mappings for merging, but found scalar";
        assert_eq!(refusal("a: {<<: 1}"), scalar);
    }

    #[test]
    fn aliases_may_not_add_up_to_a_flood() {
        let nodes = format!("a: &a [{}]\nb: [{}]", "x,".repeat(1000), "*a,".repeat(1000));
        let texts = format!("a: &a {}\nb: [{}]", "x".repeat(100_000), "*a,".repeat(1000));
        for text in [nodes, texts] {
            assert_eq!(refusal(&text), "too large with its aliases written out");
        }
    }

    #[test]
    fn a_large_tree_is_refused_in_json_too() {
        let text = format!("{{\"a\":[0{}]}}", ",0".repeat(LARGEST));
        assert_eq!(refusal(&text), "too large with its aliases written out");
    }

    #[test]
    fn brackets_by_the_thousand_are_not_even_parsed() {
        for open in ["[", "{", "{a: ", "{\"a\":"] {
            assert_eq!(
                refusal(&open.repeat(100_000)),
                "more than 1000 brackets are open"
            );
        }
    }

    #[test]
    fn a_text_of_megabytes_is_refused_at_once() {
        assert_eq!(
            refusal(&"#".repeat(LONGEST + 1)),
            "8388609 bytes are too many: 8388608 are read"
        );
    }

    #[test]
    fn aliases_merges_and_tags_are_read() {
        let text = "a: &a {x: 1, y: !tag [2]}\nb: {<<: *a, x: 3}\nc: *a";
        let value = parse(text).unwrap();
        assert_eq!(value["b"]["x"], Value::from(3));
        assert_eq!(value["c"], value["a"]);
    }

    #[test]
    fn annotations_have_the_same_limits() {
        let flood = format!("a: &a [{}]\nb: [{}]", "x,".repeat(1000), "*a,".repeat(1000));
        let error = generate_from_text("asyncapi: 3.0.0", &flood).unwrap_err();
        assert_eq!(
            error,
            "annotations.yaml: too large with its aliases written out"
        );
    }

    #[test]
    fn an_alias_of_itself_is_refused() {
        assert!(refusal("a: &a [*a]").starts_with("recursion limit exceeded"));
    }
}
