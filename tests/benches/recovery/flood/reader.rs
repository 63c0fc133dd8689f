//! The client under a flood, in its own process: reads one event for every byte on its standard
//! input, and reports at the end of it.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;
use std::time::Duration;

use futures_util::FutureExt;
use rocketfi_client::{Builder, Client, Event, Events, GapCause, Overflow};
use rocketfi_protocol::SubscriptionKind;
use rocketfi_tests::quick;
use rocketfi_tests::samples::INSTRUMENT;
use tokio::runtime::{self, Runtime};

use crate::flood::memory::Memory;

/// What the flood consists of.
pub(super) const KIND: SubscriptionKind = SubscriptionKind::Ticker {
    instrument_id: INSTRUMENT,
};

/// Told when the client is subscribed and the measurement has begun.
pub(super) const READY: &str = "ready";

pub(super) const INTERVAL: Duration = Duration::from_millis(10);
pub(super) const PONG_TIMEOUT: Duration = Duration::from_millis(100);

/// What the reader has seen.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Growth in bytes.
    pub(super) heap: usize,
    /// Growth in bytes.
    pub(super) resident: usize,
    /// Events read at the slow pace.
    pub(super) read: usize,
    pub(super) gaps: usize,
    /// Of the gaps, those because of a missing `Pong`.
    pub(super) timeouts: usize,
}

/// # Panics
/// When anything goes wrong: the process that started this one notices.
pub(crate) fn read_slowly(order: &[String]) {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("threads can be started");
    let (_client, events) = runtime.block_on(subscribe(builder(order)));
    println!("{}", read(&runtime, events));
}

fn builder(order: &[String]) -> Builder {
    let [url, overflow, capacity] = order else {
        panic!("an order is an address, a policy and a capacity: {order:?}");
    };
    let overflow = match overflow.as_str() {
        "reconnect" => Overflow::Reconnect,
        "drop-newest" => Overflow::DropNewest,
        other => panic!("{other} is no policy"),
    };
    quick(url)
        .overflow(overflow)
        .event_capacity(capacity.parse().expect("a capacity is a number"))
        .heartbeat_interval(INTERVAL)
        .pong_timeout(PONG_TIMEOUT)
}

async fn subscribe(builder: Builder) -> (Client, Events) {
    let (client, events) = builder.connect().await.expect("the server accepts");
    client.subscribe(KIND).await.expect("the server confirms");
    (client, events)
}

/// The client works on meanwhile, in the threads of the runtime.
fn read(runtime: &Runtime, mut events: Events) -> Report {
    let memory = Memory::begin();
    let mut report = Report::default();
    println!("{READY}");
    let mut stdin = io::stdin().lock();
    while stdin.read(&mut [0]).is_ok_and(|count| count == 1) {
        if report.take_one(runtime, &mut events) {
            report.read += 1;
        }
    }
    report.heap = memory.heap_growth();
    report.resident = memory.resident_growth();
    while report.take_one(runtime, &mut events) {}
    report
}

impl Report {
    /// Whether there was an event.
    fn take_one(&mut self, runtime: &Runtime, events: &mut Events) -> bool {
        let event = runtime
            .block_on(async { events.recv().now_or_never() })
            .flatten();
        if let Some(Event::Gap { cause, .. }) = &event {
            self.gaps += 1;
            self.timeouts += usize::from(*cause == GapCause::HeartbeatTimeout);
        }
        event.is_some()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            heap,
            resident,
            read,
            gaps,
            timeouts,
        } = self;
        write!(f, "{heap} {resident} {read} {gaps} {timeouts}")
    }
}

impl FromStr for Report {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let figures: Vec<usize> = line
            .split_whitespace()
            .map_while(|it| it.parse().ok())
            .collect();
        let [heap, resident, read, gaps, timeouts] = figures[..] else {
            return Err(format!("no report: {line}"));
        };
        Ok(Self {
            heap,
            resident,
            read,
            gaps,
            timeouts,
        })
    }
}
