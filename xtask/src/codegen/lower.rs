//! Document and annotations to the model.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::annotations::{Annotations, Unions};
use super::document::{Document, Node};
use super::error::{CodegenError, Problem};
use super::model::{
    Default, Field, Integer, Model, Others, Payload, Presence, Shape, Tagging, Traits, Type,
    TypeDef, Union, Variant, Word,
};
use super::schema::{self, Form, Peeled};
use super::{names, schema::peel};

mod branches;
mod cases;
mod definitions;
mod fields;
mod guesses;
pub(crate) mod marks;
mod open;
mod shaped;
mod shown;
mod sides;
mod tags;
mod telling;
mod traits;
mod unions;

use guesses::Guesses;
use shown::Shown;

/// Reads everything the document's messages lead to.
pub(crate) fn lower(document: &Document, notes: &Annotations) -> Result<Model, CodegenError> {
    let unions = notes.unions();
    let mut protocol = document.protocol()?;
    if notes.describes_client() {
        std::mem::swap(&mut protocol.client, &mut protocol.server);
        protocol.guesses.clear();
    }
    let mut lower = Lower::new(document, notes);
    lower.shown = Shown::new(document, &protocol);
    let kind = match document.schema(&unions.kind) {
        Some(schema) => lower.kind(&schema)?,
        None => None,
    };
    let client = lower.side(document, "client", &unions.client, &protocol.client)?;
    let server = lower.side(document, "server", &unions.server, &protocol.server)?;
    let kind = kind.or_else(|| lower.kind_elsewhere());
    if kind.is_none() && unions.kind != Unions::default().kind {
        return Err(notes.problem("unions/kind", Problem::MatchesNothing));
    }
    let messages = lower.messages(&protocol, client.as_deref(), server.as_deref())?;
    if client.is_none() && server.is_none() {
        lower.guess(
            "no operation says who sends what: no union is made of",
            document.file(),
        );
    }
    let untyped = messages.iter().all(|message| message.ty == Type::Raw);
    if untyped && client.is_none() && server.is_none() {
        lower.all_schemas(document)?;
    }
    // Without operations, unions of that name may say it instead.
    let silent = protocol.client.is_empty() && protocol.server.is_empty();
    let doubts = if silent { Vec::new() } else { protocol.guesses };
    let guesses = lower.guesses.into_inner();
    let types = lower.types.into_values().map(|(def, _)| def).collect();
    let mut model = Model {
        types,
        client,
        server,
        kind,
        messages,
        guesses: [doubts, guesses.lines()].concat(),
        path: notes.path().map(str::to_owned),
    };
    tags::mark_tags(&mut model);
    open::mark_open(&mut model);
    traits::mark_traits(&mut model);
    Ok(model)
}

/// The only branch of a choice that is none.
fn lone<'d>(node: &Node<'d>) -> Result<Option<Node<'d>>, CodegenError> {
    let Some(choice) = schema::choice(node)? else {
        return Ok(None);
    };
    match choice.branches.as_slice() {
        [only] if choice.base.is_empty() && branches::external(node)?.is_none() => {
            Ok(Some(only.clone()))
        }
        _ => Ok(None),
    }
}

struct Lower<'a> {
    document: &'a Document,
    notes: &'a Annotations,
    /// By Rust name, with the pointer to where each came from.
    types: BTreeMap<String, (TypeDef, String)>,
    by_pointer: BTreeMap<String, String>,
    /// The Rust names of component schemas, by pointer, and which are taken: no type inside another may have them.
    reserved: BTreeMap<String, String>,
    taken: BTreeSet<String>,
    /// The references being followed that no named type stands between: one of them again has no end.
    open: Vec<String>,
    shown: Shown,
    guesses: RefCell<Guesses>,
}

impl<'a> Lower<'a> {
    fn new(document: &'a Document, notes: &'a Annotations) -> Self {
        let mut lower = Self {
            document,
            notes,
            types: BTreeMap::new(),
            by_pointer: BTreeMap::new(),
            reserved: BTreeMap::new(),
            taken: BTreeSet::new(),
            open: Vec::new(),
            shown: Shown::default(),
            guesses: RefCell::default(),
        };
        lower.reserve(document);
        lower
    }

    fn guess(&self, what: &'static str, place: &str) {
        self.guesses.borrow_mut().add(what, place);
    }

    /// The kinds: their fields are those of the union's variants, which the annotations name.
    fn kind(&mut self, schema: &Node<'_>) -> Result<Option<String>, CodegenError> {
        let wire = self.notes.unions().kind.clone();
        let name = self.define(&schema::settle(schema)?.node, &wire)?;
        match &self.types[&name].0.shape {
            Shape::Union(union) if union.external() => Ok(Some(name)),
            _ if self.notes.names_unions() => Err(schema.problem(Problem::NotAUnion(wire))),
            _ => Ok(None),
        }
    }

    /// The kinds where they are no component: defined inside a message, or in a file of their own.
    fn kind_elsewhere(&self) -> Option<String> {
        let wire = &self.notes.unions().kind;
        let found = self.types.values().find(|(def, _)| {
            let external = matches!(&def.shape, Shape::Union(union) if union.external());
            def.wire == *wire && external
        });
        found.map(|(def, _)| def.name.clone())
    }

    fn all_schemas(&mut self, document: &Document) -> Result<(), CodegenError> {
        for schema in document.component_schemas() {
            self.read(&schema, &schema.last_segment())?;
        }
        Ok(())
    }
}

/// A type where it is used.
struct Use {
    ty: Type,
    nullable: bool,
    docs: Option<String>,
    default: Option<Default>,
}

impl Use {
    /// The type of a value that stands by itself, and its docs. Any JSON may be null as it is.
    fn whole(self) -> (Type, Option<String>) {
        let ty = match self.ty {
            Type::Raw => Type::Raw,
            ty if self.nullable => Type::Nullable(Box::new(ty)),
            ty => ty,
        };
        (ty, self.docs)
    }
}

impl Lower<'_> {
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
            Some(value) => self.default(&ty, &value, wire),
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
            return Err(from.problem(Problem::RefCycle(target.place())));
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
        self.guess_unchecked(node, wire);
        Ok(match schema::form(node)? {
            Form::Union => match lone(node)? {
                Some(only) => self.read(&only, wire)?.ty,
                None => Type::Named(self.define(node, wire)?),
            },
            Form::Record | Form::Words | Form::Tuple(_) => Type::Named(self.define(node, wire)?),
            Form::Integer(integer) => {
                self.guess_width(node, wire);
                Type::Integer(integer)
            }
            Form::Number => Type::Number,
            Form::Bool => Type::Bool,
            Form::String => Type::String,
            Form::List(None) => Type::Raw,
            Form::Any => {
                self.guess_any(node, wire);
                Type::Raw
            }
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
        let key = match key {
            Type::Scalar { .. } => key,
            Type::Named(name) if matches!(self.types[&name].0.shape, Shape::Words(_)) => {
                Type::Named(name)
            }
            _ => Type::String,
        };
        let value = self.element(value, &format!("{wire}Value"))?;
        Ok(Type::Map(Box::new(key), Box::new(value)))
    }

    /// What a list or a map holds.
    fn element(&mut self, node: &Node<'_>, wire: &str) -> Result<Type, CodegenError> {
        Ok(self.read(node, wire)?.whole().0)
    }
}
