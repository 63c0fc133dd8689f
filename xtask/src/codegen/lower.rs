//! Document and annotations to the model.

use std::collections::{BTreeMap, BTreeSet};

use super::annotations::{Annotations, Unions};
use super::document::{Document, Node};
use super::error::{CodegenError, Problem};
use super::model::{
    Default, Field, Integer, Model, Payload, Presence, Shape, Traits, Type, TypeDef, Union,
    Variant, Word,
};
use super::schema::{self, Form, Peeled};
use super::{names, schema::peel};

mod fields;
mod unions;

/// Reads everything the protocol's unions lead to.
pub(crate) fn lower(document: &Document, notes: &Annotations) -> Result<Model, CodegenError> {
    let unions = notes.unions();
    let mut lower = Lower {
        notes,
        types: BTreeMap::new(),
        by_pointer: BTreeMap::new(),
        open: Vec::new(),
    };
    let kind = match document.schema(&unions.kind) {
        Some(schema) => Some(lower.root(&schema, &unions.kind)?),
        None if unions.kind != Unions::default().kind => {
            return Err(notes.problem("unions/kind", Problem::MatchesNothing));
        }
        None => None,
    };
    let client = lower.root(&document.payload("client", &unions.client)?, &unions.client)?;
    let server = lower.root(&document.payload("server", &unions.server)?, &unions.server)?;
    let types = lower.types.into_values().map(|(def, _)| def).collect();
    let mut model = Model {
        types,
        client,
        server,
        kind,
    };
    mark_open(&mut model);
    mark_traits(&mut model);
    Ok(model)
}

struct Lower<'a> {
    notes: &'a Annotations,
    /// By Rust name, with the pointer to where each came from.
    types: BTreeMap<String, (TypeDef, String)>,
    by_pointer: BTreeMap<String, String>,
    /// The references being followed that no named type stands between: one of them again has no end.
    open: Vec<String>,
}

/// A type where it is used.
struct Use {
    ty: Type,
    nullable: bool,
    docs: Option<String>,
    default: Option<Default>,
}

impl Lower<'_> {
    /// One of the three unions, by the name the annotations give it.
    fn root(&mut self, node: &Node<'_>, wire: &str) -> Result<String, CodegenError> {
        let node = schema::settle(node)?.node;
        let name = self.define(&node, wire)?;
        match &self.types[&name].0.shape {
            Shape::Union(_) => Ok(name),
            _ => Err(node.problem(Problem::NotAUnion(wire.to_owned()))),
        }
    }

    /// The type of a schema; `wire` names it where it has no name of its own.
    fn read(&mut self, node: &Node<'_>, wire: &str) -> Result<Use, CodegenError> {
        let Peeled {
            node,
            mut nullable,
            mut docs,
            default,
        } = peel(node)?;
        let ty = if node.reference().is_some() {
            let target = node.resolve()?;
            let inner = peel(&target)?;
            nullable |= inner.nullable;
            docs = docs.or(inner.docs);
            self.followed(&node, &target, &inner.node)?
        } else {
            self.inline(&node, wire)?
        };
        let default = match default {
            Some(value) => self.default(&ty, &value)?,
            None => None,
        };
        Ok(Use {
            ty,
            nullable,
            docs,
            default,
        })
    }

    /// [`Self::referenced`], unless the reference leads back to itself.
    fn followed(
        &mut self,
        from: &Node<'_>,
        target: &Node<'_>,
        inner: &Node<'_>,
    ) -> Result<Type, CodegenError> {
        if self.open.contains(&target.pointer) {
            return Err(from.problem(Problem::RefCycle(format!("#{}", target.pointer))));
        }
        self.open.push(target.pointer.clone());
        let ty = self.referenced(target, inner);
        self.open.pop();
        ty
    }

    fn referenced(&mut self, target: &Node<'_>, inner: &Node<'_>) -> Result<Type, CodegenError> {
        let wire = target.last_segment();
        if let Some(scalar) = self.notes.scalar(&wire) {
            return Ok(Type::Scalar {
                path: scalar.rust.clone(),
                role: scalar.role,
            });
        }
        if inner.reference().is_some() {
            return Ok(self.read(inner, &wire)?.ty);
        }
        match schema::form(inner)? {
            Form::Integer(_) => self.define(inner, &wire).map(Type::Named),
            _ => self.inline(inner, &wire),
        }
    }

    fn inline(&mut self, node: &Node<'_>, wire: &str) -> Result<Type, CodegenError> {
        Ok(match schema::form(node)? {
            Form::Record | Form::Union | Form::Words => Type::Named(self.define(node, wire)?),
            Form::Integer(integer) => Type::Integer(integer),
            Form::Number => Type::Number,
            Form::Bool => Type::Bool,
            Form::String => Type::String,
            Form::Any | Form::List(None) => Type::Raw,
            Form::List(Some(items)) => {
                Type::List(Box::new(self.element(&items, &format!("{wire}Item"))?))
            }
            Form::Map { key, value } => self.map(key.as_ref(), &value, wire)?,
        })
    }

    fn map(
        &mut self,
        key: Option<&Node<'_>>,
        value: &Node<'_>,
        wire: &str,
    ) -> Result<Type, CodegenError> {
        let key = match key {
            Some(key) => self.element(key, &format!("{wire}Key"))?,
            None => Type::String,
        };
        let value = self.element(value, &format!("{wire}Value"))?;
        Ok(Type::Map(Box::new(key), Box::new(value)))
    }

    /// What a list or a map holds: no type of ours says that it may be null, unless it is any JSON.
    fn element(&mut self, node: &Node<'_>, wire: &str) -> Result<Type, CodegenError> {
        let used = self.read(node, wire)?;
        if used.nullable && used.ty != Type::Raw {
            return Err(node.problem(Problem::Unsupported("null")));
        }
        Ok(used.ty)
    }

    /// Defines the type of a schema once and gives its Rust name.
    fn define(&mut self, node: &Node<'_>, wire: &str) -> Result<String, CodegenError> {
        if let Some(name) = self.by_pointer.get(&node.pointer) {
            return Ok(name.clone());
        }
        let name = names::type_name(wire);
        if let Some((_, by)) = self.types.get(&name) {
            return Err(node.problem(Problem::NameClash {
                name,
                by: by.clone(),
            }));
        }
        self.by_pointer.insert(node.pointer.clone(), name.clone());
        // Entered before its body is read: a type may contain itself.
        let def = self.placeholder(node, wire, &name);
        self.types.insert(name.clone(), (def, node.pointer.clone()));
        // What lies inside a type with a name may lead back to it.
        let open = std::mem::take(&mut self.open);
        let shape = self.shape(node, wire)?;
        self.open = open;
        if let Some((def, _)) = self.types.get_mut(&name) {
            def.shape = shape;
        }
        Ok(name)
    }

    fn placeholder(&self, node: &Node<'_>, wire: &str, name: &str) -> TypeDef {
        TypeDef {
            name: name.to_owned(),
            wire: wire.to_owned(),
            docs: node.text("description").map(str::to_owned),
            shape: Shape::Words(Vec::new()),
            open: false,
            redacted: self
                .notes
                .schema(wire)
                .is_some_and(super::annotations::Schema::redacted),
            traits: Traits::default(),
        }
    }

    fn shape(&mut self, node: &Node<'_>, wire: &str) -> Result<Shape, CodegenError> {
        match schema::form(node)? {
            Form::Record => Ok(Shape::Record(self.record(node, wire)?)),
            Form::Union => self.union(node, wire),
            Form::Words => self.words(node, wire).map(Shape::Words),
            Form::Integer(integer) => Ok(Shape::Newtype(integer)),
            _ => Err(node.expected("an object, a union, an enum or an integer")),
        }
    }

    fn words(&self, node: &Node<'_>, wire: &str) -> Result<Vec<Word>, CodegenError> {
        let values = schema::words(node);
        let docs = node.get("x-enum-descriptions");
        let word = |(value, fallback): (&&str, String)| Word {
            wire: (*value).to_owned(),
            rust: self
                .notes
                .value(wire, value)
                .map_or(fallback, str::to_owned),
            docs: docs
                .as_ref()
                .and_then(|map| map.text(value))
                .map(str::to_owned),
        };
        let words = values
            .iter()
            .zip(names::variant_names(values.iter().copied()))
            .map(word)
            .collect();
        self.distinct(words, wire)
    }

    /// Names that annotations give may be those of other values; our own never are.
    fn distinct(&self, words: Vec<Word>, owner: &str) -> Result<Vec<Word>, CodegenError> {
        for (index, word) in words.iter().enumerate() {
            let clash = |other: &&Word| other.rust == word.rust;
            if let Some(by) = words[..index].iter().find(clash) {
                let renamed = |word: &&Word| self.notes.value(owner, &word.wire).is_some();
                let (at, by) = if renamed(&word) {
                    (word, by)
                } else {
                    (by, word)
                };
                let entry = format!("values/{owner}.{}", at.wire);
                let (name, by) = (word.rust.clone(), by.wire.clone());
                return Err(self.notes.problem(&entry, Problem::NameClash { name, by }));
            }
        }
        Ok(words)
    }
}

