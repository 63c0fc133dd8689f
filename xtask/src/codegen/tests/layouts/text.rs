//! How a document is written down: in one file or many, with anchors or without.

use serde_yaml::{Mapping, Value};

use super::schemas::shared;
use super::tree::{
    Files, MESSAGES, each_schema, key, map, members, reference, retarget, schemas, take, yaml_text,
};

/// The fields that most updates begin with.
const LEADING: [(&str, &str); 2] = [
    ("instrumentId", "InstrumentId"),
    ("account", "AccountAddress"),
];

/// Marks a mapping that gets an anchor, and a text that stands for an alias: no tree knows either.
const ANCHOR: &str = "anchor of";
const ALIAS: &str = "alias of";

/// What comes up again and again is written once, with an anchor, and merged in elsewhere.
pub(super) fn with_anchors(mut spec: Value) -> Files {
    let mut once = shared();
    for (field, schema) in LEADING {
        let place = format!("#/components/schemas/{schema}");
        once[field] = map([(field, map([("allOf", vec![reference(&place)].into())]))]);
    }
    each_schema(&mut spec, |schema| {
        merge(schema, "uint64", &once);
        if let Some(Value::Mapping(fields)) = schema.get_mut("properties") {
            merge_leading(fields);
        }
        if let Some(Value::Sequence(branches)) = schema.get_mut("oneOf") {
            let null = branches
                .iter_mut()
                .filter(|branch| **branch == once["nothing"]);
            null.for_each(|branch| *branch = alias("nothing"));
        }
    });
    for message in members(&mut spec["components"]["messages"]).values_mut() {
        merge(members(message), "json", &once);
    }
    for (name, value) in members(&mut once) {
        let mut anchored = Mapping::from_iter([(ANCHOR.into(), name.clone())]);
        anchored.extend(members(value).clone());
        *value = Value::Mapping(anchored);
    }
    let mut whole = Mapping::from_iter([("x-shared".into(), once)]);
    whole.extend(members(&mut spec).clone());
    let text = yaml_text(&Value::Mapping(whole));
    vec![(String::from(".yaml"), anchored(&text))]
}

fn alias(name: &str) -> Value {
    format!("{ALIAS} {name}").into()
}

/// Puts a merge key in front of what is left, if all that it brings is there.
fn merge(map: &mut Mapping, name: &str, once: &Value) {
    let brought = once[name].as_mapping().unwrap();
    if brought
        .iter()
        .all(|(key, value)| map.get(key) == Some(value))
    {
        map.retain(|key, _| !brought.contains_key(key));
        lead(map, name);
    }
}

fn merge_leading(fields: &mut Mapping) {
    let first = fields.keys().next().map(key);
    for (field, schema) in LEADING {
        let place = format!("#/components/schemas/{schema}");
        if first.as_deref() == Some(field) && fields[field]["allOf"][0]["$ref"] == *place {
            fields.shift_remove(field);
            lead(fields, field);
        }
    }
}

fn lead(map: &mut Mapping, name: &str) {
    let rest = std::mem::take(map);
    map.insert("<<".into(), alias(name));
    map.extend(rest);
}

/// Turns the marks into anchors and aliases.
fn anchored(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match line.trim().strip_prefix(ANCHOR) {
            Some(name) => {
                let name = name.trim_start_matches([':', ' ']);
                lines.last_mut().unwrap().extend([" &", name]);
            }
            None => lines.push(line.replace(&format!("{ALIAS} "), "*")),
        }
    }
    lines.join("\n") + "\n"
}

