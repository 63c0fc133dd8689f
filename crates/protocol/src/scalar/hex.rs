//! What the hexadecimal scalars have in common: an optional `0x`, then digits in any letter case.

/// Why a text is not the hexadecimal scalar it should be.
///
/// Never holds the text itself, so it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum HexError {
    /// Not as many digits as the type has.
    #[error("expected {expected} hexadecimal digits, with or without 0x, found {found} bytes")]
    Length {
        /// How many digits the type has, without the `0x`.
        expected: usize,
        /// How many bytes the text has, without the `0x`.
        found: usize,
    },
    /// An odd number of digits, which makes no whole number of bytes.
    #[error("expected an even number of hexadecimal digits")]
    OddLength,
    /// A character that is no hexadecimal digit.
    #[error("expected only hexadecimal digits, with or without 0x")]
    Digit,
}

/// The digits of `text`, without the prefix when there is one.
pub(super) fn digits(text: &str) -> &str {
    text.strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text)
}

/// Reads exactly `N` bytes.
pub(super) fn parse<const N: usize>(text: &str) -> Result<[u8; N], HexError> {
    let digits = digits(text);
    if digits.len() != 2 * N {
        let (expected, found) = (2 * N, digits.len());
        return Err(HexError::Length { expected, found });
    }
    let mut bytes = [0; N];
    // The length is right, so const-hex can only object to a digit, or to a second 0x.
    const_hex::decode_to_slice(digits, &mut bytes).map_err(|_| HexError::Digit)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_and_letter_case_do_not_matter() {
        for text in ["0xAb01", "0XaB01", "ab01", "AB01"] {
            assert_eq!(parse::<2>(text), Ok([0xab, 0x01]), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        let length = |found| Err(HexError::Length { expected: 4, found });
        let table = [
            ("", length(0)),
            ("0x", length(0)),
            ("0xab0", length(3)),
            ("0xab012", length(5)),
            ("ab01 ", length(5)),
            ("0x0xab01", length(6)),
            ("0x0xab", Err(HexError::Digit)),
            ("ab0g", Err(HexError::Digit)),
            ("+b01", Err(HexError::Digit)),
            ("éé", Err(HexError::Digit)),
        ];
        for (text, expected) in table {
            assert_eq!(parse::<2>(text), expected, "{text}");
        }
    }
}
