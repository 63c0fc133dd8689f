//! What the corpus gave before, and whether it gives less now.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::CorpusError;
use super::row::Row;

const HEAD: &str = "\
# What `cargo xtask corpus` gave, by document. It exits 1 if a total over these falls. The documents are other
# people's and not here; the hash says which text is meant. Written by `cargo xtask corpus DIR --examples --record`.
";

/// Recorded results by the documents' file names.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Record(BTreeMap<String, Entry>);

/// What one document gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    sha256: String,
    messages: usize,
    types: usize,
    generated: bool,
    compiled: bool,
    valid: usize,
    equal: usize,
}

/// A figure that is added up.
type Figure = (&'static str, fn(&Entry) -> usize);

const FIGURES: [Figure; 5] = [
    ("generated", |entry| entry.generated.into()),
    ("compiled", |entry| entry.compiled.into()),
    ("messages with a type", |entry| entry.messages),
    ("types", |entry| entry.types),
    (EQUAL, |entry| entry.equal),
];
const EQUAL: &str = "equal examples";

impl Record {
    /// Reads a record; none there is an empty one.
    pub(crate) fn load(path: &Path) -> Result<Self, CorpusError> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(|source| CorpusError::file(path, source))?,
        };
        let record = serde_yaml::from_str::<Option<Self>>(&text);
        let record = record.map_err(|source| CorpusError::Record {
            path: path.to_owned(),
            source,
        })?;
        Ok(record.unwrap_or_default())
    }

    /// Replaces what is recorded of these documents and leaves others.
    pub(crate) fn save(mut self, path: &Path, rows: &[Row]) -> Result<(), CorpusError> {
        self.0.extend(
            rows.iter()
                .map(|row| (row.document.clone(), Entry::new(row))),
        );
        let text = serde_yaml::to_string(&self).map_err(|source| CorpusError::Record {
            path: path.to_owned(),
            source,
        })?;
        fs::write(path, format!("{HEAD}{text}")).map_err(|source| CorpusError::file(path, source))
    }

    /// Every total over the recorded documents among these that fell, with the documents that made it fall.
    pub(crate) fn falls(&self, rows: &[Row]) -> Vec<String> {
        let pairs: Vec<_> = rows
            .iter()
            .filter_map(|row| Some((row, self.of(row)?, Entry::new(row))))
            .collect();
        let with_examples = rows.iter().all(|row| row.examples.is_some());
        let mut falls = Vec::new();
        for (name, figure) in FIGURES {
            let before: usize = pairs.iter().map(|(_, recorded, _)| figure(recorded)).sum();
            let now: usize = pairs.iter().map(|(_, _, entry)| figure(entry)).sum();
            if now >= before || (name == EQUAL && !with_examples) {
                continue;
            }
            let fell = pairs
                .iter()
                .filter(|(_, recorded, entry)| figure(entry) < figure(recorded));
            let told = fell.map(|(row, recorded, entry)| {
                format!(
                    "{} from {} to {}",
                    row.document,
                    figure(recorded),
                    figure(entry)
                )
            });
            let told: Vec<_> = told.collect();
            falls.push(format!(
                "{name} fell from {before} to {now}: {}",
                told.join(", ")
            ));
        }
        falls
    }

    /// The entry of the same text under the same name.
    fn of(&self, row: &Row) -> Option<&Entry> {
        self.0
            .get(&row.document)
            .filter(|entry| entry.sha256 == row.sha256)
    }
}

impl Entry {
    fn new(row: &Row) -> Self {
        let examples = row.examples.as_ref();
        Self {
            sha256: row.sha256.clone(),
            messages: row.typed,
            types: row.types,
            generated: row.generated,
            compiled: row.compiled,
            valid: examples.map_or(0, |examples| examples.valid),
            equal: examples.map_or(0, |examples| examples.equal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::row::Examples;

    fn row(document: &str, types: usize, equal: usize) -> Row {
        Row {
            document: document.to_owned(),
            sha256: format!("hash of {document}"),
            types,
            generated: types > 0,
            compiled: types > 0,
            examples: Some(Examples {
                valid: 9,
                equal,
                ..Examples::default()
            }),
            ..Row::default()
        }
    }

    fn recorded(rows: &[Row]) -> Record {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("corpus.yaml");
        Record::load(&path).unwrap().save(&path, rows).unwrap();
        Record::load(&path).unwrap()
    }

    #[test]
    fn the_same_or_more_is_no_fall() {
        let record = recorded(&[row("a", 5, 5), row("b", 5, 5)]);
        assert_eq!(record.falls(&[row("a", 5, 5), row("b", 5, 5)]), [""; 0]);
        assert_eq!(record.falls(&[row("a", 9, 4), row("b", 6, 9)]), [""; 0]);
    }

    #[test]
    fn a_total_that_falls_names_the_documents_that_fell() {
        let record = recorded(&[row("a", 5, 5), row("b", 5, 5)]);
        assert_eq!(
            record.falls(&[row("a", 0, 0), row("b", 5, 6)]),
            [
                "generated fell from 2 to 1: a from 1 to 0",
                "compiled fell from 2 to 1: a from 1 to 0",
                "types fell from 10 to 5: a from 5 to 0",
                "equal examples fell from 10 to 6: a from 5 to 0",
            ]
        );
    }

    #[test]
    fn documents_that_are_not_recorded_or_not_there_do_not_count() {
        let record = recorded(&[row("a", 5, 5), row("b", 5, 5)]);
        let changed = Row {
            sha256: "another".to_owned(),
            ..row("b", 0, 0)
        };
        assert_eq!(
            record.falls(&[row("a", 5, 5), changed, row("new", 0, 0)]),
            [""; 0]
        );
        assert_eq!(record.falls(&[]), [""; 0]);
    }

    #[test]
    fn examples_count_only_where_they_were_tried() {
        let record = recorded(&[row("a", 5, 5)]);
        let without = Row {
            examples: None,
            ..row("a", 5, 0)
        };
        assert_eq!(record.falls(&[without]), [""; 0]);
    }

    #[test]
    fn a_new_record_keeps_what_it_does_not_replace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("corpus.yaml");
        Record::default()
            .save(&path, &[row("a", 1, 1), row("b", 1, 1)])
            .unwrap();
        Record::load(&path)
            .unwrap()
            .save(&path, &[row("b", 2, 2)])
            .unwrap();
        let kept = Record::load(&path).unwrap();
        assert_eq!(kept, recorded(&[row("a", 1, 1), row("b", 2, 2)]));
        fs::write(&path, "a: {sha: 1}").unwrap();
        assert!(matches!(
            Record::load(&path),
            Err(CorpusError::Record { .. })
        ));
    }
}
