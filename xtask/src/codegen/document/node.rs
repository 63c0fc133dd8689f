//! A place in a document: what is there, what it is called, and where its references lead.

use serde_yaml::Value;

use super::Document;
use super::files::SourceFile;
use crate::codegen::error::{CodegenError, Problem};

/// How many references may lie on the way that one reference leads: any number would take any time.
const MOST_PASSED: usize = 32;

/// A place in a document.
#[derive(Clone)]
pub(crate) struct Node<'d> {
    pub(super) document: &'d Document,
    pub(super) file: &'d SourceFile,
    pub(crate) value: &'d Value,
    /// Unlike that of any other node of the document: outside the root file it begins with the file's name and `#`.
    pub(crate) pointer: String,
}

impl<'d> Node<'d> {
    /// The member of that name, if this is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.as_mapping()?.get(key)?;
        Some(self.child(key, value))
    }

    /// The member of that name, unless it is missing or left empty.
    pub(super) fn given(&self, key: &str) -> Option<Self> {
        self.get(key).filter(|member| !member.value.is_null())
    }

    /// [`Self::given`], resolved.
    pub(super) fn holder(&self, key: &str) -> Result<Option<Self>, CodegenError> {
        self.given(key).map(|holder| holder.resolve()).transpose()
    }

    /// The string at `key`, if there is one.
    pub(crate) fn text(&self, key: &str) -> Option<&'d str> {
        self.value.as_mapping()?.get(key)?.as_str()
    }

    /// All members or elements, in the order of the document.
    pub(crate) fn children(&self) -> Vec<Self> {
        match self.value {
            Value::Mapping(map) => map
                .iter()
                .map(|(key, value)| self.child(&key_text(key), value))
                .collect(),
            Value::Sequence(list) => {
                let items = list.iter().enumerate();
                items
                    .map(|(index, value)| self.child(&index.to_string(), value))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The last step of the pointer, unescaped: the name of a component. A whole file is named like the file.
    pub(crate) fn last_segment(&self) -> String {
        match self.pointer_in_file().rsplit_once('/') {
            Some((_, last)) => last.replace("~1", "/").replace("~0", "~"),
            None => self.file.stem(),
        }
    }

    /// This place as a message may name it: the pointer within the root file, or that and the file's name.
    pub(crate) fn place(&self) -> String {
        let Self { file, pointer, .. } = self;
        let hash = if file.prefix.is_empty() { "#" } else { "" };
        format!("{hash}{pointer}")
    }

    pub(super) fn pointer_in_file(&self) -> &str {
        let pointer = self.pointer.strip_prefix(&self.file.prefix);
        pointer.unwrap_or(&self.pointer)
    }

    /// Follows `$ref`, as often as it takes.
    pub(crate) fn resolve(&self) -> Result<Self, CodegenError> {
        let mut node = self.clone();
        let mut seen = Vec::new();
        while let Some(target) = node.reference() {
            // The same text means different places in different files.
            let place = (node.file.index, target);
            if seen.contains(&place) {
                return Err(self.problem(Problem::RefCycle(target.to_owned())));
            }
            seen.push(place);
            node = node.follow(target)?;
        }
        Ok(node)
    }

    /// The text of `$ref`, if this is a reference.
    pub(crate) fn reference(&self) -> Option<&'d str> {
        self.text("$ref")
    }

    /// The string here, or an error that says what was found instead.
    pub(crate) fn string(&self) -> Result<&'d str, CodegenError> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    pub(crate) fn expected(&self, expected: &'static str) -> CodegenError {
        self.problem(Problem::Expected {
            expected,
            found: kind_of(self.value),
        })
    }

    /// An error at this place.
    pub(crate) fn problem(&self, problem: Problem) -> CodegenError {
        CodegenError::At {
            file: self.file.name.clone(),
            pointer: self.pointer_in_file().to_owned(),
            problem,
        }
    }

    pub(super) fn follow(&self, target: &str) -> Result<Self, CodegenError> {
        self.follow_through(target, &mut { MOST_PASSED })
    }

    /// Where a reference leads. On the way lie references too where a document is divided: to a message of a channel
    /// that has its own file, say. Each takes of `room`.
    pub(super) fn follow_through(
        &self,
        target: &str,
        room: &mut usize,
    ) -> Result<Self, CodegenError> {
        let here = |problem| {
            let node = self.get("$ref");
            node.as_ref().unwrap_or(self).problem(problem)
        };
        let found = self.document.files.target(self.file, target);
        let (file, keys) = found.map_err(here)?;
        let whole = self.document.root_of(file);
        let cycle = || here(Problem::RefCycle(target.to_owned()));
        if let Some(node) = whole.walk(&keys, room, &cycle)? {
            return Ok(node);
        }
        let embedded = if target.starts_with('#') {
            self.embedding()
        } else {
            None
        };
        let found = embedded.and_then(|root| root.walk(&keys, room, &cycle).ok().flatten());
        found.ok_or_else(|| here(Problem::DanglingRef(target.to_owned())))
    }

    /// The schema around this place that is a document of its own, as its `$id` says.
    pub(super) fn embedding(&self) -> Option<Self> {
        let mut node = self.document.root_of(self.file);
        let mut found = None;
        for segment in self.pointer_in_file().split('/').skip(1) {
            node = node.step(&segment.replace("~1", "/").replace("~0", "~"))?;
            if node.text("$id").is_some_and(|id| !id.starts_with('#')) {
                found = Some(node.clone());
            }
        }
        found
    }

    /// Goes down by keys, through references where they lie on the way. A key with a slash that its pointer does not
    /// escape is found too.
    pub(super) fn walk(
        &self,
        keys: &[String],
        room: &mut usize,
        cycle: &dyn Fn() -> CodegenError,
    ) -> Result<Option<Self>, CodegenError> {
        let Some((first, rest)) = keys.split_first() else {
            return Ok(Some(self.clone()));
        };
        if let Some(next) = self.step(first) {
            return next.walk(rest, room, cycle);
        }
        if let Some(passed) = self.reference() {
            *room = room.checked_sub(1).ok_or_else(cycle)?;
            let node = self.follow_through(passed, room)?;
            return node.walk(keys, room, cycle);
        }
        for end in 2..=keys.len() {
            if let Some(next) = self.step(&keys[..end].join("/")) {
                return next.walk(&keys[end..], room, cycle);
            }
        }
        Ok(None)
    }

    /// One step of a pointer. A specification has as many references as members, so none of them may take the others'
    /// time.
    pub(super) fn step(&self, key: &str) -> Option<Self> {
        let value = match self.value {
            Value::Mapping(map) => {
                let named = |(name, value)| (key_text(name) == key).then_some(value);
                map.get(key).or_else(|| map.iter().find_map(named))?
            }
            Value::Sequence(list) => {
                let index: usize = key.parse().ok()?;
                list.get(index).filter(|_| index.to_string() == key)?
            }
            _ => return None,
        };
        Some(self.child(key, value))
    }

    pub(super) fn child(&self, key: &str, value: &'d Value) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self {
            document: self.document,
            file: self.file,
            value,
            pointer: format!("{}/{key}", self.pointer),
        }
    }
}

/// YAML allows keys that JSON does not; specifications use numbers and booleans there at most.
pub(super) fn key_text(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Sequence(list) if list.is_empty() => "an empty list",
        Value::Sequence(_) => "a list",
        Value::Mapping(_) | Value::Tagged(_) => "an object",
    }
}
