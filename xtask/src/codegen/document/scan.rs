//! One walk through a file's tree for all that its references need.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use serde_yaml::Value;

use super::key_text;
use super::reference::Reference;

/// How much text weighs as much as a node, as for the parser.
const TEXT: usize = 64;

/// What a walk through a tree found.
#[derive(Default)]
pub(super) struct Scan {
    /// The first parts of all references to other files, as written.
    pub(super) files: BTreeSet<String>,
    /// The keys from the root to each place that names itself.
    pub(super) anchors: HashMap<String, Vec<String>>,
    /// How much the tree holds, aliases written out: nodes, and text.
    pub(super) weight: usize,
    /// From the root to where the walk is.
    path: Vec<String>,
}

impl Scan {
    pub(super) fn new(root: &Value) -> Self {
        let mut scan = Self::default();
        scan.visit(root);
        scan
    }

    /// Recurses, as the parser has bounded how deeply a text is nested.
    fn visit(&mut self, value: &Value) {
        self.weight += 1;
        match value {
            Value::String(text) => self.weight += text.len() / TEXT,
            Value::Sequence(list) => {
                for (index, item) in list.iter().enumerate() {
                    self.visit_at(index.to_string(), item);
                }
            }
            Value::Mapping(map) => {
                self.note(map);
                for (key, item) in map {
                    self.visit_at(key_text(key), item);
                }
            }
            _ => {}
        }
    }

    fn visit_at(&mut self, key: String, value: &Value) {
        self.weight += key.len() / TEXT;
        self.path.push(key);
        self.visit(value);
        self.path.pop();
    }

    fn note(&mut self, map: &serde_yaml::Mapping) {
        let text = |key| map.get(key).and_then(Value::as_str);
        if let Some(target) = text("$ref") {
            let file = Reference::new(target).file;
            if !file.is_empty() && !self.files.contains(file) {
                self.files.insert(file.to_owned());
            }
        }
        let id = text("$id").and_then(|id| id.strip_prefix('#'));
        for name in text("$anchor").into_iter().chain(id) {
            // No two may have one name; of those who do, the first keeps it.
            if let Entry::Vacant(free) = self.anchors.entry(name.to_owned()) {
                free.insert(self.path.clone());
            }
        }
    }
}
