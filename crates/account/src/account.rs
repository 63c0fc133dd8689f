//! The handle that a user holds: the stream, REST and time, put together.

use std::collections::VecDeque;
use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use rocketfi_client::{Client, Events, SubscribeError};
use rocketfi_protocol::{AccountAddress, SubscriptionKind};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use crate::builder::Builder;
use crate::config::Config;
use crate::event::Event;
use crate::fetch::Inquiry;
use crate::reconciler::Reconciler;
use crate::snapshot::Snapshot;
use crate::source::{Source, SourceError};
use crate::state::{AccountState, Known};

/// Answers of the subscriptions that may wait to be noticed; those who ask wait with the next one.
const OUTCOMES: usize = 16;

type Inquiries = Box<dyn Fn(Known) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;
type Answer = Result<Snapshot, SourceError>;
type Outcome = (SubscriptionKind, Result<(), SubscribeError>);

/// An account that is followed: its state, and everything that happens to it.
///
/// It does its work while [`recv`](Self::recv) is being awaited, except for the questions to REST, which go on by
/// themselves. The socket is read by the client in any case, into a queue whose bound and policy are the client's. So
/// read the events without pause; a user who is too slow gets a gap, and the reconciliation after it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use rocketfi_account::{Account, Event, RestSource};
/// use rocketfi_client::Client;
///
/// # let exchange = rocketfi_mock_server::MockServer::builder().seed(7).start().await?;
/// # let (url, address) = (exchange.url(), exchange.accounts()[0]);
/// let source = RestSource::new(url.as_str())?;
/// let (client, events) = Client::builder(url).connect().await?;
/// let mut account = Account::builder(address).start(client, events, source)?;
///
/// while let Some(event) = account.recv().await {
///     if let Event::Reconciled(report) = event {
///         let state = account.state();
///         println!("{} orders, after {:?}", state.open_orders().len(), report.took);
///         account.close().await;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping the account ends its client, unless there is another handle"]
pub struct Account {
    address: AccountAddress,
    client: Client,
    events: Events,
    reconciler: Reconciler,
    inquiries: Inquiries,
    /// The question that is being asked; at most one counts.
    asked: JoinSet<(u64, Answer)>,
    outcomes: mpsc::Receiver<Outcome>,
    /// Subscribes in the beginning. Ends with the account.
    _subscriber: JoinSet<()>,
    has_ended: bool,
}

impl Account {
    /// Settings for following this account.
    pub fn builder(account: AccountAddress) -> Builder {
        Builder::new(account)
    }

    pub(crate) fn start(
        config: Config,
        client: Client,
        events: Events,
        source: impl Source,
    ) -> Self {
        let (outcome_tx, outcomes) = mpsc::channel(OUTCOMES);
        let mut subscriber = JoinSet::new();
        let pause = config.backoff_min;
        subscriber.spawn(subscribe(client.clone(), config.kinds(), pause, outcome_tx));
        Self {
            address: config.account,
            client,
            events,
            inquiries: inquiries(&config, Arc::new(source)),
            reconciler: Reconciler::new(config, Instant::now()),
            asked: JoinSet::new(),
            outcomes,
            _subscriber: subscriber,
            has_ended: false,
        }
    }

    /// Whose account it is.
    #[must_use]
    pub const fn address(&self) -> AccountAddress {
        self.address
    }

    /// What is known of the account now: everything that [`recv`](Self::recv) has told.
    #[must_use]
    pub const fn state(&self) -> &AccountState {
        self.reconciler.state()
    }

    /// Whether nothing is known to be missing from [`state`](Self::state).
    #[must_use]
    pub const fn is_reconciled(&self) -> bool {
        self.reconciler.is_reconciled()
    }

    /// The client that brings the stream, for transactions and for other subscriptions.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Asks for a reconciliation now, whatever is known.
    pub fn reconcile(&mut self) {
        self.reconciler.request(Instant::now());
    }

    /// The next thing that happened; `None` when the client has ended.
    ///
    /// Cancel safe: a call that is dropped before it returns takes nothing, and what it had begun goes on.
    pub async fn recv(&mut self) -> Option<Event> {
        loop {
            let now = Instant::now();
            if let Some(event) = self.reconciler.next(now) {
                return Some(event);
            }
            if self.has_ended {
                return None;
            }
            self.ask(now);
            self.wait().await;
        }
    }

    /// Ends the client in order, as [`Client::close`] does, and tells the rest up to [`Event::Closed`] when it is asked
    /// for.
    ///
    /// # Cancel safety
    /// As for [`Client::close`].
    pub async fn close(&self) {
        self.client.close().await;
    }

    /// Every branch is cancel safe, and what it brings is taken in at once.
    async fn wait(&mut self) {
        if self.reconciler.is_auditing()
            && let Some(Some(event)) = self.events.recv().now_or_never()
        {
            return self.reconciler.take(event, Instant::now());
        }
        let deadline = self.reconciler.deadline();
        tokio::select! {
            // The answer first: on a busy stream there is always another event.
            biased;
            Some(answer) = self.asked.join_next() => self.answer(answer),
            Some((kind, outcome)) = self.outcomes.recv() => {
                self.reconciler.subscribed(kind, outcome, Instant::now());
            }
            () = at(deadline) => self.reconciler.pass(Instant::now()),
            event = self.events.recv() => match event {
                Some(event) => self.reconciler.take(event, Instant::now()),
                None => self.end(),
            },
        }
    }

    fn ask(&mut self, now: Instant) {
        if let Some((question, known)) = self.reconciler.question(now) {
            self.asked.abort_all();
            let answer = (self.inquiries)(known);
            self.asked.spawn(async move { (question, answer.await) });
        }
    }

    fn answer(&mut self, answer: Result<(u64, Answer), JoinError>) {
        let now = Instant::now();
        match answer {
            Ok((question, answer)) => self.reconciler.answer(question, answer, now),
            // Another question has taken its place.
            Err(error) if error.is_cancelled() => {}
            Err(_) => self.reconciler.answer_broken(now),
        }
    }

    /// Nothing more will come.
    fn end(&mut self) {
        self.has_ended = true;
        self.asked.abort_all();
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("reconciled", &self.is_reconciled())
            .field("ended", &self.has_ended)
            .finish_non_exhaustive()
    }
}

fn inquiries<S: Source>(config: &Config, source: Arc<S>) -> Inquiries {
    let (account, assets, limits) = (config.account, config.assets(), config.limits());
    Box::new(move |known| {
        let inquiry = Inquiry {
            source: Arc::clone(&source),
            account,
            assets: assets.clone(),
            known,
            limits,
        };
        Box::pin(inquiry.run())
    })
}

/// Subscribes every kind once; one that is refused does not keep the others waiting.
async fn subscribe(
    client: Client,
    kinds: Vec<SubscriptionKind>,
    pause: Duration,
    outcome_tx: mpsc::Sender<Outcome>,
) {
    let mut left = VecDeque::from(kinds);
    while !left.is_empty() {
        for _ in 0..left.len() {
            let Some(kind) = left.pop_front() else {
                return;
            };
            let outcome = client.subscribe(kind.clone()).await;
            match &outcome {
                Ok(()) => {}
                Err(SubscribeError::Closed) => return,
                Err(_) => left.push_back(kind.clone()),
            }
            if outcome_tx.send((kind, outcome)).await.is_err() {
                return;
            }
        }
        if !left.is_empty() {
            sleep(pause).await;
        }
    }
}

/// Waits for that moment; for ever, if there is none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
