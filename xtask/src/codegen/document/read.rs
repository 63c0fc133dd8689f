//! Reads the files that a document's references name.
//!
//! Whatever is wrong with a file is wrong at the references that lead to it, and only where somebody follows them: an
//! example may well hold something that looks like a reference.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::files::{Files, SourceFile};
use super::reference::Reference;
use super::scan::Scan;
use crate::codegen::error::Problem;
use crate::codegen::yaml::{self, YamlError};
use crate::codegen::{canonical, inside, spelled};

/// How many files a document may consist of: several times as many as the most finely divided one seen.
const MOST_FILES: usize = 256;
/// How long all files together may be, in bytes.
const LONGEST: usize = 32 << 20;
/// What all trees together may hold, aliases written out; a single one is bounded by the parser.
const LARGEST: usize = 1 << 21;

/// Brings in all files that the root at this path leads to, directly or not.
pub(super) fn others(files: &mut Files, root: Scan, length: usize, path: &Path) {
    let mut reader = Reader {
        known: HashMap::from([(canonical(path), Ok(0))]),
        names: HashSet::from([files.root().name.clone()]),
        room: LONGEST.saturating_sub(length),
        weight: root.weight,
        waiting: VecDeque::from([Waiting::new(0, path, root)]),
        files,
    };
    while let Some(next) = reader.waiting.pop_front() {
        let links = next.references.iter().filter_map(|reference| {
            let target = reader.link(&next.folder, &Reference::new(reference))?;
            Some((reference.clone(), target))
        });
        let links = links.collect();
        reader.files.link(next.index, links);
    }
}

struct Reader<'f> {
    files: &'f mut Files,
    /// What became of each file, by the one path that it has however it is referred to.
    known: HashMap<PathBuf, Result<usize, Problem>>,
    names: HashSet<String>,
    /// How many more bytes may be read.
    room: usize,
    weight: usize,
    waiting: VecDeque<Waiting>,
}

/// A file that was read, but not yet what it refers to.
struct Waiting {
    index: usize,
    folder: PathBuf,
    references: BTreeSet<String>,
}

impl Waiting {
    fn new(index: usize, path: &Path, scan: Scan) -> Self {
        Self {
            index,
            folder: path.parent().unwrap_or(Path::new("")).to_owned(),
            references: scan.files,
        }
    }
}

impl Reader<'_> {
    /// Where a reference leads, if it is to a file.
    fn link(&mut self, folder: &Path, reference: &Reference<'_>) -> Option<Result<usize, Problem>> {
        let path = folder.join(reference.path()?);
        if let Some(language) = reference.other_language() {
            return Some(Err(Problem::OtherLanguage {
                file: reference.file.to_owned(),
                language,
            }));
        }
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(error) => return Some(Err(unreadable(shown(&path), &error.to_string()))),
        };
        if let Some(known) = self.known.get(&real) {
            return Some(known.clone());
        }
        let outcome = self.read(&path, &real);
        self.known.insert(real, outcome.clone());
        Some(outcome)
    }

    fn read(&mut self, path: &Path, real: &Path) -> Result<usize, Problem> {
        let mut name = shown(path);
        if self.names.contains(&name) {
            // Two paths may look alike where folders are links.
            name = spelled(real);
        }
        let refused = |cause: &str| unreadable(name.clone(), cause);
        if self.known.len() >= MOST_FILES {
            return Err(refused(&format!(
                "{MOST_FILES} files are as many as a document may have"
            )));
        }
        let text = text(real, self.room).map_err(|error| refused(&error.to_string()))?;
        self.room = self.room.saturating_sub(text.len());
        let root = yaml::parse(&text).map_err(|error| refused(&worded(&error)))?;
        let (file, scan) = SourceFile::new(self.files.next(), name.clone(), root);
        self.weight += scan.weight;
        if self.weight > LARGEST {
            return Err(refused("too large together with the files before it"));
        }
        let index = file.index;
        self.names.insert(name);
        self.files.push(&text, file);
        self.waiting.push_back(Waiting::new(index, path, scan));
        Ok(index)
    }
}

/// Reads a file no further than there is room. What is no file could have no end, or wait for someone to write it.
fn text(path: &Path, room: usize) -> io::Result<String> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("not a file"));
    }
    let mut text = String::new();
    let most = u64::try_from(room).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(most).read_to_string(&mut text)?;
    if text.len() > room {
        let message = format!("a document may not have more than {LONGEST} bytes in all its files");
        return Err(io::Error::other(message));
    }
    Ok(text)
}

fn unreadable(file: String, cause: &str) -> Problem {
    Problem::UnreadableFile {
        file,
        cause: cause.to_owned(),
    }
}

fn worded(error: &YamlError) -> String {
    match error {
        YamlError::Syntax(error) => format!("neither YAML nor JSON: {error}"),
        limit => limit.to_string(),
    }
}

/// What errors call a file. Outside the workspace that begins as the path to the root does, without detours.
fn shown(path: &Path) -> String {
    inside(path).unwrap_or_else(|| spelled(&straightened(path)))
}

/// The path without `.`, and without each folder that `..` leaves again.
fn straightened(path: &Path) -> PathBuf {
    let mut straight = PathBuf::new();
    for part in path.components() {
        let leaves = matches!(
            straight.components().next_back(),
            Some(Component::Normal(_))
        );
        match part {
            Component::CurDir => {}
            Component::ParentDir if leaves => {
                straight.pop();
            }
            _ => straight.push(part),
        }
    }
    straight
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_far_as_there_is_room() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        assert_eq!(text(file.path(), 3).unwrap(), "abc");
        let error = text(file.path(), 2).unwrap_err().to_string();
        assert_eq!(
            error,
            "a document may not have more than 33554432 bytes in all its files"
        );
    }

    #[test]
    fn paths_are_shown_without_detours() {
        for (path, straight) in [
            ("/a/./b/../c.yaml", "/a/c.yaml"),
            ("../../x", "../../x"),
            ("a/../../x", "../x"),
        ] {
            assert_eq!(straightened(Path::new(path)), Path::new(straight));
        }
    }
}
