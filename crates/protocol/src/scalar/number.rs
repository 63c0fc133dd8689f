use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A JSON number that was computed in floating point: chart data, which needs no exactness.
///
/// Remembers whether it was written as an integer, so that `6` is sent on as `6` and `6.0` as `6.0`; for the same
/// reason the two are not equal. Take [`as_f64`](Self::as_f64) to compute.
///
/// ```
/// # use rocketfi_protocol::Number;
/// let volume: Number = serde_json::from_str("6.0")?;
/// assert_eq!(volume.as_f64(), 6.0);
/// assert_eq!(serde_json::to_string(&volume)?, "6.0");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq)]
pub struct Number(Repr);

#[derive(Clone, Copy, PartialEq)]
enum Repr {
    Unsigned(u64),
    /// Always below zero, so that equal integers are equal.
    Negative(i64),
    Float(f64),
}

impl Number {
    /// The nearest double: exact unless this is an integer beyond 2^53.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest double is what is asked for"
    )]
    pub const fn as_f64(self) -> f64 {
        match self.0 {
            Repr::Unsigned(number) => number as f64,
            Repr::Negative(number) => number as f64,
            Repr::Float(number) => number,
        }
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self(Repr::Unsigned(number))
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self(u64::try_from(number).map_or(Repr::Negative(number), Repr::Unsigned))
    }
}

/// JSON has no infinity and no NaN: as everywhere in `serde_json`, they are written as `null`.
impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self(Repr::Float(number))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Unsigned(number) => fmt::Display::fmt(&number, f),
            Repr::Negative(number) => fmt::Display::fmt(&number, f),
            Repr::Float(number) => fmt::Display::fmt(&number, f),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Unsigned(number) => fmt::Debug::fmt(&number, f),
            Repr::Negative(number) => fmt::Debug::fmt(&number, f),
            Repr::Float(number) => fmt::Debug::fmt(&number, f),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Repr::Unsigned(number) => serializer.serialize_u64(number),
            Repr::Negative(number) => serializer.serialize_i64(number),
            Repr::Float(number) => serializer.serialize_f64(number),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A hint only: JSON hands an integer over as an integer all the same.
        deserializer.deserialize_f64(NumberVisitor)
    }
}

struct NumberVisitor;

impl de::Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
        Ok(number.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn round_trip(json: &str) -> String {
        let number: Number = serde_json::from_str(json).unwrap();
        serde_json::to_string(&number).unwrap()
    }

    #[test]
    fn integers_and_floats_stay_what_they_are() {
        let table = [
            "0",
            "6",
            "6.0",
            "-6",
            "-6.0",
            "7296.89",
            "0.1",
            "-0.0",
            "18446744073709551615",
            "-9223372036854775808",
        ];
        for json in table {
            assert_eq!(round_trip(json), json);
        }
    }

    #[test]
    fn other_spellings_keep_their_value() {
        for json in [
            "1e3",
            "1E-7",
            "6.50",
            "18446744073709551616",
            "1.7976931348623157e308",
        ] {
            let [before, after] =
                [json, &round_trip(json)].map(|json| serde_json::from_str::<Value>(json).unwrap());
            assert_eq!(before, after, "{json}");
        }
    }

    #[test]
    fn equal_integers_are_equal_whatever_they_were_made_from() {
        assert_eq!(Number::from(6_i64), Number::from(6_u64));
        assert_ne!(Number::from(6_u64), Number::from(6.0));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for json in ["\"1\"", "null", "true", "[1]", "{}"] {
            assert!(serde_json::from_str::<Number>(json).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn every_double_survives(bits: u64) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            let json = serde_json::to_string(&Number::from(number)).unwrap();
            let back: Number = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(back.as_f64().to_bits(), bits, "{}", json);
        }

        #[test]
        fn every_integer_survives(unsigned: u64, signed: i64) {
            for number in [Number::from(unsigned), Number::from(signed)] {
                let json = serde_json::to_string(&number).unwrap();
                prop_assert_eq!(serde_json::from_str::<Number>(&json).unwrap(), number);
            }
        }

        #[test]
        fn the_text_of_a_single_survives(number: f32) {
            prop_assume!(number.is_finite() && number.fract() != 0.0);
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(
                round_trip(&json).parse::<f64>().unwrap().to_bits(),
                json.parse::<f64>().unwrap().to_bits()
            );
        }
    }
}
