//! What happened in one run, for the checks to look at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rocketfi_client::{Client, Event, SendError, SubscribeError, UnsubscribeError};
use rocketfi_mock_server::MockServer;
use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;

use crate::network::Line;

/// Everything that happened, in the order in which it did.
pub(crate) struct Record {
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    pub(crate) dials: Vec<Instant>,
    pub(crate) lines: Vec<Arc<Line>>,
    pub(crate) events: Vec<(Instant, Event)>,
    pub(crate) calls: Vec<Call>,
    pub(crate) submissions: Vec<Submission>,
    /// The most events that could be read in one go.
    pub(crate) most_waiting: usize,
    /// When the process stood still, and for how long.
    pub(crate) jumps: Vec<(Instant, Duration)>,
    /// How often each fault happened.
    pub(crate) faults: BTreeMap<&'static str, u64>,
    pub(crate) end: End,
    /// As they were left behind.
    pub(crate) client: Client,
    pub(crate) server: Arc<MockServer>,
}

/// What was found when the trouble was over.
#[derive(Clone, Debug, Default)]
pub(crate) struct End {
    /// What did not end within its time.
    pub(crate) overdue: Vec<&'static str>,
    /// What the client says is subscribed.
    pub(crate) wanted: Vec<SubscriptionKind>,
    /// What the server says is subscribed on the last session, each as often as it is.
    pub(crate) live: Vec<SubscriptionKind>,
    /// Whether the two came to agree in time.
    pub(crate) agreed: bool,
    /// Within which they should.
    pub(crate) time_to_agree: Duration,
    /// Tasks that remained.
    pub(crate) tasks_left: usize,
    /// Messages that were pushed at the end, one a kind.
    pub(crate) probes: Vec<Probe>,
}

/// A message pushed to the subscribers of a kind.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) kind: SubscriptionKind,
    pub(crate) expected: usize,
    pub(crate) arrived: usize,
}

impl Probe {
    pub(crate) const fn is_right(&self) -> bool {
        self.arrived == self.expected
    }
}

/// One call of a user.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) kind: SubscriptionKind,
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    pub(crate) result: Answered,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    Subscribed(Result<(), SubscribeError>),
    Unsubscribed(Result<(), UnsubscribeError>),
    /// The caller lost patience.
    Dropped,
}

/// One transaction.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    pub(crate) result: Result<(), SendError>,
}

impl Record {
    /// How long the process stood still between two times, which is no time for whoever had a
    /// deadline.
    pub(crate) fn standstill(&self, from: Instant, to: Instant) -> Duration {
        let within = |jump: &&(Instant, Duration)| jump.0 + jump.1 >= from && jump.0 <= to;
        self.jumps
            .iter()
            .filter(within)
            .map(|(_, time)| *time)
            .sum()
    }

    /// Connections on which a WebSocket was opened, oldest first: the sessions.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Arc<Line>> {
        self.lines.iter().filter(|line| line.is_session())
    }

    /// Simulated time, for people.
    pub(crate) fn at(&self, time: Instant) -> String {
        format!("{:.3} s", time.duration_since(self.began).as_secs_f64())
    }
}
