//! The door: accepts connections, and keeps the tasks that serve them.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::accept_hdr_async_with_config;

use crate::gate::Gated;
use crate::handshake::{Judge, limits};
use crate::hub::Hub;
use crate::link::Link;
use crate::outbox::End;
use crate::session;
use crate::stop::Stop;

/// For TLS and the WebSocket handshake together. Long, for a silent server lets a client wait.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(60);
/// For all sessions to end, once the server is to stop.
const STOP_DEADLINE: Duration = Duration::from_secs(3);
/// After the operating system refused a connection, for want of file descriptors most likely.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(50);

/// What is needed to serve a connection.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) hub: Arc<Hub>,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) stop: Stop,
}

impl Door {
    /// Accepts until told to stop, then closes the port and ends all sessions with 1001.
    ///
    /// Dropping this future ends everything at once, without Close frames.
    pub(crate) async fn keep(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        let mut stop = self.stop.clone();
        loop {
            tokio::select! {
                () = stop.told() => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(self.clone().serve(stream));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                    }
                },
                // Keeps the set from growing with connections that are over.
                Some(_) = connections.join_next() => {}
            }
        }
        drop(listener);
        self.hub
            .end_all(&End::close(1001, "the server is going away"));
        let all_over = async { while connections.join_next().await.is_some() {} };
        if timeout(STOP_DEADLINE, all_over).await.is_err() {
            tracing::warn!("some sessions did not end in time and are cut off");
        }
    }

    async fn serve(mut self, stream: TcpStream) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small frames of a connection may be late");
        }
        let stream = Gated::new(stream, Arc::clone(&self.hub.gate));
        match self.tls.take() {
            None => self.greet(stream).await,
            Some(tls) => {
                let stop = self.stop.clone();
                match before(stop, tls.accept(stream)).await {
                    Some(Ok(stream)) => Box::pin(self.greet(stream)).await,
                    Some(Err(error)) => tracing::debug!(%error, "no TLS session"),
                    None => {}
                }
            }
        }
    }

    async fn greet<S: Link>(self, stream: S) {
        let hub = &self.hub;
        let handshake = accept_hdr_async_with_config(stream, Judge(hub), Some(limits()));
        match before(self.stop, handshake).await {
            Some(Ok(socket)) => session::run(socket, hub, hub.enter()).await,
            Some(Err(error)) => tracing::debug!(%error, "no handshake"),
            None => {}
        }
    }
}

/// What comes of a step of opening a connection; `None` when it takes too long, or the server is
/// to stop first.
async fn before<T>(mut stop: Stop, opening: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        () = stop.told() => None,
        done = timeout(HANDSHAKE_DEADLINE, opening) => done.ok(),
    }
}
