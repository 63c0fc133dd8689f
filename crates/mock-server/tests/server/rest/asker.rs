//! A plain HTTP client, so that the server is tested against something other than our own.

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{HeaderMap, Method, Request};
use hyper_util::rt::TokioIo;
use rocketfi_mock_server::MockServer;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::within;

/// One connection, on which one request is made after the other.
pub(super) struct Asker {
    sender: SendRequest<Empty<Bytes>>,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("text"))
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_slice(&self.body).expect("the envelope of the protocol")
    }
}

impl Asker {
    pub(super) async fn over<S>(stream: S) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("no I/O yet");
        // Its end is seen by the next request.
        tokio::spawn(async move { drop(connection.await) });
        Self { sender }
    }

    pub(super) async fn to(server: &MockServer) -> Self {
        let stream = TcpStream::connect(server.addr()).await;
        Self::over(stream.expect("a listener")).await
    }

    /// Over a pipe, where the clock is simulated.
    pub(super) async fn piped(server: &MockServer) -> Self {
        let (near, far) = tokio::io::duplex(4096);
        server.serve(far);
        Self::over(near).await
    }

    pub(super) async fn try_to(
        &mut self,
        method: Method,
        target: &str,
    ) -> Result<Answer, hyper::Error> {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", "mock.test");
        let request = request.body(Empty::new()).expect("a request");
        self.sender.ready().await?;
        let (parts, body) = self.sender.send_request(request).await?.into_parts();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await?.to_bytes(),
        })
    }

    pub(super) async fn get(&mut self, target: &str) -> Answer {
        within(target, self.try_to(Method::GET, target))
            .await
            .expect("an answer")
    }

    pub(super) async fn read<T: DeserializeOwned>(&mut self, target: &str) -> T {
        self.get(target).await.read()
    }
}

/// Asks on a connection of its own.
pub(super) async fn get(server: &MockServer, target: &str) -> Answer {
    Asker::to(server).await.get(target).await
}

/// Sends these bytes on a connection of its own, and nothing after them.
pub(super) async fn connect_and_send(server: &MockServer, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.addr()).await.expect("a listener");
    stream.write_all(bytes).await.expect("an open connection");
    stream
}
