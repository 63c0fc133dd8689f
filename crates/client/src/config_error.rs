//! What can be wrong with a configuration.

use std::time::Duration;

use thiserror::Error;

/// A configuration that cannot be used, with all that is wrong with it.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("invalid configuration: {}", join(problems))]
pub struct ConfigError {
    problems: Vec<ConfigProblem>,
}

impl ConfigError {
    pub(crate) const fn new(problems: Vec<ConfigProblem>) -> Self {
        Self { problems }
    }

    /// What is wrong, in the order of the fields; never empty.
    #[must_use]
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }
}

impl From<ConfigProblem> for ConfigError {
    fn from(problem: ConfigProblem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

fn join(problems: &[ConfigProblem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

/// One thing that is wrong with a [`Config`](crate::Config).
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ConfigProblem {
    /// The address is no URL.
    #[error("url: {0}")]
    Url(url::ParseError),
    /// The address has another scheme than `ws` and `wss`.
    #[error("url: the scheme must be ws or wss")]
    Scheme,
    /// The address has no host.
    #[error("url: there is no host")]
    NoHost,
    /// The address has a user name or password. The exchange takes none, and it would not be sent.
    #[error("url: there must be no user name and no password")]
    Credentials,
    /// A time or a number that must be positive is zero.
    #[error("{field}: must not be zero")]
    Zero {
        /// The field of [`Config`](crate::Config).
        field: &'static str,
    },
    /// A time is unreasonably long.
    #[error("{field}: must not exceed {max:?}")]
    TooLong {
        /// The field of [`Config`](crate::Config).
        field: &'static str,
        /// The longest that is accepted.
        max: Duration,
    },
    /// `backoff_min` is greater than `backoff_max`.
    #[error("backoff_min: must not exceed backoff_max")]
    BackoffRange,
    /// A size is outside its range.
    #[error("{field}: must be between {min} and {max}")]
    OutOfRange {
        /// The field of [`Config`](crate::Config).
        field: &'static str,
        /// The least that is accepted.
        min: usize,
        /// The most that is accepted.
        max: usize,
    },
    /// The address is `wss`, there is no `tls`, and no root certificate is available: the crate was
    /// built without root features, or the operating system has none.
    #[error("tls: no root certificates to trust")]
    NoRoots,
    /// The address is `wss`, and its host is no name that a certificate could be for.
    #[error("url: the host is not a valid server name")]
    ServerName,
    /// The built-in TLS configuration was refused.
    #[error("tls: {0}")]
    Tls(rustls::Error),
}
