//! Which types must survive what a later server adds.

use std::collections::BTreeSet;

use super::{Model, TypeDef};

/// What the server can send must survive what a later server adds.
pub(super) fn mark_open(model: &mut Model) {
    let mut reached = BTreeSet::new();
    let mut queue: Vec<String> = model.server.iter().cloned().collect();
    // Nobody says who sends the others.
    let unsaid = model
        .messages
        .iter()
        .filter(|message| message.unions.is_empty());
    queue.extend(
        unsaid
            .flat_map(|message| message.ty.named())
            .map(str::to_owned),
    );
    if model.client.is_none() && model.server.is_none() {
        queue.extend(model.types.iter().map(|def| def.name.clone()));
    }
    while let Some(name) = queue.pop() {
        if reached.insert(name.clone()) {
            let parts = model.get(&name).map(TypeDef::parts).unwrap_or_default();
            queue.extend(parts.iter().flat_map(|ty| ty.named()).map(str::to_owned));
        }
    }
    for def in &mut model.types {
        def.open = !def.tag && reached.contains(&def.name);
    }
}
