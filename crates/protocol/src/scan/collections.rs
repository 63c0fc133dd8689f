//! Values made of others.

use memchr::{memchr, memchr_iter};

use super::{Scan, Scanner};
use crate::scalar::{Map, Optional};

impl<T: Scan> Scan for Option<T> {
    #[inline]
    fn empty() -> Self {
        None
    }

    #[inline]
    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        if scanner.null() {
            return Some(());
        }
        self.insert(T::empty()).fill(scanner)
    }
}

impl<T: Scan> Scan for Optional<T> {
    #[inline]
    fn empty() -> Self {
        Self::Absent
    }

    #[inline]
    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        if scanner.null() {
            *self = Self::Null;
            return Some(());
        }
        *self = Self::Value(T::empty());
        match self {
            Self::Value(value) => value.fill(scanner),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T: Scan> Scan for Vec<T> {
    const MIN: usize = 2;

    #[inline]
    fn empty() -> Self {
        Self::new()
    }

    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        let mut more = scanner.enter(b'[', b']')?;
        if more && T::FLAT {
            self.reserve_exact(count::<T>(scanner));
        }
        while more {
            T::append(self, scanner)?;
            more = scanner.another(b']')?;
        }
        Some(())
    }
}

/// How many objects there are to the end of the array: exactly, unless a text holds a bracket or a brace. A frame cannot
/// cheat for more room than as many of the smallest would take that it has bytes for.
fn count<T: Scan>(scanner: &Scanner<'_>) -> usize {
    let rest = scanner.rest();
    let list = memchr(b']', rest).map_or(rest, |end| &rest[..end]);
    memchr_iter(b'{', list).count().min(list.len() / T::MIN)
}

impl<K: Key, V: Scan> Scan for Map<K, V> {
    const MIN: usize = 2;

    fn empty() -> Self {
        Self::new()
    }

    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        let mut more = scanner.open()?;
        if !more {
            return Some(());
        }
        let start = scanner.position();
        let first = (K::from_key(scanner.key()?)?, V::scan(scanner)?);
        more = scanner.more()?;
        let size = scanner.position() - start;
        let mut pairs = Vec::with_capacity(if more { room(scanner, size) } else { 1 });
        pairs.push(first);
        while more {
            pairs.push((K::from_key(scanner.key()?)?, V::empty()));
            pairs.last_mut()?.1.fill(scanner)?;
            more = scanner.more()?;
        }
        *self = pairs.into();
        Some(())
    }
}

/// How many there may be, counting one of this size that was read: as many as the frame has bytes for if all are about as
/// long, for a map mostly ends its message.
fn room(scanner: &Scanner<'_>, size: usize) -> usize {
    let alike = scanner.rest().len() / size;
    1 + alike + alike.div_ceil(8)
}

/// A type that names the members of a map.
pub(crate) trait Key: Ord + Clone {
    fn from_key(key: &str) -> Option<Self>;
}

impl Key for ecow::EcoString {
    fn from_key(key: &str) -> Option<Self> {
        Some(key.into())
    }
}
