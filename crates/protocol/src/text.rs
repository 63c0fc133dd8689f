//! Text that is shown to people, and must not grow with the input it speaks of.

use std::borrow::Cow;

/// `text` itself, or its beginning and an ellipsis: at most `limit` characters in all.
pub(crate) fn truncated(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit || text.chars().nth(limit).is_none() {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().take(limit.saturating_sub(1));
    Cow::Owned(kept.chain(['…']).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_is_too_long_is_cut() {
        let table = [
            ("", ""),
            ("abcd", "abcd"),
            ("abcde", "abc…"),
            ("éééé", "éééé"),
            ("ééééé", "ééé…"),
        ];
        for (text, expected) in table {
            assert_eq!(truncated(text, 4), expected);
        }
    }

    proptest! {
        #[test]
        fn never_longer_than_the_limit(text: String, limit in 1_usize..50) {
            prop_assert!(truncated(&text, limit).chars().count() <= limit);
        }
    }
}
