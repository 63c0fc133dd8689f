//! Where snapshots come from.

use std::time::Duration;

use rocketfi_protocol::AccountAddress;
use rocketfi_protocol::rest::{
    Collaterals, OpenOrdersPage, OrderEventsPage, PositionFundingEventsPage, Positions,
};
use thiserror::Error;

/// Which part of a list to answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// Counted from 0.
    pub number: u64,
    /// How many entries a full page has.
    pub size: u64,
}

/// Answers what an account holds, and what happened to it: the exchange's REST interface
/// ([`RestSource`](crate::RestSource)), or whatever you have in its place.
///
/// What is asked of an implementation:
///
/// - Each answer shows one moment, at most [`rest_lag`](crate::Builder::rest_lag) before it was asked for. Different
///   answers may show different moments, but the pages of one list must not go back in time from one to the next.
/// - Both logs are answered **newest first**, and have every event.
/// - Dropping a call abandons it.
/// - It need not repeat anything by itself, nor wait: [`Account`](crate::Account) does that, and puts a deadline on it.
///
/// ```
/// use rocketfi_account::{Page, Source, SourceError};
/// use rocketfi_protocol::AccountAddress;
/// use rocketfi_protocol::rest::*;
///
/// /// Counts what is asked of another one.
/// struct Counted<S>(S, std::sync::atomic::AtomicU64);
///
/// impl<S: Source> Counted<S> {
///     fn inner(&self) -> &S {
///         self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         &self.0
///     }
/// }
///
/// impl<S: Source> Source for Counted<S> {
///     async fn open_orders(&self, of: AccountAddress, page: Page) -> Result<OpenOrdersPage, SourceError> {
///         self.inner().open_orders(of, page).await
///     }
///
///     async fn positions(&self, of: AccountAddress) -> Result<Positions, SourceError> {
///         self.inner().positions(of).await
///     }
///
///     async fn collaterals(&self, of: AccountAddress) -> Result<Collaterals, SourceError> {
///         self.inner().collaterals(of).await
///     }
///
///     async fn order_events(&self, of: AccountAddress, page: Page) -> Result<OrderEventsPage, SourceError> {
///         self.inner().order_events(of, page).await
///     }
///
///     async fn funding_events(
///         &self,
///         of: AccountAddress,
///         page: Page,
///     ) -> Result<PositionFundingEventsPage, SourceError> {
///         self.inner().funding_events(of, page).await
///     }
/// }
/// ```
pub trait Source: Send + Sync + 'static {
    /// A page of the open orders.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn open_orders(
        &self,
        account: AccountAddress,
        page: Page,
    ) -> impl Future<Output = Result<OpenOrdersPage, SourceError>> + Send;

    /// All positions.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn positions(
        &self,
        account: AccountAddress,
    ) -> impl Future<Output = Result<Positions, SourceError>> + Send;

    /// The collateral in every asset.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn collaterals(
        &self,
        account: AccountAddress,
    ) -> impl Future<Output = Result<Collaterals, SourceError>> + Send;

    /// A page of what happened to the account's orders, newest first.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn order_events(
        &self,
        account: AccountAddress,
        page: Page,
    ) -> impl Future<Output = Result<OrderEventsPage, SourceError>> + Send;

    /// A page of the account's funding payments, newest first.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn funding_events(
        &self,
        account: AccountAddress,
        page: Page,
    ) -> impl Future<Output = Result<PositionFundingEventsPage, SourceError>> + Send;
}

/// Why there is no snapshot. It is tried again, whichever it is; the display shows nothing of the account.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// No answer came, or only a part of one.
    #[error("no answer")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A request took longer than the deadline.
    #[error("no answer within {after:?}")]
    Timeout {
        /// The deadline.
        after: Duration,
    },
    /// There were too many requests.
    #[error("throttled with status 429")]
    Throttled {
        /// How long the server asks to wait; at most an hour.
        retry_after: Option<Duration>,
    },
    /// The server answered with another status than 200.
    #[error("{path} answered with status {status}")]
    Status {
        /// The path that was asked for, without the query.
        path: &'static str,
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait; at most an hour.
        retry_after: Option<Duration>,
    },
    /// The answer is larger than is accepted.
    #[error("the answer of {path} is larger than {limit} bytes")]
    TooLarge {
        /// The path that was asked for, without the query.
        path: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer cannot be read.
    #[error("the answer of {path} cannot be read")]
    Malformed {
        /// The path that was asked for, without the query.
        path: &'static str,
        /// What is wrong with it.
        #[source]
        error: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There are more open orders than pages are read.
    #[error("there are more than {limit} pages of open orders")]
    TooManyPages {
        /// How many are read at most.
        limit: u64,
    },
    /// A log was answered oldest first.
    #[error("the log of {path} is not answered newest first")]
    Order {
        /// The path that was asked for, without the query.
        path: &'static str,
    },
    /// The answer tells what happened to another account.
    #[error("the answer of {path} is about another account")]
    OtherAccount {
        /// The path that was asked for, without the query.
        path: &'static str,
    },
    /// The answer shows a time before something that the stream had told when it was asked for.
    #[error("the snapshot is older than the stream")]
    Stale,
    /// The source panicked, or the runtime is going down.
    #[error("the source did not end in order")]
    Broken,
}

impl SourceError {
    /// A longer wait is read as this: one header must not leave an account unreconciled for a day.
    pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

    /// Whether the same request may succeed later without anybody changing anything. It is advice: an account is tried
    /// again whatever the error, for it has nothing better to do.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Timeout { .. } | Self::Throttled { .. } | Self::Stale => {
                true
            }
            Self::Status { status, .. } => matches!(status, 408 | 425 | 500..),
            Self::TooLarge { .. }
            | Self::Malformed { .. }
            | Self::TooManyPages { .. }
            | Self::Order { .. }
            | Self::OtherAccount { .. }
            | Self::Broken => false,
        }
    }

    /// How long the server asked to be left alone.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } | Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
