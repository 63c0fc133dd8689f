//! Types with names: each is defined once, under a name that no other has.

use super::{
    CodegenError, Document, Form, Lower, Node, Others, Problem, Shape, Traits, TypeDef, Word,
    names, schema,
};
use crate::codegen::annotations::Schema;

impl Lower<'_> {
    /// Defines the type of a schema once and gives its Rust name.
    pub(super) fn define(&mut self, node: &Node<'_>, wire: &str) -> Result<String, CodegenError> {
        if let Some(name) = self.by_pointer.get(&node.pointer) {
            return Ok(name.clone());
        }
        if let Some(name) = self.twin(node, wire)? {
            self.by_pointer.insert(node.pointer.clone(), name.clone());
            return Ok(name);
        }
        let name = self.begin(&node.pointer, node, wire);
        // What lies inside a type with a name may lead back to it.
        let open = std::mem::take(&mut self.open);
        let (shape, others) = self.shape(node, wire)?;
        self.open = open;
        self.complete(&name, shape, others);
        Ok(name)
    }

    /// Enters a type before its body is read: it may contain itself.
    pub(super) fn begin(&mut self, place: &str, node: &Node<'_>, wire: &str) -> String {
        let name = self.name(place, wire);
        self.by_pointer.insert(place.to_owned(), name.clone());
        let def = self.placeholder(node, wire, &name);
        self.guess_docs(def.docs.as_ref(), wire);
        self.types.insert(name.clone(), (def, place.to_owned()));
        name
    }

    /// The type that is defined elsewhere in the same words: tools that write a schema with all its parts repeat them.
    pub(super) fn twin(&self, node: &Node<'_>, wire: &str) -> Result<Option<String>, CodegenError> {
        if self.reserved.contains_key(&node.pointer) {
            return Ok(None);
        }
        let name = names::type_name(wire);
        let Some((def, place)) = self.types.get(&name) else {
            return Ok(None);
        };
        let Some(other) = self.document.at(place).filter(|_| def.wire == wire) else {
            return Ok(None);
        };
        Ok(schema::same(node, &other)?.then_some(name))
    }

    /// The Rust name of the type at a place: a component has its own, whatever else is called so.
    pub(super) fn name(&mut self, pointer: &str, wire: &str) -> String {
        if let Some(name) = self.reserved.get(pointer) {
            return name.clone();
        }
        let wanted = names::type_name(wire);
        let name = self.free(&wanted);
        if name != wanted {
            self.guess("names that are taken get a number", &name);
        }
        self.taken.insert(name.clone());
        name
    }

    pub(super) fn placeholder(&self, node: &Node<'_>, wire: &str, name: &str) -> TypeDef {
        TypeDef {
            name: name.to_owned(),
            wire: wire.to_owned(),
            docs: node.text("description").map(str::to_owned),
            shape: Shape::Words(Vec::new()),
            others: None,
            open: false,
            tag: false,
            redacted: self.notes.schema(wire).is_some_and(Schema::redacted),
            traits: Traits::default(),
        }
    }

    pub(super) fn complete(&mut self, name: &str, shape: Shape, others: Option<Others>) {
        if let Some((def, _)) = self.types.get_mut(name) {
            def.shape = shape;
            def.others = others;
        }
    }

    pub(super) fn shape(
        &mut self,
        node: &Node<'_>,
        wire: &str,
    ) -> Result<(Shape, Option<Others>), CodegenError> {
        match schema::form(node)? {
            Form::Record => self.record(&schema::conjuncts(node)?, wire),
            Form::Tuple(places) => self.tuple(node, &places, wire),
            Form::Union => Ok((self.union(node, wire)?, None)),
            Form::Words => Ok((Shape::Words(self.words(node, wire)?), None)),
            Form::Integer(integer) => {
                self.guess_width(node, wire);
                Ok((Shape::Newtype(integer), None))
            }
            _ => Err(node.expected("an object, a union, an enum or an integer")),
        }
    }

    pub(super) fn words(&self, node: &Node<'_>, wire: &str) -> Result<Vec<Word>, CodegenError> {
        let values = schema::words(node)?;
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
    pub(super) fn distinct(
        &self,
        words: Vec<Word>,
        owner: &str,
    ) -> Result<Vec<Word>, CodegenError> {
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

    /// The name, or the first number behind it that is free.
    pub(super) fn free(&self, name: &str) -> String {
        let numbered = (2..).map(|count| format!("{name}{count}"));
        let mut candidates = std::iter::once(name.to_owned()).chain(numbered);
        let found = candidates.find(|name| !self.taken.contains(name));
        found.unwrap_or_else(|| name.to_owned())
    }

    /// Gives every component its name before any type inside another can take it.
    pub(super) fn reserve(&mut self, document: &Document) {
        let schemas = document.component_schemas();
        let named =
            |schema: &&Node<'_>| names::type_name(&schema.last_segment()) == schema.last_segment();
        // One whose name is a Rust name already has the first claim to it.
        let (exact, other): (Vec<_>, Vec<_>) = schemas.iter().partition(named);
        for schema in exact.into_iter().chain(other) {
            // A component may be no more than a reference, to a file of its own or to another component.
            let target = schema
                .resolve()
                .map_or_else(|_| schema.pointer.clone(), |node| node.pointer);
            let alias =
                target != schema.pointer && schemas.iter().any(|known| known.pointer == target);
            if alias || self.reserved.contains_key(&target) {
                continue;
            }
            let wanted = names::type_name(&schema.last_segment());
            let name = self.free(&wanted);
            if name != wanted {
                self.guess("names that are taken get a number", &name);
            }
            self.taken.insert(name.clone());
            self.reserved.insert(target, name);
        }
    }
}
