//! From a configuration to an account that is followed.

use std::time::Duration;

use rocketfi_client::{Client, Events};
use rocketfi_protocol::{AccountAddress, AssetId};

use crate::account::Account;
use crate::config::{Config, ConfigError};
use crate::source::Source;

/// Configures an [`Account`] and starts it; every setting has a default.
///
/// [`rest_lag`](Self::rest_lag) deserves a thought: everything that is promised after a gap rests on it.
#[derive(Clone, Debug)]
#[must_use = "nothing is followed before start()"]
pub struct Builder {
    config: Config,
}

impl Builder {
    pub(crate) fn new(account: AccountAddress) -> Self {
        Self {
            config: Config::new(account),
        }
    }

    /// An asset whose collateral is followed; call it once for each. Default: the asset 0.
    pub fn asset(mut self, asset: AssetId) -> Self {
        self.config.assets.push(asset);
        self
    }

    /// How far an answer of REST may lag behind the stream, as it does when it comes from a replica. After a gap REST is
    /// asked no sooner than this after the last confirmation, so that its answer is newer. If the true lag is longer,
    /// what happened in between may be missed until the next reconciliation; when the stream itself shows it, the
    /// answer is refused as [`Stale`](crate::SourceError::Stale). Zero for a source that shows the present. Default
    /// 500 ms.
    pub const fn rest_lag(mut self, lag: Duration) -> Self {
        self.config.rest_lag = lag;
        self
    }

    /// How long a message is held back at most while the state is not right. Default 3 s.
    pub const fn hold_for(mut self, time: Duration) -> Self {
        self.config.hold_for = time;
        self
    }

    /// How many messages are held back at most; when one more comes, all are let go
    /// ([`Event::Unreconciled`](crate::Event::Unreconciled)). Default 4096.
    pub const fn hold_capacity(mut self, messages: usize) -> Self {
        self.config.hold_capacity = messages;
        self
    }

    /// How often to compare with REST on a healthy connection too, for a server can drop a frame without anybody
    /// noticing. Each time takes at least five requests. Default: never.
    pub const fn audit_every(mut self, time: Duration) -> Self {
        self.config.audit_every = Some(time);
        self
    }

    /// The time from one reconciliation to the next, unless a session ended in between. Default 1 s.
    pub const fn min_interval(mut self, time: Duration) -> Self {
        self.config.min_interval = time;
        self
    }

    /// How long a source may take for one request. [`RestSource`](crate::RestSource) has a deadline of its own, which is
    /// shorter by default. Default 10 s.
    pub const fn request_deadline(mut self, time: Duration) -> Self {
        self.config.request_deadline = time;
        self
    }

    /// The first delay after a failed snapshot; it doubles with every failure, and up to as much again is added by
    /// chance. A `Retry-After` is waited for besides. Default 500 ms.
    pub const fn backoff_min(mut self, delay: Duration) -> Self {
        self.config.backoff_min = delay;
        self
    }

    /// The delay grows no further than this. Default 30 s.
    pub const fn backoff_max(mut self, delay: Duration) -> Self {
        self.config.backoff_max = delay;
        self
    }

    /// How many entries to ask for at once, from 1 to 1000. Default 100, as is the exchange's.
    pub const fn page_size(mut self, entries: u64) -> Self {
        self.config.page_size = entries;
        self
    }

    /// How many pages of a log are read at most. What happened before them is not told, and the reconciliation is not
    /// [`complete`](crate::Reconciliation::complete). Default 100.
    pub const fn max_pages(mut self, pages: u64) -> Self {
        self.config.max_pages = pages;
        self
    }

    /// How many order events, funding payments and ended orders are kept in mind, each; what is forgotten is not
    /// recognised when it is told once more. Default [`DEFAULT_HISTORY`](crate::DEFAULT_HISTORY).
    pub const fn history(mut self, events: usize) -> Self {
        self.config.history = events;
        self
    }

    /// Fixes the jitter, for tests that must repeat. Default: by the operating system.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.config.seed = Some(seed);
        self
    }

    /// Follows the account over this client, which must not be subscribed to the account's kinds yet: they are
    /// subscribed now, and a second subscription would bring everything twice. Other kinds are as welcome as before,
    /// through [`Account::client`] or another handle; their messages come as [`Event::Client`](crate::Event::Client).
    ///
    /// # Errors
    /// All settings that cannot be.
    ///
    /// # Panics
    /// Outside of a Tokio runtime with time enabled.
    pub fn start(
        self,
        client: Client,
        events: Events,
        source: impl Source,
    ) -> Result<Account, ConfigError> {
        self.config.validate()?;
        Ok(Account::start(self.config, client, events, source))
    }
}
