mod parts;

use std::fmt;
use std::str::FromStr;

use ecow::{EcoString, eco_format};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use self::parts::Parts;
#[cfg(feature = "fast")]
use crate::scan::{Scan, Scanner};

/// An exact decimal number, kept as the very text it came as.
///
/// Scale, trailing zeros and exponent survive on the way through, and up to 15 characters need no heap. From JSON any
/// string is taken, even an empty one: one odd number must not cost the rest of its message. Whether the text is a
/// number shows when it is converted:
///
/// ```
/// # use rocketfi_protocol::{Decimal, DecimalError};
/// let size: Decimal = serde_json::from_str("\"-12.500\"")?;
/// assert_eq!(size.as_str(), "-12.500");
/// assert_eq!(size.to_decimal(), Ok(rust_decimal::Decimal::new(-12_500, 3)));
///
/// let odd: Decimal = serde_json::from_str("\"\"")?;
/// assert_eq!(odd.to_decimal(), Err(DecimalError::NotANumber));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Comparing
/// Two `Decimal`s are equal when their texts are, so `1.0` is not `1`; for the same reason there is no order. Compare
/// the numbers ([`to_decimal`](Self::to_decimal)) where the number is meant.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal(EcoString);

/// Why a [`Decimal`] has no exact numeric value, or a text is no decimal.
///
/// Never holds the text itself, so it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DecimalError {
    /// The text is not a decimal number.
    #[error("expected a decimal number")]
    NotANumber,
    /// A number, but one that needs more than 96 bits or more than 28 decimal places.
    #[error("the number does not fit 96 bits and 28 decimal places")]
    Unrepresentable,
}

impl Decimal {
    /// `0`.
    pub const ZERO: Self = Self(EcoString::inline("0"));

    /// The text, exactly as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number that the text stands for: exactly that number, never a rounded one.
    ///
    /// A number is an optional sign, digits with at most one point among or beside them, and an optional exponent:
    /// `-12.500`, `007`, `.5`, `5.`, `1E-8`, `6.4251e+4`. The scale is that of the text where it fits, so `1.50`
    /// stays `1.50`; zeros that do not fit are given up before the number is. Zero has no sign.
    ///
    /// # Errors
    /// [`DecimalError::NotANumber`] for any other text (empty, blanks, `NaN`, `1_000`, `0x10`), and
    /// [`DecimalError::Unrepresentable`] when `rust_decimal` cannot hold the number exactly.
    pub fn to_decimal(&self) -> Result<rust_decimal::Decimal, DecimalError> {
        let parts = Parts::read(&self.0).ok_or(DecimalError::NotANumber)?;
        parts.to_decimal().ok_or(DecimalError::Unrepresentable)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Keeps the text when it is a number in the sense of [`Decimal::to_decimal`], however many digits it has.
impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Parts::read(text).ok_or(DecimalError::NotANumber)?;
        Ok(Self(text.into()))
    }
}

impl From<rust_decimal::Decimal> for Decimal {
    fn from(number: rust_decimal::Decimal) -> Self {
        Self(eco_format!("{number}"))
    }
}

impl TryFrom<&Decimal> for rust_decimal::Decimal {
    type Error = DecimalError;

    fn try_from(decimal: &Decimal) -> Result<Self, DecimalError> {
        decimal.to_decimal()
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Decimal {
            fn from(number: $integer) -> Self {
                Self(eco_format!("{number}"))
            }
        }
    )*};
}

from_integer!(u32, i32, u64, i64);

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DecimalVisitor)
    }
}

#[cfg(feature = "fast")]
impl Scan for Decimal {
    const MIN: usize = 2;

    #[inline]
    fn empty() -> Self {
        Self(EcoString::new())
    }

    #[inline]
    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        self.0.fill(scanner)
    }
}

/// A copy whose length is a constant where it is short: such a text is put together in registers. One that is written
/// byte by byte has to reach memory before the processor can move it as a whole, and serde moves each value at once.
/// Returned from a call it would go through memory after all: that costs a quarter of reading a book.
#[inline(always)]
fn inline(text: &str) -> EcoString {
    macro_rules! of_length {
        ($($length:literal)*) => {
            match text.len() {
                $($length => EcoString::inline(text.get(..$length).unwrap_or_default()),)*
                _ => text.into(),
            }
        };
    }
    of_length!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
}

struct DecimalVisitor;

impl de::Visitor<'_> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number in a string")
    }

    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        Ok(Decimal(inline(text)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(text: &str) -> String {
        serde_json::to_string(text).unwrap()
    }

    #[test]
    fn ordinary_lengths_need_no_heap() {
        assert_eq!(size_of::<Decimal>(), 16);
        for text in ["0", "-12.500", "64250.50000000", "123456789.12345"] {
            assert!(text.parse::<Decimal>().unwrap().0.is_inline(), "{text}");
        }
    }

    #[test]
    fn text_from_json_passes_through_whatever_it_is() {
        for text in [
            "-12.500",
            "1E-8",
            "",
            " ",
            "NaN",
            "-0.0",
            "007",
            "1\u{2028}",
            &"9".repeat(99),
        ] {
            let decimal: Decimal = serde_json::from_str(&json(text)).unwrap();
            assert_eq!(decimal.as_str(), text);
            assert_eq!(serde_json::to_string(&decimal).unwrap(), json(text));
        }
    }

    #[test]
    fn a_json_number_is_not_a_decimal() {
        let error = serde_json::from_str::<Decimal>("[1.5]").unwrap_err();
        assert!(
            error.to_string().contains("a decimal number in a string"),
            "{error}"
        );
    }

    #[test]
    fn equality_is_that_of_the_text() {
        let [one, one_point_zero] = ["1", "1.0"].map(|text| text.parse::<Decimal>().unwrap());
        assert_ne!(one, one_point_zero);
        assert_eq!(one.to_decimal(), one_point_zero.to_decimal());
    }

    #[test]
    fn numbers_become_text() {
        assert_eq!(
            Decimal::from(rust_decimal::Decimal::new(1500, 3)).as_str(),
            "1.500"
        );
        assert_eq!(Decimal::from(u64::MAX).as_str(), "18446744073709551615");
        assert_eq!(Decimal::from(-7_i32).as_str(), "-7");
        assert_eq!(Decimal::ZERO, Decimal::from(0_u32));
    }

    #[test]
    fn from_str_refuses_what_is_no_number() {
        for text in [
            "", "-", ".", "e5", "1e", "1_000", " 1", "0x10", "inf", "1.2.3",
        ] {
            assert_eq!(
                text.parse::<Decimal>(),
                Err(DecimalError::NotANumber),
                "{text}"
            );
        }
        let long = "1".repeat(200);
        let decimal: Decimal = long.parse().unwrap();
        assert_eq!(decimal.to_decimal(), Err(DecimalError::Unrepresentable));
    }

    proptest! {
        #[test]
        fn any_text_survives_json(text: String) {
            let decimal: Decimal = serde_json::from_str(&json(&text)).unwrap();
            prop_assert_eq!(decimal.as_str(), &text);
            prop_assert_eq!(serde_json::to_string(&decimal).unwrap(), json(&text));
        }

        #[test]
        fn a_number_comes_back_with_its_scale(mantissa in -(1_i128 << 95)..(1_i128 << 95), scale in 0_u32..=28) {
            let number = rust_decimal::Decimal::from_i128_with_scale(mantissa, scale);
            let back = Decimal::from(number).to_decimal().unwrap();
            prop_assert_eq!((back.mantissa(), back.scale()), (mantissa, scale));
        }
    }
}
