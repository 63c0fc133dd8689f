//! How one and the same type is written as a schema.

use serde_yaml::{Mapping, Value};

use super::tree::{
    MESSAGES, each_in, each_schema, is_union, list, map, piece, reference, retarget, schemas, set,
    strip, tag, take,
};

/// Every branch of a union becomes a component of its own, under the name that `named` gives it.
pub(super) fn branches_as_components(mut spec: Value, named: fn(&str, &str) -> String) -> Value {
    let mut all = Mapping::new();
    for (name, mut schema) in std::mem::take(schemas(&mut spec)) {
        if !is_union(&schema) {
            all.insert(name, schema);
            continue;
        }
        let mut places = Vec::new();
        let mut variants = Mapping::new();
        for mut branch in list(&schema["oneOf"]) {
            take(&mut branch, "title");
            let variant = named(name.as_str().unwrap(), &tag(&branch));
            places.push(reference(&format!("#/components/schemas/{variant}")));
            variants.insert(variant.into(), branch);
        }
        schema["oneOf"] = places.into();
        all.insert(name, schema);
        all.extend(variants);
    }
    *schemas(&mut spec) = all;
    spec
}

/// A type that may be null, as our own specification writes it: the two branches.
fn nullable(schema: &Mapping) -> Option<Value> {
    match list(schema.get("oneOf")?).as_slice() {
        [real, null] if null["type"] == "null" => Some(real.clone()),
        _ => None,
    }
}

/// The one part of an `allOf`.
fn only_part(schema: &Mapping) -> Option<Value> {
    match list(schema.get("allOf")?).as_slice() {
        [part] => Some(part.clone()),
        _ => None,
    }
}

/// `type: [string, "null"]`, and for a reference the same beside an `allOf`, as what converts `nullable: true` from
/// `OpenAPI` 3.0 writes it.
pub(super) fn null_in_type_list(mut spec: Value) -> Value {
    let types: Vec<(Value, Value)> = schemas(&mut spec)
        .iter()
        .filter_map(|(name, schema)| Some((name.clone(), schema.get("type")?.clone())))
        .collect();
    each_schema(&mut spec, |schema| {
        let Some(real) = nullable(schema) else { return };
        let place = real["$ref"].as_str().unwrap();
        let name = place.rsplit('/').next().unwrap();
        let (_, ty) = types.iter().find(|(known, _)| known == name).unwrap();
        schema.shift_remove("oneOf");
        schema.insert("type".into(), vec![ty.clone(), "null".into()].into());
        schema.insert("allOf".into(), vec![real].into());
    });
    spec
}

/// utoipa 4, whose schemas are those of `OpenAPI` 3.0: `nullable`, `allOf` around a described reference, `int64` with a
/// minimum for `u64`, and no descriptions of an enum's values.
pub(super) fn utoipa(mut spec: Value) -> Value {
    each_schema(&mut spec, |schema| {
        schema.shift_remove("title");
        schema.shift_remove("x-enum-descriptions");
        if let Some(real) = nullable(schema) {
            schema.shift_remove("oneOf");
            schema.insert("allOf".into(), vec![real].into());
            schema.insert("nullable".into(), true.into());
        }
        if let Some([ty, _]) = schema.get("type").map(list).as_deref() {
            schema.insert("type".into(), ty.clone());
            schema.insert("nullable".into(), true.into());
        }
        if schema
            .get("format")
            .is_some_and(|format| format == "uint64")
        {
            schema.insert("format".into(), "int64".into());
        }
    });
    for message in super::tree::members(&mut spec["components"]["messages"]).values_mut() {
        let payload = message["payload"].clone();
        message["payload"] = map([
            (
                "schemaFormat",
                "application/vnd.oai.openapi+json;version=3.0.0".into(),
            ),
            ("schema", payload),
        ]);
    }
    spec
}

/// schemars 0.8, whose schemas are those of draft 7: one-value enums for units, `anyOf` with null, minimums as floats,
/// and nothing else allowed in an object.
pub(super) fn schemars_0_8(mut spec: Value) -> Value {
    each_schema(&mut spec, |schema| {
        described_words(schema, |value| map([("enum", vec![value].into())]));
        schemars(schema);
        if schema.get("minimum").is_some() {
            schema.insert("minimum".into(), 0.0.into());
        }
    });
    spec
}

/// schemars 1, whose schemas are those of draft 2020-12: `const` for units, `anyOf` with null, a description beside a
/// `$ref`.
pub(super) fn schemars_1(mut spec: Value) -> Value {
    each_schema(&mut spec, schemars_1_schema);
    spec
}

