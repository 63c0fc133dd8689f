//! What is to be written on one session, and in which order: answers and heartbeats first, then requests and
//! transactions as they came, then the Close frame.
//!
//! Writing happens a step at a time beside reading, so that a peer which does not read cannot keep us from reading.
//! Each frame has a deadline of its own.

use std::collections::VecDeque;
use std::mem::take;
use std::task::{Context, Poll};
use std::time::Duration;

use rocketfi_protocol::{ClientMessage, encode};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use crate::command::Message;
use crate::registry::{Reply, answer};
use crate::transport::{Outgoing, Socket};
use crate::{GapCause, SendError};

/// How many requests and transactions may wait. Further commands stay in the command queue meanwhile.
const CAPACITY: usize = 32;

/// The answer to an application-level `Ping` of the server. [`ClientMessage`] has no such variant, since only a server
/// answers pings by the specification; it has the form of every message without payload.
const PONG: &str = "\"Pong\"";

pub(crate) struct Outbox {
    write_timeout: Duration,
    control: Control,
    /// Bounded: commands are taken only while there is room, and so many requests are in flight at a time as the
    /// configuration allows. One that was given up leaves its frame here until the write timeout, so there are at most
    /// as many times those as request timeouts fit.
    data: VecDeque<Data>,
    close: Close,
    writing: Option<Writing>,
}

/// What goes before everything else. Of each there is at most one to write: many pings that came while nothing could be
/// written get one answer.
#[derive(Default)]
struct Control {
    pong: bool,
    ping: bool,
    /// The WebSocket library has an answer to write.
    flush: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Close {
    Unwanted,
    Wanted,
    /// Nothing may follow it.
    Sent,
}

struct Data {
    text: String,
    /// `None` for a request, which the server answers.
    reply: Option<Reply<SendError>>,
}

/// What is written next: a frame, or only what the WebSocket library has queued.
struct Next {
    frame: Option<Outgoing>,
    reply: Option<Reply<SendError>>,
}

/// One frame is between the outbox and the operating system.
struct Writing {
    reply: Option<Reply<SendError>>,
    /// Absolute, set once when the frame was taken.
    deadline: Instant,
}

impl Outbox {
    pub(crate) fn new(write_timeout: Duration) -> Self {
        Self {
            write_timeout,
            control: Control::default(),
            data: VecDeque::new(),
            close: Close::Unwanted,
            writing: None,
        }
    }

    pub(crate) const fn ping(&mut self) {
        self.control.ping = true;
    }

    pub(crate) const fn pong(&mut self) {
        self.control.pong = true;
    }

    /// Write what the WebSocket library has queued by itself.
    pub(crate) const fn flush(&mut self) {
        self.control.flush = true;
    }

    pub(crate) fn request(&mut self, message: &ClientMessage) {
        self.data.push_back(Data {
            text: encode(message),
            reply: None,
        });
    }

    pub(crate) fn send(&mut self, message: Message) {
        self.data.push_back(Data {
            text: message.text,
            reply: Some(message.reply),
        });
    }

    /// A Close frame, behind all that waits.
    pub(crate) fn close(&mut self) {
        if self.close == Close::Unwanted {
            self.close = Close::Wanted;
        }
    }

    /// Whether no more commands should be taken for now. There is always room for a request, whose number
    /// has a bound of its own.
    pub(crate) fn is_full(&self) -> bool {
        self.data.len() >= CAPACITY
    }

    /// When the frame being written must have been written.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.writing.as_ref().map(|writing| writing.deadline)
    }

    /// Writes as much as can be written without waiting.
    pub(crate) fn poll<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        cx: &mut Context<'_>,
        socket: &mut Socket<S>,
    ) -> Result<(), GapCause> {
        loop {
            if self.writing.is_some() {
                match socket.poll_flush(cx) {
                    Poll::Pending => return Ok(()),
                    Poll::Ready(flushed) => flushed?,
                }
                self.written();
            }
            if !self.start(socket)? {
                return Ok(());
            }
        }
    }

    fn written(&mut self) {
        if let Some(reply) = self.writing.take().and_then(|writing| writing.reply) {
            answer(reply, Ok(()));
        }
    }

    /// Hands the next frame to the socket, if there is one.
    fn start<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        socket: &mut Socket<S>,
    ) -> Result<bool, GapCause> {
        let Some(next) = self.next() else {
            return Ok(false);
        };
        let deadline = Instant::now() + self.write_timeout;
        self.writing = Some(Writing {
            reply: next.reply,
            deadline,
        });
        next.frame
            .map_or(Ok(()), |frame| socket.start_send(frame))?;
        Ok(true)
    }

    fn next(&mut self) -> Option<Next> {
        if self.close == Close::Sent {
            return None;
        }
        self.next_control()
            .or_else(|| self.next_data())
            .or_else(|| self.next_close())
    }

    fn next_control(&mut self) -> Option<Next> {
        let Control { pong, ping, flush } = &mut self.control;
        let frame = if take(pong) {
            Some(Outgoing::Text(PONG.to_owned()))
        } else if take(ping) {
            Some(Outgoing::Text(encode(&ClientMessage::Ping)))
        } else if take(flush) {
            None
        } else {
            return None;
        };
        Some(Next { frame, reply: None })
    }

    fn next_close(&mut self) -> Option<Next> {
        if self.close != Close::Wanted {
            return None;
        }
        self.close = Close::Sent;
        Some(Next {
            frame: Some(Outgoing::Close),
            reply: None,
        })
    }

    /// A message whose caller stopped waiting before it was begun is not sent: an order that somebody has given up on
    /// must not go out late.
    fn next_data(&mut self) -> Option<Next> {
        let abandoned = |data: &Data| data.reply.as_ref().is_some_and(Reply::is_closed);
        while self.data.front().is_some_and(abandoned) {
            self.data.pop_front();
        }
        let Data { text, reply } = self.data.pop_front()?;
        Some(Next {
            frame: Some(Outgoing::Text(text)),
            reply,
        })
    }

    /// The session is over. What was begun may have arrived, what was not begun has not.
    pub(crate) fn abandon(mut self) {
        let begun = self.writing.take().and_then(|writing| writing.reply);
        let waiting = self.data.drain(..).filter_map(|data| data.reply);
        let begun = begun
            .into_iter()
            .map(|reply| (reply, SendError::Interrupted));
        for (reply, error) in begun.chain(waiting.map(|reply| (reply, SendError::NotConnected))) {
            answer(reply, Err(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outbox_is_full_at_its_capacity() {
        let mut outbox = Outbox::new(Duration::ZERO);
        for _ in 0..CAPACITY {
            assert!(!outbox.is_full());
            outbox.request(&ClientMessage::ClearExecuteOnDisconnect);
        }
        assert!(outbox.is_full());
    }
}
