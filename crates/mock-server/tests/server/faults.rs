//! Faults, as a peer sees them.

mod closing;
mod control;
mod opening;
mod pipe;
mod sights;

use std::collections::BTreeSet;

use rocketfi_mock_server::{Fault, Phase};

use crate::peer::position;
use sights::{ORDINARY, Server};

/// A fault of a session, when it happens, and all that the peer sees from then to the end.
struct Case(Fault, Phase, &'static [&'static str]);

/// Every fault that needs no clock and leaves a session to look at; the others have tests of their
/// own.
fn cases() -> Vec<Case> {
    use Fault::*;
    use Phase::*;
    let other = || position(sights::account());
    let subscribed = sights::kind;
    vec![
        Case(Reset, Streaming, &["reset"]),
        Case(Reset, Subscribing, &["reset"]),
        Case(Fin, Streaming, &["end"]),
        Case(Close { code: 1012 }, Streaming, &["Close 1012"]),
        Case(Close { code: 1013 }, Opened, &["Close 1013"]),
        Case(Close { code: 1006 }, Subscribing, &["end"]),
        Case(Truncate { after: 10 }, Streaming, &["end"]),
        Case(InvalidUtf8, Streaming, &["not UTF-8"]),
        Case(Drip, Streaming, &["1", "2", "Pong", "Close 1001"]),
        Case(
            PingsOnly,
            Streaming,
            &["ping", "ping", "ping", "Close 1001"],
        ),
        Case(NoPongs, Streaming, &["1", "2", "Close 1001"]),
        Case(
            AcksOfEarlierSession,
            Opened,
            &[
                "ack Position",
                "ack LastMatchPrice",
                "1",
                "2",
                "Pong",
                "Close 1001",
            ],
        ),
        Case(
            StrayError,
            Streaming,
            &["Error", "1", "2", "Pong", "Close 1001"],
        ),
        Case(
            DropSubscription(subscribed()),
            Streaming,
            &["Pong", "Close 1001"],
        ),
        Case(
            MalformedJson,
            Opened,
            &[
                "no JSON: 32 bytes",
                "ack LastMatchPrice",
                "1",
                "2",
                "Pong",
                "Close 1001",
            ],
        ),
        Case(
            MalformedJson,
            Subscribing,
            &[
                "no JSON: 32 bytes",
                "ack LastMatchPrice",
                "1",
                "2",
                "Pong",
                "Close 1001",
            ],
        ),
        Case(
            UnknownShape,
            Streaming,
            &["no message: 27 bytes", "1", "2", "Pong", "Close 1001"],
        ),
        Case(
            UnknownVariant,
            Streaming,
            &["unknown NewerUpdate", "1", "2", "Pong", "Close 1001"],
        ),
        Case(
            UntaggedOrderEvents,
            Streaming,
            &["OrderEventUpdate", "1", "2", "Pong", "Close 1001"],
        ),
        Case(
            DeepNesting { levels: 1000 },
            Streaming,
            &["no JSON: 1000 bytes", "1", "2", "Pong", "Close 1001"],
        ),
        Case(
            Binary,
            Streaming,
            &["binary: 16 bytes", "1", "2", "Pong", "Close 1001"],
        ),
        Case(
            Oversize { bytes: 100_000 },
            Streaming,
            &["no JSON: 100000 bytes", "1", "2", "Pong", "Close 1001"],
        ),
        Case(Duplicate, Streaming, &["1", "1", "2", "Pong", "Close 1001"]),
        Case(
            Duplicate,
            Subscribing,
            &[
                "ack LastMatchPrice",
                "ack LastMatchPrice",
                "1",
                "2",
                "Pong",
                "Close 1001",
            ],
        ),
        Case(Reorder, Streaming, &["2", "1", "Pong", "Close 1001"]),
        Case(NoAck, Subscribing, &["1", "2", "Pong", "Close 1001"]),
        Case(
            TwoAcks,
            Subscribing,
            &[
                "ack LastMatchPrice",
                "ack LastMatchPrice",
                "1",
                "2",
                "Pong",
                "Close 1001",
            ],
        ),
        Case(
            WrongAck(other()),
            Subscribing,
            &["ack Position", "1", "2", "Pong", "Close 1001"],
        ),
        Case(
            HollowAck,
            Subscribing,
            &["ack LastMatchPrice", "Pong", "Close 1001"],
        ),
        Case(
            ErrorForAck { carried_out: false },
            Subscribing,
            &["Error", "Pong", "Close 1001"],
        ),
        Case(
            ErrorForAck { carried_out: true },
            Subscribing,
            &["Error", "1", "2", "Pong", "Close 1001"],
        ),
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
        let seen = server.live_through(fault, phase, expected).await;
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
