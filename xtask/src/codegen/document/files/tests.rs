use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::codegen::document::{Document, Node};
use crate::codegen::error::{CodegenError, report};
use crate::codegen::{Job, generate, schema};

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Such a folder with a root that has these schemas.
fn with_root(schemas: &str, files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = folder(files);
    let path = folder.path().join("spec/root.yaml");
    let text = format!("asyncapi: 3.0.0\ncomponents:\n  schemas:\n    {schemas}\n");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// An error without the folder that the files lie in.
fn told(error: &CodegenError, folder: &TempDir) -> String {
    let folder = format!("{}/", folder.path().display());
    report(error).replace(&folder, "")
}

/// Why the schema `A` of such a document leads nowhere.
fn refusal(schema: &str, files: &[(&str, &str)]) -> String {
    let (folder, path) = with_root(&format!("A: {schema}"), files);
    let document = Document::load(&path).unwrap();
    let error = document.schema("A").unwrap().resolve().err();
    told(&error.unwrap(), &folder)
}

fn sha256_of(path: &Path) -> String {
    let line = Document::load(path).unwrap().fingerprint();
    line[line.len() - 64..].to_owned()
}

#[test]
fn references_lead_from_folder_to_folder_and_back() {
    let files = [
        (
            "spec/messages/trade.yaml",
            "payload: {$ref: '../../shared/a%20b.json#/definitions/x~1y'}",
        ),
        (
            "shared/a b.json",
            r#"{"definitions": {"x/y": {"$ref": "../spec/root.yaml#/components/schemas/B"}}}"#,
        ),
    ];
    let (_folder, path) = with_root(
        "{A: {$ref: './messages/trade.yaml#/payload'}, B: {type: string}}",
        &files,
    );
    let document = Document::load(&path).unwrap();
    let found = document.schema("A").unwrap().resolve().unwrap();
    let own = document.schema("B").unwrap();
    assert_eq!(found.pointer, "/components/schemas/B");
    assert_eq!(found.pointer, own.pointer);
    assert!(std::ptr::eq(found.value, own.value));
}

#[test]
fn a_whole_file_is_named_like_it() {
    let files = [("spec/schemas/Order.yaml", "{type: object, title: x}")];
    let (folder, path) = with_root("A: {$ref: schemas/Order.yaml}", &files);
    let document = Document::load(&path).unwrap();
    let order = document.schema("A").unwrap().resolve().unwrap();
    assert_eq!(order.last_segment(), "Order");
    assert_eq!(order.get("title").unwrap().last_segment(), "title");
    let error = told(&order.get("title").unwrap().expected("a list"), &folder);
    assert_eq!(
        error,
        "spec/schemas/Order.yaml#/title: expected a list, found a string"
    );
    let pointer = format!("{}/spec/schemas/Order.yaml#/title", folder.path().display());
    assert_eq!(order.get("title").unwrap().pointer, pointer);
}

#[test]
fn the_same_text_in_two_files_is_two_references() {
    let files = [(
        "spec/x.yaml",
        "B: {$ref: '#/components/schemas/A'}\ncomponents: {schemas: {A: {type: integer}}}",
    )];
    let (_folder, path) = with_root(
        "{A: {$ref: 'x.yaml#/B'}, B: {$ref: '#/components/schemas/A'}}",
        &files,
    );
    let document = Document::load(&path).unwrap();
    let found = document.schema("B").unwrap().resolve().unwrap();
    assert_eq!(found.text("type"), Some("integer"));
    assert!(found.pointer.ends_with("x.yaml#/components/schemas/A"));
}

#[test]
fn files_may_refer_to_each_other_but_not_in_a_circle() {
    let files = [
        (
            "spec/x.yaml",
            "A: {$ref: 'y.yaml#/A'}\nB: {items: {$ref: 'y.yaml#/B'}}",
        ),
        (
            "spec/y.yaml",
            "A: {$ref: 'x.yaml#/A'}\nB: {items: {$ref: 'x.yaml#/B'}}",
        ),
    ];
    assert_eq!(
        refusal("{$ref: 'x.yaml#/A'}", &files),
        "spec/root.yaml#/components/schemas/A: `y.yaml#/A` leads back to itself"
    );
    let (_folder, path) = with_root("A: {$ref: 'x.yaml#/B'}", &files);
    let document = Document::load(&path).unwrap();
    let first = document.schema("A").unwrap().resolve().unwrap();
    let second = first.get("items").unwrap().resolve().unwrap();
    let third = second.get("items").unwrap().resolve().unwrap();
    assert_ne!(first.pointer, second.pointer);
    assert_eq!(first.pointer, third.pointer);
}

#[test]
fn what_cannot_be_read_is_an_error_at_the_reference_to_it() {
    let at = "spec/root.yaml#/components/schemas/A/$ref: ";
    let files = [
        ("spec/bad.yaml", "a: ["),
        ("spec/deep.yaml", &"[".repeat(1001)),
        ("spec/x.yaml", "A: {$ref: ../y.yaml}"),
    ];
    for (reference, expected) in [
        (
            "lost.yaml#/x",
            "`spec/lost.yaml` cannot be read: No such file or directory",
        ),
        ("./../spec", "`spec` cannot be read: not a file"),
        (
            "bad.yaml",
            "`spec/bad.yaml` cannot be read: neither YAML nor JSON: ",
        ),
        (
            "deep.yaml",
            "`spec/deep.yaml` cannot be read: more than 1000 brackets are open",
        ),
        ("x.yaml#/B", "`x.yaml#/B` points at nothing"),
        ("x.avsc", "`x.avsc` is Avro, not JSON Schema"),
        ("./x.proto#/M", "`./x.proto` is protobuf, not JSON Schema"),
        (
            "https://host/x.yaml#/x",
            "`https://host/x.yaml#/x` lies outside this file",
        ),
        ("urn:x:y", "`urn:x:y` lies outside this file"),
    ] {
        let error = refusal(&format!("{{$ref: '{reference}'}}"), &files);
        let expected = format!("{at}{expected}");
        assert!(error.starts_with(&expected), "{error}\n{expected}");
    }
    let error = refusal("{$ref: 'x.yaml#/A'}", &files);
    let expected = "spec/x.yaml#/A/$ref: `y.yaml` cannot be read: ";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn a_text_has_no_other_files() {
    let text = "asyncapi: 3.0.0\ncomponents: {schemas: {A: {$ref: x.yaml}}}";
    let document = Document::parse("spec.yaml".to_owned(), text).unwrap();
    let error = document.schema("A").unwrap().resolve().err().unwrap();
    assert_eq!(
        report(&error),
        "spec.yaml#/components/schemas/A/$ref: `x.yaml` lies outside this file; bring it in first"
    );
}

#[test]
fn a_reference_may_lead_through_others() {
    let files = [
        ("spec/ws.yaml", "messages: {Tick: {$ref: all.yaml#/Tick}}"),
        ("spec/all.yaml", "Tick: {payload: {type: string}}"),
    ];
    let (_folder, path) = with_root(
        "{Ws: {$ref: ws.yaml}, A: {$ref: '#/components/schemas/Ws/messages/Tick/payload'}}",
        &files,
    );
    let document = Document::load(&path).unwrap();
    let found = document.schema("A").unwrap().resolve().unwrap();
    assert_eq!(found.text("type"), Some("string"));
    assert!(found.place().ends_with("spec/all.yaml#/Tick/payload"));
    for schemas in [
        "A: {$ref: '#/components/schemas/A/x'}",
        "{A: {$ref: '#/components/schemas/B/x'}, B: {$ref: '#/components/schemas/A/x/x'}}",
    ] {
        let (_folder, path) = with_root(schemas, &[]);
        let document = Document::load(&path).unwrap();
        let error = document.schema("A").unwrap().resolve().err().unwrap();
        let error = report(&error);
        assert!(error.ends_with("` leads back to itself"), "{error}");
    }
}

#[test]
fn a_divided_document_makes_the_code_of_a_whole_one() {
    let whole = "asyncapi: 3.0.0
components:
  schemas:
    ClientMessage: {oneOf: [{type: object, required: [Say], properties: {Say: {type: string}}}]}
    ServerMessage: {oneOf: [{type: object, required: [Tick], properties: {Tick: {$ref: '#/components/schemas/Tick'}}}]}
    Tick: {type: object, required: [at], properties: {at: {$ref: '#/components/schemas/At'}}}
    At: {type: object, properties: {seconds: {type: integer, format: int64}}}
";
    let divided = "asyncapi: 3.0.0
components:
  schemas:
    ClientMessage: {$ref: messages.yaml#/ClientMessage}
    ServerMessage: {$ref: messages.yaml#/ServerMessage}
    At: {type: object, properties: {seconds: {type: integer, format: int64}}}
";
    let messages = "
ClientMessage: {oneOf: [{type: object, required: [Say], properties: {Say: {type: string}}}]}
ServerMessage: {oneOf: [{type: object, required: [Tick], properties: {Tick: {$ref: schemas/Tick.yaml}}}]}
";
    let tick = "{type: object, required: [at], properties: {at: {$ref: '../divided.yaml#/components/schemas/At'}}}";
    let folder = folder(&[
        ("whole.yaml", whole),
        ("divided.yaml", divided),
        ("messages.yaml", messages),
        ("schemas/Tick.yaml", tick),
        ("annotations.yaml", ""),
    ]);
    let code = |name: &str| {
        let path = |name: &str| Some(folder.path().join(name));
        let job = Job::new(path(name), path("annotations.yaml"), path("out"));
        let output = generate(&job).map_err(|error| told(&error, &folder));
        let without_banner = |(name, text): (String, String)| {
            let (_, code) = text.split_once('\n').unwrap();
            (name, code.to_owned())
        };
        let files = output.unwrap().files.into_iter();
        // The root alone tells the specification's hash, which differs.
        let files = files.filter(|(name, _)| name != "mod.rs");
        files.map(without_banner).collect::<Vec<_>>()
    };
    assert_eq!(code("divided.yaml"), code("whole.yaml"));
}

#[test]
fn places_may_name_themselves() {
    let files = [(
        "spec/x.yaml",
        "B: {$anchor: b, type: string}\nC: {$id: '#c', type: integer}",
    )];
    for (reference, name) in [("x.yaml#b", "B"), ("x.yaml#c", "C")] {
        let (_folder, path) = with_root(&format!("A: {{$ref: '{reference}'}}"), &files);
        let document = Document::load(&path).unwrap();
        let found = document.schema("A").unwrap().resolve().unwrap();
        assert_eq!(found.last_segment(), name);
    }
    let error = refusal("{$ref: 'x.yaml#d'}", &files);
    assert!(error.ends_with("`x.yaml#d` points at nothing"), "{error}");
}

#[test]
fn the_hash_covers_all_files_and_is_plain_for_one() {
    let (_folder, path) = with_root("A: {type: string}", &[]);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(sha256_of(&path), const_hex::encode(Sha256::digest(text)));
    let (folder, path) = with_root("A: {$ref: x.yaml}", &[("spec/x.yaml", "type: string")]);
    let before = sha256_of(&path);
    assert_eq!(before, sha256_of(&path));
    fs::write(folder.path().join("spec/x.yaml"), "type: integer").unwrap();
    assert_ne!(before, sha256_of(&path));
}

#[test]
fn a_document_has_so_many_files_and_no_more() {
    let names: Vec<String> = (0..256).map(|index| format!("f{index:03}")).collect();
    let paths: Vec<String> = names.iter().map(|n| format!("spec/{n}.yaml")).collect();
    let files: Vec<_> = paths.iter().map(|path| (&**path, "{}")).collect();
    let schema = |name: &String| format!("{name}: {{$ref: {name}.yaml}}");
    let schemas: Vec<String> = names.iter().map(schema).collect();
    let (folder, path) = with_root(&format!("{{{}}}", schemas.join(", ")), &files);
    let document = Document::load(&path).unwrap();
    let (last, others) = names.split_last().unwrap();
    for name in others {
        document.schema(name).unwrap().resolve().unwrap();
    }
    let error = document.schema(last).unwrap().resolve().err().unwrap();
    assert_eq!(
        told(&error, &folder),
        "spec/root.yaml#/components/schemas/f255/$ref: `spec/f255.yaml` cannot be read: \
         256 files are as many as a document may have"
    );
}

#[test]
fn a_chain_of_types_through_files_is_bounded_too() {
    let chain = |file: &str| -> String {
        let link = |index| format!("S{index}: {{$ref: '{file}#/S{}'}}\n", index + 1);
        (0..600).map(link).collect()
    };
    let (x, y) = (chain("y.yaml"), chain("x.yaml"));
    let (folder, path) = with_root(
        "A: {$ref: 'x.yaml#/S0'}",
        &[("spec/x.yaml", &x), ("spec/y.yaml", &y)],
    );
    let error = told(&Document::load(&path).err().unwrap(), &folder);
    assert!(error.starts_with("spec/"), "{error}");
    assert!(error.ends_with("is nested more than 512 deep"), "{error}");
}

#[test]
fn the_schemas_and_the_version_are_had_in_order() {
    let (_folder, path) = with_root("{B: {}, A: {}}", &[]);
    let document = Document::load(&path).unwrap();
    let schemas = document.component_schemas();
    let names: Vec<String> = schemas.iter().map(Node::last_segment).collect();
    assert_eq!(names, ["B", "A"]);
    assert_eq!(document.version(), "3.0.0");
}

#[test]
fn a_chain_through_files_whose_references_look_alike_is_no_cycle() {
    let files = [(
        "spec/other.yaml",
        "{T: {$ref: '#/components/schemas/T'}, components: {schemas: {T: {type: string}}}}",
    )];
    let schemas = "{A: {$ref: '#/components/schemas/T'}, T: {$ref: 'other.yaml#/T'}}";
    let (_folder, path) = with_root(schemas, &files);
    let document = Document::load(&path).unwrap();
    let settled = schema::settle(&document.schema("A").unwrap()).unwrap();
    assert!(
        settled
            .node
            .place()
            .ends_with("other.yaml#/components/schemas/T")
    );
    assert_eq!(
        document.schema("A").unwrap().place(),
        "#/components/schemas/A"
    );
}
