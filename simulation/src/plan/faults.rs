//! Which faults there are, and when they happen.

use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rocketfi_client::Config;
use rocketfi_mock_server::{Fault, Phase};

use super::user::kinds;
use super::{MAX_MESSAGE, pick, seconds};

/// Something that happens at its time.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// The server does it.
    Inject(Fault, Phase),
    /// The next connection is refused by the network.
    RefuseDial,
    /// The next connection is never answered by the network.
    HangDial,
    /// The whole process stands still, as in a laptop that sleeps.
    Jump(Duration),
}

/// A kind of fault, as the report lists it.
#[derive(Clone, Copy, Debug)]
pub struct FaultKind {
    /// As in the report.
    pub name: &'static str,
    make: fn(&mut ChaCha8Rng) -> Act,
}

/// After one of these the server does other than it says, which only a new session can mend.
pub(crate) const LIES: [&str; 6] = [
    "no ack",
    "pings only",
    "ack of another kind",
    "hollow ack",
    "error, yet carried out",
    "subscription dropped",
];

/// The longest time that a refused handshake asks to wait.
pub(super) const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(5);

/// Close codes that an exchange, or a proxy before it, sends.
const CLOSE_CODES: [u16; 7] = [1000, 1001, 1006, 1008, 1011, 1012, 1013];

/// After a session began, and while it is running.
const OPEN: [Phase; 3] = [Phase::Opened, Phase::Subscribing, Phase::Streaming];

/// Every phase.
const ANY: [Phase; 6] = [
    Phase::Dialling,
    Phase::Handshake,
    Phase::Opened,
    Phase::Subscribing,
    Phase::Streaming,
    Phase::Closing,
];

const fn kind(name: &'static str, make: fn(&mut ChaCha8Rng) -> Act) -> FaultKind {
    FaultKind { name, make }
}

/// Every kind of fault.
pub const FAULTS: &[FaultKind] = &[
    kind("TCP refused", |_| Act::RefuseDial),
    kind("TCP unanswered", |_| Act::HangDial),
    kind("clock jump", |rng| Act::Jump(seconds(rng, 1.0, 120.0))),
    kind("hang", |rng| at(rng, &ANY, Fault::Hang)),
    kind("handshake refused", |rng| {
        let fault = refusal(rng);
        at(rng, &[Phase::Handshake], fault)
    }),
    kind("reset", |rng| at(rng, &ANY, Fault::Reset)),
    kind("end without Close", |rng| at(rng, &ANY, Fault::Fin)),
    kind("close", |rng| {
        let code = *pick(rng, &CLOSE_CODES);
        at(rng, &OPEN, Fault::Close { code })
    }),
    kind("output lost", |rng| at(rng, &ANY, Fault::LoseOutput)),
    kind("input lost", |rng| at(rng, &ANY, Fault::LoseInput)),
    kind("link held", |rng| {
        let time = seconds(rng, 0.1, 15.0);
        at(rng, &ANY, Fault::Hold { time })
    }),
    kind("slow reader", |rng| {
        let time = seconds(rng, 0.1, 15.0);
        at(rng, &ANY, Fault::StopReading { time })
    }),
    kind("one byte at a time", |rng| at(rng, &ANY, Fault::Drip)),
    kind("truncated", |rng| {
        let after = rng.random_range(0..100);
        at(rng, &ANY, Fault::Truncate { after })
    }),
    kind("pings only", |rng| at(rng, &OPEN, Fault::PingsOnly)),
    kind("no pongs", |rng| at(rng, &OPEN, Fault::NoPongs)),
    kind("no ack", |rng| at_ack(rng, Fault::NoAck)),
    kind("two acks", |rng| at_ack(rng, Fault::TwoAcks)),
    kind("ack of another kind", |rng| {
        let kind = pick(rng, &kinds()).clone();
        at_ack(rng, Fault::WrongAck(kind))
    }),
    kind("late ack", |rng| {
        let after = seconds(rng, 0.1, 10.0);
        at_ack(rng, Fault::LateAck { after })
    }),
    kind("acks of an earlier session", |rng| {
        at(rng, &[Phase::Opened], Fault::AcksOfEarlierSession)
    }),
    kind("hollow ack", |rng| at_ack(rng, Fault::HollowAck)),
    kind("error for an ack", |rng| {
        at_ack(rng, Fault::ErrorForAck { carried_out: false })
    }),
    kind("error, yet carried out", |rng| {
        at_ack(rng, Fault::ErrorForAck { carried_out: true })
    }),
    kind("stray error", |rng| at(rng, &OPEN, Fault::StrayError)),
    kind("subscription dropped", |rng| {
        let kind = pick(rng, &kinds()).clone();
        at(rng, &[Phase::Streaming], Fault::DropSubscription(kind))
    }),
    kind("malformed JSON", |rng| at(rng, &OPEN, Fault::MalformedJson)),
    kind("unknown shape", |rng| at(rng, &OPEN, Fault::UnknownShape)),
    kind("unknown variant", |rng| {
        at(rng, &OPEN, Fault::UnknownVariant)
    }),
    kind("untagged order events", |rng| {
        at(rng, &OPEN, Fault::UntaggedOrderEvents)
    }),
    kind("deep nesting", |rng| {
        let levels = rng.random_range(100..MAX_MESSAGE);
        at(rng, &OPEN, Fault::DeepNesting { levels })
    }),
    kind("binary frame", |rng| at(rng, &OPEN, Fault::Binary)),
    kind("invalid UTF-8", |rng| at(rng, &OPEN, Fault::InvalidUtf8)),
    kind("oversize frame", |rng| {
        let bytes = rng.random_range(MAX_MESSAGE + 1..2 * MAX_MESSAGE);
        at(rng, &OPEN, Fault::Oversize { bytes })
    }),
    kind("duplicate", |rng| at(rng, &OPEN, Fault::Duplicate)),
    kind("reordered", |rng| at(rng, &OPEN, Fault::Reorder)),
    kind("flood", |rng| {
        let frames = rng.random_range(10..1000);
        at(rng, &OPEN, Fault::Flood { frames })
    }),
];

