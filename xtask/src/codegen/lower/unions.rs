//! `oneOf` and `anyOf` to unions: externally tagged where one key announces each branch, otherwise told apart by what is
//! in them.

use super::branches::{Branch, external};
use super::cases::cases_of;
use super::{
    CodegenError, Lower, Node, Payload, Problem, Shape, Tagging, Type, Union, Variant, Word, names,
    schema,
};

impl Lower<'_> {
    pub(super) fn union(&mut self, node: &Node<'_>, wire: &str) -> Result<Shape, CodegenError> {
        if let Some(branches) = external(node)? {
            return self.external(branches, wire);
        }
        if wire == self.notes.unions().kind && self.notes.names_unions() {
            return Err(node.problem(Problem::NotAUnion(wire.to_owned())));
        }
        let mut cases = Vec::new();
        if let Some(choice) = schema::choice(node)? {
            cases_of(&choice, &[], &mut cases, 0)?;
        }
        let top = self.is_top(wire);
        self.shaped(cases, wire, |case| {
            if top {
                case.to_owned()
            } else {
                format!("{wire}_{case}")
            }
        })
    }

    pub(super) fn external(
        &mut self,
        branches: Vec<Branch<'_>>,
        wire: &str,
    ) -> Result<Shape, CodegenError> {
        let rust = names::variant_names(branches.iter().map(|branch| branch.tag.as_str()));
        if branches.iter().all(|branch| branch.payload.is_none()) && !self.is_top(wire) {
            return self.bare_branches(&branches, wire, rust).map(Shape::Words);
        }
        let mut variants: Vec<Variant> = Vec::new();
        for (branch, rust) in branches.into_iter().zip(rust) {
            variants.push(self.variant(branch, wire, rust)?);
        }
        self.with_annotations(variants, Tagging::External, wire)
            .map(Shape::Union)
    }

    fn is_top(&self, wire: &str) -> bool {
        let unions = self.notes.unions();
        wire == unions.server || wire == unions.client
    }

    fn bare_branches(
        &self,
        branches: &[Branch<'_>],
        wire: &str,
        rust: Vec<String>,
    ) -> Result<Vec<Word>, CodegenError> {
        let word = |(branch, rust): (&Branch<'_>, String)| Word {
            wire: branch.tag.clone(),
            rust: self
                .notes
                .value(wire, &branch.tag)
                .map_or(rust, str::to_owned),
            docs: branch.docs.clone(),
        };
        self.distinct(branches.iter().zip(rust).map(word).collect(), wire)
    }

    fn variant(
        &mut self,
        branch: Branch<'_>,
        union: &str,
        rust: String,
    ) -> Result<Variant, CodegenError> {
        let Branch {
            tag,
            docs,
            example,
            payload,
        } = branch;
        let (payload, payload_docs) = match payload {
            None => (Payload::None, None),
            Some(node) if union == self.notes.unions().kind => {
                let inner = schema::settle(&node)?;
                refuse_no_object(&inner.node)?;
                let parts = schema::conjuncts(&inner.node)?;
                let (shape, _) = self.record(&parts, &format!("{union}.{tag}"))?;
                let Shape::Record(fields) = shape else {
                    return Err(inner.node.expected("an object with fields"));
                };
                (Payload::Fields(fields), inner.docs)
            }
            Some(node) => {
                let (ty, docs) = self.read(&node, &self.payload_name(union, &tag))?.whole();
                (Payload::Type(ty), docs)
            }
        };
        Ok(Variant {
            wire: tag,
            rust,
            example,
            docs: docs.or(payload_docs),
            payload,
        })
    }

    /// What an inline payload is called: a message's goes by the variant's own name.
    fn payload_name(&self, union: &str, tag: &str) -> String {
        if self.is_top(union) {
            tag.to_owned()
        } else {
            format!("{union}_{tag}")
        }
    }

    pub(super) fn with_annotations(
        &self,
        variants: Vec<Variant>,
        tagging: Tagging,
        wire: &str,
    ) -> Result<Union, CodegenError> {
        let note = self.notes.schema(wire);
        let entry = |key: &str| format!("schemas/{wire}/{key}");
        let null = note.and_then(|note| note.null.as_deref());
        let null = self.chosen(&variants, &entry("null"), null, Needs::Nothing)?;
        let text = note.and_then(|note| note.bare_string.as_deref());
        let bare_string = self.chosen(&variants, &entry("bare_string"), text, Needs::Text)?;
        let conversion = self.notes.conversion(wire);
        let entry = format!("conversions/{wire}");
        let conversion = self.chosen(&variants, &entry, conversion, Needs::Payload)?;
        let untagged = self.untagged(&variants, wire)?;
        Ok(Union {
            variants,
            tagging,
            untagged,
            null,
            bare_string,
            conversion,
        })
    }

    /// The Rust name of the variant an annotation names, if it can be what the annotation says.
    fn chosen(
        &self,
        variants: &[Variant],
        entry: &str,
        name: Option<&str>,
        needs: Needs,
    ) -> Result<Option<String>, CodegenError> {
        let Some(name) = name else { return Ok(None) };
        let problem = |problem| self.notes.problem(entry, problem);
        let variant = variants
            .iter()
            .find(|variant| variant.wire == name)
            .ok_or_else(|| problem(Problem::NoVariant(name.to_owned())))?;
        let fits = match needs {
            Needs::Nothing => matches!(variant.payload, Payload::None),
            Needs::Text => matches!(variant.payload, Payload::Type(Type::String)),
            Needs::Payload => matches!(variant.payload, Payload::Type(_)),
        };
        let (name, expected) = (name.to_owned(), needs.as_str());
        let misfit = || problem(Problem::WrongPayload { name, expected });
        fits.then(|| Some(variant.rust.clone())).ok_or_else(misfit)
    }

    /// The server's variant that may come without its tag: its fields must tell it.
    fn untagged(&self, variants: &[Variant], wire: &str) -> Result<Option<String>, CodegenError> {
        let marked = |variant: &&Variant| {
            let note = self.notes.message(&variant.wire);
            wire == self.notes.unions().server && note.is_some_and(|note| note.untagged)
        };
        let mut found = variants.iter().filter(marked);
        let Some(variant) = found.next() else {
            return Ok(None);
        };
        if let Some(second) = found.next() {
            let entry = format!("messages/{}/untagged", second.wire);
            let by = variant.wire.clone();
            return Err(self.notes.problem(&entry, Problem::UntaggedTwice(by)));
        }
        if let Payload::Type(Type::Named(name)) = &variant.payload
            && let Shape::Record(_) = self.types[name].0.shape
        {
            return Ok(Some(variant.wire.clone()));
        }
        let (name, expected) = (variant.wire.clone(), "an object with fields");
        let entry = format!("messages/{name}/untagged");
        Err(self
            .notes
            .problem(&entry, Problem::WrongPayload { name, expected }))
    }
}

/// What an annotation asks of the variant it names.
#[derive(Clone, Copy)]
enum Needs {
    Nothing,
    Text,
    Payload,
}

impl Needs {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "no payload",
            Self::Text => "a string",
            Self::Payload => "a payload",
        }
    }
}

/// A kind's variant has fields of its own; what holds none must be an object without any.
fn refuse_no_object(node: &Node<'_>) -> Result<(), CodegenError> {
    let found = match schema::form(node)? {
        schema::Form::Record | schema::Form::Any => return Ok(()),
        schema::Form::Union => "a union",
        schema::Form::Words => "an enum",
        schema::Form::Integer(_) | schema::Form::Number => "a number",
        schema::Form::Bool => "a boolean",
        schema::Form::String => "a string",
        schema::Form::List(_) | schema::Form::Tuple(_) => "a list",
        schema::Form::Map { .. } => "a map",
    };
    let expected = "an object with fields";
    Err(node.problem(Problem::Expected { expected, found }))
}
