//! A burst of fills with the connection cut in its middle, and whether the user got every fill once.

mod tally;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use rocketfi_account::client::Client;
use rocketfi_account::protocol::{OrderEvent, OrderEventData};
use rocketfi_account::{Account, Event, RestSource};
use rocketfi_mock_server::{MockServer, Received};
use tokio::time::{Instant, interval, timeout_at};

use crate::compare::Comparison;
use crate::output::Output;
use crate::quiet::{quiet, round_off};
use tally::Tally;

/// Ticks that are streamed one by one before the cut, and after it.
const STREAMED: usize = 500;
/// Ticks right before the cut: their frames are still under way.
const UNDER_WAY: usize = 50;
/// Ticks right after the cut, when nobody is connected.
const UNSEEN: usize = 250;
/// A hundred times as fast as the market's own clock.
const PACE: Duration = Duration::from_millis(1);
/// All of it takes about two seconds.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let exchange = MockServer::builder().seed(7).quiet().start().await?;
    let mut user = User::connect(&exchange).await?;
    let deadline = Instant::now() + PATIENCE;
    if !user.read_until_quiet(deadline).await {
        return Err("the account was never reconciled".into());
    }
    let mut burst = Box::pin(burst(&exchange));
    let ticks = loop {
        tokio::select! {
            ticks = &mut burst => break ticks,
            event = timeout_at(deadline, user.account.recv()) => user.inbox.take(event?.ok_or("the client has ended")?),
        }
    };
    user.inbox.output.note(&format!(
        "{ticks} ticks; the market stands still from now on"
    ));
    if !user.read_until_quiet(deadline).await {
        // The verdict says what came of it.
        user.inbox
            .output
            .note(&format!("not quiet and reconciled after {PATIENCE:?}"));
    }
    user.close().await;
    Ok(user.verdict(&exchange))
}

/// Many ticks, and a cut in the middle; how many.
async fn burst(exchange: &MockServer) -> usize {
    let mut pace = interval(PACE);
    for _ in 0..STREAMED {
        pace.tick().await;
        exchange.tick();
    }
    // From here to the last of the unseen nothing is awaited: what the cut catches is what is caught.
    for _ in 0..UNDER_WAY {
        exchange.tick();
    }
    exchange.drop_connections();
    for _ in 0..UNSEEN {
        exchange.tick();
    }
    let mut ticks = STREAMED + UNDER_WAY + UNSEEN;
    let is_back = || {
        let opened = |entry: &rocketfi_mock_server::Entry| entry.event == Received::Opened;
        exchange.journal().count(opened) > 1
    };
    while !is_back() {
        pace.tick().await;
        exchange.tick();
        ticks += 1;
    }
    for _ in 0..STREAMED {
        pace.tick().await;
        exchange.tick();
    }
    ticks + STREAMED + round_off(exchange)
}

/// Who follows the account, and keeps every fill he was given.
struct User {
    account: Account,
    inbox: Inbox,
}

/// What he was given.
struct Inbox {
    output: Output,
    given: Vec<OrderEvent>,
    missed: usize,
}

impl User {
    async fn connect(exchange: &MockServer) -> Result<Self, Box<dyn Error>> {
        let source = RestSource::new(exchange.url())?;
        let (client, events) = Client::builder(exchange.url()).connect().await?;
        let address = *exchange
            .accounts()
            .first()
            .ok_or("the mock has no account")?;
        Ok(Self {
            account: Account::builder(address).start(client, events, source)?,
            inbox: Inbox {
                output: Output::new(false),
                given: Vec::new(),
                missed: 0,
            },
        })
    }

    async fn read_until_quiet(&mut self, deadline: Instant) -> bool {
        let Self { account, inbox, .. } = self;
        quiet(account, deadline, |event| inbox.take(event)).await
    }

    /// With everything that was still on the way: it could be a fill that comes twice.
    async fn close(&mut self) {
        self.account.close().await;
        while let Some(event) = self.account.recv().await {
            self.inbox.take(event);
        }
    }

    fn verdict(&mut self, exchange: &MockServer) -> ExitCode {
        let happened = fills_of(exchange, &self.account);
        let tally = Tally::of(&happened, &self.inbox.given);
        let comparison = Comparison::of(self.account.state(), exchange);
        let missed = self.inbox.missed;
        let told = format!("{tally}; {missed} of them never came on the stream");
        self.inbox.output.remark("fills", &told);
        self.inbox
            .output
            .remark("compared", &comparison.to_string());
        if tally.is_exact() && comparison.is_equal() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

impl Inbox {
    fn take(&mut self, event: Event) {
        let fills = event.fills().map(|(order, _)| order.clone());
        self.given.extend(fills);
        match event {
            // Hundreds of them.
            Event::Message { .. } => {}
            told => {
                if let Event::Reconciled(report) = &told {
                    self.missed += report.missed_fills.len();
                }
                self.output.account(&told);
            }
        }
    }
}

/// Every fill that happened, from the exchange's own log, oldest first.
fn fills_of(exchange: &MockServer, account: &Account) -> Vec<OrderEvent> {
    let is_fill = |event: &&OrderEvent| matches!(event.event_data, OrderEventData::Fill(_));
    exchange.with_market(|market| {
        let events = market.order_events(account.address());
        events
            .map(|events| events.filter(is_fill).cloned().collect())
            .unwrap_or_default()
    })
}
