//! Members that the document's own examples show and no schema declares: what the examples show will come, and what
//! comes must not be lost.

use std::collections::BTreeSet;

use serde_yaml::Value;

use super::{Document, Node, fields, marks, schema};
use crate::codegen::document::{Message, Protocol};
use crate::codegen::model::Marks;
use crate::codegen::schema::Others;

/// How often one choice may lie in another.
const DEEPEST: usize = 8;

/// The places of the schemas whose values hold more than they declare.
#[derive(Default)]
pub(super) struct Shown(BTreeSet<String>);

impl Shown {
    /// Compares all examples with what they are examples of. What cannot be read is left to those who read it again.
    pub(super) fn new(document: &Document, protocol: &Protocol<'_>) -> Self {
        let mut shown = Self::default();
        for schema in document.component_schemas() {
            shown.schema(&schema);
        }
        let sides = [&protocol.client, &protocol.server, &protocol.others];
        for message in sides.into_iter().flatten() {
            shown.message(message);
        }
        shown
    }

    pub(super) fn any(&self, parts: &[Node<'_>]) -> bool {
        parts.iter().any(|part| self.0.contains(&part.pointer))
    }

    fn message(&mut self, message: &Message<'_>) {
        let Ok(Some(payload)) = message.payload() else {
            return;
        };
        self.schema(&payload);
        for example in message.examples() {
            self.compare(&payload, &example, 0);
        }
    }

    /// The examples that a schema gives of itself.
    fn schema(&mut self, schema: &Node<'_>) {
        let listed = schema
            .get("examples")
            .filter(|list| list.value.is_sequence());
        let listed = listed.map(|list| list.children()).unwrap_or_default();
        for example in listed.into_iter().chain(schema.get("example")) {
            self.compare(schema, &example, 0);
        }
    }

    fn compare(&mut self, schema: &Node<'_>, example: &Node<'_>, depth: usize) {
        let Ok(settled) = schema::settle(schema) else {
            return;
        };
        let node = settled.node;
        match schema::choice(&node) {
            Ok(Some(choice)) if depth < DEEPEST => {
                if let Some(branch) = fitting(&choice, example) {
                    self.branch(&choice.base, &branch, example, depth + 1);
                }
            }
            Ok(None) => self.branch(&[], &node, example, depth),
            _ => {}
        }
    }

    /// One schema, with the fields that it shares with others.
    fn branch(&mut self, base: &[Node<'_>], branch: &Node<'_>, example: &Node<'_>, depth: usize) {
        let Ok(settled) = schema::settle(branch) else {
            return;
        };
        if schema::choice(&settled.node).is_ok_and(|choice| choice.is_some()) {
            return self.compare(branch, example, depth);
        }
        let Ok(own) = schema::conjuncts(&settled.node) else {
            return;
        };
        match example.value {
            Value::Mapping(_) => {
                let parts = [base, &own].concat();
                self.members(&settled.node, &parts, example);
            }
            Value::Sequence(_) => self.items(&settled.node, &own, example),
            _ => {}
        }
    }

    fn members(&mut self, node: &Node<'_>, parts: &[Node<'_>], example: &Node<'_>) {
        let declared = fields::properties(parts);
        let others = schema::others(parts);
        for member in example.children() {
            let name = member.last_segment();
            let known = declared.iter().find(|known| known.last_segment() == name);
            match (known, &others) {
                (Some(known), _) => self.compare(known, &member, 0),
                (None, Some(Others::Of(value))) => self.compare(value, &member, 0),
                (None, Some(Others::Any)) => {}
                (None, None) => {
                    if !declared.is_empty() && !parts.iter().any(is_closed) {
                        self.0.insert(node.pointer.clone());
                    }
                }
            }
        }
    }

    fn items(&mut self, node: &Node<'_>, parts: &[Node<'_>], example: &Node<'_>) {
        let items = parts.iter().find_map(|part| part.get("items"));
        match (schema::form(node), items) {
            (Ok(schema::Form::Tuple(places)), _) => {
                for (place, item) in places.iter().zip(example.children()) {
                    self.compare(place, &item, 0);
                }
            }
            (Ok(_), Some(items)) => {
                for item in example.children() {
                    self.compare(&items, &item, 0);
                }
            }
            _ => {}
        }
    }
}

/// Whether a schema forbids what it does not declare.
fn is_closed(part: &Node<'_>) -> bool {
    let closed = |key: &&str| {
        part.get(key)
            .is_some_and(|flag| flag.value == &Value::Bool(false))
    };
    ["additionalProperties", "unevaluatedProperties"]
        .iter()
        .any(closed)
}

/// Of the branches that the example fits, the one that leaves least of it undeclared.
fn fitting<'d>(choice: &schema::Choice<'d>, example: &Node<'_>) -> Option<Node<'d>> {
    let undeclared = |branch: &Node<'d>| {
        let at_depth = |depth| marks::marks(branch, &choice.base, depth).ok();
        // Most branches are told by a look at the surface, and what lies below takes most of the time.
        let surface = at_depth(marks::DEEPEST)?;
        surface.iter().find(|marks| fits(marks, example))?;
        let forms = at_depth(0)?;
        let fitting = forms.iter().filter(|marks| fits(marks, example));
        fitting.map(|marks| left_over(marks, example)).min()
    };
    let branches = choice.branches.iter();
    let counted = branches.filter_map(|branch| Some((undeclared(branch)?, branch)));
    let best = counted.min_by_key(|(count, _)| *count)?;
    Some(best.1.clone())
}

fn fits(marks: &Marks, example: &Node<'_>) -> bool {
    let there = |name: &String| example.get(name).is_some();
    let fixed = marks.fixed.iter().all(|mark| {
        let found = mark.path.iter().try_fold(example.clone(), |node, name| {
            node.children()
                .into_iter()
                .find(|member| member.last_segment() == *name)
        });
        found.is_none_or(|found| {
            marks::of_value(found.value).is_some_and(|value| mark.values.contains(&value))
        })
    });
    marks::kind_of_value(example.value) & !marks.kinds == 0
        && fixed
        && marks
            .members
            .iter()
            .all(|member| !member.required || !example.value.is_mapping() || there(&member.name))
}

fn left_over(marks: &Marks, example: &Node<'_>) -> usize {
    let known = |name: &String| marks.members.iter().any(|member| member.name == *name);
    let members = example.children();
    members
        .iter()
        .filter(|member| example.value.is_mapping() && !known(&member.last_segment()))
        .count()
}