/// What the server can send must survive what a later server adds.
fn mark_open(model: &mut Model) {
    let mut reached = BTreeSet::new();
    let mut queue = vec![model.server.clone()];
    while let Some(name) = queue.pop() {
        if reached.insert(name.clone()) {
            let parts = model.get(&name).map(TypeDef::parts).unwrap_or_default();
            queue.extend(parts.iter().flat_map(|ty| ty.named()).map(str::to_owned));
        }
    }
    for def in &mut model.types {
        def.open = reached.contains(&def.name);
    }
}

/// Equality is total unless a JSON number is somewhere inside; order is for what serves as a key.
fn mark_traits(model: &mut Model) {
    let mut partial = BTreeSet::new();
    let mut before = None;
    while before != Some(partial.len()) {
        before = Some(partial.len());
        for def in &model.types {
            let total =
                |ty: &&Type| ty.total() && !ty.named().iter().any(|name| partial.contains(*name));
            if !def.parts().iter().all(total) {
                partial.insert(def.name.clone());
            }
        }
    }
    let keys = key_types(model);
    for def in &mut model.types {
        let newtype = matches!(def.shape, Shape::Newtype(_));
        let closed_words = matches!(def.shape, Shape::Words(_)) && !def.open;
        def.traits = Traits {
            eq: !partial.contains(&def.name),
            ord: newtype || keys.contains(&def.name),
            copy: newtype || closed_words,
        };
    }
}

/// The subscription kind, the enums and numbers in it, and the keys of maps.
fn key_types(model: &Model) -> BTreeSet<String> {
    let mut queue: Vec<String> = model.kind.iter().cloned().collect();
    for ty in model.types.iter().flat_map(TypeDef::parts) {
        if let Type::Map(key, _) = ty {
            queue.extend(key.named().into_iter().map(str::to_owned));
        }
    }
    let mut keys = BTreeSet::new();
    while let Some(name) = queue.pop() {
        let parts = model.get(&name).map(TypeDef::parts).unwrap_or_default();
        queue.extend(
            parts
                .iter()
                .flat_map(|ty| ty.named())
                .filter(|part| *part != name)
                .map(str::to_owned),
        );
        keys.insert(name);
    }
    keys
}
