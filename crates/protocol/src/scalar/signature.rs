use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::hex::{self, HexError};
#[cfg(feature = "fast")]
use crate::scan::{Scan, Scanner};

/// A signature: hexadecimal text with `0x`, of any even number of digits.
///
/// The text is kept as it came, and read with or without `0x`, in any letter case. Two signatures are equal when their
/// bytes are, so that an answer can be matched with what was signed. `Debug` tells only the length, and there is no
/// `Display`: to show a signature is a decision, made by calling [`as_str`](Self::as_str).
///
/// ```
/// # use rocketfi_protocol::Signature;
/// let signature = Signature::from_bytes(&[0xab; 65]);
/// assert_eq!(format!("{signature:?}"), "Signature(65 bytes)");
/// assert!(signature.as_str().starts_with("0xabab"));
/// ```
#[derive(Clone)]
pub struct Signature(Box<str>);

impl Signature {
    /// The signature with these bytes, written with `0x` and in lower case.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(const_hex::encode_prefixed(bytes).into())
    }

    /// The text, exactly as it came. Not for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The bytes that the text stands for. Not for logs.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "it cannot panic, for the reason given below"
    )]
    pub fn to_bytes(&self) -> Vec<u8> {
        const_hex::decode(hex::digits(&self.0))
            .expect("from_str checked it, and from_bytes made it so")
    }

    /// The digits in the one spelling that equality and hash agree on.
    fn normalized(&self) -> impl Iterator<Item = u8> {
        let digits = hex::digits(&self.0).bytes();
        digits.map(|digit| digit.to_ascii_lowercase())
    }
}

impl FromStr for Signature {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        let digits = hex::digits(text);
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(HexError::Digit);
        }
        if digits.len() % 2 == 1 {
            return Err(HexError::OddLength);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({} bytes)", hex::digits(&self.0).len() / 2)
    }
}

impl PartialEq for Signature {
    fn eq(&self, other: &Self) -> bool {
        self.normalized().eq(other.normalized())
    }
}

impl Eq for Signature {}

impl Hash for Signature {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normalized().for_each(|digit| state.write_u8(digit));
        // An end mark, as for any text, so that neighbours in a hashed struct cannot run together.
        state.write_u8(0xff);
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SignatureVisitor)
    }
}

#[cfg(feature = "fast")]
impl Scan for Signature {
    const MIN: usize = 2;

    fn empty() -> Self {
        Self(Box::default())
    }

    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        *self = scanner.string()?.parse().ok()?;
        Some(())
    }
}

struct SignatureVisitor;

impl de::Visitor<'_> for SignatureVisitor {
    type Value = Signature;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signature of hexadecimal digits in a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Signature, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_kept_as_it_came() {
        for text in ["0xAbCd", "abcd", "0X00", "0x"] {
            let signature: Signature = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            assert_eq!(signature.as_str(), text);
            assert_eq!(
                serde_json::to_string(&signature).unwrap(),
                format!("\"{text}\"")
            );
        }
    }

    #[test]
    fn spellings_of_the_same_bytes_are_equal() {
        let spellings = ["0xabcd", "0xABCD", "abCD"];
        let signatures = spellings.map(|text| text.parse::<Signature>().unwrap());
        assert_eq!(HashSet::from(signatures).len(), 1);
        assert_ne!("0xab".parse::<Signature>(), "0xac".parse::<Signature>());
        assert_ne!("0xab".parse::<Signature>(), "0xabab".parse::<Signature>());
    }

    #[test]
    fn what_is_no_hex_is_refused_without_being_quoted() {
        let table = [
            ("0xabc", HexError::OddLength),
            ("0x0xab", HexError::Digit),
            ("0xabé", HexError::Digit),
            ("ab cd", HexError::Digit),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<Signature>().unwrap_err(), expected);
            let error = serde_json::from_str::<Signature>(&format!("\"{text}\"")).unwrap_err();
            assert!(!error.to_string().contains("ab"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back_and_debug_shows_none(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let signature = Signature::from_bytes(&bytes);
            prop_assert_eq!(signature.to_bytes(), &bytes[..]);
            prop_assert_eq!(signature.as_str().parse::<Signature>(), Ok(signature.clone()));
            prop_assert_eq!(format!("{signature:?}"), format!("Signature({} bytes)", bytes.len()));
        }
    }
}
