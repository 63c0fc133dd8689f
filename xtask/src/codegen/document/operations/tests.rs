use std::fs;
use std::time::{Duration, Instant};

use crate::codegen::document::{Document, Message};
use crate::codegen::error::report;

fn document(text: &str) -> Document {
    Document::parse("spec.yaml".to_owned(), text).unwrap()
}

fn names(messages: &[Message<'_>]) -> Vec<String> {
    let names = messages.iter().map(Message::name);
    names.map(str::to_owned).collect()
}

/// What the client sends, what the server sends, and what nobody does.
fn sorted(document: &Document) -> [Vec<String>; 3] {
    let protocol = document.protocol().unwrap();
    [protocol.client, protocol.server, protocol.others].map(|messages| names(&messages))
}

#[track_caller]
fn assert_sorted(text: &str, [client, server, others]: [&[&str]; 3]) {
    assert_eq!(sorted(&document(text)), [client, server, others]);
}

fn guesses(text: &str) -> Vec<String> {
    document(text).protocol().unwrap().guesses
}

fn refusal(text: &str) -> String {
    report(&document(text).protocol().err().unwrap())
}

const COMPONENTS: &str = "
components:
  messages:
    A: {payload: {type: string}}
    B: {payload: {type: string}}
    C: {payload: {type: string}}
";

/// 3.x: a channel of two messages, one of which is called otherwise among the components.
const CHANNEL: &str = "
asyncapi: 3.0.0
channels:
  ws: {messages: {a: {$ref: '#/components/messages/A'}, own: {payload: {type: string}}}}
";

fn version_3(operations: &str) -> String {
    format!("{CHANNEL}operations:\n  {operations}{COMPONENTS}")
}

#[test]
fn in_2_clients_publish_and_subscribe_to_what_the_server_sends() {
    let text = format!(
        "asyncapi: 2.6.0
channels:
  one:
    subscribe: {{message: {{$ref: '#/components/messages/A'}}}}
    publish: {{message: {{$ref: '#/components/messages/B'}}}}{COMPONENTS}"
    );
    assert_sorted(&text, [&["B"], &["A"], &["C"]]);
}

#[test]
fn in_3_the_application_sends_and_receives() {
    let text = version_3(
        "say: {action: receive, channel: {$ref: '#/channels/ws'}, messages: [{$ref: '#/channels/ws/messages/own'}]}
  tell: {action: send, channel: {$ref: '#/channels/ws'}, messages: [{$ref: '#/channels/ws/messages/a'}]}",
    );
    assert_sorted(&text, [&["own"], &["A"], &["B", "C"]]);
}

#[test]
fn a_choice_is_each_of_its_messages_wherever_it_stands() {
    let text = format!(
        "asyncapi: 2.6.0
channels:
  one: {{publish: {{message: {{oneOf: [{{$ref: '#/components/messages/B'}}, {{$ref: '#/components/messages/A'}}]}}}}}}
  two: {{subscribe: {{message: {{$ref: '#/components/messages/Any'}}}}}}{COMPONENTS}    Any: {{oneOf: [{{$ref: '#/components/messages/C'}}, {{$ref: '#/components/messages/Any'}}, {{name: d, payload: {{}}}}]}}"
    );
    assert_sorted(&text, [&["B", "A"], &["C", "d"], &[]]);
}

#[test]
fn a_message_stands_once_on_each_side_that_sends_it() {
    let text = format!(
        "asyncapi: 2.6.0
channels:
  one: {{publish: {{message: {{$ref: '#/components/messages/A'}}}}, subscribe: {{message: {{$ref: '#/components/messages/A'}}}}}}
  two: {{publish: {{message: {{$ref: '#/components/messages/A'}}}}}}{COMPONENTS}"
    );
    assert_sorted(&text, [&["A"], &["A"], &["B", "C"]]);
}

#[test]
fn an_operation_without_messages_has_all_of_its_channel_and_one_with_an_empty_list_none() {
    let all = version_3("say: {action: receive, channel: {$ref: '#/channels/ws'}}");
    assert_sorted(&all, [&["A", "own"], &[], &["B", "C"]]);
    let none = version_3("say: {action: receive, channel: {$ref: '#/channels/ws'}, messages: []}");
    assert_sorted(&none, [&[], &[], &["A", "B", "C", "own"]]);
}

#[test]
fn a_reply_goes_the_other_way() {
    let listed = version_3(
        "ask: {action: receive, channel: {$ref: '#/channels/ws'}, messages: [{$ref: '#/channels/ws/messages/own'}],
    reply: {messages: [{$ref: '#/channels/ws/messages/a'}]}}",
    );
    assert_sorted(&listed, [&["own"], &["A"], &["B", "C"]]);
    let whole_channel = version_3(
        "ask: {action: send, channel: {$ref: '#/channels/ws'}, messages: [], reply: {$ref: '#/components/replies/R'}}",
    ) + "  replies: {R: {channel: {$ref: '#/channels/ws'}}}";
    assert_sorted(&whole_channel, [&["A", "own"], &[], &["B", "C"]]);
}

