//! What comes back for a request, and when.

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{self, HeaderValue};

use super::Problem;
use crate::http::{Response, body};

/// An answer, or what comes instead of one.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Given(Response),
    /// Decided now, given later.
    Later(Duration, Response),
    Never,
    Cut,
}

impl Reply {
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Given(response) | Self::Later(_, response) => Some(response.status().as_u16()),
            Self::Never | Self::Cut => None,
        }
    }
}

impl Problem {
    pub(crate) fn response(self) -> Response {
        let mut response = error(self.status(), &self.to_string());
        if self == Self::Method {
            let methods = HeaderValue::from_static("GET");
            response.headers_mut().insert(header::ALLOW, methods);
        }
        response
    }
}

/// An answer that is said to be JSON.
pub(super) fn json(status: StatusCode, text: impl Into<bytes::Bytes>) -> Response {
    let mut response = Response::new(body(text));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

pub(super) fn error(status: StatusCode, text: &str) -> Response {
    json(status, serde_json::json!({ "error": text }).to_string())
}
