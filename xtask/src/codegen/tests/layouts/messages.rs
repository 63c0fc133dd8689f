//! Where messages, channels and operations stand.

use serde_yaml::{Mapping, Value};

use super::tree::{MESSAGES, key, list, map, members, piece, reference, schemas, set, tag, take};

/// `AsyncAPI` 2.6: a channel is an address; `publish` is what clients send there, `subscribe` what they get.
pub(super) fn v2_6(mut spec: Value) -> Value {
    spec["asyncapi"] = "2.6.0".into();
    let tags = take(&mut spec["info"], "tags");
    for server in members(&mut spec["servers"]).values_mut() {
        let host = take(server, "host").unwrap();
        let mut older = Mapping::new();
        older.insert("url".into(), host);
        older.extend(members(server).clone());
        *server = Value::Mapping(older);
    }
    let operations = take(&mut spec, "operations").unwrap();
    let channels = std::mem::take(members(&mut spec["channels"]));
    for (name, channel) in channels {
        let mut older = Mapping::new();
        set(
            &mut older,
            "description",
            channel.get("description").cloned(),
        );
        for (id, operation) in operations.as_mapping().unwrap() {
            let here = format!("#/channels/{}", key(&name));
            if operation["channel"]["$ref"] == *here {
                let (word, operation) = older_operation(id, operation, &channel);
                older.insert(word.into(), operation);
            }
        }
        set(&mut older, "bindings", channel.get("bindings").cloned());
        let address = channel["address"].clone();
        members(&mut spec["channels"]).insert(address, Value::Mapping(older));
    }
    set(members(&mut spec), "tags", tags);
    spec
}

/// What 2.6 calls an operation of the server's, and how it writes it down.
fn older_operation(id: &Value, operation: &Value, channel: &Value) -> (&'static str, Value) {
    let word = match operation["action"].as_str() {
        Some("send") => "subscribe",
        _ => "publish",
    };
    let message = |place: &Value| {
        let place = key(&place["$ref"]);
        channel["messages"][place.rsplit('/').next().unwrap()].clone()
    };
    let mut messages: Vec<Value> = list(&operation["messages"]).iter().map(message).collect();
    let message = match messages.len() {
        1 => messages.remove(0),
        _ => map([("oneOf", messages.into())]),
    };
    let mut older = Mapping::new();
    older.insert("operationId".into(), id.clone());
    set(&mut older, "summary", operation.get("summary").cloned());
    set(&mut older, "traits", operation.get("traits").cloned());
    older.insert("message".into(), message);
    (word, Value::Mapping(older))
}

/// Messages written out where the channel lists them, payloads and all.
pub(super) fn inlined(mut spec: Value) -> Value {
    let messages = take(&mut spec["components"], "messages").unwrap();
    for (name, _) in MESSAGES {
        let mut message = messages[name].clone();
        message["payload"] = schemas(&mut spec).shift_remove(name).unwrap();
        spec["channels"]["ws"]["messages"][name] = message;
    }
    spec
}

/// One message for each variant; the operations alone say who sends which.
pub(super) fn per_variant(mut spec: Value) -> Value {
    let mut messages = Mapping::new();
    for (union, operation) in MESSAGES {
        let union = schemas(&mut spec).shift_remove(union).unwrap();
        let variants = list(&union["oneOf"]);
        spec["operations"][operation]["messages"] = places("ws", variants.iter().map(tag));
        messages.extend(variants.into_iter().map(variant_message));
    }
    spec["channels"]["ws"]["messages"] = listed(messages.keys().map(key));
    spec["components"]["messages"] = Value::Mapping(messages);
    spec
}

/// The message of one variant: its payload is the whole frame.
fn variant_message(mut branch: Value) -> (Value, Value) {
    let tag = Value::from(tag(&branch));
    take(&mut branch, "title");
    let summary = take(&mut branch, "description").unwrap();
    let message = map([
        ("name", tag.clone()),
        ("summary", summary),
        ("contentType", "application/json".into()),
        ("payload", branch),
    ]);
    (tag, message)
}

/// What a channel lists: each message among the components.
fn listed(names: impl Iterator<Item = String>) -> Value {
    map(names.map(|name| {
        let place = format!("#/components/messages/{name}");
        (name, reference(&place))
    }))
}

/// What an operation lists: messages of its channel.
fn places(channel: &str, names: impl Iterator<Item = String>) -> Value {
    let place = |name| reference(&format!("#/channels/{channel}/messages/{name}"));
    names.map(place).collect::<Vec<_>>().into()
}

/// A page of the documentation: a channel, what the client sends there and what the server answers.
struct Page {
    channel: &'static str,
    title: &'static str,
    client: &'static [&'static str],
    server: &'static [&'static str],
}

