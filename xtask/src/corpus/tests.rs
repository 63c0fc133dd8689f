//! The whole run on small documents, with code from here where a generator would not do.

use std::collections::BTreeMap;
use std::fs;

use super::document::{self, Document};
use super::maker::Maker;
use super::progress::Progress;
use super::row::Row;
use super::survey::survey;
use super::table;
use crate::codegen::{InUnion, MessageType, Output, generate_alone, workspace};

mod own;

const DOCUMENT: &str = "
asyncapi: 3.0.0
components:
  messages:
    Tick:
      payload: {type: object, required: [price], properties: {price: {type: number}, size: {type: [integer, 'null']}}}
      examples: [{payload: {price: 1.0, size: 2}}, {payload: {price: 1, size: null}}, {payload: {price: x}}]
    Crash: {payload: {type: string}, examples: [{payload: panic}, {payload: overflow}, {payload: fine}]}
";

const FINE: &str = r#"
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Tick { pub price: f64, #[serde(default, skip_serializing_if = "Option::is_none")] pub size: Option<u32> }
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Any { Tick(Tick) }
impl Any { pub fn name(&self) -> &'static str { "Tick" } }
#[derive(Clone, Debug, serde::Serialize)]
pub struct Crash(pub String);
impl<'de> serde::Deserialize<'de> for Crash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        assert!(text != "panic", "at the word");
        if text == "overflow" { Ok(Self(deeper(0).to_string())) } else { Ok(Self(text)) }
    }
}
#[expect(unconditional_recursion)]
fn deeper(depth: u64) -> u64 { depth + std::hint::black_box(deeper(depth + 1)) }
"#;

/// Compiles, but is no program: an error without a place.
const UNLINKED: &str = r#"
unsafe extern "C" { safe fn nowhere_to_be_found(); }
#[derive(serde::Serialize)]
pub struct Tick;
impl<'de> serde::Deserialize<'de> for Tick {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        nowhere_to_be_found();
        Ok(Self)
    }
}
"#;

fn message(name: &str, unions: &[(&str, &str)]) -> MessageType {
    let union = |(union, variant): &(&str, &str)| InUnion {
        union: (*union).to_owned(),
        variants: vec![(*variant).to_owned()],
    };
    MessageType {
        name: name.to_owned(),
        pointer: format!("/components/messages/{name}"),
        rust: name.to_owned(),
        unions: unions.iter().map(union).collect(),
    }
}

fn make(document: &Document) -> Result<Output, String> {
    let (text, messages) = match document.name.as_str() {
        "fine.yaml" => (
            FINE,
            vec![message("Tick", &[("Any", "Tick")]), message("Crash", &[])],
        ),
        "mistaken.yaml" => (FINE, vec![message("Tick", &[("Any", "Trade")])]),
        "warned.yaml" => (
            "pub type Tick = u8;\npub fn f() { let unused = 1; }",
            Vec::new(),
        ),
        "unlinked.yaml" => (UNLINKED, vec![message("Tick", &[])]),
        "broken.yaml" => ("pub type Tick = Missing;", Vec::new()),
        "wrong-type.yaml" => ("pub type Tick = u8;", vec![message("Absent", &[])]),
        "protocol.yaml" => {
            return generate_alone(&document.path).map(|output| Output {
                messages: vec![message("ClientMessage", &[]), message("ServerMessage", &[])],
                ..output
            });
        }
        "bug.yaml" => panic!("at once"),
        _ => return Err(format!("{}#/components: no", document.path.display())),
    };
    Ok(Output {
        files: vec![("types.rs".to_owned(), text.to_owned())],
        warnings: Vec::new(),
        server: None,
        types: 1,
        messages,
    })
}

fn rows() -> BTreeMap<String, Row> {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "fine",
        "mistaken",
        "warned",
        "broken",
        "wrong-type",
        "bug",
        "unlinked",
        "refused",
    ] {
        fs::write(folder.path().join(format!("{name}.yaml")), DOCUMENT).unwrap();
    }
    fs::copy(
        workspace().join("asyncapi/rocketfi-ws.yaml"),
        folder.path().join("protocol.yaml"),
    )
    .unwrap();
    let maker = Maker {
        make,
        ..Maker::OURS
    };
    let documents = document::load(folder.path()).unwrap();
    // A folder that stays: what the runtime depends on need not be compiled each time.
    let package = workspace().join("target/corpus-test");
    let rows = survey(&documents, &maker, &package, true, &Progress::new()).unwrap();
    assert!(table::plain(&rows).contains(" 9 documents "));
    rows.into_iter()
        .map(|row| (row.document.clone(), row))
        .collect()
}

#[test]
fn every_document_gets_what_it_deserves_and_spoils_nobody() {
    let rows = rows();
    let reasons: Vec<_> = rows
        .iter()
        .map(|(name, row)| format!("{name}: {}", row.reason()))
        .collect();
    let invalid = "1 example breaks its schema";
    assert_eq!(
        reasons,
        [
            format!(
                "broken.yaml: does not compile: E0425: cannot find type `Missing` in this scope (types.rs:1); 2 messages without a type; {invalid}"
            ),
            format!("bug.yaml: a bug: at once; {invalid}"),
            format!("fine.yaml: 3 examples not equal; {invalid}"),
            format!("mistaken.yaml: 1 message without a type; 5 examples not equal; {invalid}"),
            "protocol.yaml: ".to_owned(),
            format!("refused.yaml: #/components: no; {invalid}"),
            format!(
                "unlinked.yaml: does not compile: linking with `cc` failed: exit status: 1; 1 message without a type; {invalid}"
            ),
            format!(
                "warned.yaml: 1 warning; 2 messages without a type; 5 examples not equal; {invalid}"
            ),
            format!(
                "wrong-type.yaml: does not compile: E0425: cannot find type `Absent` in this scope (doc_wrong_type.rs:10); 2 messages without a type; {invalid}"
            ),
        ]
    );
    let problems = |name: &str| rows[name].examples.as_ref().unwrap().problems.clone();
    let expected = [
        "#/components/messages/Crash/examples/0/payload: panicked: at the word",
        // Some systems add that the core was dumped.
        "#/components/messages/Crash/examples/1/payload: the program died of it: signal: 6 (SIGABRT)",
        "#/components/messages/Tick/examples/1/payload: as payload: differs at /size",
    ];
    let found = problems("fine.yaml");
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
    let tried = rows["protocol.yaml"].examples.as_ref().unwrap();
    assert!(tried.valid > 0 && tried.equal == tried.valid);
    assert_eq!(
        problems("mistaken.yaml")[1],
        "#/components/messages/Tick/examples/0/payload: as Any: taken for Tick, not Trade"
    );
}
