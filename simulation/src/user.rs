//! The user of a simulated client: callers that change their minds, and a reader.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_client::{Client, Event, Events};
use rocketfi_protocol::SubscriptionKind;
use tokio::sync::watch;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, sleep, timeout};

use crate::plan::Pace;
use crate::record::{Answered, Call};

/// Calls `subscribe` and `unsubscribe` for some kinds until the trouble is over, one call at a time.
pub(crate) async fn call(
    client: Client,
    kinds: Vec<SubscriptionKind>,
    seed: u64,
    mut trouble: watch::Receiver<bool>,
) -> Vec<Call> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut calls = Vec::new();
    // Everything is wanted at first, so that there is something to lose.
    for kind in &kinds {
        calls.push(subscribe(&client, kind.clone(), None).await);
    }
    loop {
        let pause = Duration::from_millis(rng.random_range(0..8_000));
        tokio::select! {
            biased;
            _ = trouble.wait_for(|trouble| !trouble) => return calls,
            () = sleep(pause) => {}
        }
        let kind = kinds[rng.random_range(0..kinds.len())].clone();
        let patience = rng
            .random_ratio(1, 8)
            .then(|| Duration::from_millis(rng.random_range(0..500)));
        calls.push(if rng.random_ratio(2, 3) {
            subscribe(&client, kind, patience).await
        } else {
            unsubscribe(&client, kind, patience).await
        });
    }
}

async fn subscribe(client: &Client, kind: SubscriptionKind, patience: Option<Duration>) -> Call {
    let calling = client.subscribe(kind.clone()).map(Answered::Subscribed);
    with_patience(kind, calling, patience).await
}

async fn unsubscribe(client: &Client, kind: SubscriptionKind, patience: Option<Duration>) -> Call {
    let calling = client.unsubscribe(kind.clone()).map(Answered::Unsubscribed);
    with_patience(kind, calling, patience).await
}

async fn with_patience(
    kind: SubscriptionKind,
    calling: impl Future<Output = Answered>,
    patience: Option<Duration>,
) -> Call {
    let began = Instant::now();
    let result = match patience {
        None => calling.await,
        Some(patience) => timeout(patience, calling)
            .await
            .unwrap_or(Answered::Dropped),
    };
    Call {
        kind,
        began,
        ended: Instant::now(),
        result,
    }
}

/// What was read so far.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Read>>);

#[derive(Default)]
struct Read {
    events: Vec<(Instant, Event)>,
    most_waiting: usize,
}

impl Log {
    fn with<T>(&self, change: impl FnOnce(&mut Read) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, event: Event) {
        let now = Instant::now();
        self.with(|read| read.events.push((now, event)));
    }

    pub(crate) fn events(&self) -> Vec<(Instant, Event)> {
        self.with(|read| read.events.clone())
    }

    pub(crate) fn with_events<T>(&self, look: impl FnOnce(&[(Instant, Event)]) -> T) -> T {
        self.with(|read| look(&read.events))
    }

    /// How many of the events match.
    pub(crate) fn count(&self, matches: impl Fn(&Event) -> bool) -> usize {
        self.with(|read| {
            read.events
                .iter()
                .filter(|(_, event)| matches(event))
                .count()
        })
    }

    pub(crate) fn most_waiting(&self) -> usize {
        self.with(|read| read.most_waiting)
    }
}

/// Reads events at the user's pace, and without pause once the trouble is over.
pub(crate) async fn read(
    mut events: Events,
    pace: Pace,
    log: Log,
    mut trouble: watch::Receiver<bool>,
) {
    while let Some(event) = events.recv().await {
        log.add(event);
        let pause = match pace {
            Pace::Fast => continue,
            Pace::Slow(pause) => pause,
            Pace::Pausing(pause) => {
                take_all(&mut events, &log);
                pause
            }
        };
        tokio::select! {
            biased;
            _ = trouble.wait_for(|trouble| !trouble) => {}
            () = sleep(pause) => {}
        }
    }
}

/// Takes what is there. The client gets no turn meanwhile, so this is how much had been waiting.
fn take_all(events: &mut Events, log: &Log) {
    let mut waiting = 0;
    while let Some(Some(event)) = unconstrained(events.recv()).now_or_never() {
        log.add(event);
        waiting += 1;
    }
    log.with(|read| read.most_waiting = read.most_waiting.max(waiting));
}
