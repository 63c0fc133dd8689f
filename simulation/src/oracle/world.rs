//! One run: from a plan to what was broken.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_account::{Account, Event};
use rocketfi_client::Builder;
use rocketfi_mock_server::market::{EPOCH, Market, TICK};
use rocketfi_mock_server::{MockServer, RestAnswerTo, Times};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::plan::{Act, Plan};
use super::source::Rest;
use super::user::{self, Log};
use super::{Outcome, check};
use crate::network::Network;

/// Every so many ticks the market tells every position and every margin anew.
pub(super) const REVALUED: u64 = 5;

/// How long nothing must happen until nothing is going on any more, without audits.
const QUIET: Duration = Duration::from_secs(10);

/// All that is known of a run.
pub(super) struct Record {
    pub(super) began: Instant,
    pub(super) events: Vec<(Instant, Event)>,
    /// The account as it was followed to the end.
    pub(super) account: Account,
    pub(super) server: Arc<MockServer>,
    /// How many order events and funding payments there had been before it was followed.
    pub(super) past: (usize, usize),
    /// Whether everything was right in time, after the trouble and in the end.
    pub(super) is_settled: bool,
    pub(super) faults: BTreeMap<&'static str, u64>,
}

/// Lives through a plan, and checks what happened.
pub(super) fn live(plan: &Plan) -> Outcome {
    live_and_record(plan).1
}

pub(super) fn live_and_record(plan: &Plan) -> (Record, Outcome) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing but memory");
    runtime.block_on(async {
        let record = World::new(plan).live().await;
        let outcome = check::all(plan, &record);
        (record, outcome)
    })
}

struct World<'p> {
    plan: &'p Plan,
    server: Arc<MockServer>,
    network: Network,
    log: Log,
    trouble: watch::Sender<bool>,
    began: Instant,
    past: (usize, usize),
    faults: BTreeMap<&'static str, u64>,
}

impl<'p> World<'p> {
    fn new(plan: &'p Plan) -> Self {
        let server = MockServer::builder()
            .seed(plan.seed)
            .quiet()
            .snapshots(true)
            .accounts(2)
            .queue_capacity(4096)
            .rest_lag(plan.lag)
            .start_without_port()
            .expect("the defaults make a market");
        let server = Arc::new(server);
        for _ in 0..plan.past {
            server.tick();
        }
        Self {
            plan,
            network: Network::new(plan.seed, plan.pipe, plan.latency, Arc::clone(&server)),
            past: happened(&server),
            server,
            log: Log::default(),
            trouble: watch::channel(true).0,
            began: Instant::now(),
            faults: BTreeMap::new(),
        }
    }

    async fn live(mut self) -> Record {
        let account = self.account();
        let (over_tx, over) = watch::channel(false);
        let trouble = self.trouble.subscribe();
        let following = user::follow(account, self.plan.pace, self.log.clone(), trouble, over);
        let following = tokio::spawn(following);
        self.suffer().await;
        let recovered = self.settle().await;
        self.calm_down().await;
        let is_settled = recovered && self.settle().await;
        over_tx.send_replace(true);
        self.into_record(following, is_settled).await
    }

    fn account(&self) -> Account {
        let plan = self.plan;
        let (client, events) = Builder::from(plan.client.clone())
            .start_with(self.network.clone())
            .expect("every plan has a valid configuration");
        let source = Rest::new(Arc::clone(&self.server), plan.rest_latency, plan.seed);
        let mut builder = Account::builder(self.server.accounts()[0])
            .rest_lag(plan.rest_lag)
            .hold_for(plan.hold_for)
            .hold_capacity(plan.hold_capacity)
            .page_size(plan.page_size)
            .max_pages(100_000)
            .backoff_max(Duration::from_secs(8))
            .seed(plan.seed);
        if let Some(every) = plan.audit_every {
            builder = builder.audit_every(every);
        }
        builder
            .start(client, events, source)
            .expect("every plan has a valid configuration")
    }

