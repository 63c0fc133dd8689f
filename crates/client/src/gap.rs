//! Why data is missing.

use std::{fmt, io};

use rocketfi_protocol::SubscriptionKind;

use crate::ServerText;

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapCause {
    /// The server closed the connection with a Close frame.
    ClosedByServer {
        /// The code of RFC 6455, section 7.4, such as 1001 for a server that goes away.
        code: Option<u16>,
        /// The server's words; often empty.
        reason: ServerText,
    },
    /// The connection broke, or ended without a Close frame.
    Disconnected {
        /// What the operating system reported; `None` for an orderly end of the TCP stream.
        error: Option<io::ErrorKind>,
    },
    /// No `Pong` came within the pong timeout.
    HeartbeatTimeout,
    /// A frame could not be written within the write timeout.
    WriteTimeout,
    /// The answer to a resubscribe did not come within the request timeout, so whether the kind is live is unknown.
    ///
    /// Only the first time in a row: a kind that is never answered does not end one session after the other.
    ResubscribeTimeout {
        /// The kind.
        kind: SubscriptionKind,
    },
    /// Whether a kind is subscribed, or subscribed twice, could not be known any more on this session. Either it was
    /// subscribed once more after its first request had timed out, and the server refused the `Unsubscribe` that was
    /// to make things clear; or it was confirmed twice, after one of the requests had seemed refused.
    SubscriptionUnknown {
        /// The kind.
        kind: SubscriptionKind,
    },
    /// The user did not keep up, and the policy is [`Overflow::Reconnect`](crate::Overflow::Reconnect).
    Overflow,
    /// The session was about to grow older than [`Config::max_session_age`](crate::Config::max_session_age), and the
    /// client replaced it. The next one is dialled at once.
    SessionAge,
    /// The server sent more than the configured message size allows.
    MessageTooLarge {
        /// Size in bytes, as far as it was known.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A text frame is not UTF-8. RFC 6455, section 8.1, demands that the connection fail.
    InvalidUtf8,
    /// The server broke the WebSocket protocol.
    ProtocolViolation {
        /// What it did, in the words of the WebSocket library; holds nothing of the payload.
        violation: String,
    },
}

impl GapCause {
    /// Whether the server has said that it goes away, or is to come back: RFC 6455, section 7.4.1, and the registry of
    /// close codes that it founded. All of its clients have heard the same.
    pub(crate) const fn announces_restart(&self) -> bool {
        matches!(
            self,
            Self::ClosedByServer {
                code: Some(1001 | 1012 | 1013),
                ..
            }
        )
    }

    /// The name of the cause, without anything that the server said: for logs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ClosedByServer { .. } => "closed by server",
            Self::Disconnected { .. } => "disconnected",
            Self::HeartbeatTimeout => "heartbeat timeout",
            Self::WriteTimeout => "write timeout",
            Self::ResubscribeTimeout { .. } => "resubscribe timeout",
            Self::SubscriptionUnknown { .. } => "subscription unknown",
            Self::Overflow => "overflow",
            Self::SessionAge => "session age",
            Self::MessageTooLarge { .. } => "message too large",
            Self::InvalidUtf8 => "invalid UTF-8",
            Self::ProtocolViolation { .. } => "protocol violation",
        }
    }
}

impl fmt::Display for GapCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClosedByServer { code, reason } => display_close(f, *code, reason),
            Self::Disconnected { error: Some(kind) } => write!(f, "the connection broke: {kind}"),
            Self::Disconnected { error: None } => {
                f.write_str("the connection ended without a Close frame")
            }
            Self::HeartbeatTimeout => f.write_str("no Pong came in time"),
            Self::WriteTimeout => f.write_str("a frame could not be written in time"),
            Self::ResubscribeTimeout { kind } => {
                write!(f, "resubscribing {} was not answered in time", kind.name())
            }
            Self::SubscriptionUnknown { kind } => write!(
                f,
                "whether {} is subscribed could not be learnt",
                kind.name()
            ),
            Self::Overflow => f.write_str("the event queue was full"),
            Self::SessionAge => f.write_str("the session was replaced because of its age"),
            Self::MessageTooLarge { size, limit } => {
                write!(
                    f,
                    "a message of {size} bytes is larger than the limit of {limit} bytes"
                )
            }
            Self::InvalidUtf8 => f.write_str("a text frame was not UTF-8"),
            Self::ProtocolViolation { violation } => {
                write!(f, "the server broke the WebSocket protocol: {violation}")
            }
        }
    }
}

fn display_close(
    f: &mut fmt::Formatter<'_>,
    code: Option<u16>,
    reason: &ServerText,
) -> fmt::Result {
    f.write_str("the server closed the connection")?;
    if let Some(code) = code {
        write!(f, " with code {code}")?;
    }
    if reason.is_empty() {
        Ok(())
    } else {
        write!(f, ": {reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_cause_names_code_and_reason_when_there_are_any() {
        let cause = |code, reason: &str| {
            GapCause::ClosedByServer {
                code,
                reason: ServerText::new(reason),
            }
            .to_string()
        };
        assert_eq!(cause(None, ""), "the server closed the connection");
        assert_eq!(
            cause(Some(1001), ""),
            "the server closed the connection with code 1001"
        );
        assert_eq!(
            cause(Some(1001), "bye"),
            "the server closed the connection with code 1001: bye"
        );
    }
}
