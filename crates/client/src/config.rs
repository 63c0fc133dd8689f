//! What can be configured: plain data and its defaults.

mod validate;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::ConnectError;

/// What happens when the user does not keep up and the event queue is full.
///
/// Either way the socket is read on: the reader never waits for the user. And either way the loss
/// is an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// End the session, announce a [`Gap`](crate::Event::Gap) with the cause
    /// [`Overflow`](crate::GapCause::Overflow), wait until half the queue is free, reconnect and
    /// subscribe again. A private stream thus never has a hole that its consumer could mistake for
    /// silence.
    #[default]
    Reconnect,
    /// Keep the session, throw away what does not fit, and announce how much it was in a
    /// [`Lagged`](crate::Event::Lagged) before the next event that does fit. For consumers of
    /// snapshots, where the next message makes up for a lost one.
    DropNewest,
}

/// Whether an error is a reason to try no longer.
pub type GiveUp = Arc<dyn Fn(&ConnectError) -> bool + Send + Sync>;

/// Everything that can be configured. [`Builder`](crate::Builder) sets the same fields one by one.
///
/// ```
/// use std::time::Duration;
///
/// let mut config = rocketfi_client::Config::new(rocketfi_client::environment::TESTNET);
/// config.heartbeat_interval = Duration::from_secs(5);
/// assert!(config.validate().is_ok());
///
/// config.request_timeout = Duration::ZERO;
/// config.event_capacity = 0;
/// let error = config.validate().unwrap_err();
/// assert_eq!(error.problems().len(), 2);
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// Where to connect: `ws://` or `wss://`.
    pub url: String,
    /// For TCP, TLS and the WebSocket handshake together. Default 10 s.
    pub connect_timeout: Duration,
    /// How long the answer to a subscribe or unsubscribe may take. See
    /// [`Client::subscribe`](crate::Client::subscribe) for when the clock starts. Default 10 s.
    pub request_timeout: Duration,
    /// Time from one `Ping` to the next. Default 10 s.
    pub heartbeat_interval: Duration,
    /// How long the `Pong` may take. Default 5 s.
    pub pong_timeout: Duration,
    /// How long a confirmed kind may bring nothing until [`Event::Stale`](crate::Event::Stale) tells it. It never ends the
    /// session: a quiet private stream is normal, and the heartbeat watches over the connection. Default `None`: it is
    /// not watched.
    pub stale_after: Option<Duration>,
    /// How long one frame may take to be written and flushed. Default 5 s.
    pub write_timeout: Duration,
    /// How long the server may take to answer a Close frame. Default 2 s.
    pub close_timeout: Duration,
    /// Ceiling of the first delay before a reconnect; it doubles with every failure. Each delay is
    /// drawn between zero and the ceiling. Refused resubscribes are retried on the same scale.
    /// Default 1 s.
    pub backoff_min: Duration,
    /// The ceiling grows no further than this. Default 30 s.
    pub backoff_max: Duration,
    /// A server that announces its restart (a Close frame with 1001, 1012 or 1013) loses all of its clients at once. So
    /// that they do not return at once, the ceiling of the delay that follows is at least this, as far as `backoff_max`
    /// allows. Zero is allowed. Default 4 s.
    pub restart_spread: Duration,
    /// After so many failed attempts in a row to open a connection the client ends, with
    /// [`CloseReason::GaveUp`](crate::CloseReason::GaveUp). A session that opened starts the count afresh. Default
    /// `None`: it never gives up.
    pub max_attempts: Option<u32>,
    /// Asked after every failed attempt; when it says `true`, the client ends with
    /// [`CloseReason::GaveUp`](crate::CloseReason::GaveUp). It must not block. Default `None`: it never gives up.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// let mut config = rocketfi_client::Config::new(rocketfi_client::environment::TESTNET);
    /// // What does not pass by itself: a wrong certificate, 404, no WebSocket at the address.
    /// config.give_up = Some(Arc::new(|error| !error.is_retryable()));
    /// ```
    pub give_up: Option<GiveUp>,
    /// How long a session must last before the backoff may start afresh; besides, every wanted kind
    /// must have been confirmed on it. Default 30 s.
    pub stable_period: Duration,
    /// Before a session grows older than this the client replaces it: it writes what it has accepted and a Close frame,
    /// delivers what arrives until the server answers, announces a [`Gap`](crate::Event::Gap) with the cause
    /// [`SessionAge`](crate::GapCause::SessionAge), and dials at once. For servers that cut connections at a certain
    /// age. When exactly is drawn from the last tenth of the time, so that many clients do not return together. Default
    /// `None`: a session may grow as old as it gets.
    pub max_session_age: Option<Duration>,
    /// How many subscribe and unsubscribe requests may be without an answer at a time. With one, every
    /// `Error` that comes meanwhile is about that one. With more, subscriptions are restored faster,
    /// and an `Error` fails the request that is left when the others have been answered; see
    /// [`Client::subscribe`](crate::Client::subscribe). At most 64. Default 1.
    pub max_in_flight: usize,
    /// Time after which one more subscribe or unsubscribe frame may be sent, once
    /// [`request_burst`](Self::request_burst) of them have been. Zero is allowed. Default 20 ms.
    pub request_pacing: Duration,
    /// So many requests of a session are sent as fast as the server answers. After that there is one for
    /// each [`request_pacing`](Self::request_pacing) that passes; those that are not used are saved up, to
    /// this number again. Default 32.
    pub request_burst: usize,
    /// How many events wait for the user at most. A few more places are kept for the events that
    /// must not be lost. After a disconnect the client waits with reconnecting until half of all
    /// places are free, so that the next session does not begin in a full queue. Default 4096.
    pub event_capacity: usize,
    /// How many calls wait for the client's task at most. Further calls wait for a place.
    /// Default 64.
    pub command_capacity: usize,
    /// What happens when the event queue is full. Default [`Overflow::Reconnect`].
    pub overflow: Overflow,
    /// The largest message accepted from the server, in bytes; a larger one ends the session.
    /// Default 16 MiB.
    pub max_message_size: usize,
    /// Fixes the jitter, for tests that must repeat. Default `None`: seeded by the operating system.
    pub seed: Option<u64>,
    /// Replaces the built-in TLS configuration, for private roots or client certificates. Default
    /// `None`: the roots chosen by the features `webpki-roots` and `native-roots`, and the `ring`
    /// provider, whatever the process-wide default is.
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

