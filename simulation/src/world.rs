//! One run: from a plan to what was broken.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_client::{Builder, Client, Event};
use rocketfi_mock_server::{Entry, MockServer, Received};
use rocketfi_protocol::{
    CollateralUpdate, Decimal, LastMatchPriceUpdate, ServerMessage, SubscriptionKind,
};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, advance, sleep, sleep_until, timeout};

use crate::check::{self, Violation, restored};
use crate::network::Network;
use crate::plan::{Act, LIES, Plan, kinds};
use crate::record::{Call, End, Probe, Record, Submission};
use crate::trader;
use crate::user::{self, Log};

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// How often each fault happened.
    pub faults: BTreeMap<&'static str, u64>,
    /// The rules that were broken.
    pub violations: Vec<Violation>,
    /// Simulated time.
    pub time: Duration,
    /// How many events the user was given.
    pub events: usize,
    /// How many sessions there were.
    pub sessions: usize,
}

/// Lives through a plan, and checks what happened.
///
/// # Panics
/// When the operating system gives no memory for a runtime.
#[must_use]
pub fn run(plan: &Plan) -> Outcome {
    let record = record(plan);
    let end = record.events.last().map_or(record.began, |(time, _)| *time);
    Outcome {
        violations: check::all(plan, &record),
        time: end.duration_since(record.began),
        events: record.events.len(),
        sessions: record.sessions().count(),
        faults: record.faults,
    }
}

/// Lives through a plan.
pub(crate) fn record(plan: &Plan) -> Record {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing but memory")
        .block_on(async { World::new(plan).live().await })
}

struct World<'p> {
    plan: &'p Plan,
    server: Arc<MockServer>,
    network: Network,
    log: Log,
    trouble: watch::Sender<bool>,
    began: Instant,
    jumps: Vec<(Instant, Duration)>,
    end: End,
}

/// The tasks of the user.
struct User {
    callers: Vec<JoinHandle<Vec<Call>>>,
    trader: JoinHandle<Vec<Submission>>,
    reader: JoinHandle<()>,
}

/// Longer than anything takes; the clock is simulated, so it costs nothing.
const FOR_EVER: Duration = Duration::from_secs(24 * 3600);

impl<'p> World<'p> {
    fn new(plan: &'p Plan) -> Self {
        let server = MockServer::builder()
            .seed(plan.seed)
            .quiet()
            .queue_capacity(4096)
            .start_without_port()
            .expect("the defaults make a market");
        let server = Arc::new(server);
        Self {
            plan,
            network: Network::new(plan, Arc::clone(&server)),
            server,
            log: Log::default(),
            trouble: watch::channel(true).0,
            began: Instant::now(),
            jumps: Vec::new(),
            end: End::default(),
        }
    }

    async fn live(mut self) -> Record {
        let (client, events) = Builder::from(self.plan.config.clone())
            .start_with(self.network.clone())
            .expect("every plan has a valid configuration");
        let user = User {
            callers: self.callers(&client),
            trader: tokio::spawn(trader::trade(
                client.clone(),
                self.plan.seed,
                self.trouble.subscribe(),
            )),
            reader: tokio::spawn(user::read(
                events,
                self.plan.pace,
                self.log.clone(),
                self.trouble.subscribe(),
            )),
        };
        let pusher = tokio::spawn(push(
            Arc::clone(&self.server),
            self.plan.push_every,
            self.plan.seed,
        ));
        self.suffer().await;
        pusher.abort();
        self.recover(client, user, &pusher).await
    }

    fn callers(&self, client: &Client) -> Vec<JoinHandle<Vec<Call>>> {
        // Every kind has one caller, so that it is known what is wanted in the end, except for the
        // last one, over which all of them quarrel.
        let mut own = kinds();
        let shared = own.split_off(own.len() - 1);
        let halves = own.chunks(own.len().div_ceil(2));
        let callers = halves.chain([&shared[..], &shared[..]]);
        callers
            .zip(0..)
            .map(|(kinds, number)| {
                let seed = self.plan.seed.wrapping_mul(31).wrapping_add(number);
                let trouble = self.trouble.subscribe();
                tokio::spawn(user::call(client.clone(), kinds.to_vec(), seed, trouble))
            })
            .collect()
    }

    /// The time of trouble.
    async fn suffer(&mut self) {
        let plan = self.plan;
        for (time, act) in &plan.acts {
            sleep_until(self.began + *time).await;
            match act {
                Act::Inject(fault, phase) => self.server.inject(fault.clone(), *phase),
                Act::RefuseDial => self.network.refuse_next(),
                Act::HangDial => self.network.ignore_next(),
                Act::Jump(time) => {
                    self.jumps.push((Instant::now(), *time));
                    advance(*time).await;
                }
            }
        }
        sleep_until(self.began + plan.trouble).await;
        self.network.heal();
        self.server.clear_faults();
        self.trouble.send_replace(false);
    }

    /// The time after it, until nothing is left.
    async fn recover(mut self, client: Client, user: User, pusher: &JoinHandle<()>) -> Record {
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
        debug_assert!(pusher.is_finished());
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

    fn last_session(&self) -> u64 {
        let opened = self
            .server
            .journal()
            .count(|entry| entry.event == Received::Opened);
        u64::try_from(opened).unwrap_or(u64::MAX)
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

    fn into_record(self, client: Client, calls: Vec<Call>, submissions: Vec<Submission>) -> Record {
        let mut faults = BTreeMap::new();
        for name in self.network.faults() {
            *faults.entry(name).or_default() += 1;
        }
        for _ in &self.jumps {
            *faults.entry("clock jump").or_default() += 1;
        }
        for entry in self.server.journal().entries() {
            if let Some(fault) = entry.fault() {
                *faults.entry(fault).or_default() += 1;
            }
        }
        Record {
            began: self.began,
            dials: self.network.dials(),
            lines: self.network.lines(),
            events: self.log.events(),
            most_waiting: self.log.most_waiting(),
            calls,
            submissions,
            jumps: self.jumps,
            faults,
            end: self.end,
            client,
            server: self.server,
        }
    }
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// The numbers of what is pushed begin here: prices that nothing else looks like.
const PUSHED: u64 = 7_777_000_000_000;
/// And those of probes here.
const PROBES: u64 = 8_888_000_000_000;

/// A message that belongs to a kind, told from others by its number.
pub(crate) fn message(kind: &SubscriptionKind, number: u64) -> ServerMessage {
    let number = Decimal::from(number);
    match kind {
        SubscriptionKind::Collateral { asset_id, account } => CollateralUpdate {
            asset_id: *asset_id,
            account: *account,
            collateral: number,
        }
        .into(),
        SubscriptionKind::LastMatchPrice { instrument_id } => LastMatchPriceUpdate {
            instrument_id: *instrument_id,
            last_match_price: number,
        }
        .into(),
        other => panic!("no run subscribes to {}", other.name()),
    }
}

/// Tells the subscribers of all kinds something new from time to time.
async fn push(server: Arc<MockServer>, every: Duration, seed: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(!seed);
    let kinds = kinds();
    for number in PUSHED.. {
        sleep(rng.random_range(Duration::ZERO..every * 2)).await;
        server.push(message(&kinds[rng.random_range(0..kinds.len())], number));
    }
}
