//! Raw typify on the same documents, given what a user would give it who has an AsyncAPI file and an hour: all
//! component schemas and all payloads as the definitions of one JSON Schema.

use std::collections::BTreeMap;
use std::{panic, thread};

use heck::ToUpperCamelCase;
use schemars::schema::Schema;
use serde_json::{Value, json};
use typify::{TypeSpace, TypeSpaceSettings};

use super::document::Document;
use super::message::{Message, collect};
use super::pointer::{child, local, resolve};
use crate::codegen::{MessageType, Output};

/// typify walks types by recursion.
const STACK: usize = 32 << 20;

pub(crate) fn make(document: &Document) -> Result<Output, String> {
    thread::scope(|scope| {
        let made = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || generate(document));
        let made = made.map_err(|error| error.to_string())?.join();
        made.unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}

fn generate(document: &Document) -> Result<Output, String> {
    document.version().ok_or("not an AsyncAPI document")?;
    let mut definitions = Definitions::new(&document.tree);
    let messages = collect(&document.tree, []);
    let payloads: Vec<_> = messages
        .iter()
        .filter_map(|message| definitions.payload(message))
        .collect();
    let mut space = TypeSpace::new(&TypeSpaceSettings::default());
    space
        .add_ref_types(definitions.schemas()?)
        .map_err(|error| error.to_string())?;
    let mut typed = Vec::new();
    for (message, name) in payloads {
        let reference = Schema::new_ref(format!("#/definitions/{name}"));
        let id = space
            .add_type(&reference)
            .map_err(|error| format!("{}: {error}", message.pointer))?;
        let payload = space.get_type(&id).map_err(|error| error.to_string())?;
        typed.push(MessageType {
            name: last_segment(&message.pointer),
            pointer: message.pointer.clone(),
            rust: payload.ident().to_string(),
            unions: Vec::new(),
        });
    }
    let file: syn::File = syn::parse2(space.to_stream())
        .map_err(|error| format!("its output is no Rust: {error}"))?;
    let is_type = |item: &&syn::Item| matches!(item, syn::Item::Struct(_) | syn::Item::Enum(_));
    let count = file.items.iter().filter(is_type).count();
    if count == 0 {
        return Err("no schema that typify could take".to_owned());
    }
    Ok(Output {
        types: count,
        files: vec![("mod.rs".to_owned(), prettyplease::unparse(&file))],
        warnings: Vec::new(),
        server: None,
        messages: typed,
    })
}

/// What typify is given: it takes the last segment of a reference for the name of a definition.
struct Definitions<'t> {
    tree: &'t Value,
    /// Names by the pointer that they stand for.
    names: BTreeMap<String, String>,
    by_name: BTreeMap<String, Value>,
}

impl<'t> Definitions<'t> {
    fn new(tree: &'t Value) -> Self {
        let mut definitions = Self {
            tree,
            names: BTreeMap::new(),
            by_name: BTreeMap::new(),
        };
        let components = tree
            .pointer("/components/schemas")
            .and_then(Value::as_object);
        let named: Vec<_> = components
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        for name in &named {
            definitions
                .names
                .insert(child("/components/schemas", name), name.clone());
        }
        for name in named {
            definitions.fill(&child("/components/schemas", &name), name);
        }
        definitions
    }

    /// The definition of a message's payload: the component that it refers to, or one of its own.
    fn payload<'m>(&mut self, message: &'m Message) -> Option<(&'m Message, String)> {
        let payload = message.payload.as_ref()?;
        let foreign = |format: &String| !format.contains("asyncapi") && !format.contains("schema+");
        if payload.format.as_ref().is_some_and(foreign) {
            return None;
        }
        let pointer = resolve(self.tree, &payload.pointer)?;
        let name = format!("{} payload", last_segment(&message.pointer)).to_upper_camel_case();
        Some((message, self.define(&pointer, &name)))
    }

    /// The name of what stands at a pointer, new if it has none.
    fn define(&mut self, pointer: &str, wish: &str) -> String {
        if let Some(name) = self.names.get(pointer) {
            return name.clone();
        }
        let mut name = wish.to_owned();
        while self.names.values().any(|taken| *taken == name) {
            name.push('X');
        }
        self.names.insert(pointer.to_owned(), name.clone());
        self.fill(pointer, name.clone());
        name
    }

    fn fill(&mut self, pointer: &str, name: String) {
        let Some(schema) = self.tree.pointer(pointer) else {
            return;
        };
        let schema = self.rewritten(schema);
        self.by_name.insert(name, schema);
    }

    /// References into the document become references to definitions.
    fn rewritten(&mut self, schema: &Value) -> Value {
        match schema {
            Value::Array(items) => items.iter().map(|item| self.rewritten(item)).collect(),
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    return json!({"$ref": self.reference(reference)});
                }
                let member = |(key, value): (&String, _)| (key.clone(), self.rewritten(value));
                members.iter().map(member).collect()
            }
            scalar => scalar.clone(),
        }
    }

    /// A reference that leads nowhere stays: typify may say so.
    fn reference(&mut self, reference: &str) -> String {
        let known = local(reference).filter(|pointer| self.tree.pointer(pointer).is_some());
        known.map_or_else(
            || reference.to_owned(),
            |pointer| {
                let wish = last_segment(&pointer).to_upper_camel_case();
                format!("#/definitions/{}", self.define(&pointer, &wish))
            },
        )
    }

    fn schemas(self) -> Result<Vec<(String, Schema)>, String> {
        let schema = |(name, value)| {
            let schema =
                serde_json::from_value(value).map_err(|error| format!("{name}: {error}"))?;
            Ok((name, schema))
        };
        self.by_name.into_iter().map(schema).collect()
    }
}

fn last_segment(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::corpus::document::parse;

    #[test]
    fn typify_is_given_components_and_payloads() {
        let text = "
asyncapi: 3.0.0
channels:
  c: {messages: {tick: {payload: {type: object, properties: {level: {$ref: '#/components/schemas/Level'}}}}}}
components:
  messages: {Level: {payload: {$ref: '#/components/schemas/Level'}}}
  schemas: {Level: {type: object, properties: {size: {type: string}}}}
";
        let document = Document {
            path: PathBuf::from("a.yaml"),
            name: "a.yaml".to_owned(),
            module: "doc_a".to_owned(),
            sha256: String::new(),
            tree: parse(text).unwrap(),
        };
        let made = make(&document).unwrap();
        let types: Vec<_> = made
            .messages
            .iter()
            .map(|message| message.rust.as_str())
            .collect();
        assert_eq!(types, ["Level", "TickPayload"]);
        assert_eq!(made.types, 2);
        assert!(
            made.files[0]
                .1
                .contains("pub level: ::std::option::Option<Level>")
        );
    }
}
