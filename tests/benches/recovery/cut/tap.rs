//! A port in front of a server that keeps a hand on the connections it passes on, for bytes that
//! the server itself never writes.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rocketfi_mock_server::MockServer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Bytes may be written only while the server writes nothing: they go between two frames.
pub(super) struct Tap {
    addr: SocketAddr,
    /// The connection that was accepted last.
    latest: watch::Receiver<Option<std::net::TcpStream>>,
}

impl Tap {
    pub(super) async fn before(server: Arc<MockServer>) -> Self {
        let listening = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listening.expect("a port is free");
        let addr = listener.local_addr().expect("a listener has an address");
        let (latest_tx, latest) = watch::channel(None);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (stream, hand) = split(stream);
                if latest_tx.send(Some(hand)).is_err() {
                    return;
                }
                server.serve(stream);
            }
        });
        Self { addr, latest }
    }

    pub(super) fn url(&self) -> String {
        format!("ws://{}/ws", self.addr)
    }

    pub(super) fn write(&self, bytes: &[u8]) {
        let latest = self.latest.borrow();
        let mut stream = latest.as_ref().expect("there is a connection");
        stream
            .write_all(bytes)
            .expect("the connection takes a few bytes");
    }
}

fn split(stream: TcpStream) -> (TcpStream, std::net::TcpStream) {
    let stream = stream.into_std().expect("it comes off the runtime");
    let hand = stream.try_clone().expect("there are descriptors enough");
    let stream = TcpStream::from_std(stream).expect("the runtime takes it back");
    stream.set_nodelay(true).expect("the option is known");
    (stream, hand)
}
