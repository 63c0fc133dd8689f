//! Objects to records.

use serde_yaml::Value;

use super::{
    Annotations, CodegenError, Default, Field, Integer, Lower, Node, Others, Presence, Problem,
    Shape, Type, Use, Word, names, schema,
};

impl Lower<'_> {
    /// The fields of an object, merged from all its parts, in the order of the specification.
    pub(super) fn record(
        &mut self,
        parts: &[Node<'_>],
        wire: &str,
    ) -> Result<(Shape, Option<Others>), CodegenError> {
        let required = required(parts)?;
        let properties = properties(parts);
        let wires: Vec<String> = properties.iter().map(Node::last_segment).collect();
        let mut rust = names::field_names(wires.iter().map(String::as_str).chain(["others"]));
        let others = self.others(parts, rust.pop().unwrap_or_default(), wire)?;
        rename(self.notes, wire, &wires, &mut rust);
        let mut fields = Vec::new();
        for ((property, field), rust) in properties.iter().zip(&wires).zip(&rust) {
            if let Some(by) = fields.iter().find(|known: &&Field| known.rust == *rust) {
                return Err(self.clash(wire, field, by));
            }
            let used = self.read(property, &format!("{wire}_{field}"))?;
            self.guess_docs(used.docs.as_ref(), &format!("{wire}.{field}"));
            fields.push(self.field(wire, field, rust.clone(), used, required.contains(field)));
        }
        self.refuse_aliases(wire, &fields)?;
        Ok((Shape::Record(fields), others))
    }

    /// What the object may hold beside its fields.
    fn others(
        &mut self,
        parts: &[Node<'_>],
        rust: String,
        wire: &str,
    ) -> Result<Option<Others>, CodegenError> {
        let ty = match schema::others(parts) {
            None if self.shown.any(parts) => {
                self.guess(
                    "members that only examples show are kept beside the fields as any JSON",
                    wire,
                );
                Type::Raw
            }
            None => return Ok(None),
            Some(schema::Others::Any) => Type::Raw,
            Some(schema::Others::Of(schema)) => self.element(&schema, &format!("{wire}Value"))?,
        };
        Ok(Some(Others { rust, ty }))
    }

    /// An array whose places have meanings.
    pub(super) fn tuple(
        &mut self,
        node: &Node<'_>,
        places: &[Node<'_>],
        wire: &str,
    ) -> Result<(Shape, Option<Others>), CodegenError> {
        let least = least(node, places.len())?;
        let mut fields = Vec::new();
        for (index, place) in places.iter().enumerate() {
            let used = self.read(place, &format!("{wire}_{index}"))?;
            let name = index.to_string();
            fields.push(self.field(wire, &name, format!("place{index}"), used, index < least));
        }
        let behind = if node.get("prefixItems").is_some() {
            "items"
        } else {
            "additionalItems"
        };
        let others = match node.get(behind).filter(|schema| schema.value.is_mapping()) {
            Some(schema) => Some(Others {
                rust: format!("place{}", places.len()),
                ty: self.element(&schema, &format!("{wire}Item"))?,
            }),
            None => None,
        };
        Ok((Shape::Tuple(fields), others))
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
    pub(super) fn default(&self, ty: &Type, value: &Node<'_>, wire: &str) -> Option<Default> {
        let found = self.default_of(ty, value);
        let object = matches!(ty, Type::Named(name) if is_object(&self.types[name].0.shape));
        if found.is_none() && !object && !untold(ty, value) {
            self.guess(
                "defaults that are not of their field's type are ignored",
                wire,
            );
        }
        found
    }

    fn default_of(&self, ty: &Type, value: &Node<'_>) -> Option<Default> {
        let number = |integer| {
            let unsigned = value.value.as_u64().filter(|_| fits(integer, value));
            unsigned.map(Default::Unsigned)
        };
        match ty {
            Type::Bool => value.value.as_bool().map(Default::Bool),
            Type::Integer(integer @ (Integer::U32 | Integer::U64)) => number(*integer),
            Type::String => value
                .value
                .as_str()
                .map(|text| Default::Text(text.to_owned())),
            Type::Named(name) => match &self.types[name].0.shape {
                Shape::Words(words) => {
                    let meant = |word: &&Word| value.value.as_str() == Some(&word.wire);
                    let word = words.iter().find(meant);
                    word.map(|word| Default::Word(word.rust.clone()))
                }
                Shape::Newtype(integer) => number(*integer),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Shapes whose defaults there is no way to say.
const fn is_object(shape: &Shape) -> bool {
    matches!(shape, Shape::Record(_) | Shape::Tuple(_) | Shape::Union(_))
}

/// Defaults that nobody asks for: of lists, objects and numbers, and null, which is what absence means anyway.
fn untold(ty: &Type, value: &Node<'_>) -> bool {
    match ty {
        _ if value.value.is_null() => true,
        Type::Integer(integer @ (Integer::I32 | Integer::I64)) => fits(*integer, value),
        Type::Bool | Type::Integer(_) | Type::String | Type::Named(_) => false,
        _ => true,
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

/// How many places of a tuple are always there.
pub(super) fn least(node: &Node<'_>, places: usize) -> Result<usize, CodegenError> {
    let stated = schema::conjuncts(node)?
        .iter()
        .find_map(|part| part.get("minItems"))
        .and_then(|least| least.value.as_u64());
    let stated = stated.map(|least| usize::try_from(least).unwrap_or(places));
    Ok(stated.map_or(places, |least| least.min(places)))
}

/// All properties, once each: a later part refines what an earlier one says of the same name. What a condition adds may
/// be there.
pub(super) fn properties<'d>(parts: &[Node<'d>]) -> Vec<Node<'d>> {
    let mut found: Vec<Node<'d>> = Vec::new();
    let conditional = |key: &'static str| parts.iter().filter_map(move |part| part.get(key));
    let all = parts.iter().cloned();
    let all = all.chain(conditional("then")).chain(conditional("else"));
    for property in all
        .filter_map(|part| part.get("properties"))
        .flat_map(|map| map.children())
    {
        if property.value == &Value::Bool(false) {
            continue;
        }
        let name = property.last_segment();
        match found.iter_mut().find(|known| known.last_segment() == name) {
            Some(known) => refine(known, property),
            None => found.push(property),
        }
    }
    found
}

/// `{}` and `true` say nothing that is not known.
fn refine<'d>(known: &mut Node<'d>, by: Node<'d>) {
    let silent = by
        .value
        .as_mapping()
        .is_some_and(serde_yaml::Mapping::is_empty);
    if !silent && !by.value.is_bool() {
        *known = by;
    }
}

pub(super) fn required(parts: &[Node<'_>]) -> Result<Vec<String>, CodegenError> {
    let lists = parts.iter().filter_map(|part| part.get("required"));
    // The third draft marks each property by a flag of its own.
    let names = lists
        .filter(|list| !list.value.is_bool())
        .flat_map(|list| list.children());
    names.map(|name| name.string().map(str::to_owned)).collect()
}

fn rename(notes: &Annotations, owner: &str, wires: &[String], rust: &mut [String]) {
    for (wire, rust) in wires.iter().zip(rust) {
        if let Some(name) = notes.field(owner, wire).and_then(|note| note.name.as_ref()) {
            rust.clone_from(name);
        }
    }
}
