//! What AsyncAPI cannot say about the protocol, keyed by the protocol's own names.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use super::error::{CodegenError, Problem};
use super::{names, yaml};

/// The annotation file, and which of its entries have been of use.
pub(crate) struct Annotations {
    file: String,
    entries: Entries,
    used: RefCell<BTreeSet<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Entries {
    path: Option<String>,
    application: Application,
    unions: Option<Unions>,
    scalars: BTreeMap<String, Scalar>,
    kinds: BTreeMap<String, Kind>,
    messages: BTreeMap<String, Message>,
    fields: BTreeMap<String, Field>,
    values: BTreeMap<String, Word>,
    schemas: BTreeMap<String, Schema>,
    conversions: BTreeMap<String, String>,
}

/// Which side of the connection the document describes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Application {
    #[default]
    Server,
    Client,
}

/// The names of the three unions everything else hangs on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Unions {
    pub(crate) client: String,
    pub(crate) server: String,
    pub(crate) kind: String,
}

/// The hand-written type that stands for a schema.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scalar {
    pub(crate) rust: String,
    pub(crate) role: Option<Role>,
}

/// What a scalar identifies.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Account,
    Instrument,
}

/// What a subscription kind brings.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Kind {
    /// For each update: which field of the kind equals which path in the update.
    pub(crate) pushes: BTreeMap<String, BTreeMap<String, String>>,
}

/// What one variant of the client's or the server's union means.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Message {
    pub(crate) delivery: Option<Delivery>,
    pub(crate) key: Option<String>,
    pub(crate) scope: Option<Scope>,
    pub(crate) account: Option<String>,
    pub(crate) untagged: bool,
}

