//! A server, and an account that is followed on it.

use std::time::{Duration, Instant};

use rocketfi_account::{Account, Event, Reconciliation, RestSource, Trigger};
use rocketfi_client::Event as ClientEvent;
use rocketfi_mock_server::{Entry, MockServer, Received, RestAnswer, RestAnswerTo, Times};
use rocketfi_protocol::rest::{OPEN_ORDERS, OpenOrdersPage};
use rocketfi_protocol::{OpenOrder, OrderEvent, OrderEventData, OrderId};
use rocketfi_tests::{deadline, quick};

/// What the account does not learn by the stream before the cut.
#[derive(Clone, Copy)]
pub(super) enum Missed {
    Nothing,
    /// At least so many.
    Fills(usize),
    /// At least so many.
    Events(usize),
}

/// What came of one.
pub(super) struct Run {
    /// From the cut.
    pub(super) took: Duration,
    pub(super) events: usize,
    pub(super) fills: usize,
    /// Over REST.
    pub(super) requests: usize,
}

pub(super) struct Stage {
    server: MockServer,
    account: Account,
    /// How many orders REST lists: those of the market, and others that rest for ever.
    open_orders: Option<usize>,
    /// What the others look like.
    order: OpenOrder,
}

impl Stage {
    pub(super) async fn set(rest_lag: Duration, open_orders: Option<usize>) -> Self {
        let builder = MockServer::builder().seed(7).quiet().snapshots(true);
        let server = builder.start().await.expect("a port is free");
        let order = trade(&server);
        let backoff = Duration::from_millis(1);
        let builder = quick(server.url())
            .backoff_min(backoff)
            .backoff_max(backoff);
        let (client, events) = deadline("a connection", builder.connect())
            .await
            .expect("the server accepts its first client");
        let source = RestSource::new(server.url()).expect("a URL");
        let account = Account::builder(server.accounts()[0])
            .rest_lag(rest_lag)
            .start(client, events, source)
            .expect("the settings are valid");
        let mut stage = Self {
            server,
            account,
            open_orders,
            order,
        };
        stage.list_orders();
        stage.reconciled().await;
        stage
    }

    pub(super) async fn run(&mut self, missed: Missed) -> Run {
        self.drain().await;
        // What the server tells now goes to nobody.
        self.server.go_silent();
        self.let_happen(missed);
        self.server.speak();
        self.list_orders();
        let mark = self.server.journal().mark();
        let cut = Instant::now();
        self.server.drop_connections();
        let report = self.reconciled().await;
        let took = cut.elapsed();
        assert_eq!(report.trigger, Trigger::Gap);
        assert!(report.complete, "more pages are read than there are");
        let is_request =
            |entry: &Entry| entry.seq >= mark && matches!(entry.event, Received::Rest { .. });
        Run {
            took,
            events: report.order_events,
            fills: report.missed_fills.len(),
            requests: self.server.journal().count(is_request),
        }
    }

    /// Moves the market on until enough has happened.
    fn let_happen(&self, missed: Missed) {
        let (least, is_such): (usize, fn(&OrderEvent) -> bool) = match missed {
            Missed::Nothing => return,
            Missed::Events(least) => (least, |_| true),
            Missed::Fills(least) => (least, is_fill),
        };
        let account = self.account.address();
        let known = self.server.with_market(|market| {
            let log = market.order_events(account)?;
            log.last().cloned()
        });
        // The log has an end, so its length says nothing.
        let happened = || {
            self.server.with_market(|market| {
                let log = market.order_events(account).into_iter().flatten();
                let since = log.rev().take_while(|event| Some(*event) != known.as_ref());
                since.filter(|event| is_such(event)).count()
            })
        };
        while let Some(left) = least.checked_sub(happened()).filter(|left| *left > 0) {
            for _ in 0..(left / 8).max(1) {
                self.server.tick();
            }
        }
    }

    /// Fills the list of open orders up.
    fn list_orders(&self) {
        let Some(wanted) = self.open_orders else {
            return;
        };
        let account = self.account.address();
        let listed = self
            .server
            .with_market(|market| market.open_orders(account));
        let mut orders = listed.unwrap_or_default();
        let resting = |id: u64| OpenOrder {
            order_id: OrderId(id),
            ..self.order.clone()
        };
        let missing = u64::try_from(wanted.saturating_sub(orders.len())).unwrap_or_default();
        let others: Vec<_> = (1..=missing).map(resting).collect();
        orders.splice(0..0, others);
        let page = OpenOrdersPage {
            orders,
            ..OpenOrdersPage::default()
        };
        let body = serde_json::to_vec(&page).expect("a page is JSON");
        let answer = RestAnswer::Text { status: 200, body };
        self.server.clear_rest_answers();
        let to = RestAnswerTo::path(OPEN_ORDERS);
        self.server.answer_rest(to, answer, Times::Always);
    }

    async fn reconciled(&mut self) -> Reconciliation {
        loop {
            if let Event::Reconciled(report) = self.next().await {
                return report;
            }
        }
    }

    /// Returns when everything that was sent or held back was told.
    async fn drain(&mut self) {
        const MARK: &str = "EndOfDrain";
        assert_eq!(self.server.push_text(format!("\"{MARK}\"")), 1, "a session");
        loop {
            if let Event::Client(ClientEvent::Unrecognized { name, .. }) = self.next().await
                && name == MARK
            {
                return;
            }
        }
    }

    async fn next(&mut self) -> Event {
        let event = deadline("an event", self.account.recv()).await;
        event.expect("the account lives")
    }
}

/// Lets the account have something to compare, and answers with one of its orders.
fn trade(server: &MockServer) -> OpenOrder {
    for _ in 0..100 {
        server.tick();
    }
    loop {
        let open = server.with_market(|market| market.open_orders(server.accounts()[0]));
        if let Some(order) = open.unwrap_or_default().pop() {
            return order;
        }
        server.tick();
    }
}

fn is_fill(event: &OrderEvent) -> bool {
    matches!(event.event_data, OrderEventData::Fill(_))
}