const PAGES: [Page; 3] = [
    Page {
        channel: "account",
        title: "Account streams",
        client: &["Subscribe", "Unsubscribe", "Ping"],
        server: &[
            "SubscribeConfirmation",
            "UnsubscribeConfirmation",
            "OrderEventUpdate",
            "CollateralUpdate",
            "PositionUpdate",
            "AccountRiskUpdate",
            "OpenOrdersUpdate",
            "PositionFundingUpdate",
            "Pong",
            "Error",
        ],
    },
    Page {
        channel: "marketData",
        title: "Market data streams",
        client: &["Subscribe", "Unsubscribe", "Ping"],
        server: &[
            "SubscribeConfirmation",
            "UnsubscribeConfirmation",
            "QuoteUpdate",
            "OrderbookUpdate",
            "MarkPriceUpdate",
            "AssetMarkPriceUpdate",
            "FundingRateUpdate",
            "CandleUpdate",
            "LastMatchPriceUpdate",
            "AuctionFillUpdate",
            "TickerUpdate",
            "InstrumentStatsUpdate",
            "Pong",
            "Error",
        ],
    },
    Page {
        channel: "transactions",
        title: "Transactions",
        client: &[
            "SubmitTransaction",
            "RegisterExecuteOnDisconnect",
            "ClearExecuteOnDisconnect",
            "Ping",
        ],
        server: &[
            "TransactionResult",
            "ExecuteOnDisconnectRegistered",
            "ExecuteOnDisconnectCleared",
            "Pong",
            "Error",
        ],
    },
];

/// A channel for each page of the documentation, all at the one address.
pub(super) fn per_page(spec: Value) -> Value {
    let mut spec = per_variant(spec);
    spec["channels"] = map(PAGES.map(|page| (page.channel, channel(&page))));
    let operations = PAGES.iter().flat_map(|page| {
        [
            operation(page, "receive", page.client),
            operation(page, "send", page.server),
        ]
    });
    spec["operations"] = map(operations);
    spec
}

fn channel(page: &Page) -> Value {
    let names = page.client.iter().chain(page.server);
    let bindings = piece("ws: {method: GET, bindingVersion: 0.1.0}");
    map([
        ("address", "/ws".into()),
        ("title", page.title.into()),
        ("messages", listed(names.map(|name| (*name).to_owned()))),
        ("bindings", bindings),
    ])
}

fn operation(page: &Page, action: &str, names: &[&str]) -> (String, Value) {
    let names = names.iter().map(|name| (*name).to_owned());
    let operation = map([
        ("action", action.into()),
        (
            "channel",
            reference(&format!("#/channels/{}", page.channel)),
        ),
        ("messages", places(page.channel, names)),
    ]);
    (format!("{action}_{}", page.channel), operation)
}

/// Messages that owe names, summaries and content types to traits, and hold their payloads themselves.
pub(super) fn traits(spec: Value) -> Value {
    let mut spec = inlined(spec);
    spec["components"]["messageTraits"] = piece("json: {contentType: application/json}");
    spec["components"]["operationTraits"] =
        piece("websocket: {bindings: {ws: {bindingVersion: 0.1.0}}}");
    let own = std::mem::take(members(&mut spec["channels"]["ws"]["messages"]));
    for ((union, mut message), key) in own.into_iter().zip(["fromClient", "fromServer"]) {
        take(&mut message, "contentType");
        let payload = take(&mut message, "payload").unwrap();
        spec["components"]["messageTraits"][key] = message;
        spec["channels"]["ws"]["messages"][key] = map([
            ("traits", trait_list("messageTraits", &["json", key])),
            ("payload", payload),
        ]);
        let name = union.as_str().unwrap();
        let (_, operation) = MESSAGES
            .into_iter()
            .find(|(known, _)| *known == name)
            .unwrap();
        let operation = &mut spec["operations"][operation];
        operation["traits"] = trait_list("operationTraits", &["websocket"]);
        operation["messages"] = places("ws", std::iter::once(key.to_owned()));
    }
    spec
}

fn trait_list(kind: &str, names: &[&str]) -> Value {
    let place = |name: &&str| reference(&format!("#/components/{kind}/{name}"));
    names.iter().map(place).collect::<Vec<_>>().into()
}

/// One message for each variant, its content type and name from a trait of its own.
pub(super) fn traits_per_variant(spec: Value) -> Value {
    let mut spec = per_variant(spec);
    let mut shared = piece("json: {contentType: application/json}");
    for (tag, message) in members(&mut spec["components"]["messages"]) {
        take(message, "contentType");
        let payload = take(message, "payload").unwrap();
        let name = key(tag);
        shared[name.as_str()] = std::mem::replace(
            message,
            map([
                ("traits", trait_list("messageTraits", &["json", &name])),
                ("payload", payload),
            ]),
        );
    }
    spec["components"]["messageTraits"] = shared;
    spec
}
