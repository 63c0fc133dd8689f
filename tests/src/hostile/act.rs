//! What a hostile peer does on one connection.

use std::io;
use std::time::Duration;

use arbitrary::Arbitrary;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::body::Body;
use super::frame::{Frame, Sender, text};
use super::take::Bytes;

/// How long a peer waits for a message that may not come.
const READ: Duration = Duration::from_millis(50);
/// How long a peer tries to write: longer than the other side may leave it waiting.
const WRITE: Duration = Duration::from_secs(120);

/// One thing that a peer does.
#[derive(Arbitrary, Clone, Debug)]
pub(super) enum Act {
    /// Whatever the input says, in pieces of this size; 0 for one piece.
    Bytes { bytes: Bytes, piece: u8 },
    /// A frame, right or wrong in one place.
    Frame(Frame),
    /// A text message in frames of at most this size; 0 for one frame.
    Text { body: Body, fragment: u8 },
    /// Takes so many messages of the other side, and answers them as it should.
    Answer(u8),
    /// Time passes: the square of this in milliseconds, so at most a minute.
    Wait(u8),
}

impl Act {
    /// What it says, as text.
    pub(super) fn content(&self) -> String {
        match self {
            Self::Bytes { bytes, .. } => String::from_utf8_lossy(&bytes.0).into_owned(),
            Self::Frame(frame) => String::from_utf8_lossy(&frame.payload()).into_owned(),
            Self::Text { body, .. } => body.text(),
            Self::Answer(_) | Self::Wait(_) => String::new(),
        }
    }
}

/// A peer, with its handshake done.
pub(super) struct Peer<F> {
    pub(super) socket: WebSocketStream<DuplexStream>,
    pub(super) sender: Sender,
    /// What is to be answered to a message.
    pub(super) answer: F,
}

impl<F: FnMut(&Message) -> Option<Message>> Peer<F> {
    /// Does one after the other.
    ///
    /// # Errors
    /// When the other side has ended the connection.
    pub(super) async fn play(&mut self, acts: &[Act]) -> io::Result<()> {
        for act in acts {
            self.act(act).await?;
        }
        Ok(())
    }

    async fn act(&mut self, act: &Act) -> io::Result<()> {
        match act {
            Act::Bytes { bytes, piece } => self.write_pieces(&bytes.0, *piece).await,
            Act::Frame(frame) => self.write(&frame.bytes(self.sender)).await,
            Act::Text { body, fragment } => {
                self.write(&text(&body.text(), *fragment, self.sender))
                    .await
            }
            Act::Answer(times) => {
                for _ in 0..*times % 8 {
                    self.answer().await;
                }
                Ok(())
            }
            Act::Wait(root) => {
                sleep(Duration::from_millis(u64::from(*root).pow(2))).await;
                Ok(())
            }
        }
    }

    /// Takes a message, if one comes, and answers it.
    pub(super) async fn answer(&mut self) {
        if let Ok(Some(Ok(message))) = timeout(READ, self.socket.next()).await
            && let Some(answer) = (self.answer)(&message)
        {
            // Whether the other side is still there shows with the next act.
            drop(timeout(WRITE, self.socket.send(answer)).await);
        }
    }

    async fn write_pieces(&mut self, bytes: &[u8], piece: u8) -> io::Result<()> {
        let piece = match usize::from(piece) {
            0 => bytes.len().max(1),
            size => size,
        };
        for piece in bytes.chunks(piece) {
            self.write(piece).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Past the WebSocket layer, which would not let it through.
    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        timeout(WRITE, self.socket.get_mut().write_all(bytes)).await?
    }
}
