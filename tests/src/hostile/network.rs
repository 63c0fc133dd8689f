//! Where a client's connections lead: to hostile servers first, to a good one when there are no more.

use std::sync::Arc;
use std::time::Duration;
use std::{io, vec};

use arbitrary::Arbitrary;
use rocketfi_client::Connect;
use rocketfi_mock_server::MockServer;
use rocketfi_protocol::{ClientMessage, ServerMessage, decode_client, encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

use super::act::{Act, Peer};
use super::frame::Sender;
use super::take::{Bytes, list};

/// What fits into a pipe in each direction.
const PIPE: usize = 64 << 10;
/// Longer than a client tries to connect.
const HANDSHAKE: Duration = Duration::from_secs(60);

/// A server that does its worst, for one connection.
#[derive(Arbitrary, Clone, Debug)]
pub(super) struct Hostile {
    pub(super) opening: Opening,
    #[arbitrary(with = list)]
    pub(super) acts: Vec<Act>,
}

#[derive(Arbitrary, Clone, Debug)]
pub(super) enum Opening {
    /// As it should be.
    Handshake,
    /// No connection at all.
    Unreachable,
    /// Bytes instead of a handshake.
    Bytes(Bytes),
    /// An answer to the handshake other than yes.
    Refusal { status: u16, retry_after: String },
}

pub(super) struct Network {
    hostile: vec::IntoIter<Hostile>,
    refuge: Arc<MockServer>,
}

impl Network {
    pub(super) fn new(hostile: Vec<Hostile>, refuge: Arc<MockServer>) -> Self {
        Self {
            hostile: hostile.into_iter(),
            refuge,
        }
    }
}

impl Connect for Network {
    type Stream = DuplexStream;

    async fn connect(&mut self, _host: &str, _port: u16) -> io::Result<DuplexStream> {
        let (near, far) = duplex(PIPE);
        match self.hostile.next() {
            None => self.refuge.serve(far),
            Some(Hostile {
                opening: Opening::Unreachable,
                ..
            }) => {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            Some(hostile) => drop(tokio::spawn(hostile.serve(far))),
        }
        Ok(near)
    }
}

impl Hostile {
    /// Ends when all is done, or when the client has gone.
    async fn serve(self, stream: DuplexStream) {
        match &self.opening {
            Opening::Handshake => {
                if let Ok(Ok(socket)) = timeout(HANDSHAKE, accept_async(stream)).await {
                    let sender = Sender::Server;
                    let mut peer = Peer {
                        socket,
                        sender,
                        answer,
                    };
                    drop(peer.play(&self.acts).await);
                }
            }
            Opening::Unreachable => {}
            Opening::Bytes(bytes) => open_with(stream, &bytes.0).await,
            Opening::Refusal {
                status,
                retry_after,
            } => {
                let status = 100 + status % 900;
                let text = format!("HTTP/1.1 {status} No\r\nRetry-After: {retry_after}\r\n\r\n");
                open_with(stream, text.as_bytes()).await;
            }
        }
    }
}

/// Reads the request and answers with this.
async fn open_with(mut stream: DuplexStream, bytes: &[u8]) {
    let mut request = [0; 1024];
    let opening = async {
        match stream.read(&mut request).await? {
            0 => Ok(()),
            _ => stream.write_all(bytes).await,
        }
    };
    drop(timeout(HANDSHAKE, opening).await);
}

/// What a good server answers.
fn answer(message: &Message) -> Option<Message> {
    let text = message.to_text().ok()?;
    let answer = match decode_client(text).ok()? {
        ClientMessage::Ping => ServerMessage::Pong,
        ClientMessage::Subscribe(kind) => ServerMessage::SubscribeConfirmation(kind),
        ClientMessage::Unsubscribe(kind) => ServerMessage::UnsubscribeConfirmation(kind),
        _ => return None,
    };
    Some(Message::text(encode(&answer)))
}
