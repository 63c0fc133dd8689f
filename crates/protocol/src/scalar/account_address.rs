use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::checksum::checksummed;
use super::hex::{self, HexError};
#[cfg(feature = "fast")]
use crate::scan::{Key, Scan, Scanner};

/// The address of an account: 20 bytes.
///
/// Written as `0x` and 40 hexadecimal digits, whose letter case is the checksum of
/// [EIP-55](https://eips.ethereum.org/EIPS/eip-55), as the exchange's Rust SDK writes them. Read in any letter case,
/// with or without `0x`; the checksum is not verified, since both public SDKs send addresses without one too. Each
/// thread remembers the checksums of the addresses it wrote last, for one costs as much as the rest of a small frame.
///
/// `Debug` is shortened, so that a log line names an account without publishing it.
///
/// ```
/// # use rocketfi_protocol::AccountAddress;
/// let address: AccountAddress = "f39fd6e51aad88f6f4ce6ab8827279cfffb92266".parse()?;
/// assert_eq!(address.to_string(), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
/// assert_eq!(format!("{address:?}"), "0xf39F…2266");
/// # Ok::<(), rocketfi_protocol::HexError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountAddress([u8; 20]);

impl AccountAddress {
    /// The address with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// The 20 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for AccountAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(checksummed(&self.0).as_str())
    }
}

impl fmt::Debug for AccountAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = checksummed(&self.0);
        let (start, end) = (&text.as_str()[..6], &text.as_str()[38..]);
        write!(f, "{start}…{end}")
    }
}

impl FromStr for AccountAddress {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        hex::parse(text).map(Self)
    }
}

impl Serialize for AccountAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(checksummed(&self.0).as_str())
    }
}

impl<'de> Deserialize<'de> for AccountAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AddressVisitor)
    }
}

#[cfg(feature = "fast")]
impl Scan for AccountAddress {
    const MIN: usize = 42;

    #[inline]
    fn empty() -> Self {
        Self([0; 20])
    }

    #[inline]
    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        *self = scanner.string()?.parse().ok()?;
        Some(())
    }
}

#[cfg(feature = "fast")]
impl Key for AccountAddress {
    fn from_key(key: &str) -> Option<Self> {
        key.parse().ok()
    }
}

struct AddressVisitor;

impl de::Visitor<'_> for AddressVisitor {
    type Value = AccountAddress;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an account address of 40 hexadecimal digits in a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<AccountAddress, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// The test cases of EIP-55 itself, then two well-known development accounts.
    const CHECKSUMMED: [&str; 10] = [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    ];

    #[test]
    fn display_is_the_eip_55_checksum_whatever_case_was_read() {
        for expected in CHECKSUMMED {
            let digits = &expected[2..];
            let lower = digits.to_lowercase();
            let upper = digits.to_uppercase();
            for text in [expected, digits, &lower, &upper, &format!("0X{upper}")] {
                let address: AccountAddress = text.parse().unwrap();
                assert_eq!(address.to_string(), expected);
            }
        }
    }

    #[test]
    fn debug_shows_only_the_ends() {
        let address: AccountAddress = CHECKSUMMED[8].parse().unwrap();
        assert_eq!(format!("{address:?}"), "0xf39F…2266");
    }

    #[test]
    fn is_a_json_string_and_a_json_key() {
        let address: AccountAddress = CHECKSUMMED[9].parse().unwrap();
        let map = BTreeMap::from([(address, address)]);
        let json = serde_json::to_string(&map).unwrap();
        assert_eq!(json, format!("{{\"{0}\":\"{0}\"}}", CHECKSUMMED[9]));
        assert_eq!(
            serde_json::from_str::<BTreeMap<AccountAddress, AccountAddress>>(&json).unwrap(),
            map
        );
    }

    #[test]
    fn an_error_does_not_quote_its_input() {
        for json in [r#""0xf39Fd6e5""#, r#""0xf39Fd6e5zz""#, "\"f39Fd6e5é\""] {
            let error = serde_json::from_str::<AccountAddress>(json).unwrap_err();
            assert!(!error.to_string().contains("f39F"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn text_and_bytes_agree(bytes: [u8; 20]) {
            let address = AccountAddress::from_bytes(bytes);
            let text = address.to_string();
            prop_assert_eq!(text.parse::<AccountAddress>(), Ok(address));
            prop_assert_eq!(text.to_lowercase().parse::<AccountAddress>(), Ok(address));
            prop_assert_eq!(text[2..].to_uppercase().parse::<AccountAddress>(), Ok(address));
            prop_assert_eq!(address.as_bytes(), &bytes);
        }

        #[test]
        fn other_text_is_refused(text: String) {
            prop_assert!(text.parse::<AccountAddress>().is_err());
        }
    }
}
