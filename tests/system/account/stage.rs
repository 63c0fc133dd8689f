//! A server, an account that is followed on it, and what its user was told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rocketfi_account::{
    Account, Builder, Event, Origin, Reconciliation, RestSource, Source, Trigger,
};
use rocketfi_client::{Builder as ClientBuilder, Event as ClientEvent};
use rocketfi_mock_server::market::{EPOCH, Market, TICK};
use rocketfi_mock_server::{Entry, MockServer, Received};
use rocketfi_protocol::{
    AccountAddress, OrderEvent, OrderEventData, PositionFundingUpdate, ServerMessage,
};
use rocketfi_tests::{deadline, quick};

/// Every so many ticks the market tells every position and every margin anew.
const REVALUED: u64 = 5;

/// How far the market had moved before the account was followed.
const PAST: usize = 60;

pub(super) struct Stage {
    pub(super) server: Arc<MockServer>,
    pub(super) account: Account,
    pub(super) told: Vec<Event>,
    /// How many order events and payments there had been before.
    past: (usize, usize),
}

impl Stage {
    /// With everything as it suits most tests, and reconciled.
    pub(super) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(super) async fn with(adjust: impl FnOnce(Builder) -> Builder) -> Self {
        Self::of(server().await, |client| client, adjust, |rest| rest).await
    }

    /// This server and a client, an account and a source with other settings; reconciled.
    pub(super) async fn of<S: Source>(
        server: MockServer,
        adjust_client: impl FnOnce(ClientBuilder) -> ClientBuilder,
        adjust: impl FnOnce(Builder) -> Builder,
        source: impl FnOnce(RestSource) -> S,
    ) -> Self {
        let server = Arc::new(server);
        let account = patient(server.accounts()[0]);
        Self::follow(server, adjust_client, adjust(account), source).await
    }

    /// The account with this number, on a server that others use too.
    pub(super) async fn following(server: &Arc<MockServer>, number: usize) -> Self {
        let account = patient(server.accounts()[number]);
        Self::follow(Arc::clone(server), |it| it, account, |it| it).await
    }

    async fn follow<S: Source>(
        server: Arc<MockServer>,
        adjust_client: impl FnOnce(ClientBuilder) -> ClientBuilder,
        builder: Builder,
        source: impl FnOnce(RestSource) -> S,
    ) -> Self {
        let connecting = adjust_client(quick(server.url())).connect();
        let (client, events) = deadline("a connection", connecting)
            .await
            .expect("the server accepts a client");
        let source = source(RestSource::new(server.url()).expect("a URL"));
        let account = builder
            .start(client, events, source)
            .expect("the settings are valid");
        let mut stage = Self {
            past: happened(&server, account.address()),
            account,
            server,
            told: Vec::new(),
        };
        assert_eq!(stage.reconciled().await.trigger, Trigger::Connected);
        stage
    }

    pub(super) async fn next(&mut self) -> Option<Event> {
        let event = deadline("an event", self.account.recv()).await?;
        self.told.push(event.clone());
        Some(event)
    }

    /// Skips to the first event that matches, which `what` names.
    pub(super) async fn until(&mut self, what: &str, matches: impl Fn(&Event) -> bool) -> Event {
        let search = async {
            loop {
                let event = self.next().await;
                let event = event.unwrap_or_else(|| panic!("the end came before {what}"));
                if matches(&event) {
                    return event;
                }
            }
        };
        deadline(what, search).await
    }

    /// Skips to the next `Reconciled`, and tells what it says.
    pub(super) async fn reconciled(&mut self) -> Reconciliation {
        let is_reconciled = |event: &Event| matches!(event, Event::Reconciled(_));
        match self.until("a reconciliation", is_reconciled).await {
            Event::Reconciled(report) => report,
            other => unreachable!("{other:?}"),
        }
    }

    pub(super) async fn gap(&mut self) {
        let is_gap = |event: &Event| matches!(event, Event::Gap { .. });
        self.until("a gap", is_gap).await;
    }

    pub(super) async fn resubscribed(&mut self) {
        let is_resubscribed =
            |event: &Event| matches!(event, Event::Client(ClientEvent::Resubscribed { .. }));
        self.until("a Resubscribed", is_resubscribed).await;
    }

    /// Skips to where nothing is known to be missing.
    pub(super) async fn be_reconciled(&mut self) {
        while !self.account.is_reconciled() {
            self.next().await.expect("the account lives");
        }
    }

    pub(super) fn tick(&self, times: usize) {
        for _ in 0..times {
            self.server.tick();
        }
    }

    /// Returns when all that the server has sent so far was taken in.
    pub(super) async fn drain(&mut self) {
        // No other stage on the same server has the same.
        static MARKS: AtomicU64 = AtomicU64::new(1);
        let mark = format!("EndOfDrain{}", MARKS.fetch_add(1, Ordering::Relaxed));
        assert!(
            self.server.push_text(format!("\"{mark}\"")) > 0,
            "a session"
        );
        let is_mark = |event: &Event| matches!(event, Event::Client(ClientEvent::Unrecognized { name, .. }) if *name == mark);
        self.until("the mark", is_mark).await;
    }

