//! Why a frame is no message. Runs only after reading has failed, so it may take its time.

use serde::de::IgnoredAny;
use serde_path_to_error::{Path, Segment};

use super::error::DecodeError;
use super::outline::{Outline, outline};
use super::{Message, reason};
use crate::text::truncated;

/// Longest path that is shown. With 120 characters of reason and a variant's name it keeps the text below 300.
const PATH_LIMIT: usize = 100;

/// Says what is wrong with a frame that could not be read as `M`.
pub(super) fn diagnose<M: Message>(frame: &str) -> DecodeError {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(frame) {
        return DecodeError::Syntax {
            line: error.line(),
            column: error.column(),
        };
    }
    let deserializer = &mut serde_json::Deserializer::from_str(frame);
    match serde_path_to_error::deserialize::<_, M>(deserializer) {
        Err(error) => locate::<M>(frame, error.path(), error.inner()),
        // Reading is a pure function of the frame, and it failed before.
        Ok(_) => DecodeError::Shape,
    }
}

/// The first segment of the path is the variant, unless the fault lies outside of every variant, or the tag is missing.
fn locate<M: Message>(frame: &str, path: &Path, error: &serde_json::Error) -> DecodeError {
    let mut inner = path.iter();
    let first = inner.next().and_then(key).unwrap_or_default();
    if let Some(variant) = M::NAMES.iter().find(|name| **name == first) {
        return body(variant, inner, reason::of(error));
    }
    match outline::<M>(frame) {
        Outline::BareName(variant) => body(variant, [], "expected a payload".to_owned()),
        Outline::Untagged(variant) => body(variant, path, reason::of(error)),
        Outline::Unknown(name) if M::CLOSED => DecodeError::UnknownVariant {
            name: reason::name(&name),
        },
        Outline::Unknown(_) | Outline::Other => DecodeError::Shape,
    }
}

fn body<'a>(
    variant: &str,
    path: impl IntoIterator<Item = &'a Segment>,
    reason: String,
) -> DecodeError {
    DecodeError::Body {
        variant: variant.to_owned(),
        path: written(path),
        reason,
    }
}

/// `orders[2].price`
fn written<'a>(path: impl IntoIterator<Item = &'a Segment>) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.extend(["[", &index.to_string(), "]"]),
            segment => {
                if !text.is_empty() {
                    text.push('.');
                }
                // In a map the key is data, and may be anything.
                text.push_str(&reason::name(key(segment).unwrap_or_default()));
            }
        }
    }
    truncated(&text, PATH_LIMIT).into_owned()
}

fn key(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Map { key } | Segment::Enum { variant: key } => Some(key),
        Segment::Seq { .. } | Segment::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Nested {
        #[serde(rename = "inner")]
        _inner: Vec<Nested>,
    }

    fn path(json: &str) -> String {
        let deserializer = &mut serde_json::Deserializer::from_str(json);
        let error = serde_path_to_error::deserialize::<_, Nested>(deserializer)
            .err()
            .unwrap();
        written(error.path())
    }

    #[test]
    fn a_path_reads_like_an_expression() {
        assert_eq!(path("7"), "");
        assert_eq!(
            path(r#"{"inner":[{"inner":[]},{"inner":[7]}]}"#),
            "inner[1].inner[0]"
        );
    }

    #[test]
    fn a_path_is_bounded() {
        let json = format!("{}7{}", "{\"inner\":[".repeat(50), "]}".repeat(50));
        assert_eq!(path(&json).chars().count(), PATH_LIMIT);
    }
}
