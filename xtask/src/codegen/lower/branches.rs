//! The branches of a union that one key announces each.

use std::collections::BTreeSet;

use super::{CodegenError, Node, Problem, schema};

/// One case of an externally tagged union as the specification gives it.
pub(super) struct Branch<'d> {
    pub(super) tag: String,
    pub(super) docs: Option<String>,
    pub(super) example: Option<String>,
    /// Absent for a payload-less variant.
    pub(super) payload: Option<Node<'d>>,
}

/// The branches, if one key announces each of them and no two have the same.
pub(super) fn external<'d>(node: &Node<'d>) -> Result<Option<Vec<Branch<'d>>>, CodegenError> {
    let Some(choice) = schema::choice(node)?.filter(|choice| choice.base.is_empty()) else {
        return Ok(None);
    };
    let branches = choice.branches.iter().map(|branch| (branch.clone(), None));
    let branches: Vec<_> = branches.collect();
    announced(&branches, vec![node.pointer.clone()])
}

/// The same for payloads with what is said of each.
pub(super) fn announced<'d>(
    branches: &[(Node<'d>, Option<String>)],
    mut above: Vec<String>,
) -> Result<Option<Vec<Branch<'d>>>, CodegenError> {
    let mut found = Vec::new();
    for (branch, docs) in branches {
        if !collect(branch, docs.as_ref(), &mut above, &mut found)? {
            return Ok(None);
        }
    }
    let tags: BTreeSet<&str> = found.iter().map(|branch| branch.tag.as_str()).collect();
    Ok((tags.len() == found.len()).then_some(found))
}

/// Flattens nested unions and follows references down to the branches themselves; false where one is not announced.
fn collect<'d>(
    branch: &Node<'d>,
    docs: Option<&String>,
    above: &mut Vec<String>,
    found: &mut Vec<Branch<'d>>,
) -> Result<bool, CodegenError> {
    let inner = schema::settle(branch)?;
    let docs = inner.docs.or_else(|| docs.cloned());
    let Some(choice) = schema::choice(&inner.node)? else {
        let tagged = tagged(&inner.node, docs.as_ref())?;
        return Ok(tagged.map(|tagged| found.extend(tagged)).is_some());
    };
    if above.contains(&inner.node.pointer) {
        let problem = Problem::RefCycle(inner.node.place());
        return Err(inner.node.problem(problem));
    }
    above.push(inner.node.pointer.clone());
    for branch in &choice.branches {
        if !choice.base.is_empty() || !collect(branch, docs.as_ref(), above, found)? {
            above.pop();
            return Ok(false);
        }
    }
    above.pop();
    Ok(true)
}

/// An example longer than this helps no reader of the documentation.
const LONGEST_EXAMPLE: usize = 300;

/// The first example of a schema, as compact JSON.
pub(super) fn example(node: &Node<'_>) -> Option<String> {
    let listed = node
        .get("examples")
        .and_then(|list| list.children().into_iter().next());
    as_json(&listed.or_else(|| node.get("example"))?)
}

/// A value of the document as JSON text, if it is short.
pub(super) fn as_json(node: &Node<'_>) -> Option<String> {
    let text = serde_json::to_string(node.value).ok()?;
    (text.len() <= LONGEST_EXAMPLE).then_some(text)
}

/// What one key, or a bare string, announces; nothing where it is neither.
fn tagged<'d>(
    node: &Node<'d>,
    docs: Option<&String>,
) -> Result<Option<Vec<Branch<'d>>>, CodegenError> {
    match schema::form(node)? {
        schema::Form::Words => {
            let words = schema::words(node)?.into_iter();
            let bare = |word: &str| Branch {
                tag: word.to_owned(),
                docs: docs.cloned(),
                example: None,
                payload: None,
            };
            Ok(Some(words.map(bare).collect()))
        }
        schema::Form::Record => {
            let branch = single_key(node, docs.cloned())?;
            Ok(branch.map(|branch| vec![branch]))
        }
        _ => Ok(None),
    }
}

fn single_key<'d>(
    node: &Node<'d>,
    docs: Option<String>,
) -> Result<Option<Branch<'d>>, CodegenError> {
    let parts = schema::conjuncts(node)?;
    let mut properties = super::fields::properties(&parts);
    // Members of any name that are of a type are part of the message: it is more than its key.
    let more = matches!(schema::others(&parts), Some(schema::Others::Of(_)));
    if properties.len() != 1 || more {
        return Ok(None);
    }
    let payload = properties.remove(0);
    let bare = schema::is_null_schema(&payload);
    Ok(Some(Branch {
        tag: payload.last_segment(),
        docs,
        example: example(node),
        payload: (!bare).then_some(payload),
    }))
}
