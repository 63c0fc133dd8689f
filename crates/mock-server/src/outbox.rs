//! The way out to one client: a bounded queue of frames, and the order to end.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::journal::Ending;

/// Frames that wait for a client to read them, unless told otherwise.
pub(crate) const DEFAULT_CAPACITY: usize = 1_024;

/// A Close frame has room for 125 bytes, two of them for the code.
const LONGEST_REASON: usize = 123;

/// How the server ends a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) goodbye: Goodbye,
    /// What the journal will say.
    pub(crate) ending: Ending,
}

/// The last that a client hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goodbye {
    /// Whatever is queued, then a Close frame.
    Close(Option<CloseFrame>),
    /// Whatever is queued, then the end of the stream, without a Close frame.
    Vanish,
    /// A reset, at once.
    Reset,
}

impl End {
    /// A close with a code that may appear in a Close frame. The codes that RFC 6455 (7.4.1) only
    /// lets an endpoint report do what they report: 1005 closes without a code, 1006 and 1015 end
    /// the connection without a Close frame.
    pub(crate) fn close(code: u16, reason: &str) -> Self {
        let goodbye = match code {
            1005 => Goodbye::Close(None),
            1006 | 1015 => Goodbye::Vanish,
            code => Goodbye::Close(Some(close_frame(code.into(), reason))),
        };
        let told = !matches!(goodbye, Goodbye::Vanish);
        let ending = if told {
            Ending::ByServer {
                code: (code != 1005).then_some(code),
            }
        } else {
            Ending::Cut
        };
        Self { goodbye, ending }
    }

    pub(crate) const fn cut() -> Self {
        Self {
            goodbye: Goodbye::Reset,
            ending: Ending::Cut,
        }
    }

    pub(crate) fn too_slow() -> Self {
        let frame = close_frame(CloseCode::Policy, "too slow a reader");
        Self {
            goodbye: Goodbye::Close(Some(frame)),
            ending: Ending::TooSlow,
        }
    }

    pub(crate) fn broken_rules(code: CloseCode, reason: &str) -> Self {
        let ending = Ending::BrokenRules { code: code.into() };
        Self {
            goodbye: Goodbye::Close(Some(close_frame(code, reason))),
            ending,
        }
    }
}

fn close_frame(code: CloseCode, reason: &str) -> CloseFrame {
    let fits = |end: &usize| *end <= LONGEST_REASON && reason.is_char_boundary(*end);
    let end = (0..=reason.len().min(LONGEST_REASON))
        .rev()
        .find(fits)
        .unwrap_or(0);
    CloseFrame {
        code,
        reason: reason[..end].into(),
    }
}

/// The server's end. Policy when the queue is full: the client is too slow, and its session is
/// ended with close code 1008.
#[derive(Debug)]
pub(crate) struct Outbox {
    frames: mpsc::Sender<Message>,
    end: oneshot::Sender<End>,
}

/// The session's end.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// Ends once the session is to end and everything queued before that has been taken.
    pub(crate) frames: mpsc::Receiver<Message>,
    /// Answers when the session is to end.
    pub(crate) end: oneshot::Receiver<End>,
}

pub(crate) fn channel(capacity: usize) -> (Outbox, Inbox) {
    let (frames_tx, frames) = mpsc::channel(capacity.max(1));
    let (end_tx, end) = oneshot::channel();
    (
        Outbox {
            frames: frames_tx,
            end: end_tx,
        },
        Inbox { frames, end },
    )
}

impl Outbox {
    /// Queues a frame; false when the queue is full.
    pub(crate) fn push(&self, frame: Message) -> bool {
        match self.frames.try_send(frame) {
            // A session that has just ended by itself takes no frames and misses none: its client
            // is gone, and it is about to be taken off the list.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => true,
            Err(mpsc::error::TrySendError::Full(_)) => false,
        }
    }

    /// Queues a frame in a while, if the session is still there and has room then.
    pub(crate) fn push_later(&self, frame: Message, after: Duration) {
        // Weak, for the queue ends when the last strong one is gone.
        let frames = self.frames.downgrade();
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            if let Some(frames) = frames.upgrade()
                && frames.try_send(frame).is_err()
            {
                tracing::debug!("a late frame found no room");
            }
        });
    }

    pub(crate) fn end(self, end: End) {
        if let Err(end) = self.end.send(end) {
            tracing::trace!(?end.ending, "a session had ended before it was told to");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let end = End::close(1000, &"é".repeat(100));
        let Goodbye::Close(Some(frame)) = end.goodbye else {
            panic!("no Close frame")
        };
        assert_eq!(frame.reason.as_str(), "é".repeat(61));
    }

    #[test]
    fn codes_that_cannot_be_sent_do_what_they_report() {
        assert_eq!(End::close(1005, "").goodbye, Goodbye::Close(None));
        assert_eq!(End::close(1006, "").goodbye, Goodbye::Vanish);
        assert_eq!(End::close(1006, "").ending, Ending::Cut);
        assert_eq!(
            End::close(1012, "").ending,
            Ending::ByServer { code: Some(1012) }
        );
    }

    #[tokio::test]
    async fn what_was_queued_comes_before_the_end() {
        let (outbox, mut inbox) = channel(1);
        assert!(outbox.push(Message::text("a")));
        assert!(!outbox.push(Message::text("b")));
        outbox.end(End::cut());
        assert_eq!(inbox.frames.recv().await, Some(Message::text("a")));
        assert_eq!(inbox.frames.recv().await, None);
        assert_eq!(inbox.end.await, Ok(End::cut()));
    }
}
