//! Objects to records.

use super::{
    Annotations, CodegenError, Default, Field, Integer, Lower, Node, Presence, Problem, Shape,
    Type, Use, names, schema,
};

impl Lower<'_> {
    /// The fields of an object, merged from all parts of an `allOf`, in the order of the specification.
    pub(super) fn record(
        &mut self,
        node: &Node<'_>,
        wire: &str,
    ) -> Result<Vec<Field>, CodegenError> {
        let parts = parts(node, &mut Vec::new())?;
        let required = required(&parts)?;
        let properties = properties(&parts);
        let wires: Vec<String> = properties.iter().map(Node::last_segment).collect();
        let mut rust = names::field_names(wires.iter().map(String::as_str));
        rename(self.notes, wire, &wires, &mut rust);
        let mut fields = Vec::new();
        for ((property, field), rust) in properties.iter().zip(&wires).zip(rust) {
            if let Some(by) = fields.iter().find(|known: &&Field| known.rust == rust) {
                return Err(self.clash(wire, field, by));
            }
            let used = self.read(property, &format!("{wire}_{field}"))?;
            fields.push(self.field(wire, field, rust, used, required.contains(field)));
        }
        self.refuse_aliases(wire, &fields)?;
        Ok(fields)
    }

    /// One key on the wire must mean one field.
    fn refuse_aliases(&self, owner: &str, fields: &[Field]) -> Result<(), CodegenError> {
        let mut taken: Vec<(&str, &str)> = fields
            .iter()
            .map(|field| (field.wire.as_str(), field.wire.as_str()))
            .collect();
        for field in fields {
            for alias in &field.aliases {
                if let Some((_, by)) = taken.iter().find(|(name, _)| name == alias) {
                    let (name, by) = (alias.clone(), (*by).to_owned());
                    let entry = format!("fields/{owner}.{}", field.wire);
                    return Err(self.notes.problem(&entry, Problem::NameClash { name, by }));
                }
                taken.push((alias, &field.wire));
            }
        }
        Ok(())
    }

    /// Our own names are distinct: one of the two comes from an annotation.
    fn clash(&self, owner: &str, wire: &str, by: &Field) -> CodegenError {
        let note = self.notes.field(owner, wire);
        let (at, by, name) = match note.and_then(|note| note.name.as_ref()) {
            Some(name) => (wire, by.wire.as_str(), name),
            None => (by.wire.as_str(), wire, &by.rust),
        };
        let (name, by) = (name.clone(), by.to_owned());
        let entry = format!("fields/{owner}.{at}");
        self.notes.problem(&entry, Problem::NameClash { name, by })
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
            Shape::Newtype(integer) if fits(*integer, value) => {
                value.value.as_u64().map(Default::Unsigned)
            }
            _ => None,
        };
        let default = match ty {
            _ if value.value.is_null() => return Ok(None),
            Type::Bool => value.value.as_bool().map(Default::Bool),
            Type::Integer(integer @ (Integer::I32 | Integer::I64)) if fits(*integer, value) => {
                return Ok(None);
            }
            Type::Integer(integer) if fits(*integer, value) => {
                value.value.as_u64().map(Default::Unsigned)
            }
            Type::Integer(_) => None,
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

/// Whether a default lies in its type's range.
fn fits(integer: Integer, value: &Node<'_>) -> bool {
    let (signed, unsigned) = (value.value.as_i64(), value.value.as_u64());
    match integer {
        Integer::I32 => signed.is_some_and(|number| i32::try_from(number).is_ok()),
        Integer::I64 => signed.is_some(),
        Integer::U32 => unsigned.is_some_and(|number| u32::try_from(number).is_ok()),
        Integer::U64 => unsigned.is_some(),
    }
}

/// The object itself, or the objects an `allOf` merges.
fn parts<'d>(node: &Node<'d>, above: &mut Vec<String>) -> Result<Vec<Node<'d>>, CodegenError> {
    if above.contains(&node.pointer) {
        return Err(node.problem(Problem::RefCycle(format!("#{}", node.pointer))));
    }
    above.push(node.pointer.clone());
    let mut parts = vec![node.clone()];
    for part in node.get("allOf").iter().flat_map(Node::children) {
        parts.extend(self::parts(&schema::settle(&part)?.node, above)?);
    }
    above.pop();
    Ok(parts)
}

/// All properties, once each: a later part refines what an earlier one says of the same name.
fn properties<'d>(parts: &[Node<'d>]) -> Vec<Node<'d>> {
    let mut found: Vec<Node<'d>> = Vec::new();
    let maps = parts.iter().filter_map(|part| part.get("properties"));
    for property in maps.flat_map(|map| map.children()) {
        let name = property.last_segment();
        match found.iter_mut().find(|known| known.last_segment() == name) {
            Some(known) => *known = property,
            None => found.push(property),
        }
    }
    found
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
