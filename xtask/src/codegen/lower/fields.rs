//! Objects to records.

use super::{
    Annotations, CodegenError, Default, Field, Integer, Lower, Node, Presence, Problem, Shape,
    Type, Use, names, peel,
};

impl Lower<'_> {
    /// The fields of an object, merged from all parts of an `allOf`, in the order of the specification.
    pub(super) fn record(
        &mut self,
        node: &Node<'_>,
        wire: &str,
    ) -> Result<Vec<Field>, CodegenError> {
        let parts = parts(node)?;
        let required = required(&parts)?;
        let properties: Vec<Node<'_>> = parts
            .iter()
            .filter_map(|part| part.get("properties"))
            .flat_map(|map| map.children())
            .collect();
        let wires: Vec<String> = properties.iter().map(Node::last_segment).collect();
        let mut rust = names::field_names(wires.iter().map(String::as_str));
        rename(self.notes, wire, &wires, &mut rust);
        let mut fields = Vec::new();
        for ((property, field), rust) in properties.iter().zip(&wires).zip(rust) {
            if let Some(by) = fields.iter().find(|known: &&Field| known.rust == rust) {
                return Err(property.problem(Problem::NameClash {
                    name: rust,
                    by: by.wire.clone(),
                }));
            }
            let used = self.read(property, &format!("{wire}_{field}"))?;
            fields.push(self.field(wire, field, rust, used, required.contains(field)));
        }
        Ok(fields)
    }

    fn field(&self, owner: &str, wire: &str, rust: String, used: Use, required: bool) -> Field {
        let presence = match (required, used.nullable) {
            (true, false) => Presence::Required,
            (true, true) => Presence::Nullable,
            (false, false) => Presence::Optional,
            (false, true) => Presence::OptionalNullable,
        };
        let aliases = self
            .notes
            .field(owner, wire)
            .map(|note| note.aliases.clone())
            .unwrap_or_default();
        let Use {
            ty, docs, default, ..
        } = used;
        let default = default.filter(|_| !required);
        Field {
            wire: wire.to_owned(),
            rust,
            docs,
            ty,
            presence,
            aliases,
            default,
        }
    }

    /// What absence means, where it can be said in Rust.
    pub(super) fn default(
        &self,
        ty: &Type,
        value: &Node<'_>,
    ) -> Result<Option<Default>, CodegenError> {
        let word = |name: &String| match &self.types[name].0.shape {
            Shape::Words(words) => {
                let found = words
                    .iter()
                    .find(|word| value.value.as_str() == Some(&word.wire));
                found.map(|word| Default::Word(word.rust.clone()))
            }
            Shape::Newtype(_) => value.value.as_u64().map(Default::Unsigned),
            _ => None,
        };
        let default = match ty {
            _ if value.value.is_null() => return Ok(None),
            Type::Bool => value.value.as_bool().map(Default::Bool),
            Type::Integer(Integer::U64 | Integer::U32) => {
                value.value.as_u64().map(Default::Unsigned)
            }
            Type::String => value
                .value
                .as_str()
                .map(|text| Default::Text(text.to_owned())),
            Type::Named(name) => word(name),
            _ => return Ok(None),
        };
        default
            .map(Some)
            .ok_or_else(|| value.expected("a default of the field's own type"))
    }
}

/// The object itself, or the objects an `allOf` merges.
fn parts<'d>(node: &Node<'d>) -> Result<Vec<Node<'d>>, CodegenError> {
    let mut parts = vec![node.clone()];
    for part in node.get("allOf").iter().flat_map(Node::children) {
        let part = peel(&part)?.node.resolve()?;
        parts.extend(self::parts(&part)?);
    }
    Ok(parts)
}

fn required(parts: &[Node<'_>]) -> Result<Vec<String>, CodegenError> {
    let lists = parts.iter().filter_map(|part| part.get("required"));
    let names = lists.flat_map(|list| list.children());
    names.map(|name| name.string().map(str::to_owned)).collect()
}

fn rename(notes: &Annotations, owner: &str, wires: &[String], rust: &mut [String]) {
    for (wire, rust) in wires.iter().zip(rust) {
        if let Some(name) = notes.field(owner, wire).and_then(|note| note.name.as_ref()) {
            rust.clone_from(name);
        }
    }
}