#[test]
fn channels_and_operations_may_be_kept_among_the_components() {
    let text = "
asyncapi: 3.0.0
channels: {ws: {$ref: '#/components/channels/Ws'}}
operations: {say: {$ref: '#/components/operations/Say'}}
components:
  channels: {Ws: {messages: {hi: {payload: {}}}}, Unused: {messages: {ho: {payload: {}}}}}
  operations:
    Say: {action: receive, channel: {$ref: '#/channels/ws'}, messages: [{$ref: '#/channels/ws/messages/hi'}]}
";
    assert_sorted(text, [&["hi"], &[], &["ho"]]);
    let text = "
asyncapi: 2.6.0
channels: {ws: {$ref: '#/components/channels/Ws'}}
components:
  channels:
    Ws: {publish: {message: {name: hi}}}
    Unused: {publish: {message: {name: ho}}}
";
    assert_sorted(text, [&["hi"], &[], &["ho"]]);
}

#[test]
fn a_message_without_a_key_says_its_name_or_is_called_by_its_operation() {
    let text = "
asyncapi: 2.6.0
channels:
  a: {publish: {message: {name: n, messageId: i, title: t}}}
  b: {publish: {message: {messageId: i, title: t}}}
  c: {publish: {message: {name: ' ', title: t}}}
  d: {publish: {operationId: o, message: {}}}
  e: {publish: {message: {$ref: '#/channels/f/subscribe/message'}}}
  f: {subscribe: {message: {}}}
  g: {publish: {message: {$ref: '#/x-messages/Elsewhere'}}}
x-messages: {Elsewhere: {name: n}}
";
    let client: &[&str] = &["n", "i", "t", "o", "e publish", "Elsewhere"];
    assert_sorted(text, [client, &["f subscribe"], &[]]);
}

#[test]
fn of_two_keys_the_own_one_counts_and_that_of_a_component_before_a_channels() {
    let text = "
asyncapi: 3.0.0
channels: {ws: {messages: {x: {$ref: '#/components/messages/Alias'}, y: {payload: {}}, z: {$ref: '#/x-other'}}}}
components:
  messages:
    Alias: {$ref: '#/components/messages/Own'}
    Own: {payload: {}}
    Y: {$ref: '#/channels/ws/messages/y'}
operations: {say: {action: send, channel: {$ref: '#/channels/ws'}}}
x-other: {payload: {}}
";
    assert_sorted(text, [&[], &["Own", "Y", "z"], &[]]);
}

#[test]
fn without_operations_nobody_sends_anything() {
    let text = format!("{CHANNEL}{COMPONENTS}    D: {{}}\n    E: {{}}");
    assert_sorted(&text, [&[], &[], &["A", "B", "C", "D", "E", "own"]]);
    assert_eq!(
        guesses(&text),
        ["no operation says who sends what: `A`, `B`, `C`, `D`, `E` and 1 more"]
    );
    assert_eq!(guesses("asyncapi: 3.0.0"), Vec::<String>::new());
}

#[test]
fn channels_that_go_both_ways_are_told() {
    let operation =
        |action: &str| format!("{{action: {action}, channel: {{$ref: '#/channels/ws'}}}}");
    let [say, tell] = ["receive", "send"].map(operation);
    let text = version_3(&format!("{{say: {say}, tell: {tell}}}"));
    assert_eq!(
        guesses(&text),
        ["operations name no messages, so that all of these channels go both ways: `ws`"]
    );
    let text = version_3(&format!("{{say: {say}, also: {say}}}"));
    assert_eq!(guesses(&text), Vec::<String>::new());
}

