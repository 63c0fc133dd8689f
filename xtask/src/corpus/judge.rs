//! Whether an example obeys its own schema. Not our opinion: the `jsonschema` crate says it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonschema::{Draft, Retrieve, Uri, Validator};
use serde_json::{Value, json};

use super::document::{Document, parse};
use super::message::{Message, Payload};
use super::pointer::{fragment, local};

/// Where the judge believes the folder to be. Real paths may hold what a URI may not.
const FOLDER: &str = "corpus:///";

/// What became of the examples of one message.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Judgement {
    /// Which of the examples are valid, by index.
    pub(crate) valid: Vec<usize>,
    /// How many break their schema.
    pub(crate) invalid: usize,
    /// Why none could be judged.
    pub(crate) unjudged: Option<String>,
}

/// Judges all examples of a message.
pub(crate) fn judge(document: &Document, message: &Message) -> Judgement {
    if message.examples.is_empty() {
        return Judgement::default();
    }
    match message
        .payload
        .as_ref()
        .map(|payload| validator(document, payload))
    {
        None => unjudged("the message has no payload".to_owned()),
        Some(Err(reason)) => unjudged(reason),
        Some(Ok(validator)) => {
            let examples = message.examples.iter().enumerate();
            let valid = examples.filter(|(_, example)| validator.is_valid(&example.value));
            let valid: Vec<_> = valid.map(|(index, _)| index).collect();
            let invalid = message.examples.len() - valid.len();
            Judgement {
                valid,
                invalid,
                unjudged: None,
            }
        }
    }
}

fn unjudged(reason: String) -> Judgement {
    Judgement {
        unjudged: Some(reason),
        ..Judgement::default()
    }
}

fn validator(document: &Document, payload: &Payload) -> Result<Validator, String> {
    let draft = draft(payload.format.as_deref())?;
    let files = Files {
        folder: document
            .path
            .parent()
            .map(Path::to_owned)
            .unwrap_or_default(),
        root: document.name.clone(),
        tree: Arc::new(document.tree.clone()),
    };
    let schema = json!({"$ref": format!("{FOLDER}{}{}", file_uri(&document.name), fragment(&payload.pointer))});
    let options = jsonschema::options()
        .with_draft(draft)
        .with_retriever(files);
    options.build(&schema).map_err(|error| error.to_string())
}

/// The dialect of a payload's schema; AsyncAPI's own is Draft 7 with additions that do not judge.
fn draft(format: Option<&str>) -> Result<Draft, String> {
    let Some(format) = format else {
        return Ok(Draft::Draft7);
    };
    let version = format
        .rsplit_once("version=")
        .map_or("", |(_, version)| version);
    let kind = format
        .split(';')
        .next()
        .unwrap_or_default()
        .trim_end_matches("+json")
        .trim_end_matches("+yaml");
    match (kind, version.trim_start_matches("draft-")) {
        ("application/vnd.aai.asyncapi", _) | ("application/schema", "07" | "") => {
            Ok(Draft::Draft7)
        }
        ("application/schema", "04") => Ok(Draft::Draft4),
        ("application/schema", "06") => Ok(Draft::Draft6),
        ("application/schema", "2019-09") => Ok(Draft::Draft201909),
        ("application/schema", "2020-12") => Ok(Draft::Draft202012),
        _ => Err(format!("`{format}` is no JSON Schema")),
    }
}

/// The document under its name, and its neighbours that it refers to. Never the network.
struct Files {
    folder: PathBuf,
    root: String,
    tree: Arc<Value>,
}

impl Retrieve for Files {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let outside = || format!("{uri} is not in the folder");
        let name = uri.as_str().strip_prefix(FOLDER).ok_or_else(outside)?;
        let name = local(&format!("#{name}")).ok_or_else(outside)?;
        if name == self.root {
            return Ok(Value::clone(&self.tree));
        }
        let text = fs::read_to_string(self.folder.join(&name))
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(parse(&text).ok_or_else(|| format!("{name}: neither YAML nor JSON"))?)
    }
}

/// A file's name as a URI's path.
fn file_uri(name: &str) -> String {
    fragment(name).trim_start_matches('#').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::message::collect;

    const HEAD: &str = "asyncapi: 3.0.0\ncomponents:\n  messages:\n    M:\n      ";

    /// Judges the one message of a document in a folder with a neighbour.
    fn judged(message: &str) -> Judgement {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("other.yaml"),
            "Level: {type: object, required: [size]}",
        )
        .unwrap();
        let tree = parse(&format!("{HEAD}{message}")).unwrap();
        let document = Document {
            path: folder.path().join("a b.yaml"),
            name: "a b.yaml".to_owned(),
            module: "doc_a".to_owned(),
            sha256: String::new(),
            tree,
        };
        judge(&document, &collect(&document.tree, [])[0])
    }

    fn valid(judgement: &Judgement) -> (&[usize], usize) {
        assert_eq!(judgement.unjudged, None);
        (&judgement.valid, judgement.invalid)
    }

    #[test]
    fn examples_are_judged_through_references_into_the_document() {
        let judgement = judged(
            "{payload: {$ref: '#/components/schemas/P'}, examples: [{payload: {p: 1}}, {payload: {p: x}}, {payload: {p: 2}}]}
  schemas:
    P: {type: object, properties: {p: {$ref: '#/components/schemas/Price'}}}
    Price: {type: integer}",
        );
        assert_eq!(valid(&judgement), ([0, 2].as_slice(), 1));
    }

    #[test]
    fn examples_are_judged_through_references_to_neighbours() {
        let judgement = judged(
            "{payload: {$ref: './other.yaml#/Level'}, examples: [{payload: {size: 1}}, {payload: {}}]}",
        );
        assert_eq!(valid(&judgement), ([0].as_slice(), 1));
    }

    #[test]
    fn the_draft_is_the_one_that_the_format_names() {
        let tuple = "schema: {prefixItems: [{type: string}]}}, examples: [{payload: [1]}]}";
        let format =
            |format: &str| judged(&format!("{{payload: {{schemaFormat: '{format}', {tuple}"));
        let old = format("application/vnd.aai.asyncapi+json;version=3.0.0");
        let new = format("application/schema+yaml;version=2020-12");
        assert_eq!(
            (valid(&old), valid(&new)),
            (([0].as_slice(), 0), ([].as_slice(), 1))
        );
    }

    #[test]
    fn what_cannot_be_judged_says_why() {
        let reason = |message: &str| judged(message).unjudged.unwrap();
        let avro = reason(
            "{payload: {schemaFormat: application/vnd.apache.avro, schema: {}}, examples: [1]}",
        );
        assert_eq!(avro, "`application/vnd.apache.avro` is no JSON Schema");
        assert_eq!(reason("{examples: [1]}"), "the message has no payload");
        assert!(reason("{payload: {$ref: '#/nowhere'}, examples: [1]}").contains("nowhere"));
        assert!(
            reason("{payload: {$ref: 'absent.yaml#/A'}, examples: [1]}").contains("absent.yaml")
        );
        assert!(
            reason("{payload: {$ref: 'https://example.com/a'}, examples: [1]}")
                .contains("not in the folder")
        );
    }

    #[test]
    fn a_schema_that_is_its_own_condition_ends() {
        let judgement = judged(
            "{payload: {$ref: '#/components/schemas/P'}, examples: [{payload: 1}]}
  schemas: {P: {allOf: [{not: {not: {$ref: '#/components/schemas/P'}}}], $comment: as good as true}}",
        );
        assert_eq!(valid(&judgement), ([0].as_slice(), 0));
    }
}
