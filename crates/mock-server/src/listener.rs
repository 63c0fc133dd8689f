//! The door: accepts connections, and keeps the tasks that serve them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::fault::Phase;
use crate::http::{self, Reception};
use crate::hub::Hub;
use crate::link::Link;
use crate::outbox::End;
use crate::session;
use crate::stop::Stop;
use crate::wire::{Wire, Wired};

/// For TLS. Long, for a silent server lets a client wait.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(60);
/// For all sessions to end, once the server is to stop.
const STOP_DEADLINE: Duration = Duration::from_secs(3);
/// After the operating system refused a connection, for want of file descriptors most likely.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(50);

/// What is needed to serve a connection.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) hub: Arc<Hub>,
    pub(crate) tls: Option<Tls>,
    pub(crate) stop: Stop,
    connections: Arc<Mutex<JoinSet<()>>>,
}

/// The library's own type shows nothing of itself.
#[derive(Clone)]
pub(crate) struct Tls(pub(crate) TlsAcceptor);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(..)")
    }
}

impl Door {
    pub(crate) fn new(hub: Arc<Hub>, tls: Option<Arc<ServerConfig>>, stop: Stop) -> Self {
        Self {
            hub,
            tls: tls.map(TlsAcceptor::from).map(Tls),
            stop,
            connections: Arc::default(),
        }
    }

    /// Accepts until told to stop, then closes the port and ends all sessions with 1001. Without a
    /// listener there are only the connections that a test hands over.
    pub(crate) async fn keep(self, listener: Option<TcpListener>) {
        let mut stop = self.stop.clone();
        match listener {
            None => stop.told().await,
            Some(listener) => self.accept(listener, stop).await,
        }
        self.hub
            .end_all(&End::close(1001, "the server is going away"));
        let mut connections = std::mem::take(&mut *self.connections());
        let all_over = async { while connections.join_next().await.is_some() {} };
        if timeout(STOP_DEADLINE, all_over).await.is_err() {
            tracing::warn!("some sessions did not end in time and are cut off");
        }
    }

    async fn accept(&self, listener: TcpListener, mut stop: Stop) {
        loop {
            tokio::select! {
                biased;
                () = stop.told() => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        if let Err(error) = stream.set_nodelay(true) {
                            tracing::debug!(%error, "small frames of a connection may be late");
                        }
                        self.admit(stream);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                    }
                },
            }
        }
    }

    /// Serves a connection in a task of its own.
    pub(crate) fn admit(&self, stream: impl Link) {
        let mut connections = self.connections();
        // Keeps the set from growing with connections that are over.
        while connections.try_join_next().is_some() {}
        connections.spawn(self.clone().serve(stream));
    }

    /// Ends everything at once, without Close frames.
    pub(crate) fn abort(&self) {
        self.connections().abort_all();
    }

    fn connections(&self) -> MutexGuard<'_, JoinSet<()>> {
        // Nothing under this lock panics half-way through a change.
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(mut self, stream: impl Link) {
        let wire = Arc::<Wire>::default();
        self.hub.strike_wire(Phase::Dialling, &wire);
        let stream = Wired::new(stream, Arc::clone(&self.hub.gate), Arc::clone(&wire));
        match self.tls.take() {
            None => self.greet(stream, wire).await,
            // Boxed, or every session without TLS would have the size of one with it.
            Some(tls) => Box::pin(self.greet_with_tls(tls, stream, wire)).await,
        }
    }

    async fn greet_with_tls(self, tls: Tls, stream: impl Link, wire: Arc<Wire>) {
        let opening = timeout(HANDSHAKE_DEADLINE, tls.0.accept(stream));
        match before(self.stop.clone(), Box::pin(opening)).await {
            Some(Ok(Ok(stream))) => self.greet(stream, wire).await,
            Some(Ok(Err(error))) => tracing::debug!(%error, "no TLS session"),
            Some(Err(_)) | None => {}
        }
    }

    /// Answers requests, and runs a session if one of them opens it.
    async fn greet<S: Link>(self, stream: S, wire: Arc<Wire>) {
        let hub = &self.hub;
        let reception = Reception::new(Arc::clone(hub), Arc::clone(&wire));
        // Boxed, for it is over when the session begins.
        let requests = Box::pin(http::serve(stream, reception));
        // A request that is being answered is not waited for: it may be one that is never answered.
        if let Some(Some(socket)) = before(self.stop, requests).await {
            session::run(socket, hub, hub.enter(wire)).await;
        }
    }
}

/// What comes of a connection that has no session yet; `None` when the server is to stop
/// first.
async fn before<T>(mut stop: Stop, opening: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = stop.told() => None,
        done = opening => Some(done),
    }
}
