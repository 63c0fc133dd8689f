//! JSON pointers inside one document, and the references that are made of them.

use std::iter;

use serde_json::Value;

/// More hops than any real document takes: only a circle takes more.
const HOPS: usize = 32;

/// The pointer to a member of what a pointer points at.
pub(crate) fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Follows references until something else stands there. `None` where one leads nowhere, in a circle or elsewhere.
pub(crate) fn resolve(tree: &Value, pointer: &str) -> Option<String> {
    let mut pointer = pointer.to_owned();
    for _ in 0..HOPS {
        match tree.pointer(&pointer)?.get("$ref") {
            Some(Value::String(reference)) => pointer = local(reference)?,
            _ => return Some(pointer),
        }
    }
    None
}

/// The pointer of a reference into the same document.
pub(crate) fn local(reference: &str) -> Option<String> {
    percent_decoded(reference.strip_prefix('#')?)
}

/// A pointer as the fragment of a URI.
pub(crate) fn fragment(pointer: &str) -> String {
    let escaped = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    iter::once("#".to_owned())
        .chain(pointer.bytes().map(escaped))
        .collect()
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&part.as_bytes()[2..]);
            }
            // Written without care for URIs: a plain per cent sign.
            None => bytes.extend(b"%".iter().chain(part.as_bytes())),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_followed_to_their_end() {
        let tree = json!({
            "a": {"$ref": "#/b"},
            "b": {"$ref": "#/c~1d/e%20f"},
            "c/d": {"e f": 1},
            "circle": {"$ref": "#/circle"},
            "outside": {"$ref": "other.yaml#/a"},
        });
        assert_eq!(resolve(&tree, "/a").as_deref(), Some("/c~1d/e f"));
        for pointer in ["/circle", "/outside", "/absent"] {
            assert_eq!(resolve(&tree, pointer), None);
        }
    }

    #[test]
    fn a_fragment_reads_back_as_its_pointer() {
        let pointer = child(&child("", "a b/{c}~%é"), "d");
        assert_eq!(local(&fragment(&pointer)), Some(pointer));
    }
}
