//! One error type an operation.

use std::error::Error as StdError;
use std::io;
use std::mem::discriminant;
use std::time::Duration;

use rocketfi_protocol::DecodeError;
use thiserror::Error;

use crate::{ConfigError, ServerText};

/// Why a connection could not be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The configuration is not valid.
    #[error("the client is not configured correctly")]
    Config(#[from] ConfigError),
    /// TCP, TLS and the WebSocket handshake together took longer than the connect timeout.
    #[error("no connection within {after:?}")]
    Timeout {
        /// The connect timeout.
        after: Duration,
    },
    /// The host could not be resolved or reached.
    #[error("TCP connection failed")]
    Tcp(#[source] io::Error),
    /// The TLS handshake failed for a reason other than the certificate.
    #[error("TLS handshake failed")]
    Tls(#[source] io::Error),
    /// The server's certificate is not trusted, or not for this host.
    #[error("the server's certificate was not accepted")]
    Certificate(#[source] io::Error),
    /// The server answered the WebSocket handshake with another status than 101.
    #[error("the server refused the WebSocket handshake with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait, from a `Retry-After` header in seconds, at most
        /// [`ConnectError::MAX_RETRY_AFTER`]. The form with a date is not read.
        retry_after: Option<Duration>,
    },
    /// The connection broke during the WebSocket handshake.
    #[error("the connection broke during the WebSocket handshake")]
    Interrupted(#[source] io::Error),
    /// The server's answer is no WebSocket handshake.
    #[error("the server does not speak WebSocket")]
    Handshake(#[source] Box<dyn StdError + Send + Sync>),
}

/// Errors are equal when they say the same: those of other libraries are compared by what they display.
impl PartialEq for ConnectError {
    fn eq(&self, other: &Self) -> bool {
        let source = |error: &Self| error.source().map(ToString::to_string);
        discriminant(self) == discriminant(other)
            && self.to_string() == other.to_string()
            && self.retry_after() == other.retry_after()
            && source(self) == source(other)
    }
}

impl ConnectError {
    /// A `Retry-After` beyond this is read as this: one header must not silence a client for a day.
    pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

    /// Whether the same attempt may succeed later without anybody changing anything.
    ///
    /// It is advice for whoever calls [`Builder::connect`](crate::Builder::connect). Once that has succeeded, or after
    /// [`Builder::start`](crate::Builder::start), the client itself retries whatever the error: an exchange that
    /// answers 404 or shows a wrong certificate during a deployment is an exchange that will be back.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Tcp(_) | Self::Tls(_) | Self::Interrupted(_) => true,
            Self::Config(_) | Self::Certificate(_) | Self::Handshake(_) => false,
            // Request Timeout, Too Early, Too Many Requests, and the server's own troubles.
            Self::Refused { status, .. } => matches!(status, 408 | 425 | 429 | 500..),
        }
    }

    /// How long the server asked to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// Why [`Client::subscribe`](crate::Client::subscribe) failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SubscribeError {
    /// The server answered with an `Error` frame.
    #[error("the server rejected the subscription: {text}")]
    Rejected {
        /// What the server says.
        text: ServerText,
    },
    /// No confirmation came in time.
    #[error("the subscription was not confirmed within {after:?}")]
    Timeout {
        /// The request timeout.
        after: Duration,
    },
    /// The same kind was unsubscribed while this call was waiting.
    #[error("the kind was unsubscribed meanwhile")]
    Unsubscribed,
    /// The kind is too large to send; only an unrecognised one with a payload of its own can be.
    #[error("the subscription takes {size} bytes, of which {limit} may be sent")]
    TooLarge {
        /// Size of the frame in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The client has ended.
    #[error("the client is closed")]
    Closed,
}

/// Why [`Client::unsubscribe`](crate::Client::unsubscribe) failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnsubscribeError {
    /// The kind is not subscribed. Nothing was sent.
    #[error("the kind is not subscribed")]
    NotSubscribed,
    /// The server answered with an `Error` frame. The kind is no longer wanted, but may stay live until the session
    /// ends.
    #[error("the server refused to end the subscription: {text}")]
    Rejected {
        /// What the server says.
        text: ServerText,
    },
    /// No confirmation came in time. The kind is no longer wanted, but may stay live until the session ends.
    #[error("the end of the subscription was not confirmed within {after:?}")]
    Timeout {
        /// The request timeout.
        after: Duration,
    },
    /// The client has ended.
    #[error("the client is closed")]
    Closed,
}

/// Why a transaction, or a message about one, was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// There is no connection, or it ended before the first byte was written. The server did not get the message.
    #[error("there is no connection")]
    NotConnected,
    /// The connection ended while the message was being written. The server may have got it, or not.
    #[error("the connection ended while the message was being written")]
    Interrupted,
    /// The message is too large. Nothing was sent.
    #[error("the message takes {size} bytes, of which {limit} may be sent")]
    TooLarge {
        /// Size of the frame in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The client has ended. Nothing was sent, unless the runtime itself was shut down during the call.
    #[error("the client is closed")]
    Closed,
}

/// What is wrong with a frame.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The text is no message.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The protocol is JSON in text frames, and has no other.
    #[error("the frame is binary")]
    Binary,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16) -> ConnectError {
        ConnectError::Refused {
            status,
            retry_after: None,
        }
    }

    #[test]
    fn statuses_that_pass_by_themselves_are_retryable() {
        let retryable: Vec<u16> = [
            301, 400, 401, 403, 404, 408, 410, 425, 426, 429, 500, 502, 503, 504,
        ]
        .into_iter()
        .filter(|&status| refused(status).is_retryable())
        .collect();
        assert_eq!(retryable, [408, 425, 429, 500, 502, 503, 504]);
    }

    #[test]
    fn errors_that_say_the_same_are_equal() {
        let refused = |status, seconds| ConnectError::Refused {
            status,
            retry_after: Some(Duration::from_secs(seconds)),
        };
        let tcp = |kind: io::ErrorKind| ConnectError::Tcp(kind.into());
        let reset = io::ErrorKind::ConnectionReset;
        assert_eq!(refused(503, 1), refused(503, 1));
        assert_eq!(tcp(reset), tcp(reset));
        assert_ne!(refused(503, 1), refused(503, 2));
        assert_ne!(refused(503, 1), refused(500, 1));
        assert_ne!(tcp(reset), tcp(io::ErrorKind::NotFound));
        assert_ne!(tcp(reset), ConnectError::Interrupted(reset.into()));
    }

    #[test]
    fn wrong_certificate_is_not_retryable_but_a_broken_handshake_is() {
        let io = || io::Error::other("x");
        assert!(!ConnectError::Certificate(io()).is_retryable());
        assert!(ConnectError::Tls(io()).is_retryable());
        assert!(ConnectError::Tcp(io()).is_retryable());
        assert!(ConnectError::Interrupted(io()).is_retryable());
    }
}
