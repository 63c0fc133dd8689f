//! What is told about one document.

use super::text::counted;

/// A line of the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) document: String,
    pub(crate) sha256: String,
    pub(crate) version: Option<String>,
    /// Messages in the document.
    pub(crate) messages: usize,
    /// Those of them that the generator has a type for.
    pub(crate) typed: usize,
    pub(crate) types: usize,
    pub(crate) generated: bool,
    pub(crate) compiled: bool,
    pub(crate) warnings: usize,
    /// Why it was not generated or does not compile.
    pub(crate) failure: Option<String>,
    /// `None` if examples were not asked for.
    pub(crate) examples: Option<Examples>,
}

/// What became of a document's examples.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Examples {
    pub(crate) valid: usize,
    /// Of the valid ones, those that survive decoding and encoding.
    pub(crate) equal: usize,
    pub(crate) invalid: usize,
    pub(crate) unjudged: usize,
    /// Why some could not be judged: the first reason.
    pub(crate) why_unjudged: Option<String>,
    /// Where and why valid ones do not survive.
    pub(crate) problems: Vec<String>,
}

impl Row {
    /// All that is not as it should be, in one line; empty if nothing is.
    pub(crate) fn reason(&self) -> String {
        let mut parts: Vec<String> = self.failure.iter().cloned().collect();
        if self.warnings > 0 {
            parts.push(counted(self.warnings, "warning"));
        }
        if self.generated && self.typed < self.messages {
            parts.push(format!(
                "{} without a type",
                counted(self.messages - self.typed, "message")
            ));
        }
        parts.extend(
            self.examples
                .iter()
                .flat_map(|examples| examples.reasons(self.compiled)),
        );
        parts.join("; ")
    }
}

impl Examples {
    fn reasons(&self, compiled: bool) -> Vec<String> {
        let mut parts = Vec::new();
        if compiled && self.equal < self.valid {
            parts.push(format!(
                "{} not equal",
                counted(self.valid - self.equal, "example")
            ));
        }
        if self.invalid > 0 {
            let verb = if self.invalid == 1 {
                "breaks its"
            } else {
                "break their"
            };
            parts.push(format!(
                "{} {verb} schema",
                counted(self.invalid, "example")
            ));
        }
        if let Some(why) = self.why_unjudged.as_ref().filter(|_| self.unjudged > 0) {
            parts.push(format!(
                "{} not judged: {why}",
                counted(self.unjudged, "example")
            ));
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_everything_that_is_not_as_it_should_be() {
        let examples = Examples {
            valid: 3,
            equal: 1,
            invalid: 1,
            unjudged: 2,
            why_unjudged: Some("no payload".to_owned()),
            problems: Vec::new(),
        };
        let row = Row {
            messages: 3,
            typed: 2,
            generated: true,
            compiled: true,
            warnings: 1,
            examples: Some(examples),
            ..Row::default()
        };
        assert_eq!(
            row.reason(),
            "1 warning; 1 message without a type; 2 examples not equal; 1 example breaks its schema; 2 examples not judged: no payload"
        );
        assert_eq!(Row::default().reason(), "");
    }
}
