//! A server, and a client that has everything subscribed on it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rocketfi_client::{Client, Event};
use rocketfi_mock_server::{Entry, MockServer, Received};
use rocketfi_protocol::{AccountAddress, SubscriptionKind};
use rocketfi_tests::samples::{ASSET, kinds, numbered};
use rocketfi_tests::{Listener, PATIENCE, deadline, quick, quiet_server};

use crate::cut::fault::{Blow, Fault};
use crate::cut::tap::Tap;

/// How many subscriptions are to be restored.
pub(super) const KINDS: usize = 16;

/// More than the queue of a user holds, less than the mock keeps for a client.
const FLOOD: u64 = 300;

pub(super) struct Stage {
    server: Arc<MockServer>,
    tap: Tap,
    events: Listener,
    /// What the client has named as causes.
    causes: BTreeSet<&'static str>,
    /// Dropping the last handle would end the client.
    _client: Client,
}

impl Stage {
    pub(super) async fn set(fault: &Fault) -> Self {
        let server = Arc::new(quiet_server().await);
        let tap = Tap::before(Arc::clone(&server)).await;
        let url = match fault.blow {
            Blow::Bytes(_) => tap.url(),
            _ => server.url(),
        };
        let backoff = Duration::from_millis(1);
        let builder = quick(url).backoff_min(backoff).backoff_max(backoff);
        let connecting = fault.adjust(builder).connect();
        let (client, events) = deadline("a connection", connecting)
            .await
            .expect("the server accepts its first client");
        for kind in sixteen() {
            deadline("a confirmation", client.subscribe(kind))
                .await
                .expect("the server confirms");
        }
        Self {
            server,
            tap,
            events: Listener::new(events),
            causes: BTreeSet::new(),
            _client: client,
        }
    }

    /// Answers with the moment from which recovery is measured.
    pub(super) async fn inflict(&mut self, blow: &Blow) -> Instant {
        let cut = Instant::now();
        match blow {
            Blow::Server(inflict) => inflict(&self.server),
            Blow::Bytes(bytes) => self.tap.write(bytes),
            Blow::Restart => self.restart().await,
            Blow::Silence => return self.fall_silent().await,
            Blow::Overflow => return self.overflow().await,
        }
        cut
    }

    /// The moment at which the last of all kinds is told to be live again.
    pub(super) async fn all_confirmed(&mut self) -> Instant {
        let mut live = 0;
        while live < KINDS {
            match self.events.event().await {
                Event::Gap { cause, .. } => {
                    self.causes.insert(cause.name());
                    live = 0;
                }
                Event::Resubscribed { kinds, .. } => live += kinds.len(),
                _ => {}
            }
        }
        Instant::now()
    }

    /// By which names the client has announced the faults.
    pub(super) fn causes(&self) -> String {
        let causes: Vec<_> = self.causes.iter().copied().collect();
        causes.join(", ")
    }

    async fn restart(&mut self) {
        let addr = self.server.addr();
        deadline("the end of a server", self.server.shutdown()).await;
        let starting = MockServer::builder().quiet().listen(addr).start();
        self.server = Arc::new(starting.await.expect("the port is free again"));
    }

    async fn fall_silent(&mut self) -> Instant {
        self.server.go_silent();
        let (cause, _) = self.events.gap().await;
        let gap = Instant::now();
        self.server.speak();
        self.causes.insert(cause.name());
        gap
    }

    async fn overflow(&mut self) -> Instant {
        let journal = self.server.journal();
        let mark = journal.mark();
        for number in 0..FLOOD {
            self.server.push(numbered(number));
        }
        let hung_up = |entry: &Entry| matches!(entry.event, Received::Closed { .. });
        let waiting = journal.wait_for_after(mark, hung_up, PATIENCE);
        waiting.await.expect("the client ends the session");
        Instant::now()
    }
}

/// One of each kind, and one more for another account.
fn sixteen() -> impl Iterator<Item = SubscriptionKind> {
    let account = AccountAddress::from_bytes([7; 20]);
    let more = SubscriptionKind::Collateral {
        asset_id: ASSET,
        account,
    };
    kinds().into_iter().chain([more]).take(KINDS)
}
