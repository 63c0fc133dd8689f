use serde_json::{Value, json};

use crate::codegen::document::{Document, Message};
use crate::codegen::error::report;

/// A document of one message, which is a component.
fn document(version: &str, message: &str) -> Document {
    let text = format!(
        "asyncapi: {version}
components:
  messages:
    M: {message}
  messageTraits:
    T: {{name: by-trait, description: of the trait, contentType: x, examples: [{{payload: 1}}]}}
    U: {{name: later, summary: short, description: null}}
  schemas:
    Formatted: {{schemaFormat: application/raml+yaml, schema: {{type: string}}}}
    Plain: {{type: string}}"
    );
    Document::parse("spec.yaml".to_owned(), &text).unwrap()
}

fn with<T>(version: &str, message: &str, read: impl FnOnce(&Message<'_>) -> T) -> T {
    let document = document(version, message);
    let protocol = document.protocol().unwrap();
    let [message] = protocol.others.as_slice() else {
        panic!("one message");
    };
    read(message)
}

fn docs(version: &str, message: &str) -> Option<String> {
    with(version, message, |message| {
        message.docs().map(str::to_owned)
    })
}

/// The pointer to the payload's schema from the components.
fn payload(version: &str, message: &str) -> Result<Option<String>, String> {
    with(version, message, |message| match message.payload() {
        Ok(payload) => Ok(payload.map(|node| node.pointer.replace("/components/", ""))),
        Err(error) => Err(report(&error)),
    })
}

fn examples(message: &str) -> Vec<Value> {
    with("2.6.0", message, |message| {
        let examples = message.examples().into_iter();
        examples
            .map(|node| serde_json::to_value(node.value).unwrap())
            .collect()
    })
}

const BOTH: &str =
    "traits: [{$ref: '#/components/messageTraits/T'}, {$ref: '#/components/messageTraits/U'}]";
const FIRST: &str = "traits: [{$ref: '#/components/messageTraits/T'}]";

#[test]
fn docs_are_the_description_or_the_summary() {
    assert_eq!(docs("2.6.0", "{summary: s, description: d}").unwrap(), "d");
    assert_eq!(docs("3.0.0", "{summary: s, description: ''}").unwrap(), "s");
    assert_eq!(docs("3.0.0", "{payload: {}}"), None);
}

#[test]
fn in_2_traits_override_the_message() {
    let own = |traits| format!("{{description: own, {traits}}}");
    assert_eq!(docs("2.6.0", &own(FIRST)).unwrap(), "of the trait");
    // The second removes the description and brings a summary.
    assert_eq!(docs("2.6.0", &own(BOTH)).unwrap(), "short");
}

#[test]
fn in_3_the_message_overrides_its_traits() {
    let own = format!("{{description: own, {BOTH}}}");
    assert_eq!(docs("3.0.0", &own).unwrap(), "own");
    assert_eq!(
        docs("3.0.0", &format!("{{{FIRST}}}")).unwrap(),
        "of the trait"
    );
    assert_eq!(docs("3.0.0", &format!("{{{BOTH}}}")).unwrap(), "short");
}

#[test]
fn a_payload_is_found_by_the_name_that_a_trait_gives_its_message() {
    let document = document("3.0.0", &format!("{{payload: {{}}, {FIRST}}}"));
    for name in ["by-trait", "M"] {
        let payload = document.payload("client", name).unwrap();
        assert_eq!(payload.pointer, "/components/messages/M/payload");
    }
    assert!(document.payload("client", "later").is_err());
}

#[test]
fn a_trait_that_is_missing_is_told() {
    let document = document("3.0.0", "{traits: [{$ref: '#/none'}]}");
    assert_eq!(
        report(&document.protocol().err().unwrap()),
        "spec.yaml#/components/messages/M/traits/0/$ref: `#/none` points at nothing"
    );
}

#[test]
fn a_payload_is_where_it_is_written() {
    let found = |message: &str| payload("3.0.0", message).unwrap().unwrap_or_default();
    assert_eq!(found("{payload: {type: string}}"), "messages/M/payload");
    // References are left to the reader, as what stands beside them may matter.
    assert_eq!(
        found("{payload: {$ref: '#/components/schemas/Plain'}}"),
        "messages/M/payload"
    );
    assert_eq!(
        found("{payload: {schemaFormat: application/schema+json;version=draft-07, schema: {}}}"),
        "messages/M/payload/schema"
    );
    assert_eq!(found("{name: bare}"), "");
    assert_eq!(found("{payload: }"), "");
}

#[test]
fn no_trait_brings_a_payload() {
    let message = "{traits: [{payload: {type: string}}]}";
    assert_eq!(payload("2.6.0", message), Ok(None));
}

#[test]
fn formats_that_are_json_schema_by_another_name_are_read() {
    for format in [
        "application/schema+yaml;version=draft-07",
        "application/vnd.aai.asyncapi;version=2.6.0",
        "application/vnd.aai.asyncapi+json;version=3.0.0",
        "application/vnd.oai.openapi;version=3.0.0",
        "Application/Schema+JSON",
    ] {
        let message = format!("{{schemaFormat: {format}, payload: {{}}}}");
        assert!(payload("2.6.0", &message).is_ok(), "{format}");
    }
}

#[test]
fn other_schema_languages_are_refused_where_they_are_named() {
    let refusal = |version, message| payload(version, message).unwrap_err();
    assert_eq!(
        refusal(
            "2.6.0",
            "{schemaFormat: application/vnd.apache.avro;version=1.9.0, payload: {}}"
        ),
        "spec.yaml#/components/messages/M/schemaFormat: a payload in `application/vnd.apache.avro;version=1.9.0` \
         is not JSON Schema, which alone is read"
    );
    assert_eq!(
        refusal(
            "2.6.0",
            "{payload: {}, traits: [{schemaFormat: application/vnd.google.protobuf;version=3}]}"
        ),
        "spec.yaml#/components/messages/M/traits/0/schemaFormat: a payload in `application/vnd.google.protobuf;version=3` \
         is not JSON Schema, which alone is read"
    );
    assert_eq!(
        refusal(
            "3.0.0",
            "{payload: {$ref: '#/components/schemas/Formatted'}}"
        ),
        "spec.yaml#/components/schemas/Formatted/schemaFormat: a payload in `application/raml+yaml` \
         is not JSON Schema, which alone is read"
    );
}

#[test]
fn examples_are_payloads_or_hold_them() {
    let message = "{examples: [{name: n, payload: {a: 1}}, {a: 2}, {headers: {}}, 3, {summary: s, payload: null}]}";
    assert_eq!(
        examples(message),
        [json!({"a": 1}), json!({"a": 2}), json!(3), json!(null)]
    );
    assert_eq!(examples(&format!("{{examples: [2], {FIRST}}}")), [json!(1)]);
}
