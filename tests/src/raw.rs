//! A peer that does only what a test does with its socket.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{WebSocketStream, accept_async};

use crate::deadline;

/// A port without any behaviour, for what a well-behaved server cannot be made to do.
#[derive(Debug)]
pub struct RawServer {
    listener: TcpListener,
}

impl RawServer {
    /// Listens on a free port.
    ///
    /// # Panics
    /// When there is none.
    pub async fn start() -> Self {
        Self::at((Ipv4Addr::LOCALHOST, 0).into()).await
    }

    /// Listens on this address, where another server has been.
    ///
    /// # Panics
    /// When it is not free.
    pub async fn at(addr: SocketAddr) -> Self {
        let listener = TcpListener::bind(addr).await;
        Self {
            listener: listener.expect("the port is free"),
        }
    }

    /// Where to connect to.
    ///
    /// # Panics
    /// Never: a listener has an address.
    #[must_use]
    pub fn url(&self) -> String {
        let addr = self.listener.local_addr();
        format!("ws://{}/ws", addr.expect("a listener has an address"))
    }

    /// The next TCP connection.
    ///
    /// # Panics
    /// When none comes.
    pub async fn accept_tcp(&self) -> TcpStream {
        let accepted = deadline("a TCP connection", self.listener.accept()).await;
        accepted.expect("it can be accepted").0
    }

    /// The next connection, after the WebSocket handshake.
    ///
    /// # Panics
    /// When none comes.
    pub async fn accept(&self) -> WebSocketStream<TcpStream> {
        let handshake = accept_async(self.accept_tcp().await);
        deadline("a handshake", handshake)
            .await
            .expect("the client speaks WebSocket")
    }
}