fn at(rng: &mut ChaCha8Rng, phases: &[Phase], fault: Fault) -> Act {
    Act::Inject(fault, *pick(rng, phases))
}

fn at_ack(rng: &mut ChaCha8Rng, fault: Fault) -> Act {
    at(rng, &[Phase::Subscribing], fault)
}

fn refusal(rng: &mut ChaCha8Rng) -> Fault {
    let status = *pick(rng, &[400, 401, 429, 503]);
    let longest = LONGEST_RETRY_AFTER.as_secs();
    let retry_after = (status == 429).then(|| Duration::from_secs(rng.random_range(1..=longest)));
    Fault::Refuse {
        status,
        retry_after,
    }
}

/// When what happens, in order.
pub(super) fn schedule(
    only: Option<FaultKind>,
    trouble: Duration,
    config: &Config,
    rng: &mut ChaCha8Rng,
) -> Vec<(Duration, Act)> {
    let mut acts = Vec::new();
    for _ in 0..rng.random_range(6..20) {
        let kind = only.unwrap_or_else(|| *pick(rng, FAULTS));
        let act = (kind.make)(rng);
        let time = seconds(rng, 0.0, trouble.as_secs_f64());
        // Some trouble comes in bursts: a server that fails again and again.
        let times = if rng.random_ratio(1, 12) {
            rng.random_range(2..16)
        } else {
            1
        };
        acts.extend(std::iter::repeat_n((time, act), times));
    }
    // A phase must be reached for its faults to happen, so sessions end now and then in any case.
    let ends = trouble.as_secs_f64() / (config.heartbeat_interval.as_secs_f64() * 3.0 + 5.0);
    let mut time = Duration::ZERO;
    while only.is_some() && ends > 0.0 && time < trouble {
        time += seconds(rng, 2.0, trouble.as_secs_f64() / ends.max(2.0));
        acts.push((time, Act::Inject(Fault::Reset, Phase::Streaming)));
    }
    acts.retain(|(time, _)| *time < trouble);
    acts.sort_by_key(|(time, _)| *time);
    acts
}