/// How a message relates to what its reader holds already.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Delivery {
    Snapshot,
    Partial,
    Event,
    /// Answers and failures: no data at all.
    Control,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    Public,
    Private,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Field {
    pub(crate) aliases: Vec<String>,
    pub(crate) name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Schema {
    debug: Option<Debug>,
    /// The variant that `null` means.
    pub(crate) null: Option<String>,
    /// The variant that a string means which names no variant.
    pub(crate) bare_string: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Debug {
    Redacted,
}

impl Default for Unions {
    fn default() -> Self {
        Self {
            client: "ClientMessage".to_owned(),
            server: "ServerMessage".to_owned(),
            kind: "SubscriptionKind".to_owned(),
        }
    }
}

impl Schema {
    pub(crate) fn redacted(&self) -> bool {
        matches!(self.debug, Some(Debug::Redacted))
    }
}

impl Annotations {
    pub(crate) fn load(path: &Path) -> Result<Self, CodegenError> {
        let file = super::shown(path);
        let text = fs::read_to_string(path).map_err(|source| CodegenError::Read {
            file: file.clone(),
            source,
        })?;
        Self::parse(file, &text)
    }

    pub(crate) fn parse(file: String, text: &str) -> Result<Self, CodegenError> {
        yaml::check(text).map_err(|limit| CodegenError::Limit {
            file: file.clone(),
            limit,
        })?;
        // An empty file is YAML's null.
        let entries: Option<Entries> =
            serde_yaml::from_str(text).map_err(|source| CodegenError::Annotations {
                file: file.clone(),
                source,
            })?;
        let notes = Self {
            file,
            entries: entries.unwrap_or_default(),
            used: RefCell::default(),
        };
        notes.refuse_no_names()?;
        Ok(notes)
    }

    /// Names go into the code as they are.
    fn refuse_no_names(&self) -> Result<(), CodegenError> {
        let Entries { fields, values, .. } = &self.entries;
        let fields = fields
            .iter()
            .filter_map(|(key, field)| Some((format!("fields/{key}"), field.name.as_ref()?)));
        let values = values
            .iter()
            .map(|(key, word)| (format!("values/{key}"), &word.name));
        for (entry, name) in fields.chain(values) {
            // `Unrecognized` is the variant for what the specification does not have.
            if !names::is_identifier(name) || name == "Unrecognized" || name.starts_with("r#") {
                return Err(self.problem(&entry, Problem::NoName(name.clone())));
            }
        }
        Ok(())
    }

    pub(crate) fn unions(&self) -> &Unions {
        static USUAL: LazyLock<Unions> = LazyLock::new(Unions::default);
        self.entries.unions.as_ref().unwrap_or(&USUAL)
    }

    /// The path under which users find the generated names: examples become tests with it.
    pub(crate) fn path(&self) -> Option<&str> {
        self.entries.path.as_deref()
    }

    /// Whether the document describes the client, so that what "the application" sends is the client's.
    pub(crate) fn describes_client(&self) -> bool {
        self.entries.application == Application::Client
    }

    /// Whether the unions are named here, and not only supposed to have their usual names.
    pub(crate) fn names_unions(&self) -> bool {
        self.entries.unions.is_some()
    }

    /// Whether anything here says what messages are about. Without it there is nothing to route by.
    pub(crate) fn routes(&self) -> bool {
        let Entries {
            scalars,
            kinds,
            messages,
            ..
        } = &self.entries;
        let roles = scalars.values().any(|scalar| scalar.role.is_some());
        roles || !kinds.is_empty() || !messages.is_empty()
    }

    pub(crate) fn scalar(&self, schema: &str) -> Option<&Scalar> {
        self.take("scalars", &self.entries.scalars, schema)
    }

    pub(crate) fn kind(&self, kind: &str) -> Option<&Kind> {
        self.take("kinds", &self.entries.kinds, kind)
    }

    pub(crate) fn message(&self, variant: &str) -> Option<&Message> {
        self.take("messages", &self.entries.messages, variant)
    }

    pub(crate) fn field(&self, schema: &str, field: &str) -> Option<&Field> {
        self.take("fields", &self.entries.fields, &format!("{schema}.{field}"))
    }

    /// The Rust name of an enum's value.
    pub(crate) fn value(&self, schema: &str, value: &str) -> Option<&str> {
        let word = self.take("values", &self.entries.values, &format!("{schema}.{value}"))?;
        Some(&word.name)
    }

    pub(crate) fn schema(&self, schema: &str) -> Option<&Schema> {
        self.take("schemas", &self.entries.schemas, schema)
    }

    /// The variant that `From` makes out of its payload.
    pub(crate) fn conversion(&self, union: &str) -> Option<&str> {
        self.take("conversions", &self.entries.conversions, union)
            .map(String::as_str)
    }

    /// An error at an entry.
    pub(crate) fn problem(&self, entry: &str, problem: Problem) -> CodegenError {
        CodegenError::At {
            file: self.file.clone(),
            pointer: format!("/{entry}"),
            problem,
        }
    }

    /// An entry that nothing asked for names something the specification does not have.
    pub(crate) fn refuse_unused(&self) -> Result<(), CodegenError> {
        let unused = self.unused().into_iter();
        let mut errors: Vec<_> = unused
            .map(|entry| self.problem(&entry, Problem::MatchesNothing))
            .collect();
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => Err(CodegenError::Many(errors)),
        }
    }

    /// The entries that nothing asked for, as `section/key`.
    pub(crate) fn unused(&self) -> Vec<String> {
        let used = self.used.borrow();
        let mut entries = self.pointers();
        entries.retain(|entry| !used.contains(entry));
        entries
    }

    /// What errors call the file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// The entry that an error points at, or into.
    pub(crate) fn entry(&self, pointer: &str) -> Option<String> {
        let pointer = pointer.strip_prefix('/')?;
        let inside = |entry: &String| {
            let rest = pointer.strip_prefix(entry.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // Names may hold slashes: the longest is meant.
        let entries = self.pointers().into_iter().filter(inside);
        entries.max_by_key(String::len)
    }

    /// Takes an entry away, given as `section/key`.
    pub(crate) fn remove(&mut self, entry: &str) {
        let Some((section, key)) = entry.split_once('/') else {
            return;
        };
        let entries = &mut self.entries;
        match section {
            "scalars" => drop(entries.scalars.remove(key)),
            "kinds" => drop(entries.kinds.remove(key)),
            "messages" => drop(entries.messages.remove(key)),
            "fields" => drop(entries.fields.remove(key)),
            "values" => drop(entries.values.remove(key)),
            "schemas" => drop(entries.schemas.remove(key)),
            "conversions" => drop(entries.conversions.remove(key)),
            _ => {}
        }
    }

    fn pointers(&self) -> Vec<String> {
        let Entries {
            path: _,
            application: _,
            unions: _,
            scalars,
            kinds,
            messages,
            fields,
            values,
            schemas,
            conversions,
        } = &self.entries;
        let mut pointers = Vec::new();
        let mut add = |section: &str, keys: Vec<&String>| {
            pointers.extend(keys.into_iter().map(|key| format!("{section}/{key}")));
        };
        add("scalars", scalars.keys().collect());
        add("kinds", kinds.keys().collect());
        add("messages", messages.keys().collect());
        add("fields", fields.keys().collect());
        add("values", values.keys().collect());
        add("schemas", schemas.keys().collect());
        add("conversions", conversions.keys().collect());
        pointers
    }

    fn take<'a, T>(&self, section: &str, map: &'a BTreeMap<String, T>, key: &str) -> Option<&'a T> {
        let entry = map.get(key)?;
        self.used.borrow_mut().insert(format!("{section}/{key}"));
        Some(entry)
    }
}
