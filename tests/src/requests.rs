//! Questions to the journal of a server.

use rocketfi_mock_server::{Ending, Entry, Journal, Received};
use rocketfi_protocol::{ClientMessage, SubscriptionKind};

/// What a session asked for, in order, without its heartbeat.
#[must_use]
pub fn requests(journal: &Journal, session: u64) -> Vec<ClientMessage> {
    let of_session = journal.of_session(session).into_iter();
    of_session
        .filter_map(|entry| entry.message().cloned())
        .filter(|message| *message != ClientMessage::Ping)
        .collect()
}

/// How often a kind was subscribed, in all sessions together.
#[must_use]
pub fn subscribes(journal: &Journal, kind: &SubscriptionKind) -> usize {
    journal.count(message(ClientMessage::Subscribe(kind.clone())))
}

/// How many heartbeats a session has sent.
#[must_use]
pub fn pings(journal: &Journal, session: u64) -> usize {
    journal.count(in_session(session, message(ClientMessage::Ping)))
}

/// Matches this message, whatever the session.
pub fn message(expected: ClientMessage) -> impl Fn(&Entry) -> bool {
    move |entry| entry.message() == Some(&expected)
}

/// Matches what another matcher does, in one session only.
pub fn in_session(session: u64, matches: impl Fn(&Entry) -> bool) -> impl Fn(&Entry) -> bool {
    move |entry| entry.session == session && matches(entry)
}

/// Matches the end of a session, when it ended so.
pub fn closed(session: u64, expected: Ending) -> impl Fn(&Entry) -> bool {
    let ended = Received::Closed { ending: expected };
    in_session(session, move |entry| entry.event == ended)
}
