//! One run: from a plan to what was broken.

mod recovery;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_client::{Builder, Client};
use rocketfi_mock_server::MockServer;
use rocketfi_protocol::{
    CollateralUpdate, Decimal, LastMatchPriceUpdate, ServerMessage, SubscriptionKind,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, advance, sleep, sleep_until};

use crate::check::{self, Violation};
use crate::network::Network;
use crate::plan::{Act, Plan, kinds};
use crate::record::{Call, End, Record, Submission};
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
            network: Network::new(plan.seed, plan.pipe, plan.latency, Arc::clone(&server)),
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
        self.recover(client, user).await
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
            ended: Instant::now(),
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

/// The numbers of what is pushed begin here: prices that nothing else looks like.
const PUSHED: u64 = 7_777_000_000_000;

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
