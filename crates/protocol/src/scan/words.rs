//! Eight bytes of a string at a time.

const ONES: u64 = u64::from_le_bytes([0x01; 8]);
const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);

/// The length of the text up to its closing quote. `None` if there is none, or if an escape or a control character, which
/// JSON forbids, comes first.
#[inline]
pub(super) fn unescaped(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let special = special(u64::from_le_bytes(*chunk));
        if special != 0 {
            at += special.trailing_zeros() as usize / 8;
            return (bytes[at] == b'"').then_some(at);
        }
        at += chunk.len();
    }
    let tail = bytes.get(at..)?;
    let end = tail
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | ..0x20))?;
    (tail[end] == b'"').then_some(at + end)
}

/// The high bit of every byte that ends a plain text. A byte above one that does may be marked too, since the subtraction
/// borrows; the lowest mark is right.
const fn special(chunk: u64) -> u64 {
    let quotes = zeros(chunk ^ (ONES * b'"' as u64));
    let escapes = zeros(chunk ^ (ONES * b'\\' as u64));
    let controls = chunk.wrapping_sub(ONES * 0x20) & !chunk;
    (quotes | escapes | controls) & HIGHS
}

const fn zeros(chunk: u64) -> u64 {
    chunk.wrapping_sub(ONES) & !chunk
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_bytes(bytes: &[u8]) -> Option<usize> {
        let end = bytes
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | ..0x20))?;
        (bytes[end] == b'"').then_some(end)
    }

    proptest! {
        #[test]
        fn finds_what_a_look_at_every_byte_finds(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(unescaped(&bytes), by_bytes(&bytes));
        }

        #[test]
        fn finds_the_quote_at_any_distance(text in "[^\"\\\\\0-\x1f]{0,40}", rest: String) {
            let bytes = format!("{text}\"{rest}");
            prop_assert_eq!(unescaped(bytes.as_bytes()), Some(text.len()));
        }

        #[test]
        fn gives_up_on_escapes_and_control_characters(text in "[a-z0-9.é]{0,20}", odd in "[\\\\\0-\x1f]", rest in "[a-z\"]{0,20}") {
            let bytes = format!("{text}{odd}{rest}\"");
            prop_assert_eq!(unescaped(bytes.as_bytes()), None);
        }
    }
}
