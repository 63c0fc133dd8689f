use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A field that may be absent, and may be null, where the two are to be told apart on the way through.
///
/// A reader who only wants the value takes [`get`](Self::get). In a struct of your own, give the field
/// `#[serde(default, skip_serializing_if = "Optional::is_absent")]`: without it an absent field is an error, and an
/// absent value is written as null.
///
/// ```
/// # use rocketfi_protocol::Optional;
/// let pnl = Optional::from(7);
/// assert_eq!(pnl.get(), Some(&7));
/// assert_eq!(Optional::<u64>::Null.get(), None);
/// assert_eq!(Optional::<u64>::from(None), Optional::Absent);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Optional<T> {
    /// The field was not there.
    #[default]
    Absent,
    /// The field was there, and null.
    Null,
    /// The field had a value.
    Value(T),
}

impl<T> Optional<T> {
    /// The value, if there is one.
    #[must_use]
    pub const fn get(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The value, if there is one.
    #[must_use]
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Whether the field was not there at all.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the field was there and null.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl<T: Copy> Optional<T> {
    /// A copy of the value, if there is one.
    #[must_use]
    pub const fn copied(&self) -> Option<T> {
        match self {
            Self::Value(value) => Some(*value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T> From<T> for Optional<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// `None` becomes absent, not null: what has nothing to say is not sent.
impl<T> From<Option<T>> for Optional<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

impl<T: Serialize> Serialize for Optional<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Optional<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(OptionalVisitor(PhantomData))
    }
}

struct OptionalVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for OptionalVisitor<T> {
    type Value = Optional<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("option")
    }

    fn visit_none<E>(self) -> Result<Optional<T>, E> {
        Ok(Optional::Null)
    }

    fn visit_unit<E>(self) -> Result<Optional<T>, E> {
        Ok(Optional::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Optional<T>, D::Error> {
        T::deserialize(deserializer).map(Optional::Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder {
        #[serde(default, skip_serializing_if = "Optional::is_absent")]
        field: Optional<u64>,
    }

    #[test]
    fn absent_null_and_value_are_three_things() {
        let table = [
            ("{}", Optional::Absent),
            (r#"{"field":null}"#, Optional::Null),
            (r#"{"field":7}"#, Optional::Value(7)),
        ];
        for (json, field) in table {
            let read: Holder = serde_json::from_str(json).unwrap();
            assert_eq!(read, Holder { field });
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
    }

    #[test]
    fn accessors_agree() {
        let table = [
            (Optional::Absent, None, true, false),
            (Optional::Null, None, false, true),
            (Optional::Value(7), Some(7), false, false),
        ];
        for (field, value, absent, null) in table {
            assert_eq!(field.get().copied(), value);
            assert_eq!(field.copied(), value);
            assert_eq!(field.into_option(), value);
            assert_eq!((field.is_absent(), field.is_null()), (absent, null));
        }
    }

    #[test]
    fn conversions_never_make_a_null() {
        assert_eq!(Optional::from(7), Optional::Value(7));
        assert_eq!(Optional::<u64>::from(Some(7)), Optional::Value(7));
        assert_eq!(Optional::<u64>::from(None), Optional::Absent);
        assert_eq!(Optional::<u64>::default(), Optional::Absent);
    }

    #[test]
    fn a_wrong_value_is_an_error() {
        assert!(serde_json::from_str::<Holder>(r#"{"field":"7"}"#).is_err());
    }
}
