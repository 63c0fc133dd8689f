//! What a session runs over: any byte stream that can also be cut.

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// A byte stream in both directions, for [`MockServer::serve`](crate::MockServer::serve).
pub trait Link: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Arranges that dropping the stream resets the connection instead of ending it in order. Does
    /// nothing where there is no such difference.
    fn abort(&self) {}
}

impl Link for TcpStream {
    fn abort(&self) {
        if let Err(error) = self.set_zero_linger() {
            tracing::debug!(%error, "a connection will be ended in order instead of reset");
        }
    }
}

impl<S: Link> Link for TlsStream<S> {
    fn abort(&self) {
        self.get_ref().0.abort();
    }
}

impl Link for DuplexStream {}
