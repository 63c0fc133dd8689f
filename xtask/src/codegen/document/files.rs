//! The files of a document: the root, and those that relative references bring in, from file to file.

use std::collections::HashMap;
use std::path::Path;

use serde_yaml::Value;
use sha2::{Digest, Sha256};

use super::reference::{Fragment, Reference};
use super::scan::Scan;
use crate::codegen::error::Problem;

#[cfg(test)]
mod tests;

/// A reference is read again whenever somebody follows it; a few megabytes of one would take forever.
const LONGEST_TARGET: usize = 1 << 12;

/// All files of a document.
pub(super) struct Files {
    root: SourceFile,
    others: Vec<SourceFile>,
    /// Over the root's text, and then over the others' with their lengths.
    digest: Sha256,
}

/// One file of a document.
pub(super) struct SourceFile {
    /// Where it is among the files; the root is the first.
    pub(super) index: usize,
    /// What errors call it.
    pub(super) name: String,
    /// What the pointers of its nodes begin with, so that no two nodes of a document have the same.
    pub(super) prefix: String,
    pub(super) root: Value,
    /// Where its references lead, by their first part: to a file's index, or why nowhere.
    links: HashMap<String, Result<usize, Problem>>,
    /// The keys to the places that name themselves.
    anchors: HashMap<String, Vec<String>>,
}

impl Files {
    /// The root alone.
    pub(super) fn new(text: &str, root: SourceFile) -> Self {
        Self {
            root,
            others: Vec::new(),
            digest: Sha256::new_with_prefix(text),
        }
    }

    pub(super) fn root(&self) -> &SourceFile {
        &self.root
    }

    pub(super) fn sha256(&self) -> String {
        const_hex::encode(self.digest.clone().finalize())
    }

    /// The index of the next file.
    pub(super) fn next(&self) -> usize {
        1 + self.others.len()
    }

    pub(super) fn push(&mut self, text: &str, file: SourceFile) {
        self.digest.update(text.len().to_string());
        self.digest.update([0]);
        self.digest.update(text);
        self.others.push(file);
    }

    /// Sets where the references of a file lead.
    pub(super) fn link(&mut self, index: usize, links: HashMap<String, Result<usize, Problem>>) {
        let file = match index.checked_sub(1) {
            None => Some(&mut self.root),
            Some(other) => self.others.get_mut(other),
        };
        if let Some(file) = file {
            file.links = links;
        }
    }

    /// The file that a reference leads to, and the keys from that file's root on.
    pub(super) fn target<'f>(
        &'f self,
        from: &'f SourceFile,
        target: &str,
    ) -> Result<(&'f SourceFile, Vec<String>), Problem> {
        let dangling = || Problem::DanglingRef(target.to_owned());
        if target.len() > LONGEST_TARGET {
            return Err(dangling());
        }
        let reference = Reference::new(target);
        let file = match from.links.get(reference.file) {
            _ if reference.file.is_empty() => Some(from),
            Some(link) => self.get(link.clone()?),
            None => None,
        };
        let file = file.ok_or_else(|| Problem::ExternalRef(target.to_owned()))?;
        let keys = match reference.fragment() {
            Fragment::Pointer(keys) => Some(keys),
            Fragment::Anchor(name) => file.anchors.get(&name).cloned(),
        };
        Ok((file, keys.ok_or_else(dangling)?))
    }

    fn get(&self, index: usize) -> Option<&SourceFile> {
        match index.checked_sub(1) {
            None => Some(&self.root),
            Some(other) => self.others.get(other),
        }
    }
}

impl SourceFile {
    /// A file that is called so, with what was found in it.
    pub(super) fn new(index: usize, name: String, root: Value) -> (Self, Scan) {
        let mut scan = Scan::new(&root);
        let prefix = match index {
            0 => String::new(),
            _ => format!("{name}#"),
        };
        let file = Self {
            index,
            name,
            prefix,
            root,
            links: HashMap::new(),
            anchors: std::mem::take(&mut scan.anchors),
        };
        (file, scan)
    }

    /// The file's name without folder and ending.
    pub(super) fn stem(&self) -> String {
        let stem = Path::new(&self.name).file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }
}
