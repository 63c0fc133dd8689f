//! How deeply a document is nested when its references are followed. The parser bounds nesting in the text alone, and
//! whoever walks a type walks its parts: a chain of a few thousand schemas would overflow the stack.

use std::collections::HashMap;
use std::vec;

use serde_yaml::Value;

use super::Node;
use crate::codegen::error::{CodegenError, Problem};

/// No specification seen comes near; the stack that the generator runs on holds several times as much.
const HIGHEST: usize = 512;

/// Refuses a document that is nested too deeply, at the place where it becomes too much.
pub(super) fn check(root: &Node<'_>) -> Result<(), CodegenError> {
    let mut walk = Walk::default();
    walk.enter(root)?;
    while let Some(mut step) = walk.path.pop() {
        match step.rest.next() {
            Some(next) => {
                walk.path.push(step);
                walk.enter(&next)?;
            }
            None => walk.leave(&step),
        }
    }
    Ok(())
}

/// A walk through the whole document that enters every node once.
#[derive(Default)]
struct Walk<'d> {
    /// From the root to where the walk is.
    path: Vec<Step<'d>>,
    /// Of the nodes entered so far, by address: how much is nested in them. Nothing yet for those on the path, so that
    /// a type within itself is as high as it is without itself.
    heights: HashMap<*const Value, usize>,
}

struct Step<'d> {
    value: &'d Value,
    rest: vec::IntoIter<Node<'d>>,
}

impl<'d> Walk<'d> {
    fn enter(&mut self, node: &Node<'d>) -> Result<(), CodegenError> {
        let known = self.heights.get(&std::ptr::from_ref(node.value)).copied();
        if self.path.len() + known.unwrap_or_default() >= HIGHEST {
            return Err(node.problem(Problem::TooDeep(HIGHEST)));
        }
        if let Some(height) = known {
            self.raise(height + 1);
            return Ok(());
        }
        self.heights.insert(node.value, 0);
        let mut inner = node.children();
        let target = node.reference().map(|target| node.follow(target));
        // A reference that leads nowhere is an error only where somebody follows it.
        inner.extend(target.and_then(Result::ok));
        self.path.push(Step {
            value: node.value,
            rest: inner.into_iter(),
        });
        Ok(())
    }

    fn leave(&mut self, step: &Step<'d>) {
        let height = self.heights.get(&std::ptr::from_ref(step.value)).copied();
        self.raise(height.unwrap_or_default() + 1);
    }

    /// Something so high is nested in the last node of the path.
    fn raise(&mut self, height: usize) {
        if let Some(step) = self.path.last()
            && let Some(known) = self.heights.get_mut(&std::ptr::from_ref(step.value))
        {
            *known = height.max(*known);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::HIGHEST;
    use crate::codegen::generate_from_text;

    /// A chain of schemas, each made of the next.
    fn chain(length: usize, link: impl Fn(&str) -> String) -> String {
        let mut spec = "asyncapi: 3.0.0\ncomponents:\n  schemas:\n".to_owned();
        let reference = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
        let tagged = |name: &str, payload: &str| {
            format!(
                "{{oneOf: [{{type: object, required: [{name}], properties: {{{name}: {payload}}}}}]}}"
            )
        };
        for (union, tag, payload) in [
            ("ClientMessage", "Subscribe", reference("SubscriptionKind")),
            ("SubscriptionKind", "All", "{type: object}".to_owned()),
            ("ServerMessage", "Update", reference("S0")),
        ] {
            writeln!(spec, "    {union}: {}", tagged(tag, &payload)).unwrap();
        }
        for index in 0..length {
            let next = reference(&format!("S{}", index + 1));
            writeln!(spec, "    S{index}: {}", link(&next)).unwrap();
        }
        writeln!(spec, "    S{length}: {{type: object}}").unwrap();
        spec
    }

    /// How many nodes it takes to make a schema of another, and how that is done.
    type Link = (usize, fn(&str) -> String);

    fn links() -> [Link; 6] {
        [
            (1, |next| next.to_owned()),
            (2, |next| format!("{{type: array, items: {next}}}")),
            (2, |next| {
                format!("{{type: object, additionalProperties: {next}}}")
            }),
            (3, |next| {
                format!("{{type: object, properties: {{next: {next}}}}}")
            }),
            (3, |next| format!("{{allOf: [{next}]}}")),
            (3, |next| format!("{{oneOf: [{next}, {{type: 'null'}}]}}")),
        ]
    }

    #[test]
    fn a_long_chain_of_types_is_refused_with_its_place() {
        for (nodes, link) in links() {
            let error = generate_from_text(&chain(HIGHEST / nodes, link), "").unwrap_err();
            assert!(
                error.starts_with("spec.yaml#/components/schemas/S"),
                "{error}"
            );
            assert!(error.ends_with("is nested more than 512 deep"), "{error}");
        }
    }

    #[test]
    fn the_longest_chain_within_the_limit_fits_on_the_stack() {
        for (nodes, link) in links() {
            generate_from_text(&chain((HIGHEST - 16) / nodes, link), "").unwrap();
        }
    }

    #[test]
    fn a_type_within_itself_is_no_chain() {
        let spec = chain(1, |_| {
            "{type: array, items: {$ref: '#/components/schemas/S0'}}".to_owned()
        });
        let error = generate_from_text(&spec, "").unwrap_err();
        assert!(!error.contains("nested"), "{error}");
    }
}
