use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;
use std::slice;
use std::vec;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A JSON object whose members have names of any kind: pairs, sorted by key, in one piece of memory.
///
/// A message is read once and looked at once or twice. A tree with a node for every few members would cost an allocation
/// for each of them; this costs as many as a list. Of a key that comes twice, the last value counts.
///
/// ```
/// # use rocketfi_protocol::Map;
/// let ages: Map<String, u32> = serde_json::from_str(r#"{"Zoe":7,"Ann":30}"#)?;
/// assert_eq!(ages.get(&"Zoe".to_owned()), Some(&7));
/// assert_eq!(serde_json::to_string(&ages)?, r#"{"Ann":30,"Zoe":7}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Map<K, V>(Vec<(K, V)>);

impl<K, V> Map<K, V> {
    /// An empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many members it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no member.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members, by key in rising order.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + ExactSizeIterator {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The keys, in rising order.
    #[must_use]
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator {
        self.0.iter().map(|(key, _)| key)
    }

    /// Keeps the members that this says yes to.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }

    /// The values, by key in rising order.
    #[must_use]
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.0.iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> Map<K, V> {
    /// The value under this key. Looks at as many keys as the number of members has binary digits.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        let found = self.0.binary_search_by(|(known, _)| known.cmp(key));
        found.ok().map(|index| &self.0[index].1)
    }

    /// Whether there is a value under this key.
    #[must_use]
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// # Panics
/// When the key is not there.
impl<K: Ord, V> Index<&K> for Map<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("a key that is in the map")
    }
}

/// Sorts, and keeps the last value of each key.
impl<K: Ord + Clone, V> From<Vec<(K, V)>> for Map<K, V> {
    fn from(mut pairs: Vec<(K, V)>) -> Self {
        if !pairs.is_sorted_by(|(key, _), (next, _)| key < next) {
            // By the keys alone: the values are large, and are moved once this way.
            pairs.sort_by_cached_key(|(key, _)| key.clone());
            pairs.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    std::mem::swap(next, kept);
                }
                same
            });
        }
        Self(pairs)
    }
}

impl<K: Ord + Clone, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(pairs: [(K, V); N]) -> Self {
        Vec::from(pairs).into()
    }
}

impl<K: Ord + Clone, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        pairs.into_iter().collect::<Vec<_>>().into()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'m, K, V> IntoIterator for &'m Map<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = std::iter::Map<slice::Iter<'m, (K, V)>, fn(&'m (K, V)) -> (&'m K, &'m V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K, V> Deserialize<'de> for Map<K, V>
where
    K: Ord + Clone + Deserialize<'de>,
    V: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<K, V>(PhantomData<(K, V)>);

impl<'de, K, V> Visitor<'de> for PairsVisitor<K, V>
where
    K: Ord + Clone + Deserialize<'de>,
    V: Deserialize<'de>,
{
    type Value = Map<K, V>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Map<K, V>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs.into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_empty_one_is_an_empty_object() {
        assert_eq!(serde_json::to_string(&Map::<u8, u8>::new()).unwrap(), "{}");
        assert_eq!(
            serde_json::from_str::<Map<u8, u8>>("{}").unwrap(),
            Map::default()
        );
    }

    #[test]
    fn debug_is_that_of_a_map() {
        assert_eq!(
            format!("{:?}", Map::from([(2, 'b'), (1, 'a')])),
            "{1: 'a', 2: 'b'}"
        );
    }

    proptest! {
        #[test]
        fn is_what_a_tree_is(pairs: Vec<(u8, u16)>, other: u8) {
            let tree: BTreeMap<u8, u16> = pairs.iter().copied().collect();
            let map: Map<u8, u16> = pairs.iter().copied().collect();
            prop_assert_eq!(map.len(), tree.len());
            prop_assert_eq!(map.is_empty(), tree.is_empty());
            prop_assert!(map.iter().eq(&tree));
            prop_assert!((&map).into_iter().eq(&tree));
            prop_assert!(map.keys().eq(tree.keys()) && map.values().eq(tree.values()));
            prop_assert_eq!(map.get(&other), tree.get(&other));
            prop_assert_eq!(map.contains_key(&other), tree.contains_key(&other));
            prop_assert!(tree.keys().all(|key| map[key] == tree[key]));
            prop_assert_eq!(serde_json::to_string(&map).unwrap(), serde_json::to_string(&tree).unwrap());
            let (mut small, mut small_tree) = (map.clone(), tree.clone());
            small.retain(|key, _| *key < other);
            small_tree.retain(|key, _| *key < other);
            prop_assert!(small.into_iter().eq(small_tree));
            prop_assert!(map.into_iter().eq(tree));
        }

        #[test]
        fn reads_what_a_tree_reads(pairs: Vec<(u8, u16)>) {
            let members: Vec<_> = pairs.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
            let json = format!("{{{}}}", members.join(","));
            let tree: BTreeMap<u8, u16> = serde_json::from_str(&json).unwrap();
            prop_assert!(serde_json::from_str::<Map<u8, u16>>(&json).unwrap().into_iter().eq(tree));
        }
    }
}
