//! What a document leaves open, or probably means otherwise than it says.

use super::messages::Message;
use super::operations::Protocol;

/// How many names a guess lists.
const MOST_NAMES: usize = 5;
/// Words in the names of what clients send, and of what servers send.
const ASKING: &[&str] = &["client", "subscribe", "unsubscribe", "request", "command"];
const TELLING: &[&str] = &[
    "server", "response", "update", "event", "snapshot", "push", "ack",
];

/// `both_ways` are the channels all of whose messages go both ways.
pub(super) fn of(protocol: &Protocol<'_>, both_ways: &[String]) -> Vec<String> {
    let Protocol {
        client,
        server,
        others,
        ..
    } = protocol;
    let mut guesses = Vec::new();
    if client.is_empty() && server.is_empty() && !others.is_empty() {
        let names = listed(others.iter().map(Message::name));
        guesses.push(format!("no operation says who sends what: {names}"));
    }
    if !both_ways.is_empty() {
        let names = listed(both_ways.iter().map(String::as_str));
        guesses.push(format!(
            "operations name no messages, so that all of these channels go both ways: {names}"
        ));
    }
    guesses.extend(swapped(client, server));
    guesses
}

/// A document should describe the server; many describe the client, and so say the opposite of what they mean.
fn swapped(client: &[Message<'_>], server: &[Message<'_>]) -> Option<String> {
    let odd = chosen(client, TELLING).len() + chosen(server, ASKING).len();
    let even = chosen(client, ASKING).len() + chosen(server, TELLING).len();
    // One name alone may mean anything.
    if odd <= even.max(1) {
        return None;
    }
    let said = [
        ("client", chosen(client, TELLING)),
        ("server", chosen(server, ASKING)),
    ];
    let said = said.into_iter().filter(|(_, names)| !names.is_empty());
    let said: Vec<_> = said
        .map(|(side, names)| format!("the {side} sends {}", listed(names.into_iter())))
        .collect();
    Some(format!(
        "the document may describe the client instead of the server; as it stands, {}",
        said.join(" and ")
    ))
}

/// The names that have one of the words in them, each once.
fn chosen<'m>(messages: &'m [Message<'_>], words: &[&str]) -> Vec<&'m str> {
    let mut found: Vec<&str> = Vec::new();
    for name in messages.iter().map(Message::name) {
        let has = |word: &String| words.contains(&word.as_str());
        if !found.contains(&name) && self::words(name).iter().any(has) {
            found.push(name);
        }
    }
    found
}

/// The words of a name, however they are set apart.
fn words(name: &str) -> Vec<String> {
    use heck::ToSnakeCase;
    name.to_snake_case().split('_').map(str::to_owned).collect()
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    let shown = names.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>();
    let more = match names.len().saturating_sub(MOST_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}
