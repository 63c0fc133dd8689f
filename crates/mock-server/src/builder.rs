//! How a mock server is set up.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rocketfi_protocol::AccountAddress;
use rust_decimal::Decimal;
use rustls::ServerConfig;
use tokio::net::TcpListener;

use crate::hub::Hub;
use crate::journal::{self, Journal};
use crate::market::{InstrumentSpec, Market, MarketConfig, demo_accounts};
use crate::outbox;
use crate::request::Rules;
use crate::server::MockServer;

/// Ticks a second, unless told otherwise.
pub const DEFAULT_RATE: f64 = 10.0;
/// The most ticks a second: timers are no finer than a millisecond.
pub const HIGHEST_RATE: f64 = 1_000.0;

/// Why a mock server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The rate is not a number from 0 to [`HIGHEST_RATE`].
    #[error("a rate of {rate} ticks a second is not between 0 and {HIGHEST_RATE}")]
    Rate {
        /// The rate.
        rate: f64,
    },
    /// No market can be made of an instrument.
    #[error("instrument {ticker}: {fault}")]
    Instrument {
        /// Its ticker.
        ticker: String,
        /// What is wrong with it.
        fault: &'static str,
    },
}

/// Settings of a [`MockServer`]; every one has a default.
#[derive(Clone, Debug)]
#[must_use = "nothing listens before start()"]
pub struct MockServerBuilder {
    listen: SocketAddr,
    rate: f64,
    snapshots: Option<bool>,
    strict_known: bool,
    market: MarketConfig,
    accounts: Vec<AccountAddress>,
    queue_capacity: usize,
    journal_capacity: usize,
    rest_lag: Duration,
    tls: Option<Arc<ServerConfig>>,
}

impl Default for MockServerBuilder {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            rate: DEFAULT_RATE,
            snapshots: None,
            strict_known: false,
            market: MarketConfig::new(0),
            accounts: Vec::new(),
            queue_capacity: outbox::DEFAULT_CAPACITY,
            journal_capacity: journal::DEFAULT_CAPACITY,
            rest_lag: Duration::ZERO,
            tls: None,
        }
    }
}

impl MockServerBuilder {
    /// Where to listen. Default: a free port of 127.0.0.1.
    pub const fn listen(mut self, addr: SocketAddr) -> Self {
        self.listen = addr;
        self
    }

    /// What decides everything the market does. Default: 0.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.market.seed = seed;
        self
    }

    /// How many ticks the market makes in a second of real time. Default: [`DEFAULT_RATE`], at
    /// which the market's own clock runs as fast as ours. The rate changes when frames come, never
    /// what is in them. 0 is [`MockServerBuilder::quiet`].
    pub const fn rate(mut self, ticks_per_second: f64) -> Self {
        self.rate = ticks_per_second;
        self
    }

    /// A server that answers requests and pushes nothing by itself, not even a snapshot to a new
    /// subscriber (unless [`MockServerBuilder::snapshots`] asks for it). Its market moves when
    /// [`MockServer::tick`] is called.
    pub const fn quiet(self) -> Self {
        self.rate(0.0)
    }

    /// Whether a confirmation is followed at once by the state of what was subscribed to. Default:
    /// yes, unless the server is quiet.
    pub const fn snapshots(mut self, snapshots: bool) -> Self {
        self.snapshots = Some(snapshots);
        self
    }

    /// This many demo accounts, beside those that [`MockServerBuilder::account`] names. Default:
    /// one, unless accounts are named.
    pub fn accounts(mut self, count: usize) -> Self {
        self.accounts.extend(demo_accounts(count));
        self
    }

    /// One more account that trades.
    pub fn account(mut self, account: AccountAddress) -> Self {
        self.accounts.push(account);
        self
    }

    /// What each account begins with, in the settlement asset. Default: a million.
    pub const fn collateral(mut self, collateral: Decimal) -> Self {
        self.market.collateral = collateral;
        self
    }

    /// These instruments instead of the default ones: three perpetuals, a future and an option.
    pub fn instruments(mut self, instruments: impl IntoIterator<Item = InstrumentSpec>) -> Self {
        self.market.instruments = instruments.into_iter().collect();
        self
    }

    /// Whether to answer a Subscribe with an error when it names an account, an instrument or an
    /// asset that the market does not have. Default: no; it is confirmed, and nothing ever comes.
    pub const fn strict_known(mut self, strict: bool) -> Self {
        self.strict_known = strict;
        self
    }

    /// How many frames may wait for one client. When one more comes, the client is closed with
    /// 1008. Default: 1024.
    pub const fn queue_capacity(mut self, frames: usize) -> Self {
        self.queue_capacity = frames;
        self
    }

    /// How many entries the journal keeps before it drops the oldest. Default: 100,000.
    pub const fn journal_capacity(mut self, entries: usize) -> Self {
        self.journal_capacity = entries;
        self
    }

    /// How far REST lags behind the stream: see [`MockServer::set_rest_lag`]. Default: not at all.
    pub const fn rest_lag(mut self, lag: Duration) -> Self {
        self.rest_lag = lag;
        self
    }

    /// Speaks TLS, with this configuration of rustls 0.23.
    pub fn tls(mut self, config: Arc<ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }

    /// Starts to listen. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(self) -> Result<MockServer, StartError> {
        self.check()?;
        let addr = self.listen;
        let listen_error = |source| StartError::Listen { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(listen_error)?;
        let addr = listener.local_addr().map_err(listen_error)?;
        self.open(Some(listener), addr)
    }

    /// Starts without listening anywhere: the connections are those handed to
    /// [`MockServer::serve`]. Must be called within a Tokio runtime with time enabled.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start_without_port(self) -> Result<MockServer, StartError> {
        self.check()?;
        let addr = self.listen;
        self.open(None, addr)
    }

    fn check(&self) -> Result<(), StartError> {
        self.period()?;
        match self.market.fault() {
            None => Ok(()),
            Some((ticker, fault)) => Err(StartError::Instrument {
                ticker: ticker.to_owned(),
                fault,
            }),
        }
    }

    fn open(
        mut self,
        listener: Option<TcpListener>,
        addr: SocketAddr,
    ) -> Result<MockServer, StartError> {
        let period = self.period()?;
        self.market.accounts = self.distinct_accounts();
        let rules = Rules {
            strict_known: self.strict_known,
            snapshots: self.snapshots.unwrap_or(period.is_some()),
        };
        let journal = Journal::new(self.journal_capacity);
        let hub = Hub::new(
            Market::new(&self.market),
            journal,
            rules,
            self.queue_capacity,
        );
        hub.set_rest_lag(self.rest_lag);
        Ok(MockServer::open(
            Arc::new(hub),
            listener,
            addr,
            self.tls,
            period,
        ))
    }

    /// The time between ticks; `None` when there are none.
    fn period(&self) -> Result<Option<Duration>, StartError> {
        let rate = self.rate;
        if !(0.0..=HIGHEST_RATE).contains(&rate) {
            return Err(StartError::Rate { rate });
        }
        // A rate so low that its period is beyond a Duration ticks as good as never.
        Ok((rate > 0.0).then(|| Duration::try_from_secs_f64(1.0 / rate).unwrap_or(Duration::MAX)))
    }

    fn distinct_accounts(&self) -> Vec<AccountAddress> {
        if self.accounts.is_empty() {
            return demo_accounts(1);
        }
        let mut distinct: Vec<AccountAddress> = Vec::new();
        for account in &self.accounts {
            if !distinct.contains(account) {
                distinct.push(*account);
            }
        }
        distinct
    }
}
