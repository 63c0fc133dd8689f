//! Requests over HTTP: for the WebSocket, and for REST, on one connection until one of them opens a session.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1::{Builder, Parts};
use hyper::service::Service;
use hyper::{Method, Request};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::handshake::{self, Refusal, limits};
use crate::hub::Hub;
use crate::link::Link;
use crate::rest::{Endpoint, Problem, Reply};
use crate::wire::Wire;

pub(crate) type Response = hyper::Response<Full<Bytes>>;

/// For the next request to come, on a connection that is new or kept alive.
const REQUEST_DEADLINE: Duration = Duration::from_secs(60);
/// For the answer to a handshake to be written. Long, for a silent server lets a client wait.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(60);
/// For a connection to be ended in order.
const GOODBYE_DEADLINE: Duration = Duration::from_secs(1);

pub(crate) fn body(bytes: impl Into<Bytes>) -> Full<Bytes> {
    Full::new(bytes.into())
}

/// Answers requests until the connection ends, or until one has opened a session.
pub(crate) async fn serve<S: Link>(stream: S, reception: Reception) -> Option<WebSocketStream<S>> {
    let asked = Arc::clone(&reception.asked);
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_DEADLINE)
        // Answers are the same whenever they are given.
        .auto_date_header(false);
    let mut connection = builder.serve_connection(TokioIo::new(stream), reception);
    let overdue = async {
        asked.notified().await;
        sleep(HANDSHAKE_DEADLINE).await;
    };
    let result = tokio::select! {
        () = overdue => return None,
        result = poll_fn(|cx| connection.poll_without_shutdown(cx)) => result,
    };
    let Parts {
        io,
        read_buf,
        service,
        ..
    } = connection.into_parts();
    let stream = io.into_inner();
    match (result, service.fate.get()) {
        (Ok(()), Some(Fate::Session)) => {
            let config = Some(limits());
            // A copy of the little that there is, for the whole buffer of 8 KiB would come with it.
            let read = read_buf.to_vec();
            Some(WebSocketStream::from_partially_read(stream, read, Role::Server, config).await)
        }
        (_, Some(Fate::Cut)) => {
            stream.abort();
            None
        }
        (Ok(()), _) => {
            end(stream).await;
            None
        }
        (Err(error), _) => {
            tracing::debug!(%error, "a connection without a session is over");
            None
        }
    }
}

async fn end(mut stream: impl Link) {
    if !matches!(
        timeout(GOODBYE_DEADLINE, stream.shutdown()).await,
        Ok(Ok(()))
    ) {
        tracing::debug!("a connection without a session did not end in order");
    }
}

/// What a request has made of its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Session,
    Cut,
}

/// Receives the requests of one connection.
#[derive(Debug)]
pub(crate) struct Reception {
    hub: Arc<Hub>,
    wire: Arc<Wire>,
    /// Told once a handshake was answered, whatever the answer.
    asked: Arc<Notify>,
    fate: OnceLock<Fate>,
}

impl Reception {
    pub(crate) fn new(hub: Arc<Hub>, wire: Arc<Wire>) -> Self {
        Self {
            hub,
            wire,
            asked: Arc::default(),
            fate: OnceLock::new(),
        }
    }

    fn receive(&self, request: &Request<Incoming>) -> Reply {
        let path = request.uri().path();
        if path == handshake::PATH {
            return Reply::Given(self.open_session(request));
        }
        match Endpoint::at(path) {
            Some(endpoint) if request.method() == Method::GET => self
                .hub
                .ask(endpoint, request.uri().query().unwrap_or_default()),
            Some(endpoint) => {
                let reply = Reply::Given(Problem::Method.response());
                self.hub.note_rest(endpoint, reply.status());
                reply
            }
            None => {
                self.hub.note_refusal(Refusal::NOT_FOUND);
                Reply::Given(Problem::NotFound.response())
            }
        }
    }

    fn open_session(&self, request: &Request<Incoming>) -> Response {
        self.asked.notify_one();
        let judged = handshake::accept(request)
            .inspect_err(|refusal| self.hub.note_refusal(*refusal))
            .and_then(|response| match self.hub.refuse(&self.wire) {
                None => Ok(response),
                Some(refusal) => Err(refusal),
            });
        judged.map_or_else(Refusal::response, |response| {
            self.decide(Fate::Session);
            response
        })
    }

    fn decide(&self, fate: Fate) {
        // The first decides: there is no second, for both end the connection for HTTP.
        self.fate.get_or_init(|| fate);
    }
}

impl Service<Request<Incoming>> for Reception {
    type Response = Response;
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Unanswered>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let reply = self.receive(&request);
        if matches!(reply, Reply::Cut) {
            self.decide(Fate::Cut);
        }
        Box::pin(give(reply))
    }
}

/// The connection is to be cut instead of an answer.
#[derive(Debug, thiserror::Error)]
#[error("a rule has cut the connection")]
pub(crate) struct Unanswered;

async fn give(reply: Reply) -> Result<Response, Unanswered> {
    match reply {
        Reply::Given(response) => Ok(response),
        Reply::Later(time, response) => {
            sleep(time).await;
            Ok(response)
        }
        Reply::Never => std::future::pending().await,
        Reply::Cut => Err(Unanswered),
    }
}
