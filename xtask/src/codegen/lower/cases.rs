//! The cases of a union that no key announces.

use super::branches::example;
use super::{CodegenError, Node, marks, schema};
use crate::codegen::model::{Fixed, Marks};

/// One case of a union that no key announces.
pub(super) struct Case<'d> {
    /// What the specification calls it, if it does.
    pub(super) name: Option<String>,
    pub(super) docs: Option<String>,
    pub(super) example: Option<String>,
    pub(super) node: Node<'d>,
    /// The fields that the union declares for all its cases.
    pub(super) base: Vec<Node<'d>>,
}

/// How often one choice may lie in another.
const DEEPEST: usize = 16;

/// The cases of a choice. Where fields are shared, those of a choice inside it have a share too.
pub(super) fn cases_of<'d>(
    choice: &schema::Choice<'d>,
    above: &[Node<'d>],
    found: &mut Vec<Case<'d>>,
    depth: usize,
) -> Result<(), CodegenError> {
    let base = [above, &choice.base].concat();
    for branch in &choice.branches {
        let settled = schema::settle(branch)?;
        let inner = schema::choice(&settled.node)?.filter(|_| !base.is_empty());
        if let Some(inner) = inner.filter(|_| depth < DEEPEST) {
            cases_of(&inner, &base, found, depth + 1)?;
            continue;
        }
        let peeled = schema::peel(branch)?;
        let named = peeled.node.reference().is_some();
        let target = if named {
            Some(peeled.node.resolve()?.last_segment())
        } else {
            None
        };
        let title = || settled.node.text("title").map(str::to_owned);
        found.push(Case {
            name: target.or_else(title),
            docs: settled.docs,
            example: example(&settled.node),
            node: branch.clone(),
            base: base.clone(),
        });
    }
    Ok(())
}

/// What to call a case: by its own name, by the value that marks it, by what it is.
pub(super) fn case_name(case: &Case<'_>, marks: &[Marks], index: usize) -> String {
    let fixed = || {
        let marks = marks.first()?;
        let single = marks.fixed.iter().filter(|mark| mark.path.len() <= 1);
        single
            .filter(|mark| mark.values.len() == 1)
            .find_map(|mark| match &mark.values[0] {
                Fixed::Text(text) if !text.is_empty() => Some(text.clone()),
                _ => None,
            })
    };
    let member = || {
        let marks = marks.first()?;
        let required = marks.members.iter().find(|member| member.required);
        required
            .or(marks.members.first())
            .map(|member| member.name.clone())
    };
    let kind = || {
        let kinds = marks.iter().fold(0, |all, marks| all | marks.kinds);
        let words = ["Null", "Flag", "Integer", "Number", "Text", "List"];
        let known = marks::KINDS
            .iter()
            .zip(words)
            .find(|((_, kind), _)| *kind == kinds);
        known.map(|(_, word)| word.to_owned())
    };
    case.name
        .clone()
        .or_else(fixed)
        .or_else(kind)
        .or_else(member)
        .unwrap_or_else(|| format!("Variant{}", index + 1))
}
