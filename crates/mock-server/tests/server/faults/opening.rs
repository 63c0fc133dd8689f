//! Faults before there is a session.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use rocketfi_mock_server::{Fault, MockServer, Phase, Received};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite;

use super::sights::injected;
use crate::peer::{connect, quiet, within};

const REQUEST: &[u8] = b"GET /ws HTTP/1.1\r\nHost: mock.test\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// All bytes that a connection brings, from the dial to its end.
async fn everything(server: &MockServer, request: &[u8]) -> Result<Vec<u8>, Error> {
    let dial = async {
        // The end may come before the dial is known to be over.
        let mut stream = TcpStream::connect(server.addr()).await?;
        stream.write_all(request).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        Ok(bytes)
    };
    within("a connection", dial).await
}

#[tokio::test]
async fn a_connection_breaks_before_the_handshake_as_it_is_told() {
    let server = quiet().await;
    server.inject(Fault::Reset, Phase::Dialling);
    server.inject(Fault::Fin, Phase::Dialling);
    server.inject(Fault::Truncate { after: 9 }, Phase::Dialling);
    // Who has sent nothing can tell an end from a reset.
    let error = everything(&server, b"").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(everything(&server, b"").await.unwrap(), b"");
    assert_eq!(everything(&server, REQUEST).await.unwrap(), b"HTTP/1.1 ");
    let names = [(0, "reset"), (0, "end without Close"), (0, "truncated")];
    assert_eq!(injected(&server), names);
    connect(&server).await.expect_pong().await;
}

#[tokio::test]
async fn a_connection_breaks_within_the_handshake_as_it_is_told() {
    let server = quiet().await;
    server.inject(Fault::Truncate { after: 20 }, Phase::Handshake);
    server.inject(Fault::Fin, Phase::Handshake);
    server.inject(Fault::Reset, Phase::Handshake);
    let half = everything(&server, REQUEST).await.unwrap();
    assert_eq!(half, b"HTTP/1.1 101 Switchi");
    assert_eq!(everything(&server, REQUEST).await.unwrap(), b"");
    let error = everything(&server, REQUEST).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    connect(&server).await.expect_pong().await;
}

#[tokio::test]
async fn a_refusal_has_its_status_and_says_when_to_come_back() {
    let server = quiet().await;
    let cases = [(400, None), (401, None), (429, Some(7)), (503, None)];
    for (status, wait) in cases {
        let refusal = Fault::Refuse {
            status,
            retry_after: wait.map(Duration::from_secs),
        };
        server.inject(refusal, Phase::Handshake);
    }
    for (status, wait) in cases {
        let refused = within("a refusal", connect_async(server.url())).await;
        let Err(tungstenite::Error::Http(response)) = refused else {
            panic!("not refused: {refused:?}")
        };
        assert_eq!(response.status().as_u16(), status);
        let header = response.headers().get("retry-after");
        let seconds = header.map(|it| it.to_str().unwrap().parse().unwrap());
        assert_eq!(seconds, wait, "{status}");
    }
    connect(&server).await.expect_pong().await;
    assert_eq!(injected(&server), [(0, "handshake refused"); 4]);
    let is_refusal = |it: &Received| matches!(it, Received::Refused { .. });
    assert_eq!(server.journal().count(|it| is_refusal(&it.event)), 4);
}
