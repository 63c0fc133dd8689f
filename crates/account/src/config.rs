//! How an account is followed.

use std::time::Duration;

use rocketfi_protocol::{AccountAddress, AssetId, SubscriptionKind};
use thiserror::Error;

use crate::DEFAULT_HISTORY;
use crate::fetch::Limits;

/// The most entries that are asked for at once.
const LARGEST_PAGE: u64 = 1_000;

/// Everything that can be configured; see [`Builder`](crate::Builder) for what each is.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) account: AccountAddress,
    pub(crate) assets: Vec<AssetId>,
    pub(crate) rest_lag: Duration,
    pub(crate) hold_for: Duration,
    pub(crate) hold_capacity: usize,
    pub(crate) audit_every: Option<Duration>,
    pub(crate) min_interval: Duration,
    pub(crate) request_deadline: Duration,
    pub(crate) backoff_min: Duration,
    pub(crate) backoff_max: Duration,
    pub(crate) page_size: u64,
    pub(crate) max_pages: u64,
    pub(crate) history: usize,
    pub(crate) seed: Option<u64>,
}

impl Config {
    pub(crate) fn new(account: AccountAddress) -> Self {
        Self {
            account,
            assets: Vec::new(),
            rest_lag: Duration::from_millis(500),
            hold_for: Duration::from_secs(3),
            hold_capacity: 4_096,
            audit_every: None,
            min_interval: Duration::from_secs(1),
            request_deadline: Duration::from_secs(10),
            backoff_min: Duration::from_millis(500),
            backoff_max: Duration::from_secs(30),
            page_size: rocketfi_protocol::rest::PAGE_SIZE,
            max_pages: 100,
            history: DEFAULT_HISTORY,
            seed: None,
        }
    }

    /// Without a choice it is the asset that the exchange settles in.
    pub(crate) fn assets(&self) -> Vec<AssetId> {
        if self.assets.is_empty() {
            vec![AssetId(0)]
        } else {
            self.assets.clone()
        }
    }

    /// What the account's owner must be subscribed to.
    pub(crate) fn kinds(&self) -> Vec<SubscriptionKind> {
        let account = self.account;
        let mut kinds = vec![
            SubscriptionKind::OrderEvents {
                account: Some(account),
                instrument_id: None,
            },
            SubscriptionKind::OpenOrders { account },
            SubscriptionKind::Position { account },
            SubscriptionKind::AccountRisk { account },
            SubscriptionKind::PositionFunding { account },
        ];
        let assets = self.assets().into_iter();
        kinds.extend(assets.map(|asset_id| SubscriptionKind::Collateral { asset_id, account }));
        kinds
    }

    pub(crate) const fn limits(&self) -> Limits {
        Limits {
            deadline: self.request_deadline,
            page_size: self.page_size,
            max_pages: self.max_pages,
        }
    }

    /// All problems at once.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        let mut require = |holds: bool, problem: &'static str| {
            if !holds {
                problems.push(problem);
            }
        };
        require(
            (1..=LARGEST_PAGE).contains(&self.page_size),
            "page_size: must be from 1 to 1000",
        );
        require(self.max_pages > 0, "max_pages: must not be zero");
        require(self.hold_capacity > 0, "hold_capacity: must not be zero");
        require(self.history > 0, "history: must not be zero");
        require(
            !self.request_deadline.is_zero(),
            "request_deadline: must not be zero",
        );
        require(!self.backoff_min.is_zero(), "backoff_min: must not be zero");
        require(
            self.backoff_min <= self.backoff_max,
            "backoff_min: must not exceed backoff_max",
        );
        require(
            self.audit_every.is_none_or(|every| !every.is_zero()),
            "audit_every: must not be zero",
        );
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError { problems })
        }
    }
}

/// A configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("invalid configuration: {}", problems.join("; "))]
pub struct ConfigError {
    problems: Vec<&'static str>,
}

impl ConfigError {
    /// What is wrong, each with the name of its setting; never empty.
    #[must_use]
    pub fn problems(&self) -> &[&'static str] {
        &self.problems
    }
}