/// The files of [`split`] and the schemas they hold; what is not listed goes with the market data.
const GROUPS: [(&str, &[&str]); 4] = [
    (
        "common/scalars.yaml",
        &[
            "AccountAddress",
            "InstrumentId",
            "AssetId",
            "OrderId",
            "Timestamp",
            "Round",
            "Slot",
            "Decimal",
            "Signature",
            "Instruction",
            "OpenBody",
        ],
    ),
    (
        "schemas/unions.yaml",
        &["ClientMessage", "ServerMessage", "SubscriptionKind"],
    ),
    (
        "schemas/trading/transactions.yaml",
        &[
            "Transaction",
            "TransactionData",
            "SerializationFormat",
            "SignatureScheme",
            "TransactionResult",
            "TransactionResponse",
            "PlaceOrderResponse",
            "ExecuteOnDisconnectRegistered",
        ],
    ),
    (
        "schemas/account.yaml",
        &[
            "OrderEventUpdate",
            "OrderEvent",
            "OrderEventData",
            "OrderFill",
            "OrderPlaced",
            "OrderModified",
            "OrderRejected",
            "RejectionReason",
            "CollateralUpdate",
            "PositionUpdate",
            "Position",
            "InstrumentType",
            "AccountRiskUpdate",
            "AccountRisk",
            "OpenOrdersUpdate",
            "OpenOrder",
            "OrderType",
            "TriggerType",
            "Side",
            "PositionFundingUpdate",
        ],
    ),
];

fn group(schema: &str) -> &'static str {
    let holds = |(_, names): &&(&str, &[&str])| names.contains(&schema);
    GROUPS
        .iter()
        .find(holds)
        .map_or("schemas/market.yaml", |(file, _)| file)
}

/// Messages in a folder, schemas in files by subject, scalars in another folder: references lead down, up and across.
pub(super) fn split(spec: Value) -> Files {
    split_by(spec, &|name| (group(name).to_owned(), format!("#/{name}")))
}

/// A file for each schema, which is known by the file's name alone.
pub(super) fn file_per_schema(spec: Value) -> Files {
    split_by(spec, &|name| {
        (format!("schemas/{name}.yaml"), String::new())
    })
}

/// `home` gives the file of a schema and the place in it.
fn split_by(mut spec: Value, home: &dyn Fn(&str) -> (String, String)) -> Files {
    let all = std::mem::take(schemas(&mut spec));
    let mut files: Vec<(String, Value)> = Vec::new();
    for (name, mut schema) in all {
        let name = key(&name);
        let (file, place) = home(&name);
        point_home(&mut schema, &file, home);
        if place.is_empty() {
            files.push((file, schema));
            continue;
        }
        match files.iter_mut().find(|(known, _)| *known == file) {
            Some((_, held)) => held[name.as_str()] = schema,
            None => files.push((file, map([(name, schema)]))),
        }
    }
    let messages = take(&mut spec["components"], "messages").unwrap();
    for (name, file) in MESSAGES.map(|(name, _)| (name, format!("messages/{name}.yaml"))) {
        let mut message = messages[name].clone();
        point_home(&mut message, &file, home);
        spec["channels"]["ws"]["messages"][name] = reference(&format!("./{file}"));
        files.push((file, message));
    }
    take(&mut spec, "components");
    files.insert(0, ("asyncapi.yaml".to_owned(), spec));
    let text = |(name, value): (String, Value)| (format!("/{name}"), yaml_text(&value));
    files.into_iter().map(text).collect()
}

/// Writes references as they are from one file to another.
fn point_home(value: &mut Value, from: &str, home: &dyn Fn(&str) -> (String, String)) {
    retarget(value, &|old| {
        let (file, place) = home(old.rsplit('/').next().unwrap());
        if file == from {
            return place;
        }
        format!("{}{place}", relative(from, &file))
    });
}

/// The way from one file to another.
fn relative(from: &str, to: &str) -> String {
    let (mut from, mut to): (Vec<&str>, Vec<&str>) =
        (from.split('/').collect(), to.split('/').collect());
    while from.len() > 1 && to.len() > 1 && from[0] == to[0] {
        from.remove(0);
        to.remove(0);
    }
    let up = "../".repeat(from.len() - 1);
    let up = if up.is_empty() { "./" } else { &up };
    format!("{up}{}", to.join("/"))
}

#[test]
fn ways_lead_down_up_and_across() {
    assert_eq!(relative("a.yaml", "b/c.yaml"), "./b/c.yaml");
    assert_eq!(relative("b/c.yaml", "b/d.yaml"), "./d.yaml");
    assert_eq!(relative("b/x/c.yaml", "b/d.yaml"), "../d.yaml");
    assert_eq!(relative("b/x/c.yaml", "e/d.yaml"), "../../e/d.yaml");
}
