//! A string that is none of an enum's values.

use std::fmt;

/// A string that is none of the values an enum of the protocol has. It names those, never the string itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    known: &'static [&'static str],
}

impl UnknownValue {
    pub(crate) const fn new(known: &'static [&'static str]) -> Self {
        Self { known }
    }

    /// The values that exist, as they stand on the wire.
    #[must_use]
    pub const fn known(&self) -> &'static [&'static str] {
        self.known
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected one of {}", self.known.join(", "))
    }
}

impl std::error::Error for UnknownValue {}