impl Config {
    /// The defaults, for this address.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            heartbeat_interval: Duration::from_secs(10),
            pong_timeout: Duration::from_secs(5),
            stale_after: None,
            write_timeout: Duration::from_secs(5),
            close_timeout: Duration::from_secs(2),
            backoff_min: Duration::from_secs(1),
            backoff_max: Duration::from_secs(30),
            restart_spread: Duration::from_secs(4),
            max_attempts: None,
            give_up: None,
            stable_period: Duration::from_secs(30),
            max_session_age: None,
            max_in_flight: 1,
            request_pacing: Duration::from_millis(20),
            request_burst: 32,
            event_capacity: 4096,
            command_capacity: 64,
            overflow: Overflow::Reconnect,
            max_message_size: 16 << 20,
            seed: None,
            tls: None,
        }
    }
}

/// The address is shown without credentials and query.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Config");
        match self.endpoint() {
            Ok(endpoint) => shown.field("url", &endpoint),
            Err(problem) => shown.field("url", &problem),
        };
        shown
            .field("connect_timeout", &self.connect_timeout)
            .field("request_timeout", &self.request_timeout)
            .field("heartbeat_interval", &self.heartbeat_interval)
            .field("pong_timeout", &self.pong_timeout)
            .field("stale_after", &self.stale_after)
            .field("write_timeout", &self.write_timeout)
            .field("close_timeout", &self.close_timeout)
            .field("backoff_min", &self.backoff_min)
            .field("backoff_max", &self.backoff_max)
            .field("restart_spread", &self.restart_spread)
            .field("max_attempts", &self.max_attempts)
            .field("give_up", &self.give_up.is_some())
            .field("stable_period", &self.stable_period)
            .field("max_session_age", &self.max_session_age)
            .field("max_in_flight", &self.max_in_flight)
            .field("request_pacing", &self.request_pacing)
            .field("request_burst", &self.request_burst)
            .field("event_capacity", &self.event_capacity)
            .field("command_capacity", &self.command_capacity)
            .field("overflow", &self.overflow)
            .field("max_message_size", &self.max_message_size)
            .field("seed", &self.seed)
            .field("tls", &self.tls.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_query_nor_credentials_are_shown() {
        let shown = |url: &str| format!("{:?}", Config::new(url));
        assert!(shown("ws://example.com/ws?token=x").contains("ws://example.com/ws,"));
        assert!(!shown("ws://example.com/ws?token=sentinel").contains("sentinel"));
        assert!(!shown("ws://me:sentinel@example.com/ws").contains("sentinel"));
        assert!(!shown("sentinel").contains("sentinel"));
    }
}
