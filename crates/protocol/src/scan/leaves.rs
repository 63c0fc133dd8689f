//! Values without parts that belong to no protocol; those that do have their scanners beside them.

use ecow::EcoString;

use super::{Scan, Scanner};
use crate::scalar::{Number, RawJson};

impl Scan for bool {
    #[inline]
    fn empty() -> Self {
        false
    }

    #[inline]
    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        *self = scanner.peek()? == b't';
        let found = if *self {
            scanner.take(b"true")
        } else {
            scanner.take(b"false")
        };
        found.then_some(())
    }
}

/// Integers, by a function of the scanner that reads the widest of them.
macro_rules! integers {
    ($($integer:ty: $read:ident;)*) => {$(
        impl Scan for $integer {
            #[inline]
            fn empty() -> Self {
                0
            }

            #[inline]
            fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
                *self = scanner.$read()?.try_into().ok()?;
                Some(())
            }
        }
    )*};
}

integers! {
    u64: unsigned;
    u32: unsigned;
    i64: signed;
    i32: signed;
}

/// A double has one reader, so that it has one value.
impl Scan for Number {
    fn empty() -> Self {
        0_u64.into()
    }

    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        *self = serde_json::from_str(scanner.number()?).ok()?;
        Some(())
    }
}

impl Scan for RawJson {
    fn empty() -> Self {
        Self::null()
    }

    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        *self = scanner.by_serde()?;
        Some(())
    }

    /// An empty one takes an allocation.
    fn append(list: &mut Vec<Self>, scanner: &mut Scanner<'_>) -> Option<()> {
        list.push(scanner.by_serde()?);
        Some(())
    }
}

impl Scan for EcoString {
    const MIN: usize = 2;

    #[inline]
    fn empty() -> Self {
        Self::new()
    }

    #[inline]
    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        let text = scanner.string()?;
        if text.len() <= Self::INLINE_LIMIT {
            self.push_str(text);
        } else {
            *self = text.into();
        }
        Some(())
    }
}
