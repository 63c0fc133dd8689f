//! `oneOf` and `anyOf` to unions: externally tagged where one key announces each branch, otherwise told apart by what is
//! in them.

use std::collections::BTreeSet;

use super::{
    CodegenError, Lower, Node, Payload, Problem, Shape, Tagging, Type, Union, Use, Variant, Word,
    marks, names, schema,
};
use crate::codegen::model::{Fixed, Marks};

/// One case of an externally tagged union as the specification gives it.
pub(super) struct Branch<'d> {
    tag: String,
    docs: Option<String>,
    example: Option<String>,
    /// Absent for a payload-less variant.
    payload: Option<Node<'d>>,
}

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

    /// A union whose variants are told apart by what is in them.
    pub(super) fn shaped(
        &mut self,
        cases: Vec<Case<'_>>,
        wire: &str,
        payload_name: impl Fn(&str) -> String,
    ) -> Result<Shape, CodegenError> {
        let mut marks = Vec::new();
        for case in &cases {
            marks.push(marks::marks(&case.node, &case.base, 0)?);
        }
        let called: Vec<String> = cases
            .iter()
            .zip(&marks)
            .enumerate()
            .map(|(index, (case, marks))| case_name(case, marks, index))
            .collect();
        let telling = marks::tell(&mut marks);
        let names = names::variant_names(called.iter().map(String::as_str));
        for (first, second, loosely) in &telling.alike {
            let pair = format!("{wire}::{} and {}", names[*first], names[*second]);
            let what = if *loosely {
                "variants that optional members alone tell apart"
            } else {
                "variants that nothing tells apart, so that the first that fits is taken"
            };
            self.guess(what, &pair);
        }
        let mut variants = Vec::new();
        for ((case, name), rust) in cases.into_iter().zip(called).zip(names) {
            let used = self.payload(&case, &payload_name(&name))?;
            let ty = match used.ty {
                Type::Raw => Type::Raw,
                ty if used.nullable => Type::Nullable(Box::new(ty)),
                ty => ty,
            };
            // A name says which of the forms is meant, and so there may be one alone of it.
            let twice = variants.iter().any(|known: &Variant| known.wire == name);
            variants.push(Variant {
                wire: if twice { rust.clone() } else { name },
                rust,
                docs: case.docs.or(used.docs),
                example: case.example,
                payload: Payload::Type(ty),
            });
        }
        let tagging = Tagging::Shaped {
            tag: telling.tag,
            marks,
        };
        self.with_annotations(variants, tagging, wire)
            .map(Shape::Union)
    }

    fn payload(&mut self, case: &Case<'_>, wire: &str) -> Result<Use, CodegenError> {
        let settled = schema::settle(&case.node)?.node;
        let object = matches!(
            schema::form(&settled)?,
            schema::Form::Record | schema::Form::Any
        );
        if case.base.is_empty() || !object {
            return self.read(&case.node, wire);
        }
        let parts = [case.base.as_slice(), &schema::conjuncts(&settled)?].concat();
        let ty = self.composed(&case.node, &parts, wire)?;
        let docs = settled.text("description").map(str::to_owned);
        Ok(Use {
            ty,
            nullable: false,
            docs,
            default: None,
        })
    }

    /// A type of its own for a branch that shares fields with the other branches.
    fn composed(
        &mut self,
        node: &Node<'_>,
        parts: &[Node<'_>],
        wire: &str,
    ) -> Result<Type, CodegenError> {
        let place = format!("{}#composed", node.pointer);
        if let Some(name) = self.by_pointer.get(&place) {
            return Ok(Type::Named(name.clone()));
        }
        let name = self.name(&place, wire);
        self.by_pointer.insert(place.clone(), name.clone());
        let def = self.placeholder(node, wire, &name);
        self.types.insert(name.clone(), (def, place));
        let open = std::mem::take(&mut self.open);
        let (shape, others) = self.record(parts, wire)?;
        self.open = open;
        self.complete(&name, shape, others);
        Ok(Type::Named(name))
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
                let used = self.read(&node, &self.payload_name(union, &tag))?;
                let ty = match used.ty {
                    Type::Raw => Type::Raw,
                    ty if used.nullable => Type::Nullable(Box::new(ty)),
                    ty => ty,
                };
                (Payload::Type(ty), used.docs)
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

    fn with_annotations(
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

/// One case of a union that no key announces.
pub(super) struct Case<'d> {
    /// What the specification calls it, if it does.
    pub(super) name: Option<String>,
    pub(super) docs: Option<String>,
    pub(super) example: Option<String>,
    pub(super) node: Node<'d>,
    /// The fields that the union declares for all its cases.
    pub(super) base: Vec<Node<'d>>,
}

/// How often one choice may lie in another.
const DEEPEST: usize = 16;

/// The cases of a choice. Where fields are shared, those of a choice inside it have a share too.
fn cases_of<'d>(
    choice: &schema::Choice<'d>,
    above: &[Node<'d>],
    found: &mut Vec<Case<'d>>,
    depth: usize,
) -> Result<(), CodegenError> {
    let base = [above, &choice.base].concat();
    for branch in &choice.branches {
        let settled = schema::settle(branch)?;
        let inner = schema::choice(&settled.node)?.filter(|_| !base.is_empty());
        if let Some(inner) = inner.filter(|_| depth < DEEPEST) {
            cases_of(&inner, &base, found, depth + 1)?;
            continue;
        }
        let peeled = schema::peel(branch)?;
        let named = peeled.node.reference().is_some();
        let target = if named {
            Some(peeled.node.resolve()?.last_segment())
        } else {
            None
        };
        let title = || settled.node.text("title").map(str::to_owned);
        found.push(Case {
            name: target.or_else(title),
            docs: settled.docs,
            example: example(&settled.node),
            node: branch.clone(),
            base: base.clone(),
        });
    }
    Ok(())
}

/// What to call a case: by its own name, by the value that marks it, by what it is.
fn case_name(case: &Case<'_>, marks: &[Marks], index: usize) -> String {
    let fixed = || {
        let marks = marks.first()?;
        let single = marks.fixed.iter().filter(|mark| mark.path.len() <= 1);
        single
            .filter(|mark| mark.values.len() == 1)
            .find_map(|mark| match &mark.values[0] {
                Fixed::Text(text) if !text.is_empty() => Some(text.clone()),
                _ => None,
            })
    };
    let member = || {
        let marks = marks.first()?;
        let required = marks.members.iter().find(|member| member.required);
        required
            .or(marks.members.first())
            .map(|member| member.name.clone())
    };
    let kind = || {
        let kinds = marks.iter().fold(0, |all, marks| all | marks.kinds);
        let words = ["Null", "Flag", "Integer", "Number", "Text", "List"];
        let known = marks::KINDS
            .iter()
            .zip(words)
            .find(|((_, kind), _)| *kind == kinds);
        known.map(|(_, word)| word.to_owned())
    };
    case.name
        .clone()
        .or_else(fixed)
        .or_else(kind)
        .or_else(member)
        .unwrap_or_else(|| format!("Variant{}", index + 1))
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
