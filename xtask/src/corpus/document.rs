//! The documents of a folder, as JSON trees.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

use super::error::CorpusError;
use crate::codegen::parse_yaml;

/// One file of the folder.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) path: PathBuf,
    /// The file's name.
    pub(crate) name: String,
    /// What its generated module is called: no two documents share it.
    pub(crate) module: String,
    pub(crate) sha256: String,
    /// `Null` where the text is no tree: the generator will say why.
    pub(crate) tree: Value,
}

impl Document {
    fn load(path: PathBuf, module: String) -> Result<Self, CorpusError> {
        let bytes = fs::read(&path).map_err(|source| CorpusError::file(&path, source))?;
        let tree = parse_yaml(&String::from_utf8_lossy(&bytes));
        Ok(Self {
            name: file_name(&path),
            module,
            sha256: const_hex::encode(Sha256::digest(&bytes)),
            tree: tree.as_ref().and_then(to_json).unwrap_or_default(),
            path,
        })
    }

    /// The version of AsyncAPI that the document claims.
    pub(crate) fn version(&self) -> Option<&str> {
        self.tree.get("asyncapi").and_then(Value::as_str)
    }
}

/// All documents of a folder by name. Folders inside it may hold what they refer to, and are left alone.
pub(crate) fn load(folder: &Path) -> Result<Vec<Document>, CorpusError> {
    let failed = |source| CorpusError::file(folder, source);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() && is_document(&path) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(CorpusError::NoDocuments(folder.to_owned()));
    }
    paths.sort();
    let mut taken = BTreeSet::new();
    let load = |path: PathBuf| {
        let module = module_name(&path, &mut taken);
        Document::load(path, module)
    };
    paths.into_iter().map(load).collect()
}

fn is_document(path: &Path) -> bool {
    let extension = path.extension().map(OsStr::to_ascii_lowercase);
    extension
        .is_some_and(|extension| extension == "yaml" || extension == "yml" || extension == "json")
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The prefix keeps it apart from crates, keywords and the runtime's modules.
fn module_name(path: &Path, taken: &mut BTreeSet<String>) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    let mut name: String = "doc_".chars().chain(stem.chars().map(plain)).collect();
    while !taken.insert(name.clone()) {
        name.push_str("_x");
    }
    name
}

/// YAML that JSON can say; keys that are scalars become strings, as every YAML to JSON converter does it.
fn to_json(yaml: &serde_yaml::Value) -> Option<Value> {
    use serde_yaml::Value as Yaml;
    Some(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(*value),
        Yaml::Number(number) => to_number(number),
        Yaml::String(text) => Value::String(text.clone()),
        Yaml::Sequence(items) => Value::Array(items.iter().map(to_json).collect::<Option<_>>()?),
        Yaml::Mapping(members) => {
            let member = |(key, value)| Some((to_key(key)?, to_json(value)?));
            Value::Object(members.iter().map(member).collect::<Option<Map<_, _>>>()?)
        }
        Yaml::Tagged(tagged) => to_json(&tagged.value)?,
    })
}

/// Whole numbers stay whole and exact. What is no number in JSON becomes text, which no schema takes for a number.
fn to_number(number: &serde_yaml::Number) -> Value {
    let whole = number
        .as_u64()
        .map(Number::from)
        .or_else(|| number.as_i64().map(Number::from));
    let finite = |float| Number::from_f64(float).map(Value::Number);
    match whole {
        Some(whole) => Value::Number(whole),
        None => number
            .as_f64()
            .and_then(finite)
            .unwrap_or_else(|| Value::String(number.to_string())),
    }
}

fn to_key(key: &serde_yaml::Value) -> Option<String> {
    use serde_yaml::Value as Yaml;
    match key {
        Yaml::String(text) => Some(text.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(value) => Some(value.to_string()),
        Yaml::Null => Some("null".to_owned()),
        _ => None,
    }
}

/// A text as the tree of a document.
pub(crate) fn parse(text: &str) -> Option<Value> {
    to_json(&parse_yaml(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_survive_the_way_from_yaml() {
        let tree =
            parse("a: [18446744073709551615, -9007199254740993, 1.10, 1e3, .inf]\n200: x").unwrap();
        let text = r#"{"200":"x","a":[18446744073709551615,-9007199254740993,1.1,1000.0,".inf"]}"#;
        assert_eq!(tree.to_string(), text);
    }

    #[test]
    fn files_alike_but_for_punctuation_get_modules_of_their_own() {
        let mut taken = BTreeSet::new();
        let names = ["a-b.yaml", "a_b.yml", "A.B.json"]
            .map(|name| module_name(Path::new(name), &mut taken));
        assert_eq!(names, ["doc_a_b", "doc_a_b_x", "doc_a_b_x_x"]);
    }

    #[test]
    fn only_files_of_the_folder_itself_are_documents() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("shared.yaml")).unwrap();
        for name in ["b.yml", "a.json", "README.md", "c.YAML"] {
            fs::write(folder.path().join(name), "asyncapi: 3.0.0").unwrap();
        }
        let names: Vec<_> = load(folder.path())
            .unwrap()
            .into_iter()
            .map(|document| document.name)
            .collect();
        assert_eq!(names, ["a.json", "b.yml", "c.YAML"]);
    }
}
