//! Which handshakes are accepted.

use std::collections::VecDeque;
use std::time::Duration;

use hyper::header::{self, HeaderValue};
use hyper::{Request, StatusCode};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::http::{Response, body};

/// The only path that speaks the protocol.
pub(crate) const PATH: &str = "/ws";

/// A request is a few hundred bytes, a transaction some thousand: a client that sends more than
/// this in one message has gone wrong, and is closed with 1009.
const LARGEST_MESSAGE: usize = 1 << 20;

/// The largest message that a test can push.
const LARGEST_PUSH: usize = 64 << 20;

/// An answer to a handshake other than yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Invariant: from 300 to 599.
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    pub(crate) const NOT_FOUND: Self = Self::with(404);

    const fn with(status: u16) -> Self {
        Self {
            status,
            retry_after: None,
        }
    }

    pub(crate) fn response(self) -> Response {
        let mut response = Response::new(body(""));
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        match status {
            StatusCode::METHOD_NOT_ALLOWED => {
                headers.insert(header::ALLOW, HeaderValue::from_static("GET"));
            }
            StatusCode::UPGRADE_REQUIRED => {
                headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(
                    header::SEC_WEBSOCKET_VERSION,
                    HeaderValue::from_static("13"),
                );
            }
            _ => {}
        }
        response
    }
}

/// Refusals still to come, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Refusals(VecDeque<(usize, Refusal)>);

impl Refusals {
    pub(crate) fn add(&mut self, times: usize, refusal: Refusal) {
        if times > 0 {
            self.0.push_back((times, refusal));
        }
    }

    pub(crate) fn next(&mut self) -> Option<Refusal> {
        let (times, refusal) = self.0.front_mut()?;
        let refusal = *refusal;
        *times -= 1;
        if *times == 0 {
            self.0.pop_front();
        }
        Some(refusal)
    }
}

/// The answer that opens a WebSocket, if the request asks for one as it should.
pub(crate) fn accept<B>(request: &Request<B>) -> Result<Response, Refusal> {
    create_response_with_body(request, || body("")).map_err(|error| {
        Refusal::with(match error {
            Error::Protocol(ProtocolError::WrongHttpMethod) => 405,
            Error::Protocol(
                ProtocolError::MissingConnectionUpgradeHeader
                | ProtocolError::MissingUpgradeWebSocketHeader
                | ProtocolError::MissingSecWebSocketVersionHeader,
            ) => 426,
            _ => 400,
        })
    })
}

/// The limits of a server's sockets. Every one is set on purpose: the library's own would keep
/// 128 KiB for reading for every client, and no bound for writing. Requests are a few hundred bytes, so little is
/// kept for reading; for writing there is only what a burst has needed so far, and more of it saves calls of the
/// operating system.
pub(crate) fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(2 << 10)
        .write_buffer_size(16 << 10)
        .max_write_buffer_size(LARGEST_PUSH + (32 << 10))
        .max_message_size(Some(LARGEST_MESSAGE))
        .max_frame_size(Some(LARGEST_MESSAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_used_up_in_order() {
        let refusal = |status| Refusal {
            status,
            retry_after: None,
        };
        let mut refusals = Refusals::default();
        refusals.add(2, refusal(503));
        refusals.add(0, refusal(418));
        refusals.add(1, refusal(429));
        let statuses: Vec<_> = std::iter::from_fn(|| refusals.next())
            .map(|refusal| refusal.status)
            .collect();
        assert_eq!(statuses, [503, 503, 429]);
    }

    #[test]
    fn a_refusal_may_say_when_to_come_back() {
        let retry_after = Some(Duration::from_secs(7));
        let response = Refusal {
            status: 429,
            retry_after,
        }
        .response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "7");
    }
}
