//! From a configuration to a running client.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::Instrument;

use crate::desk::Desk;
use crate::dial::{Connect, Dialer, Io, Tcp};
use crate::queue::{self, Events};
use crate::registry::Registry;
use crate::supervisor::Supervisor;
use crate::transport::Socket;
use crate::{Client, Config, ConfigError, ConnectError, Overflow};

/// Configures a [`Client`] and starts it. Each method sets the field of [`Config`] of the same name, where its default
/// stands.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `connect` or `start`"]
pub struct Builder {
    config: Config,
}

/// One setter a field.
macro_rules! setters {
    ($($(#[$doc:meta])* $field:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        pub const fn $field(mut self, $field: $type) -> Self {
            self.config.$field = $field;
            self
        }
    )*};
}

impl Builder {
    pub(crate) fn new(url: impl Into<String>) -> Self {
        Self {
            config: Config::new(url),
        }
    }

    setters! {
        /// See [`Config::connect_timeout`]. Default 10 s.
        connect_timeout: Duration;
        /// See [`Config::request_timeout`]. Default 10 s.
        request_timeout: Duration;
        /// See [`Config::heartbeat_interval`]. Default 10 s.
        heartbeat_interval: Duration;
        /// See [`Config::pong_timeout`]. Default 5 s.
        pong_timeout: Duration;
        /// See [`Config::write_timeout`]. Default 5 s.
        write_timeout: Duration;
        /// See [`Config::close_timeout`]. Default 2 s.
        close_timeout: Duration;
        /// See [`Config::backoff_min`]. Default 1 s.
        backoff_min: Duration;
        /// See [`Config::backoff_max`]. Default 30 s.
        backoff_max: Duration;
        /// See [`Config::restart_spread`]. Default 4 s.
        restart_spread: Duration;
        /// See [`Config::stable_period`]. Default 30 s.
        stable_period: Duration;
        /// See [`Config::max_in_flight`]. Default 1.
        max_in_flight: usize;
        /// See [`Config::request_pacing`]. Default 20 ms.
        request_pacing: Duration;
        /// See [`Config::request_burst`]. Default 32.
        request_burst: usize;
        /// See [`Config::event_capacity`]. Default 4096.
        event_capacity: usize;
        /// See [`Config::command_capacity`]. Default 64.
        command_capacity: usize;
        /// See [`Config::overflow`]. Default [`Overflow::Reconnect`].
        overflow: Overflow;
        /// See [`Config::max_message_size`]. Default 16 MiB.
        max_message_size: usize;
    }

    /// See [`Config::stale_after`]. Default: not watched.
    pub const fn stale_after(mut self, stale_after: Duration) -> Self {
        self.config.stale_after = Some(stale_after);
        self
    }

    /// See [`Config::max_session_age`]. Default: as old as it gets.
    pub const fn max_session_age(mut self, max_session_age: Duration) -> Self {
        self.config.max_session_age = Some(max_session_age);
        self
    }

    /// See [`Config::max_attempts`]. Default: it never gives up.
    pub const fn max_attempts(mut self, max_attempts: u32) -> Self {
        self.config.max_attempts = Some(max_attempts);
        self
    }

    /// See [`Config::give_up`]. Default: it never gives up.
    pub fn give_up(
        mut self,
        give_up: impl Fn(&ConnectError) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.config.give_up = Some(Arc::new(give_up));
        self
    }

    /// See [`Config::seed`]. Default: seeded by the operating system.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.config.seed = Some(seed);
        self
    }

    /// See [`Config::tls`]. Default: the built-in configuration.
    pub fn tls(mut self, tls: Arc<rustls::ClientConfig>) -> Self {
        self.config.tls = Some(tls);
        self
    }

    /// What has been configured so far.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Opens the first connection and starts the client. This one attempt must succeed within the connect timeout;
    /// from then on the client reconnects by itself, whatever happens, unless it is configured to give up.
    ///
    /// # Cancel safety
    /// Dropping the call abandons the attempt; nothing keeps running.
    ///
    /// # Errors
    /// See [`ConnectError`]; [`is_retryable`](ConnectError::is_retryable) tells whether to call again.
    ///
    /// # Panics
    /// Outside of a Tokio runtime with time and I/O enabled.
    pub async fn connect(self) -> Result<(Client, Events), ConnectError> {
        self.connect_with(Tcp).await
    }

    /// As [`connect`](Self::connect), over byte streams of another kind, now and after every disconnect.
    ///
    /// # Cancel safety
    /// As for [`connect`](Self::connect).
    ///
    /// # Errors
    /// See [`ConnectError`].
    ///
    /// # Panics
    /// Outside of a Tokio runtime with time enabled.
    pub async fn connect_with<C: Connect>(
        self,
        connect: C,
    ) -> Result<(Client, Events), ConnectError> {
        let mut dialer = Dialer::new(&self.config, connect)?;
        let socket = dialer.dial().await?;
        Ok(spawn(self.config, dialer, Some(socket)))
    }

    /// Starts the client, which connects by itself and retries from the first attempt on. Until it is connected, calls
    /// behave as they do between two sessions; failed attempts are told as
    /// [`Event::DialFailed`](crate::Event::DialFailed).
    ///
    /// # Errors
    /// When the configuration is not valid.
    ///
    /// # Panics
    /// Outside of a Tokio runtime with time and I/O enabled.
    pub fn start(self) -> Result<(Client, Events), ConfigError> {
        self.start_with(Tcp)
    }

    /// As [`start`](Self::start), over byte streams of another kind.
    ///
    /// # Errors
    /// When the configuration is not valid.
    ///
    /// # Panics
    /// Outside of a Tokio runtime with time enabled.
    pub fn start_with<C: Connect>(self, connect: C) -> Result<(Client, Events), ConfigError> {
        let dialer = Dialer::new(&self.config, connect)?;
        Ok(spawn(self.config, dialer, None))
    }
}

/// Every field at once, instead of one by one.
impl From<Config> for Builder {
    fn from(config: Config) -> Self {
        Self { config }
    }
}

/// Starts the client's task.
pub(crate) fn spawn<C: Connect>(
    config: Config,
    dialer: Dialer<C>,
    socket: Option<Socket<Box<dyn Io>>>,
) -> (Client, Events) {
    let (command_tx, command_rx) = mpsc::channel(config.command_capacity);
    // The first reason to end is the one that counts.
    let (stop_tx, stop_rx) = mpsc::channel(1);
    let (queue, events) = queue::channel(config.event_capacity, config.overflow, stop_tx.clone());
    let registry = Registry::new(&config, Instant::now());
    let desk = Desk::new(registry, command_rx, stop_rx);
    let supervisor = Box::new(Supervisor::new(config, dialer, desk, queue));
    let span = tracing::info_span!("rocketfi");
    tokio::spawn(supervisor.run(socket).instrument(span));
    (Client::new(command_tx, stop_tx), events)
}