#[test]
fn a_document_that_seems_to_describe_the_client_is_doubted() {
    let text = |client: &str, server: &str| {
        format!(
            "{{asyncapi: 2.6.0, channels: {{a: {{
            publish: {{message: {{name: {client}}}}}, subscribe: {{message: {{name: {server}}}}}}}}}}}"
        )
    };
    assert_eq!(
        guesses(&text("TradeUpdate", "ticks.subscribe")),
        [
            "the document may describe the client instead of the server; as it stands, the client sends \
             `TradeUpdate` and the server sends `ticks.subscribe`"
        ]
    );
    for (client, server) in [
        ("subscribe", "TradeUpdate"),
        ("A", "subscribe"),
        ("Update", "Update"),
    ] {
        assert_eq!(guesses(&text(client, server)), Vec::<String>::new());
    }
}

#[test]
fn no_list_of_messages_is_gone_through_again_and_again() {
    const MANY: usize = 20_000;
    let list = |item: &str| vec![item; MANY].join(",");
    let map = |item: &str| {
        let members = (0..MANY).map(|index| format!("k{index}: {item}"));
        members.collect::<Vec<_>>().join(",")
    };
    let messages = list("{$ref: '#/x-list/0'}");
    let [two, three] = [
        format!(
            "{{asyncapi: 2.6.0, channels: {{{}}}, x-any: {{oneOf: [{messages}]}}, x-list: [{{name: m}}]}}",
            map("{publish: {message: {$ref: '#/x-any'}}}")
        ),
        format!(
            "{{asyncapi: 3.0.0, operations: {{{}}}, x-op: {{action: send, messages: [{messages}]}}, x-list: [{{name: m}}]}}",
            map("{$ref: '#/x-op'}")
        ),
    ];
    let started = Instant::now();
    assert_sorted(&two, [&["m"], &[], &[]]);
    assert_sorted(&three, [&[], &["m"], &[]]);
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn messages_of_other_files_are_named_by_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        (
            "root.yaml",
            "
asyncapi: 3.0.0
channels: {ws: {$ref: channels/ws.yaml}}
operations:
  say: {action: receive, channel: {$ref: '#/channels/ws'}, messages: [{$ref: '#/channels/ws/messages/hi'}]}
  run: {action: receive, messages: [{$ref: 'messages.yaml#/Run'}, {$ref: whole.yaml}]}
  tell: {action: send, messages: [{$ref: 'messages.yaml#/Told'}]}
components: {messages: {Component: {$ref: 'messages.yaml#/Told'}}}
",
        ),
        (
            "channels/ws.yaml",
            "messages: {hi: {$ref: '../messages.yaml#/Greeting'}}",
        ),
        (
            "messages.yaml",
            "{Run: {name: r}, Told: {name: t}, Greeting: {name: g}}",
        ),
        ("whole.yaml", "{name: w}"),
    ];
    fs::create_dir(folder.path().join("channels")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let document = Document::load(&folder.path().join("root.yaml")).unwrap();
    let [client, server, others] = sorted(&document);
    assert_eq!(client, ["hi", "Run", "whole"]);
    assert_eq!(server, ["Component"]);
    assert!(others.is_empty());
}

#[test]
fn an_operation_that_is_none_is_refused_with_its_place() {
    for operation in ["{}", "{action: publish}"] {
        let text = version_3(&format!("say: {operation}"));
        let error = refusal(&text);
        assert!(error.starts_with("spec.yaml#/operations/say"), "{error}");
        assert!(
            error.ends_with("an operation's `action` must be `send` or `receive`"),
            "{error}"
        );
    }
    let list = version_3("say: {action: send, messages: {}}");
    assert_eq!(
        refusal(&list),
        "spec.yaml#/operations/say/messages: expected a list of messages, found an object"
    );
    let missing = version_3("say: {action: send, messages: [{$ref: '#/channels/ws/messages/no'}]}");
    assert_eq!(
        refusal(&missing),
        "spec.yaml#/operations/say/messages/0/$ref: `#/channels/ws/messages/no` points at nothing"
    );
}
