/// Why a frame is not a message.
///
/// Made for logs: neither `Display` nor `Debug` shows a value out of the frame, and both stay short however large the
/// frame was (`Display` at most 300 characters). What can come from the frame are names: of an unknown variant, or of
/// a key on the way to the fault; a name that does not look like one is shown as `?`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON.
    #[error("not JSON at line {line}, column {column}")]
    Syntax {
        /// Where it stops being JSON, from 1.
        line: usize,
        /// Where it stops being JSON: how many bytes into the line.
        column: usize,
    },
    /// JSON, but not a message: neither a string nor an object with one variant's name as its key.
    #[error("not a message: expected a string, or an object with exactly one key")]
    Shape,
    /// A variant that the union does not have, where the union is closed: a client's messages.
    #[error("unknown variant {name}")]
    UnknownVariant {
        /// The name, shortened, or `?` when it does not look like one.
        name: String,
    },
    /// A known variant whose payload is not as specified.
    #[error("bad body of {variant}{}: {reason}", at(.path))]
    Body {
        /// The wire name of the variant.
        variant: String,
        /// The place in the payload, such as `orders[2].price`; empty when it is the payload as a whole.
        path: String,
        /// What is wrong there: what was expected, and at most the type of what was found.
        reason: String,
    },
}

fn at(path: &str) -> String {
    if path.is_empty() {
        return String::new();
    }
    format!(" at {path}")
}
