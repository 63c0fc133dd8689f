//! Whether two schemas say the same.

use serde_yaml::Value;

use crate::codegen::document::Node;
use crate::codegen::error::CodegenError;

/// Whether two schemas say the same but for their descriptions, references followed.
pub(crate) fn same<'d>(a: &Node<'d>, b: &Node<'d>) -> Result<bool, CodegenError> {
    let mut seen = Vec::new();
    let mut open = vec![(a.clone(), b.clone())];
    while let Some((a, b)) = open.pop() {
        let (a, b) = (a.resolve()?, b.resolve()?);
        let pair = (a.pointer.clone(), b.pointer.clone());
        if pair.0 == pair.1 || seen.contains(&pair) {
            continue;
        }
        seen.push(pair);
        match (a.value, b.value) {
            (Value::Mapping(_), Value::Mapping(_)) | (Value::Sequence(_), Value::Sequence(_)) => {}
            (one, other) if one == other => continue,
            _ => return Ok(false),
        }
        let (ours, theirs) = (said(&a), said(&b));
        if ours.len() != theirs.len() {
            return Ok(false);
        }
        for (one, other) in ours.into_iter().zip(theirs) {
            if one.last_segment() != other.last_segment() {
                return Ok(false);
            }
            open.push((one, other));
        }
    }
    Ok(true)
}

/// What a node holds beside words for its reader and parts that are only referred to. A property may be called like one
/// of those: its value is an object then.
fn said<'d>(node: &Node<'d>) -> Vec<Node<'d>> {
    let silent = |member: &Node<'_>| match member.last_segment().as_str() {
        "description" | "title" => member.value.is_string(),
        "examples" => member.value.is_sequence(),
        "example" => !member.value.is_mapping(),
        "$defs" | "definitions" => true,
        _ => false,
    };
    let mut members = node.children();
    if node.value.is_mapping() {
        members.retain(|member| !silent(member));
    }
    members
}
