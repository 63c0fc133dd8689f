use std::fmt;
use std::str::FromStr;

use const_hex::Buffer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::hex::{self, HexError};
#[cfg(feature = "fast")]
use crate::scan::{Key, Scan, Scanner};

/// The identifier of an instrument: 8 bytes, opaque here.
///
/// Written as `0x` and 16 lower-case hexadecimal digits; read in any letter case, with or without `0x`.
///
/// ```
/// # use rocketfi_protocol::InstrumentId;
/// let id: InstrumentId = "05A8DE04B1273C9F".parse()?;
/// assert_eq!(id.to_string(), "0x05a8de04b1273c9f");
/// # Ok::<(), rocketfi_protocol::HexError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstrumentId([u8; 8]);

impl InstrumentId {
    /// The identifier with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The identifier whose 16 digits are those of this number.
    #[must_use]
    pub const fn from_u64(number: u64) -> Self {
        Self(number.to_be_bytes())
    }

    /// The 8 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    fn text(self) -> Buffer<8, true> {
        let mut text = Buffer::new();
        text.format(&self.0);
        text
    }
}

impl fmt::Display for InstrumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text().as_str())
    }
}

impl fmt::Debug for InstrumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for InstrumentId {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        hex::parse(text).map(Self)
    }
}

impl Serialize for InstrumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text().as_str())
    }
}

impl<'de> Deserialize<'de> for InstrumentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(IdVisitor)
    }
}

#[cfg(feature = "fast")]
impl Scan for InstrumentId {
    const MIN: usize = 18;

    #[inline]
    fn empty() -> Self {
        Self([0; 8])
    }

    #[inline]
    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        *self = scanner.string()?.parse().ok()?;
        Some(())
    }
}

#[cfg(feature = "fast")]
impl Key for InstrumentId {
    fn from_key(key: &str) -> Option<Self> {
        key.parse().ok()
    }
}

struct IdVisitor;

impl de::Visitor<'_> for IdVisitor {
    type Value = InstrumentId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instrument id of 16 hexadecimal digits in a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<InstrumentId, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_written_in_lower_case_with_its_prefix() {
        for text in [
            "0x05A8DE04B1273C9F",
            "0X05a8de04b1273c9f",
            "05a8DE04b1273c9f",
        ] {
            let id: InstrumentId = text.parse().unwrap();
            assert_eq!(id.to_string(), "0x05a8de04b1273c9f");
            assert_eq!(id, InstrumentId::from_u64(0x05a8_de04_b127_3c9f));
        }
    }

    #[test]
    fn numbers_keep_their_leading_zeros() {
        assert_eq!(InstrumentId::from_u64(1).to_string(), "0x0000000000000001");
        assert!("0x1".parse::<InstrumentId>().is_err());
    }

    #[test]
    fn is_a_json_key_in_any_spelling() {
        let json = r#"{"00000000000000FF":"0x00000000000000fe"}"#;
        let map: BTreeMap<InstrumentId, InstrumentId> = serde_json::from_str(json).unwrap();
        assert_eq!(
            map[&InstrumentId::from_u64(255)],
            InstrumentId::from_u64(254)
        );
        let written = serde_json::to_string(&map).unwrap();
        assert_eq!(written, r#"{"0x00000000000000ff":"0x00000000000000fe"}"#);
    }

    #[test]
    fn orders_like_its_text() {
        let ids = [0, 1, 255, 256, u64::MAX].map(InstrumentId::from_u64);
        assert!(ids.is_sorted());
        assert!(ids.map(|id| id.to_string()).is_sorted());
    }

    proptest! {
        #[test]
        fn text_and_bytes_agree(bytes: [u8; 8], upper: bool, prefix: bool) {
            let id = InstrumentId::from_bytes(bytes);
            let mut digits = id.to_string().split_off(2);
            if upper {
                digits.make_ascii_uppercase();
            }
            let text = format!("{}{digits}", if prefix { "0x" } else { "" });
            prop_assert_eq!(text.parse::<InstrumentId>(), Ok(id));
            prop_assert_eq!(id.as_bytes(), &bytes);
        }
    }
}
