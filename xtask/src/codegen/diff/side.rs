//! One of the two specifications, and what the annotations make of it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::codegen::annotations::Annotations;
use crate::codegen::document::Document;
use crate::codegen::error::CodegenError;
use crate::codegen::model::{Model, Shape, TypeDef, Union};
use crate::codegen::{lower, routes};

/// A specification that was read.
pub(super) struct Side {
    pub(super) model: Model,
    /// The Rust names of the types that clients send, the server sends.
    client: BTreeSet<String>,
    server: BTreeSet<String>,
    /// Entries of the annotations that are of no use here, and why.
    pub(super) misfits: Vec<Misfit>,
    /// What the annotations leave open, and how it is taken.
    pub(super) guesses: Vec<String>,
}

/// An entry of the annotations that does not fit a specification.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Misfit {
    pub(super) entry: String,
    pub(super) problem: String,
}

/// Who sends something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Senders {
    pub(super) client: bool,
    pub(super) server: bool,
}

impl Side {
    /// Reads a specification and what the annotations say of it.
    pub(super) fn load(spec: &Path, annotations: &Path) -> Result<Self, CodegenError> {
        let document = Document::load(spec)?;
        Self::read(&document, || Annotations::load(annotations))
    }

    /// Entries that do not fit are left out, one after the other: they are reported, and the rest still applies.
    pub(super) fn read(
        document: &Document,
        annotations: impl Fn() -> Result<Annotations, CodegenError>,
    ) -> Result<Self, CodegenError> {
        let mut misfits: Vec<Misfit> = Vec::new();
        loop {
            let mut notes = annotations()?;
            for misfit in &misfits {
                notes.remove(&misfit.entry);
            }
            match understood(document, &notes) {
                Ok((model, guesses)) => return Ok(Self::new(model, guesses, misfits, &notes)),
                Err(error) => misfits.push(misfit(error, &notes)?),
            }
        }
    }

    fn new(
        model: Model,
        guesses: Vec<String>,
        mut misfits: Vec<Misfit>,
        notes: &Annotations,
    ) -> Self {
        let unused = |entry| Misfit {
            entry,
            problem: "nothing has this name".to_owned(),
        };
        misfits.extend(notes.unused().into_iter().map(unused));
        misfits.sort_by(|one, other| one.entry.cmp(&other.entry));
        Self {
            client: reached(&model, (&model.client).into()),
            server: reached(&model, (&model.server).into()),
            model,
            misfits,
            guesses,
        }
    }

    /// Who sends values of a type; nobody, if nothing leads to it.
    pub(super) fn senders(&self, def: &TypeDef) -> Senders {
        Senders {
            client: self.client.contains(&def.name),
            server: self.server.contains(&def.name),
        }
    }

    /// The type of that name in the specification, if a message leads to it.
    pub(super) fn by_wire(&self, wire: &str) -> Option<&TypeDef> {
        let named = |def: &&TypeDef| def.wire == wire && self.senders(def).any();
        self.model.types.iter().find(named)
    }

    /// The unions at the top: what clients send, what the server sends, and what one subscribes to.
    pub(super) fn roots(&self) -> [Option<&Union>; 3] {
        let Model {
            client,
            server,
            kind,
            ..
        } = &self.model;
        let roots: [Option<&String>; 3] = [client.into(), server.into(), kind.into()];
        roots.map(|name| self.model.union(name?))
    }

    /// Whether a type is one of [`Self::roots`].
    pub(super) fn is_root(&self, def: &TypeDef) -> bool {
        let Shape::Union(union) = &def.shape else {
            return false;
        };
        let mut roots = self.roots().into_iter().flatten();
        roots.any(|root| std::ptr::eq(root, union))
    }
}

impl Senders {
    pub(super) const CLIENT: Self = Self {
        client: true,
        server: false,
    };
    pub(super) const SERVER: Self = Self {
        client: false,
        server: true,
    };
    /// A subscription kind comes back in its confirmation.
    pub(super) const BOTH: Self = Self {
        client: true,
        server: true,
    };

    /// Either's senders.
    pub(super) const fn or(self, other: Self) -> Self {
        Self {
            client: self.client || other.client,
            server: self.server || other.server,
        }
    }

    /// Whether there is a sender at all.
    pub(super) const fn any(self) -> bool {
        self.client || self.server
    }
}

fn understood(
    document: &Document,
    notes: &Annotations,
) -> Result<(Model, Vec<String>), CodegenError> {
    let model = lower::lower(document, notes)?;
    let guesses = routes::resolve(&model, notes)?.warnings;
    Ok((model, guesses))
}

/// The entry that an error is about; an error of the document's own is handed back.
fn misfit(error: CodegenError, notes: &Annotations) -> Result<Misfit, CodegenError> {
    if let CodegenError::At {
        file,
        pointer,
        problem,
    } = &error
        && file == notes.file()
        && let Some(entry) = notes.entry(pointer)
    {
        let problem = problem.to_string();
        return Ok(Misfit { entry, problem });
    }
    Err(error)
}

fn reached(model: &Model, root: Option<&String>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut queue: Vec<&str> = root.map(String::as_str).into_iter().collect();
    while let Some(name) = queue.pop() {
        if reached.insert(name.to_owned()) {
            let parts = model.get(name).map(TypeDef::parts).unwrap_or_default();
            queue.extend(parts.into_iter().flat_map(|ty| ty.named()));
        }
    }
    reached
}
