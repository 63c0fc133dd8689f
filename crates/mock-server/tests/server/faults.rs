//! Faults, as a peer sees them.

mod closing;
mod control;
mod opening;
mod pipe;
mod sights;

use std::collections::BTreeSet;

use rocketfi_mock_server::Fault::{self, *};
use rocketfi_mock_server::Phase::{self, *};

use crate::peer::position;
use sights::{ORDINARY, Server};

/// A fault of a session, when it happens, and all that the peer sees from then to the end.
struct Case(Fault, Phase, Vec<&'static str>);

/// Every fault that needs no clock and leaves a session to look at; the others have tests of their
/// own.
fn cases() -> Vec<Case> {
    [ends(), silences(), acks(), frames(), orders()]
        .into_iter()
        .flatten()
        .collect()
}

const ACK: &str = ORDINARY[0];

/// These, and then everything as usual.
fn then_all(first: &[&'static str]) -> Vec<&'static str> {
    [first, &ORDINARY[1..]].concat()
}

fn ends() -> Vec<Case> {
    vec![
        Case(Reset, Streaming, vec!["reset"]),
        Case(Reset, Subscribing, vec!["reset"]),
        Case(Fin, Streaming, vec!["end"]),
        Case(Close { code: 1012 }, Streaming, vec!["Close 1012"]),
        Case(Close { code: 1013 }, Opened, vec!["Close 1013"]),
        Case(Close { code: 1006 }, Subscribing, vec!["end"]),
        Case(Truncate { after: 10 }, Streaming, vec!["end"]),
        Case(InvalidUtf8, Streaming, vec!["not UTF-8"]),
    ]
}

fn silences() -> Vec<Case> {
    let pings = vec!["ping", "ping", "ping", "Close 1001"];
    vec![
        Case(PingsOnly, Streaming, pings),
        Case(NoPongs, Streaming, vec!["1", "2", "Close 1001"]),
        Case(
            DropSubscription(sights::kind()),
            Streaming,
            vec!["Pong", "Close 1001"],
        ),
    ]
}

fn acks() -> Vec<Case> {
    let refused = ErrorForAck { carried_out: false };
    let other = position(sights::account());
    vec![
        Case(NoAck, Subscribing, then_all(&[])),
        Case(TwoAcks, Subscribing, then_all(&[ACK, ACK])),
        Case(WrongAck(other), Subscribing, then_all(&["ack Position"])),
        Case(HollowAck, Subscribing, vec![ACK, "Pong", "Close 1001"]),
        Case(refused, Subscribing, vec!["Error", "Pong", "Close 1001"]),
        Case(
            ErrorForAck { carried_out: true },
            Subscribing,
            then_all(&["Error"]),
        ),
        Case(
            AcksOfEarlierSession,
            Opened,
            then_all(&["ack Position", ACK]),
        ),
    ]
}

fn frames() -> Vec<Case> {
    let of = |fault, sight| Case(fault, Streaming, then_all(&[sight]));
    let malformed = "no JSON: 32 bytes";
    vec![
        of(StrayError, "Error"),
        of(MalformedJson, malformed),
        Case(MalformedJson, Opened, then_all(&[malformed, ACK])),
        Case(MalformedJson, Subscribing, then_all(&[malformed, ACK])),
        of(UnknownShape, "no message: 27 bytes"),
        of(UnknownVariant, "unknown NewerUpdate"),
        of(UntaggedOrderEvents, "OrderEventUpdate"),
        of(DeepNesting { levels: 1000 }, "no JSON: 1000 bytes"),
        of(Binary, "binary: 16 bytes"),
        of(Oversize { bytes: 100_000 }, "no JSON: 100000 bytes"),
    ]
}

fn orders() -> Vec<Case> {
    vec![
        Case(Drip, Streaming, then_all(&[])),
        Case(DropFrame, Streaming, vec!["2", "Pong", "Close 1001"]),
        Case(DropFrame, Opened, vec![ACK, "2", "Pong", "Close 1001"]),
        Case(DropFrame, Subscribing, vec![ACK, "2", "Pong", "Close 1001"]),
        Case(Duplicate, Streaming, then_all(&["1"])),
        Case(Duplicate, Subscribing, then_all(&[ACK, ACK])),
        Case(Reorder, Streaming, vec!["2", "1", "Pong", "Close 1001"]),
    ]
}

/// Faults that are looked at elsewhere: in [`control`], [`opening`] and [`pipe`].
const ELSEWHERE: [&str; 8] = [
    "flood",
    "handshake refused",
    "hang",
    "output lost",
    "input lost",
    "link held",
    "slow reader",
    "late ack",
];

#[tokio::test]
async fn a_fault_shows_as_it_says_once_and_only_where_it_should() {
    for Case(fault, phase, expected) in cases() {
        let what = format!("{} in {phase:?}", fault.name());
        let name = fault.name();
        let server = Server::start().await;
        let seen = server.live_through(fault, phase, &expected).await;
        assert_eq!(seen, expected, "{what}");
        assert_eq!(server.live().await, ORDINARY, "after {what}");
        assert_eq!(server.injected(), [(2, name)], "{what}");
    }
}

#[test]
fn every_fault_has_a_test() {
    let cases = cases();
    let tested = cases.iter().map(|Case(fault, ..)| fault.name());
    let tested: BTreeSet<_> = tested.chain(ELSEWHERE).collect();
    assert_eq!(tested, BTreeSet::from(Fault::NAMES));
}
