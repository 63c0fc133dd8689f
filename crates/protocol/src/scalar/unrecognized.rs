use std::fmt;

use ecow::EcoString;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::RawJson;
use crate::text;

/// A variant of a union that this version of the specification does not have, with its whole payload.
///
/// Writes itself back as it came, but for keys beside the variant's name, which are ignored as they are beside a known
/// one. The name is whatever the other side sent, of any length; `Debug` shows its beginning, and of the payload only
/// the size.
///
/// ```
/// # use rocketfi_protocol::{RawJson, Unrecognized};
/// let payload = RawJson::new(r#"{"level":3}"#.to_owned())?;
/// let variant = Unrecognized::new("MarginCall", Some(payload));
/// assert_eq!(serde_json::to_string(&variant)?, r#"{"MarginCall":{"level":3}}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unrecognized {
    name: EcoString,
    payload: Option<RawJson>,
}

impl Unrecognized {
    /// The variant `name` with this payload; without one, it is written as a bare string.
    #[must_use]
    pub fn new(name: impl Into<EcoString>, payload: Option<RawJson>) -> Self {
        Self {
            name: name.into(),
            payload,
        }
    }

    /// The name of the variant.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stood under the name; `None` when the variant came as a bare string.
    #[must_use]
    pub const fn payload(&self) -> Option<&RawJson> {
        self.payload.as_ref()
    }
}

impl Serialize for Unrecognized {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(payload) = &self.payload else {
            return serializer.serialize_str(&self.name);
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.name.as_str(), payload)?;
        map.end()
    }
}

impl fmt::Debug for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unrecognized")
            .field("name", &text::truncated(&self.name, 40))
            .field("payload", &self.payload)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_it_came() {
        let payload = RawJson::new("{ \"a\":1.0}".to_owned()).unwrap();
        let table = [
            (
                Unrecognized::new("New", Some(payload)),
                r#"{"New":{ "a":1.0}}"#,
            ),
            (
                Unrecognized::new("New", Some(RawJson::null())),
                r#"{"New":null}"#,
            ),
            (Unrecognized::new("New", None), r#""New""#),
            (Unrecognized::new("\"\\", None), r#""\"\\""#),
        ];
        for (variant, json) in table {
            assert_eq!(serde_json::to_string(&variant).unwrap(), json);
        }
    }

    #[test]
    fn debug_is_bounded_and_shows_no_payload() {
        let payload = RawJson::new("{\"secret\":1}".to_owned()).unwrap();
        let variant = Unrecognized::new("é".repeat(10_000), Some(payload));
        let debug = format!("{variant:?}");
        assert!(debug.len() < 200, "{debug}");
        assert!(
            debug.contains("RawJson(12 bytes)") && !debug.contains("secret"),
            "{debug}"
        );
    }
}
