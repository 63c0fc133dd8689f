//! The arithmetic of a decimal's text. `rust_decimal` would round what does not fit, and reads exponents and plain
//! numbers with two functions that disagree about it, so the digits are added up here.

/// The largest number of decimal places that `rust_decimal` has.
const MAX_SCALE: i64 = 28;

/// A number taken apart: `coefficient`, followed by `zeros` zeros, times ten to the power of `exponent`.
pub(super) struct Parts {
    negative: bool,
    /// The digits without leading and trailing zeros; `None` when they exceed 128 bits.
    coefficient: Option<u128>,
    zeros: u32,
    exponent: i64,
}

impl Parts {
    /// Takes a text apart, or answers `None` when it is no number.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (negative, unsigned) = split_sign(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let places = i64::try_from(fraction.len()).ok()?;
        let exponent = exponent.saturating_sub(places);
        let mut parts = Self {
            negative,
            coefficient: Some(0),
            zeros: 0,
            exponent,
        };
        for digit in whole.bytes().chain(fraction.bytes()) {
            parts.push(digit)?;
        }
        Some(parts)
    }

    /// Appends a digit, or answers `None` when it is none.
    fn push(&mut self, digit: u8) -> Option<()> {
        match digit {
            b'0' if self.coefficient == Some(0) => {}
            b'0' => self.zeros = self.zeros.checked_add(1)?,
            b'1'..=b'9' => {
                self.coefficient = self.shifted_by(digit - b'0');
                self.zeros = 0;
            }
            _ => return None,
        }
        Some(())
    }

    fn shifted_by(&self, digit: u8) -> Option<u128> {
        let shift = 10_u128.checked_pow(self.zeros.checked_add(1)?)?;
        self.coefficient?
            .checked_mul(shift)?
            .checked_add(digit.into())
    }

    /// The number, with the largest scale that fits and is not larger than the written one; `None` when none fits.
    pub(super) fn to_decimal(&self) -> Option<rust_decimal::Decimal> {
        let magnitude = i128::try_from(self.coefficient?).ok()?;
        let coefficient = if self.negative { -magnitude } else { magnitude };
        let written = self.exponent.saturating_neg().clamp(0, MAX_SCALE);
        if coefficient == 0 {
            return with_scale(0, written);
        }
        let exponent = self.exponent.saturating_add(self.zeros.into());
        (0..=written).rev().find_map(|scale| {
            // Below zero, the scale is too small for the last digit.
            let shift = u32::try_from(exponent.saturating_add(scale)).ok()?;
            with_scale(coefficient.checked_mul(10_i128.checked_pow(shift)?)?, scale)
        })
    }
}

fn with_scale(mantissa: i128, scale: i64) -> Option<rust_decimal::Decimal> {
    rust_decimal::Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale).ok()?).ok()
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// An exponent too large for 64 bits is as good as the largest: nothing but zero can have it.
fn read_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.parse().unwrap_or(i64::MAX);
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The number as `rust_decimal` writes it, scale included; or why there is none.
    fn number(text: &str) -> Result<String, &'static str> {
        let parts = Parts::read(text).ok_or("no number")?;
        Ok(parts.to_decimal().ok_or("does not fit")?.to_string())
    }

    #[test]
    fn every_form_is_read_exactly() {
        let table = [
            ("0", "0"),
            ("-12.500", "-12.500"),
            ("+1.5", "1.5"),
            ("007", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-0.0", "0.0"),
            ("1E-8", "0.00000001"),
            ("6.4251e+4", "64251"),
            ("1.50e1", "15.0"),
            ("100e-1", "10.0"),
            ("12e3", "12000"),
            ("0e99999999999999999999", "0"),
            ("1e-18", "0.000000000000000001"),
            (
                "79228162514264337593543950335",
                "79228162514264337593543950335",
            ),
            (
                "7922816251426433759354395033.5",
                "7922816251426433759354395033.5",
            ),
            ("1e28", "10000000000000000000000000000"),
        ];
        for (text, expected) in table {
            assert_eq!(number(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn zeros_are_given_up_before_the_number_is() {
        let one = format!("1.{}", "0".repeat(60));
        assert_eq!(number(&one), Ok(format!("1.{}", "0".repeat(28))));
        let large = format!("79228162514264337593543950335.{}", "0".repeat(40));
        assert_eq!(
            number(&large).as_deref(),
            Ok("79228162514264337593543950335")
        );
        let small = format!("0.5{}e-27", "0".repeat(40));
        assert_eq!(
            number(&small).as_deref(),
            Ok("0.0000000000000000000000000005")
        );
    }

    #[test]
    fn what_does_not_fit_is_never_rounded() {
        let table = [
            "0.12345678901234567890123456789",
            "79228162514264337593543950336",
            "79228162514264337593543950335.5",
            "1e29",
            "1e-29",
            "1e99999999999999999999",
            "-1e-99999999999999999999",
            "123456789012345678901234567890.12345678901234567890123456789",
        ];
        for text in table {
            assert_eq!(number(text), Err("does not fit"), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_number() {
        let table = [
            "",
            ".",
            "-",
            "+-1",
            "--1",
            "e",
            "1e",
            "1e+",
            "1e1.5",
            "1e1e1",
            "1.2.3",
            "1,5",
            "1_000",
            " 1",
            "1 ",
            "0x10",
            "NaN",
            "inf",
            "-Infinity",
            "١",
            "1\u{0}",
        ];
        for text in table {
            assert_eq!(number(text), Err("no number"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_rust_decimal_on_plain_numbers(text in "-?[0-9]{1,12}(\\.[0-9]{1,12})?") {
            let expected = rust_decimal::Decimal::from_str_exact(&text).unwrap();
            let found = Parts::read(&text).unwrap().to_decimal().unwrap();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(found.scale(), expected.scale());
        }

        #[test]
        fn an_exponent_moves_the_point(mantissa in 1_i64..1_000_000_000, places in 0_i64..=18) {
            let expected = rust_decimal::Decimal::from_i128_with_scale(mantissa.into(), places.try_into().unwrap());
            let found = Parts::read(&format!("{mantissa}e-{places}")).unwrap().to_decimal();
            prop_assert_eq!(found, Some(expected));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+0-9.eE]{0,80}|\\PC*") {
            if let Some(parts) = Parts::read(&text) {
                let _number = parts.to_decimal();
            }
        }
    }
}
