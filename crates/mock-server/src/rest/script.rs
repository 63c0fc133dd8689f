//! What to answer over REST: rules that a test lays over the server's ordinary behaviour.

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{self, HeaderValue};

use super::Endpoint;
use super::reply::{self, Reply};
use crate::http::Response;

/// Which requests over REST a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestAnswerTo {
    endpoint: Option<Endpoint>,
    page: Option<u64>,
}

impl RestAnswerTo {
    /// Every request to this path, such as `/open-orders`; the paths are the constants of
    /// [`rocketfi_protocol::rest`].
    ///
    /// # Panics
    /// When the path is none of them.
    #[must_use]
    pub fn path(path: &str) -> Self {
        let endpoint = Endpoint::at(path);
        assert!(endpoint.is_some(), "{path} is no path of REST");
        Self {
            endpoint,
            page: None,
        }
    }

    /// Every request for this page of a list.
    ///
    /// # Panics
    /// When nothing that comes in pages has this path.
    #[must_use]
    pub fn page(path: &str, number: u64) -> Self {
        let to = Self::path(path);
        let has_pages = to.endpoint.is_some_and(Endpoint::has_pages);
        assert!(has_pages, "{path} has no pages");
        Self {
            page: Some(number),
            ..to
        }
    }

    /// Every request to any of the paths.
    #[must_use]
    pub const fn anything() -> Self {
        Self {
            endpoint: None,
            page: None,
        }
    }

    /// A request that cannot be read asks for no page.
    pub(super) fn is_for(self, endpoint: Endpoint, page: Option<u64>) -> bool {
        self.endpoint.is_none_or(|it| it == endpoint) && (self.page.is_none() || self.page == page)
    }
}

/// What a request over REST is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RestAnswer {
    /// As if there were no rule. Useful before other rules, to let the first requests pass.
    Ordinary,
    /// This status, with a small body.
    Status {
        /// The HTTP status, from 200 to 599.
        status: u16,
        /// What `Retry-After` says, in whole seconds.
        retry_after: Option<Duration>,
    },
    /// The ordinary answer, so much later. It shows what was when the request came.
    Slow(Duration),
    /// No answer; the connection stays open.
    Silence,
    /// No answer; the connection is reset.
    Cut,
    /// This body, whatever it holds, said to be JSON.
    Text {
        /// The HTTP status, from 200 to 599.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
}

impl RestAnswer {
    /// Panics when there is no such answer.
    pub(crate) fn check(&self) {
        if let Self::Status { status, .. } | Self::Text { status, .. } = self {
            assert!(
                (200..600).contains(status),
                "{status} is no status of an answer"
            );
        }
    }

    pub(super) fn reply(self, ordinary: impl FnOnce() -> Response) -> Reply {
        match self {
            Self::Ordinary => Reply::Given(ordinary()),
            Self::Slow(time) => Reply::Later(time, ordinary()),
            Self::Silence => Reply::Never,
            Self::Cut => Reply::Cut,
            Self::Status {
                status,
                retry_after,
            } => Reply::Given(failure(code(status), retry_after)),
            Self::Text { status, body } => Reply::Given(reply::json(code(status), body)),
        }
    }
}

fn failure(status: StatusCode, retry_after: Option<Duration>) -> Response {
    let mut response = reply::error(status, "the mock was told to fail here");
    if let Some(wait) = retry_after {
        let seconds = HeaderValue::from(wait.as_secs());
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("checked when the rule was laid down")
}
