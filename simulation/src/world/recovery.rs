//! What happens when the trouble is over: the client recovers, is asked, and ends.

use std::collections::BTreeSet;
use std::time::Duration;

use rocketfi_client::{Client, Event};
use rocketfi_mock_server::{Entry, Received};
use rocketfi_protocol::SubscriptionKind;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::{User, World, message};
use crate::check::restored;
use crate::plan::{LIES, kinds};
use crate::record::{Call, Probe, Record};

/// Longer than anything takes; the clock is simulated, so it costs nothing.
const FOR_EVER: Duration = Duration::from_secs(24 * 3600);

/// The numbers of probes begin here, beyond those of all that is pushed before.
const PROBES: u64 = 8_888_000_000_000;

impl World<'_> {
    /// The time after it, until nothing is left.
    pub(super) async fn recover(mut self, client: Client, user: User) -> Record {
        let calls = self.finish(user.callers).await;
        let submissions = self.finish([user.trader]).await;
        let is_cut = self.plan.cut_at_end || self.is_lied_to();
        if is_cut {
            self.server.drop_connections();
        } else {
            // A Ping that was swallowed during the trouble may still cost the session.
            sleep(self.plan.config.heartbeat_interval + self.plan.config.pong_timeout).await;
        }
        self.end.time_to_agree = self.plan.recovery(is_cut);
        self.agree(&client, &calls).await;
        self.close(&client, user.reader).await;
        self.count_tasks().await;
        self.into_record(client, calls, submissions)
    }

    async fn finish<T>(&mut self, tasks: impl IntoIterator<Item = JoinHandle<Vec<T>>>) -> Vec<T> {
        let mut made = Vec::new();
        for task in tasks {
            match timeout(FOR_EVER, task).await {
                Ok(Ok(calls)) => made.extend(calls),
                Ok(Err(_)) | Err(_) => self.end.overdue.push("a call"),
            }
        }
        made
    }

    /// Waits until the server has subscribed what the client says is wanted, and what it sends
    /// arrives.
    async fn agree(&mut self, client: &Client, calls: &[Call]) {
        let deadline = Instant::now() + self.end.time_to_agree;
        for round in 0.. {
            let mut wanted = client.subscriptions().await;
            let mut live = self.server.subscriptions(self.last_session());
            wanted.sort();
            live.sort();
            let sessions = self.network.sessions();
            let owed = self
                .log
                .with_events(|events| restored::owed(events, calls, &sessions));
            let is_told = !wanted.iter().any(|kind| owed.contains(kind));
            self.end.agreed = is_told && wanted == live;
            (self.end.wanted, self.end.live) = (wanted, live);
            let is_late = Instant::now() > deadline;
            // A session that ends meanwhile, such as one that has reached its age, begins it anew.
            let is_sound = self.end.agreed
                && self.probe(round).await
                && self.network.sessions().len() == sessions.len()
                && sessions
                    .last()
                    .is_some_and(|line| line.course().closed.is_none());
            if is_sound || is_late {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Whether the server does other than it says on the last session.
    fn is_lied_to(&self) -> bool {
        let last = self.server.journal().of_session(self.last_session());
        let injected: Vec<_> = last.iter().filter_map(Entry::fault).collect();
        // One of an earlier session may be taken for the answer to a request that is refused then.
        let stale_ack = "acks of an earlier session";
        let is_refused = injected.contains(&stale_ack) && injected.contains(&"error for an ack");
        is_refused || injected.iter().any(|fault| LIES.contains(fault))
    }

    /// The last session that the server still has. A handshake that was held up may be completed after the client has
    /// given it up, and such a session is over at once.
    fn last_session(&self) -> u64 {
        let (mut open, mut closed) = (BTreeSet::new(), BTreeSet::new());
        for entry in self.server.journal().entries() {
            match entry.event {
                Received::Opened => {
                    open.insert(entry.session);
                }
                Received::Closed { .. } => {
                    closed.insert(entry.session);
                }
                _ => {}
            }
        }
        open.difference(&closed).last().copied().unwrap_or(0)
    }

    /// One message a kind must reach the user once, if the kind is wanted, and else not at all.
    async fn probe(&mut self, round: u64) -> bool {
        let numbers = PROBES + round * 100..;
        let probes: Vec<_> = kinds().into_iter().zip(numbers).collect();
        for (kind, number) in &probes {
            self.server.push(message(kind, *number));
        }
        sleep(self.plan.latency * 2 + Duration::from_secs(2)).await;
        let arrived = |(kind, number): (SubscriptionKind, u64)| {
            let probe = message(&kind, number);
            let is_it = |event: &Event| matches!(event, Event::Message { message, .. } if *message == probe);
            Probe {
                expected: usize::from(self.end.wanted.contains(&kind)),
                arrived: self.log.count(is_it),
                kind,
            }
        };
        self.end.probes = probes.into_iter().map(arrived).collect();
        self.end.probes.iter().all(Probe::is_right)
    }

    async fn close(&mut self, client: &Client, reader: JoinHandle<()>) {
        let config = &self.plan.config;
        let longest = config.close_timeout + Duration::from_secs(1);
        if timeout(longest, client.close()).await.is_err() {
            self.end.overdue.push("closing");
        }
        // A reader that panicked has not ended either.
        if !matches!(timeout(longest, reader).await, Ok(Ok(()))) {
            self.end.overdue.push("the stream of events");
        }
    }

    async fn count_tasks(&mut self) {
        self.server.shutdown().await;
        // What waits for the end of a fault ends with it.
        let patience = Instant::now() + Duration::from_secs(60);
        while tasks() > 0 && Instant::now() < patience {
            sleep(Duration::from_secs(1)).await;
        }
        self.end.tasks_left = tasks();
    }
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}
