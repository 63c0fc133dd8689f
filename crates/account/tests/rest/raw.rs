//! A port that answers with whatever bytes a test has.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::within;

pub(super) struct Raw(TcpListener);

impl Raw {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        Self(listener.expect("a port is free"))
    }

    pub(super) fn url(&self) -> String {
        let addr = self.0.local_addr();
        format!("http://{}", addr.expect("a listener has an address"))
    }

    /// The next connection, and the head of the request on it.
    pub(super) async fn request(&self) -> (TcpStream, String) {
        let (mut stream, _) = within(self.0.accept()).await.expect("a connection");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(within(stream.read_u8()).await.expect("a request"));
        }
        (stream, String::from_utf8(head).expect("a head is text"))
    }

    /// Answers the next connection, and ends it; the head of its request.
    pub(super) async fn answer(&self, bytes: impl AsRef<[u8]>) -> String {
        let (mut stream, request) = self.request().await;
        // Whoever has read enough may hang up before the end.
        drop(stream.write_all(bytes.as_ref()).await);
        drop(stream.shutdown().await);
        request
    }
}

/// An answer whose length is announced.
pub(super) fn ok(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// An answer whose length only its end shows.
pub(super) fn chunked<'b>(chunks: impl IntoIterator<Item = &'b str>) -> String {
    let framed = |chunk: &str| format!("{:x}\r\n{chunk}\r\n", chunk.len());
    let body: String = chunks.into_iter().chain([""]).map(framed).collect();
    format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{body}")
}