    /// The time of trouble. The market moves from the first reconciliation on, so that it is known what there was to be
    /// told.
    async fn suffer(&mut self) {
        let ticker = tokio::spawn(tick(
            Arc::clone(&self.server),
            self.log.clone(),
            self.plan.tick_every,
            self.plan.burst,
            self.plan.seed,
        ));
        for (time, act) in &self.plan.acts {
            sleep_until(self.began + *time).await;
            *self.faults.entry(act.name()).or_default() += 1;
            self.carry_out(act);
        }
        sleep_until(self.began + self.plan.trouble).await;
        ticker.abort();
        self.network.heal();
        self.server.clear_faults();
        self.server.clear_rest_answers();
        self.trouble.send_replace(false);
    }

    fn carry_out(&self, act: &Act) {
        match act {
            Act::Inject(fault, phase) => self.server.inject(fault.clone(), *phase),
            Act::RefuseDial => self.network.refuse_next(),
            Act::Rest(answer) => {
                let to = RestAnswerTo::anything();
                self.server.answer_rest(to, answer.clone(), Times::Once);
            }
            Act::CutInBurst(ticks) if self.log.with(|told| has_begun(&told.events)) => {
                for number in 0..*ticks {
                    if number == ticks / 2 {
                        self.server.drop_connections();
                    }
                    self.server.tick();
                }
            }
            Act::CutInBurst(_) => {
                self.server.drop_connections();
            }
        }
    }

    /// Some ordinary movements, in some runs up to one after which everything is told anew.
    async fn calm_down(&self) {
        let mut ticks = 0;
        while ticks < 10 || self.ticks() % REVALUED != self.plan.seed % REVALUED {
            self.server.tick();
            ticks += 1;
            sleep(TICK).await;
        }
    }

    fn ticks(&self) -> u64 {
        let now = self.server.with_market(Market::now);
        (now.0 - EPOCH.0) / u64::try_from(TICK.as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits until nothing is going on; whether that came in time.
    async fn settle(&self) -> bool {
        let quiet_since = || {
            let log = &self.log;
            log.with(|told| told.events.last().map_or(self.began, |(time, _)| *time))
        };
        // Audits that find nothing, one after the other, show as much as quiet does.
        self.log.with(|told| told.audits = 0);
        let is_settled = || {
            let (is_reconciled, audits) = self.log.with(|told| (told.is_reconciled, told.audits));
            is_reconciled
                && match self.plan.audit_every {
                    Some(_) => audits >= 2,
                    None => quiet_since().elapsed() >= QUIET,
                }
        };
        let waiting = async {
            while !is_settled() {
                sleep(Duration::from_millis(500)).await;
            }
        };
        timeout(self.plan.recovery(), waiting).await.is_ok()
    }

    async fn into_record(self, following: JoinHandle<Account>, is_settled: bool) -> Record {
        let account = following.await.expect("a user does not panic");
        Record {
            began: self.began,
            events: self.log.with(|told| std::mem::take(&mut told.events)),
            account,
            server: self.server,
            past: self.past,
            is_settled,
            faults: self.faults,
        }
    }
}

/// Whether the account was reconciled for the first time.
fn has_begun(events: &[(Instant, Event)]) -> bool {
    events
        .iter()
        .any(|(_, event)| matches!(event, Event::Reconciled(_)))
}

/// How many order events and funding payments the account has had.
fn happened(server: &MockServer) -> (usize, usize) {
    let account = server.accounts()[0];
    server.with_market(|market| {
        let events = market.order_events(account).map_or(0, |it| it.len());
        let payments = market.funding_events(account).map_or(0, |it| it.len());
        (events, payments)
    })
}

/// Moves the market now and then, by more than one tick sometimes.
async fn tick(server: Arc<MockServer>, log: Log, every: Duration, burst: u32, seed: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(!seed);
    while !log.with(|told| has_begun(&told.events)) {
        sleep(every).await;
    }
    loop {
        sleep(rng.random_range(Duration::ZERO..every * 2)).await;
        for _ in 0..rng.random_range(1..=burst) {
            server.tick();
        }
    }
}