fn schemars_1_schema(schema: &mut Mapping) {
    described_words(schema, |value| map([("const", value)]));
    if let Some([value]) = schema.get("enum").map(list).as_deref() {
        schema.insert("const".into(), value.clone());
        schema.shift_remove("enum");
    }
    if let Some(part) = only_part(schema) {
        schema.shift_remove("allOf");
        schema.insert("$ref".into(), part["$ref"].clone());
    }
    schemars(schema);
}

/// What both versions of schemars do.
fn schemars(schema: &mut Mapping) {
    schema.shift_remove("title");
    if nullable(schema).is_some() {
        let branches = schema.shift_remove("oneOf");
        set(schema, "anyOf", branches);
    }
    if schema.get("properties").is_some() {
        let required = schema.shift_remove("required");
        set(schema, "required", required);
        schema.insert("additionalProperties".into(), false.into());
    }
}

/// An enum whose values have descriptions: a branch for each.
fn described_words(schema: &mut Mapping, one: fn(Value) -> Value) {
    let Some(docs) = schema.shift_remove("x-enum-descriptions") else {
        return;
    };
    let branch = |value: Value| {
        let mut branch = map([
            ("description", docs[&value].clone()),
            ("type", "string".into()),
        ]);
        super::tree::members(&mut branch).extend(super::tree::members(&mut one(value)).clone());
        branch
    };
    let values = list(&schema.shift_remove("enum").unwrap());
    schema.shift_remove("type");
    let branches: Vec<_> = values.into_iter().map(branch).collect();
    schema.insert("oneOf".into(), branches.into());
}

/// Each message's payload with all it needs under `$defs`, so that some types are defined twice; references say where
/// that is from the document's root.
pub(super) fn with_defs(spec: Value) -> Value {
    let place = |union: &str| format!("#/components/messages/{union}/payload/$defs/");
    embedded(spec, &place)
}

/// The same as schemars writes it to a file of its own: references start at the payload, whose `$id` says that it is a
/// root.
pub(super) fn with_embedded_defs(spec: Value) -> Value {
    let mut spec = embedded(spec, &|_| "#/$defs/".to_owned());
    for (union, _) in MESSAGES {
        let payload = &mut spec["components"]["messages"][union]["payload"];
        let id = format!("https://beta.rocket-cluster-1.com/schemas/{union}");
        super::tree::members(payload).insert("$id".into(), id.into());
    }
    spec
}

fn embedded(spec: Value, place: &dyn Fn(&str) -> String) -> Value {
    let mut spec = schemars_1(spec);
    let all = take(&mut spec["components"], "schemas").unwrap();
    for (union, _) in MESSAGES {
        let mut payload = map([
            (
                "$schema",
                "https://json-schema.org/draft/2020-12/schema".into(),
            ),
            ("title", union.into()),
        ]);
        super::tree::members(&mut payload).extend(all[union].as_mapping().unwrap().clone());
        payload["$defs"] = needed(&all, union);
        retarget(&mut payload, &|old| {
            old.replace("#/components/schemas/", &place(union))
        });
        spec["components"]["messages"][union]["payload"] = payload;
    }
    spec
}

/// All schemas that one of them leads to, sorted by name as schemars does.
fn needed(all: &Value, from: &str) -> Value {
    let mut found = std::collections::BTreeMap::new();
    let mut queue = vec![all[from].clone()];
    while let Some(mut schema) = queue.pop() {
        let mut names = Vec::new();
        each_in(&mut schema, &mut |inner| {
            let place = inner.get("$ref").and_then(Value::as_str);
            names.extend(place.map(|place| place.rsplit('/').next().unwrap().to_owned()));
        });
        for name in names {
            let schema = all[name.as_str()].clone();
            if found.insert(name, schema.clone()).is_none() {
                queue.push(schema);
            }
        }
    }
    map(found)
}

/// A discriminator on every union, as tools add them wherever they see a `oneOf`. There is no such property: what tells
/// the branches apart is their only key.
pub(super) fn discriminator(mut spec: Value) -> Value {
    for schema in schemas(&mut spec).values_mut() {
        if is_union(schema) {
            schema["discriminator"] = "type".into();
        }
    }
    spec
}

pub(super) fn no_descriptions(mut spec: Value) -> Value {
    strip(
        &mut spec,
        &["description", "summary", "title", "x-enum-descriptions"],
    );
    spec["info"]["title"] = "RocketFi WebSocket API".into();
    spec
}

/// Integers without a width; what is left says that they are not negative.
pub(super) fn no_formats(mut spec: Value) -> Value {
    each_schema(&mut spec, |schema| {
        schema.shift_remove("format");
    });
    spec
}

/// What is written down once, for [`super::text::with_anchors`].
pub(super) fn shared() -> Value {
    piece(
        "uint64: {type: integer, format: uint64, minimum: 0}\n\
         json: {contentType: application/json}\n\
         nothing: {type: 'null'}\n",
    )
}
