//! Text that the server chose.

use std::fmt;
use std::ops::Deref;

use rocketfi_protocol::EcoString;

/// Words of the server, kept as they came, up to [`ServerText::MAX_LEN`] bytes.
///
/// The exchange does not say what it puts into an `Error` frame, and an account address or an order id is likely. So
/// `Debug` shows only the size, and nothing of it is ever logged by this crate; `Display`, [`as_str`](Self::as_str)
/// and comparing with a `str` give the text to whoever asks for it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ServerText(EcoString);

impl ServerText {
    /// Longer texts are cut to this many bytes, at a character boundary.
    pub const MAX_LEN: usize = 4096;

    pub(crate) fn new(text: impl Into<EcoString>) -> Self {
        let mut text = text.into();
        if text.len() > Self::MAX_LEN {
            let end = (0..=Self::MAX_LEN)
                .rev()
                .find(|&end| text.is_char_boundary(end));
            text.truncate(end.unwrap_or_default());
        }
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for ServerText {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerText({} bytes)", self.len())
    }
}

impl PartialEq<str> for ServerText {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for ServerText {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_kept_as_it_came() {
        assert_eq!(ServerText::new("no such ümlaut"), "no such ümlaut");
    }

    #[test]
    fn long_text_is_cut_at_a_character_boundary() {
        let text = ServerText::new("é".repeat(40_000));
        assert_eq!(text.len(), ServerText::MAX_LEN);
        let text = ServerText::new(format!("x{}", "é".repeat(40_000)));
        assert_eq!(text.len(), ServerText::MAX_LEN - 1);
    }

    #[test]
    fn text_equals_the_same_words_and_no_others() {
        let text = ServerText::new("no");
        assert!(text == "no" && text == *"no");
        assert!(text != "yes" && text != *"yes");
    }

    #[test]
    fn debug_shows_the_size_only() {
        assert_eq!(
            format!("{:?}", ServerText::new("secret")),
            "ServerText(6 bytes)"
        );
    }
}
