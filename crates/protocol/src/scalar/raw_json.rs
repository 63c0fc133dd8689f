use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One JSON value that nobody here looks into, kept byte for byte.
///
/// Blanks, the order of keys and the spelling of numbers all survive, because a signature may cover them; blanks around
/// the value are not part of it. Comparing and hashing go by the text. `Debug` tells only the size.
///
/// Reads and writes through `serde_json` only: no other format can hand over its input unread.
///
/// ```
/// # use rocketfi_protocol::RawJson;
/// let raw: RawJson = serde_json::from_str(r#"{ "b":1.50, "a":2 }"#)?;
/// assert_eq!(raw.as_str(), r#"{ "b":1.50, "a":2 }"#);
/// assert_eq!(raw.parse::<serde_json::Value>()?["a"], 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// Keeps this JSON text as it is, without the blanks around it.
    ///
    /// # Errors
    /// When the text is not exactly one JSON value.
    pub fn new(text: String) -> Result<Self, serde_json::Error> {
        RawValue::from_string(text).map(Self)
    }

    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Self(RawValue::NULL.to_owned())
    }

    /// Writes any value as compact JSON.
    ///
    /// # Errors
    /// When the value cannot be written as JSON, such as a map whose keys are no strings.
    pub fn from_value<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(value).map(Self)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Reads the value as a type.
    ///
    /// # Errors
    /// When it is not of that type. The error may quote parts of the value.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_str())
    }
}

impl From<Box<RawValue>> for RawJson {
    fn from(value: Box<RawValue>) -> Self {
        Self(value)
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RawJson {}

impl Hash for RawJson {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for RawJson {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RawJson {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawJson({} bytes)", self.as_str().len())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;

    const ODD: &str =
        "{ \"b\" :1.50,\t\"a\":[ 1e400, 123456789012345678901234567890 ],\n\"a\": \"\\u00e9\\/\" }";

    #[test]
    fn every_byte_survives() {
        let frame = format!("{{\"x\":  {ODD} }}");
        let read: BTreeMap<String, RawJson> = serde_json::from_str(&frame).unwrap();
        assert_eq!(read["x"].as_str(), ODD);
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            format!("{{\"x\":{ODD}}}")
        );
        assert_eq!(RawJson::new(ODD.to_owned()).unwrap(), read["x"]);
    }

    #[test]
    fn comes_out_of_a_value_as_compact_json() {
        let raw: RawJson = serde_json::from_value(json!({"a": [1, null]})).unwrap();
        assert_eq!(raw.as_str(), r#"{"a":[1,null]}"#);
        assert_eq!(RawJson::from_value(&json!({"a": [1, null]})).unwrap(), raw);
        assert_eq!(raw.parse::<Value>().unwrap(), json!({"a": [1, null]}));
    }

    #[test]
    fn null_is_a_value() {
        assert_eq!(RawJson::null().as_str(), "null");
        assert_eq!(
            serde_json::from_str::<RawJson>("null").unwrap(),
            RawJson::null()
        );
    }

    #[test]
    fn only_one_whole_value_is_taken() {
        for text in ["", "{", "1 2", "[1,]"] {
            assert!(RawJson::new(text.to_owned()).is_err(), "{text}");
        }
        assert_eq!(
            RawJson::new(" [ 1 ]\n".to_owned()).unwrap().as_str(),
            "[ 1 ]"
        );
    }

    #[test]
    fn compares_by_text() {
        let [tight, loose] = ["[1]", "[ 1]"].map(|text| RawJson::new(text.to_owned()).unwrap());
        assert_ne!(tight, loose);
        assert!(loose < tight);
    }

    #[test]
    fn debug_tells_only_the_size() {
        let raw = RawJson::new("{\"secret\":1}".to_owned()).unwrap();
        assert_eq!(format!("{raw:?}"), "RawJson(12 bytes)");
    }

    #[test]
    fn depth_does_not_matter() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let raw: RawJson = serde_json::from_str(&deep).unwrap();
        assert_eq!(raw.as_str().len(), deep.len());
    }
}
