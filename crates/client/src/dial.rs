//! From an address to an open WebSocket, within the connect timeout.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::endpoint::Endpoint;
use crate::transport::Socket;
use crate::{Config, ConfigError, ConnectError, tls};

/// Opens the byte stream that everything else runs over: TLS, if the address asks for it, and the WebSocket.
///
/// A client uses TCP by itself. Another one goes through a proxy, binds to an address, or leads to a simulated network;
/// see [`Builder::connect_with`](crate::Builder::connect_with).
///
/// ```
/// use std::io;
/// use std::net::Ipv4Addr;
/// use tokio::net::{TcpSocket, TcpStream};
///
/// /// Leaves the machine by one of its addresses.
/// struct From(Ipv4Addr);
///
/// impl rocketfi_client::Connect for From {
///     type Stream = TcpStream;
///
///     async fn connect(&mut self, host: &str, port: u16) -> io::Result<TcpStream> {
///         let found = tokio::net::lookup_host((host, port)).await?.find(|addr| addr.is_ipv4());
///         let socket = TcpSocket::new_v4()?;
///         socket.bind((self.0, 0).into())?;
///         socket.connect(found.ok_or(io::ErrorKind::HostUnreachable)?).await
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = rocketfi_mock_server::MockServer::builder().quiet().start().await?;
/// # let url = server.url();
/// let builder = rocketfi_client::Client::builder(url);
/// let (client, events) = builder.connect_with(From(Ipv4Addr::LOCALHOST)).await?;
/// # Ok(())
/// # }
/// ```
pub trait Connect: Send + 'static {
    /// An open connection. Dropping it ends it.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// One attempt. `host` is a name or an address, without the brackets of IPv6.
    ///
    /// # Cancel safety
    /// The client drops it when the connect timeout is over, and when it is to end; nothing of the attempt may go on
    /// then.
    ///
    /// # Errors
    /// What is given back as the source of [`ConnectError::Tcp`].
    fn connect(
        &mut self,
        host: &str,
        port: u16,
    ) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// TCP, as the operating system does it.
pub(crate) struct Tcp;

impl Connect for Tcp {
    type Stream = TcpStream;

    async fn connect(&mut self, host: &str, port: u16) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((host, port)).await?;
        // An order is one small frame, and must not wait for the acknowledgement of the frame before.
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// A plain or an encrypted stream.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

pub(crate) struct Dialer<C> {
    connect: C,
    endpoint: Endpoint,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    timeout: Duration,
    max_message_size: usize,
}

impl<C: Connect> Dialer<C> {
    pub(crate) fn new(config: &Config, connect: C) -> Result<Self, ConfigError> {
        config.validate()?;
        let endpoint = config.endpoint()?;
        let tls = if endpoint.secure {
            Some(connector(config, &endpoint)?)
        } else {
            None
        };
        Ok(Self {
            connect,
            endpoint,
            tls,
            timeout: config.connect_timeout,
            max_message_size: config.max_message_size,
        })
    }

    /// For logs.
    pub(crate) const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// One attempt, with one deadline for all of it. Cancel safe: dropping it abandons the attempt.
    pub(crate) async fn dial(&mut self) -> Result<Socket<Box<dyn Io>>, ConnectError> {
        let after = self.timeout;
        timeout(after, self.attempt())
            .await
            .unwrap_or(Err(ConnectError::Timeout { after }))
    }

    async fn attempt(&mut self) -> Result<Socket<Box<dyn Io>>, ConnectError> {
        let connecting = self
            .connect
            .connect(&self.endpoint.host, self.endpoint.port);
        let stream = connecting.await.map_err(ConnectError::Tcp)?;
        let stream: Box<dyn Io> = match &self.tls {
            None => Box::new(stream),
            Some((connector, name)) => Box::new(
                connector
                    .connect(name.clone(), stream)
                    .await
                    .map_err(tls_error)?,
            ),
        };
        Socket::open(stream, self.endpoint.as_str(), self.max_message_size).await
    }
}

fn connector(
    config: &Config,
    endpoint: &Endpoint,
) -> Result<(TlsConnector, ServerName<'static>), ConfigError> {
    let client_config = match &config.tls {
        Some(tls) => Arc::clone(tls),
        None => tls::client_config()?,
    };
    let name = ServerName::try_from(endpoint.host.clone())
        .map_err(|_| crate::ConfigProblem::ServerName)?;
    Ok((TlsConnector::from(client_config), name))
}

/// `tokio-rustls` wraps what `rustls` says.
fn tls_error(error: io::Error) -> ConnectError {
    let cause = error
        .get_ref()
        .and_then(|error| error.downcast_ref::<rustls::Error>());
    if matches!(cause, Some(rustls::Error::InvalidCertificate(_))) {
        ConnectError::Certificate(error)
    } else {
        ConnectError::Tls(error)
    }
}
