//! Who sends what, and what messages are called.

use super::{Message, Protocol};
use crate::codegen::document::Document;
use crate::codegen::error::{CodegenError, report};

fn with<T>(text: &str, look: impl FnOnce(Result<Protocol<'_>, CodegenError>) -> T) -> T {
    look(
        Document::parse("spec.yaml".to_owned(), text)
            .unwrap()
            .protocol(),
    )
}

fn names(messages: &[Message<'_>]) -> String {
    let names: Vec<&str> = messages
        .iter()
        .map(|message| message.name.as_str())
        .collect();
    names.join(" ")
}

/// What the client, what the server, and what nobody sends.
fn sides(text: &str) -> [String; 3] {
    with(text, |protocol| {
        let protocol = protocol.unwrap();
        [&protocol.client, &protocol.server, &protocol.others].map(|messages| names(messages))
    })
}

fn refusal(text: &str) -> String {
    with(text, |protocol| match protocol {
        Ok(_) => panic!("it is taken"),
        Err(error) => report(&error),
    })
}

/// The only message of the server in a document of that version.
fn server_message<T>(version: &str, message: &str, look: impl FnOnce(&Message<'_>) -> T) -> T {
    let text = if version.starts_with('2') {
        format!(
            "asyncapi: {version}\nchannels: {{/: {{subscribe: {{operationId: fallback, message: {message}}}}}}}"
        )
    } else {
        format!(
            "asyncapi: {version}\nchannels: {{c: {{messages: {{key: {message}}}}}}}\noperations: {{fallback: {{action: send, channel: {{$ref: '#/channels/c'}}}}}}"
        )
    };
    with(&text, |protocol| look(&protocol.unwrap().server[0]))
}

fn name(version: &str, message: &str) -> String {
    server_message(version, message, |message| message.name.clone())
}

#[test]
fn in_2_the_client_publishes_and_in_3_it_is_received_from() {
    let second = "
asyncapi: 2.6.0
channels:
  /:
    publish: {message: {name: up}}
    subscribe: {message: {name: down}}
";
    assert_eq!(sides(second), ["up", "down", ""]);
    let third = "
asyncapi: 3.0.0
channels:
  up: {messages: {ask: {}}}
  down: {messages: {tell: {}}}
operations:
  a: {action: receive, channel: {$ref: '#/channels/up'}}
  b: {action: send, channel: {$ref: '#/channels/down'}}
";
    assert_eq!(sides(third), ["ask", "tell", ""]);
}

#[test]
fn a_reply_goes_the_other_way() {
    let text = |action: &str| {
        format!(
            "
asyncapi: 3.0.0
channels:
  calls: {{messages: {{ask: {{}}, order: {{}}}}}}
  answers: {{messages: {{answer: {{}}, refusal: {{}}}}}}
operations:
  ask:
    action: {action}
    channel: {{$ref: '#/channels/calls'}}
    messages: [{{$ref: '#/channels/calls/messages/ask'}}]
    reply: {{messages: [{{$ref: '#/channels/answers/messages/answer'}}]}}
  order:
    action: {action}
    channel: {{$ref: '#/channels/calls'}}
    messages: [{{$ref: '#/channels/calls/messages/order'}}]
    reply: {{$ref: '#/components/replies/any'}}
components:
  replies: {{any: {{channel: {{$ref: '#/channels/answers'}}}}}}
"
        )
    };
    assert_eq!(sides(&text("receive")), ["ask order", "answer refusal", ""]);
    assert_eq!(sides(&text("send")), ["answer refusal", "ask order", ""]);
}

#[test]
fn a_message_is_listed_once_on_each_side_and_those_of_no_operation_apart() {
    let text = "
asyncapi: 3.0.0
channels:
  c: {messages: {both: {$ref: '#/components/messages/Both'}, lone: {}}}
  d: {messages: {again: {$ref: '#/components/messages/Both'}}}
operations:
  a: {action: receive, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/both'}]}
  b: {action: send, channel: {$ref: '#/channels/d'}}
  c: {action: send, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/both'}]}
components:
  messages: {Both: {}, Unused: {}}
";
    assert_eq!(sides(text), ["Both", "Both", "Unused lone"]);
}

#[test]
fn an_operation_that_lists_no_message_has_all_of_its_channel_and_one_that_lists_none_has_none() {
    let text = |messages: &str| {
        format!(
            "asyncapi: 3.0.0\nchannels: {{c: {{messages: {{a: {{}}, b: {{}}}}}}}}\noperations: {{o: {{action: send, channel: {{$ref: '#/channels/c'}}{messages}}}}}"
        )
    };
    assert_eq!(sides(&text("")), ["", "a b", ""]);
    assert_eq!(sides(&text(", messages: []")), ["", "", "a b"]);
}

#[test]
fn one_of_several_messages_is_each_of_them() {
    let text = "
asyncapi: 2.6.0
channels:
  /:
    publish:
      message: {oneOf: [{$ref: '#/components/messages/A'}, {name: b}, {messageId: c}, {title: d}, {}]}
    subscribe:
      message: {$ref: '#/components/messages/Choice'}
components:
  messages:
    A: {name: other}
    Choice: {oneOf: [{$ref: '#/components/messages/A'}, {name: e}]}
";
    assert_eq!(sides(text), ["A b c d / publish", "A e", "Choice"]);
}

#[test]
fn a_message_is_called_by_its_key_or_by_itself_or_by_its_operation() {
    assert_eq!(name("3.0.0", "{name: own}"), "key");
    let own = "{name: own, messageId: id, title: title}";
    assert_eq!(name("2.6.0", own), "own");
    assert_eq!(name("2.6.0", "{messageId: id, title: title}"), "id");
    assert_eq!(name("2.6.0", "{title: title}"), "title");
    assert_eq!(name("2.6.0", "{}"), "fallback");
}

#[test]
fn traits_win_in_2_and_lose_in_3_and_the_last_of_them_wins() {
    let message =
        "{name: own, summary: own, traits: [{name: first, summary: first}, {name: last}]}";
    assert_eq!(name("2.6.0", message), "last");
    let docs = |version, message| {
        server_message(version, message, |message| {
            message.docs().map(str::to_owned)
        })
    };
    assert_eq!(docs("2.6.0", message).as_deref(), Some("first"));
    assert_eq!(docs("3.0.0", message).as_deref(), Some("own"));
    let silent = "{traits: [{description: first}, {description: last}]}";
    assert_eq!(docs("3.0.0", silent).as_deref(), Some("last"));
    let both = "{description: long, summary: short}";
    assert_eq!(docs("3.0.0", both).as_deref(), Some("long"));
    assert_eq!(docs("3.0.0", "{}"), None);
}

#[test]
fn a_payload_may_stand_beside_its_format_or_not_be_there() {
    let payload = |version: &str, message: &str| {
        server_message(version, message, |message| {
            message.payload().unwrap().map(|node| node.pointer)
        })
    };
    let multi = "{payload: {schemaFormat: 'application/schema+json;version=draft-07', schema: {type: string}}}";
    let place = "/channels/c/messages/key/payload";
    assert_eq!(payload("3.0.0", multi), Some(format!("{place}/schema")));
    assert_eq!(
        payload("3.0.0", "{payload: {type: string}}"),
        Some(place.to_owned())
    );
    assert_eq!(payload("3.0.0", "{payload: null}"), None);
    assert_eq!(payload("3.0.0", "{}"), None);
}

#[test]
fn payloads_in_another_schema_language_are_refused_with_their_place() {
    let second = "asyncapi: 2.6.0\nchannels: {/: {subscribe: {message: {schemaFormat: 'application/vnd.apache.avro;version=1.9.0', payload: {}}}}}";
    assert_eq!(
        refusal(second),
        "spec.yaml#/channels/~1/subscribe/message/schemaFormat: a payload in `application/vnd.apache.avro;version=1.9.0` is not JSON Schema, which alone is read"
    );
    let third = "asyncapi: 3.0.0\ncomponents: {messages: {A: {payload: {schemaFormat: application/raml+yaml;version=1.0, schema: {}}}}}";
    assert!(refusal(third).starts_with("spec.yaml#/components/messages/A/payload/schemaFormat: "));
    for format in [
        "application/vnd.aai.asyncapi+json;version=2.6.0",
        "application/vnd.oai.openapi;version=3.0.0",
        "application/schema+yaml;version=draft-07",
        "null",
    ] {
        let text = format!(
            "asyncapi: 2.6.0\nchannels: {{/: {{subscribe: {{message: {{name: a, schemaFormat: {format}, payload: {{}}}}}}}}}}"
        );
        assert_eq!(sides(&text), ["", "a", ""]);
    }
}

#[test]
fn a_format_that_a_trait_gives_is_refused_too() {
    let message = "{payload: {}, traits: [{schemaFormat: application/vnd.apache.avro}]}";
    let refused = server_message("2.6.0", message, |message| message.payload().is_err());
    assert!(refused);
}

#[test]
fn an_operation_must_say_which_way_it_goes() {
    let text = |action: &str| format!("asyncapi: 3.0.0\noperations: {{o: {{{action}}}}}");
    assert_eq!(
        refusal(&text("action: publish")),
        "spec.yaml#/operations/o/action: expected `send` or `receive`, found a string"
    );
    assert_eq!(
        refusal(&text("")),
        "spec.yaml#/operations/o: expected `send` or `receive`, found an object"
    );
}