    /// Some ordinary movements up to one after which everything is told anew, until nothing is under way any more.
    pub(super) async fn settle(&mut self) {
        self.be_reconciled().await;
        for number in 0.. {
            if number >= 5 && self.ticks().is_multiple_of(REVALUED) {
                break;
            }
            self.server.tick();
            // The queue of a user may be short.
            self.drain().await;
        }
        while !self.account.is_reconciled() {
            self.reconciled().await;
            self.drain().await;
        }
    }

    /// How often the market has moved.
    fn ticks(&self) -> u64 {
        let now = self.server.with_market(Market::now);
        (now.0 - EPOCH.0) / u64::try_from(TICK.as_millis()).expect("it is short")
    }

    /// Settles, and compares everything with the server's own books.
    pub(super) async fn assert_all_is_well(&mut self) {
        self.settle().await;
        self.assert_equal();
        self.assert_each_event_came_once();
    }

    /// The account as followed is the server's own, to the letter.
    pub(super) fn assert_equal(&self) {
        let (state, account) = (self.account.state(), self.account.address());
        self.server.with_market(|market| {
            let own: Vec<_> = state
                .open_orders()
                .filter_map(|it| it.view().cloned())
                .collect();
            assert_eq!(own.len(), state.open_orders().len());
            assert_eq!(Some(own), market.open_orders(account), "open orders");
            assert_eq!(Some(state.positions()), market.positions(account).as_ref());
            let mut amounts = market.collaterals(account).expect("it trades");
            amounts.retain(|asset, _| asset.0 == 0);
            assert_eq!(state.collateral(), &amounts);
            assert_eq!(state.risk(), market.risk(account).as_ref());
        });
    }

    /// What happened since the account is followed.
    pub(super) fn happened(&self) -> Vec<OrderEvent> {
        let account = self.account.address();
        self.server.with_market(|market| {
            let log = market.order_events(account).expect("it trades");
            log.skip(self.past.0).cloned().collect()
        })
    }

    /// The order events that the user was given of one origin, or of any.
    pub(super) fn given(&self, of: Option<Origin>) -> Vec<OrderEvent> {
        let batch = |event: &Event| match event {
            Event::Message {
                message: ServerMessage::OrderEventUpdate(update),
                origin,
                ..
            } if of.is_none_or(|of| of == *origin) => update.order_events.clone(),
            _ => Vec::new(),
        };
        self.told.iter().flat_map(batch).collect()
    }

    /// Whatever the order in which they were told.
    pub(super) fn assert_each_event_came_once(&self) {
        let (happened, given) = (self.happened(), self.given(None));
        for event in &happened {
            let times = given.iter().filter(|it| *it == event).count();
            assert_eq!(times, 1, "{event:?}");
        }
        assert_eq!(given.len(), happened.len(), "nothing that never happened");
        assert!(happened.iter().any(is_fill), "nothing was tested");
        let account = self.account.address();
        let paid: Vec<PositionFundingUpdate> = self.server.with_market(|market| {
            let log = market.funding_events(account).expect("it trades");
            log.skip(self.past.1).cloned().map(Into::into).collect()
        });
        let told: Vec<_> = self.told.iter().filter_map(payment).collect();
        for payment in &paid {
            let times = told.iter().filter(|it| **it == payment).count();
            assert_eq!(times, 1, "{payment:?}");
        }
        assert_eq!(told.len(), paid.len());
    }

    /// What was told is what happened, in its order.
    pub(super) fn assert_events_came_in_order(&self) {
        let (happened, given) = (self.happened(), self.given(None));
        assert_eq!(given.len(), happened.len());
        for (number, (given, happened)) in given.iter().zip(&happened).enumerate() {
            assert_eq!(given, happened, "at {number}");
        }
    }

    /// How often REST was asked so far.
    pub(super) fn requests(&self) -> usize {
        let is_rest = |entry: &Entry| matches!(entry.event, Received::Rest { .. });
        self.server.journal().count(is_rest)
    }
}

/// Tells new subscribers how things are, and moves only when a test says so.
pub(super) async fn server() -> MockServer {
    server_with_accounts(1).await
}

pub(super) async fn server_with_accounts(accounts: usize) -> MockServer {
    let builder = MockServer::builder().seed(7).quiet().snapshots(true);
    let starting = builder.accounts(accounts).queue_capacity(65_536).start();
    let server = starting.await.expect("a port is free");
    for _ in 0..PAST {
        server.tick();
    }
    server
}

/// Nothing is waited for that need not be, and nothing overdue on a busy machine.
pub(super) fn patient(account: AccountAddress) -> Builder {
    Account::builder(account)
        .rest_lag(Duration::ZERO)
        .hold_for(Duration::from_secs(60))
        .hold_capacity(65_536)
        .min_interval(Duration::ZERO)
        .backoff_min(Duration::from_millis(1))
        .backoff_max(Duration::from_millis(5))
        .seed(7)
}

pub(super) fn is_fill(event: &OrderEvent) -> bool {
    matches!(event.event_data, OrderEventData::Fill(_))
}

fn payment(event: &Event) -> Option<&PositionFundingUpdate> {
    match event {
        Event::Message {
            message: ServerMessage::PositionFundingUpdate(payment),
            ..
        } => Some(payment),
        _ => None,
    }
}

fn happened(server: &MockServer, account: AccountAddress) -> (usize, usize) {
    server.with_market(|market| {
        let events = market.order_events(account).expect("it trades").len();
        (
            events,
            market.funding_events(account).expect("it trades").len(),
        )
    })
}
