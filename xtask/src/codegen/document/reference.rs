//! What the text of a `$ref` says before anything is looked up.

/// A `$ref` in its two parts, as written.
pub(super) struct Reference<'t> {
    /// Empty for the file that holds the reference.
    pub(super) file: &'t str,
    fragment: &'t str,
}

/// What the fragment of a reference asks for.
pub(super) enum Fragment {
    /// The keys from the file's root to the place.
    Pointer(Vec<String>),
    /// A place that names itself.
    Anchor(String),
}

impl<'t> Reference<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let (file, fragment) = text.split_once('#').unwrap_or((text, ""));
        Self { file, fragment }
    }

    /// The path that the first part stands for, if it is a path from the folder of the file that holds the reference.
    pub(super) fn path(&self) -> Option<String> {
        let Self { file, .. } = *self;
        let relative = !file.is_empty() && !file.starts_with('/') && !file.contains('?');
        (relative && !has_scheme(file)).then(|| percent_decoded(file))
    }

    /// The schema language of files that other tools made, by the end of their name.
    pub(super) fn other_language(&self) -> Option<&'static str> {
        let (_, ending) = self.file.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "avsc" | "avdl" => Some("Avro"),
            "proto" => Some("protobuf"),
            _ => None,
        }
    }

    pub(super) fn fragment(&self) -> Fragment {
        let mut segments = self.fragment.split('/');
        // The first is what stands before the first slash.
        match segments.next() {
            None | Some("") => Fragment::Pointer(segments.map(unescaped).collect()),
            Some(_) => Fragment::Anchor(percent_decoded(self.fragment)),
        }
    }
}

/// Whether a URI says by which protocol it is to be had; a colon in a file's name must be percent-encoded or stand
/// behind a slash.
fn has_scheme(uri: &str) -> bool {
    let Some((scheme, _)) = uri.split_once(':') else {
        return false;
    };
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(inner)
}

/// JSON pointers in a URI fragment are percent-encoded on top of their own escapes.
fn unescaped(segment: &str) -> String {
    percent_decoded(segment)
        .replace("~1", "/")
        .replace("~0", "~")
}

/// A percent sign that begins no escape stands for itself.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match tail.split_first_chunk().and_then(|(hex, _)| octet(*hex)) {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn octet([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn only_paths_from_the_folder_are_paths() {
        let path = |text| Reference::new(text).path();
        assert_eq!(path("./a%20b.yaml#/x").as_deref(), Some("./a b.yaml"));
        assert_eq!(path("../a.json").as_deref(), Some("../a.json"));
        assert_eq!(path("100%.yaml").as_deref(), Some("100%.yaml"));
        assert_eq!(path("%+5%é.yaml").as_deref(), Some("%+5%é.yaml"));
        for text in ["#/x", "http://h/x.yaml", "urn:x", "//h/x", "/x.yaml", "x?y"] {
            assert_eq!(path(text), None, "{text}");
        }
    }
}
