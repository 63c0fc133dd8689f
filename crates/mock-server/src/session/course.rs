//! The ordinary course of a session: reading and writing, by turns, in one task.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};

use super::ear::Ear;
use crate::hub::{Hub, Seat};
use crate::journal::Received;
use crate::link::Link;
use crate::outbox::{End, Inbox, Order};

/// A session that goes on.
pub(super) struct Course<'h, S> {
    pub(super) socket: WebSocketStream<S>,
    pub(super) inbox: Inbox,
    /// Frames to write next.
    pub(super) batch: VecDeque<Message>,
    hub: &'h Hub,
    session: u64,
    ear: Ear,
    /// Whether everything that was given to the socket is on its way.
    is_flushed: bool,
}

/// What ends the ordinary course.
#[derive(Debug)]
pub(super) enum Turn {
    /// The hub has given an order.
    Ordered(Order),
    /// The client has sent a Close frame, with this code if any, and is to get its answer.
    Closing { code: Option<u16> },
    /// The client has broken the rules.
    Broken(End),
    /// The connection is already gone.
    Lost,
}

impl<'h, S: Link> Course<'h, S> {
    pub(super) fn new(socket: WebSocketStream<S>, hub: &'h Hub, seat: Seat) -> Self {
        Self {
            socket,
            inbox: seat.inbox,
            batch: VecDeque::new(),
            hub,
            session: seat.session,
            ear: Ear::new(),
            is_flushed: true,
        }
    }

    /// An order to end comes before anything that could delay it, and reading before writing.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        loop {
            if let Poll::Ready(order) = self.poll_order(cx) {
                return Poll::Ready(Turn::Ordered(order));
            }
            match self.poll_read(cx) {
                Poll::Ready(Some(turn)) => return Poll::Ready(turn),
                // The hub has just ordered the end.
                Poll::Ready(None) => continue,
                Poll::Pending => {}
            }
            let is_idle = self.batch.is_empty() && self.is_flushed;
            match self.poll_write(cx) {
                Poll::Ready(Err(_)) => return Poll::Ready(Turn::Lost),
                // If something has come meanwhile, the hub has woken this task.
                Poll::Ready(Ok(())) if is_idle => return Poll::Pending,
                Poll::Ready(Ok(())) => {}
                // Some of the batch may have been written, which the queue is to know.
                Poll::Pending => return self.poll_order(cx).map(Turn::Ordered),
            }
        }
    }

    /// What the hub wants. Takes no more frames before those it took are on their way, so that a client that does not
    /// read fills its queue and not the socket's buffer.
    fn poll_order(&mut self, cx: &Context<'_>) -> Poll<Order> {
        self.inbox.poll(cx, &mut self.batch, self.is_flushed)
    }

    /// Writes the batch and flushes.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SocketError>> {
        while !self.batch.is_empty() {
            ready!(self.socket.poll_ready_unpin(cx))?;
            if let Some(frame) = self.batch.pop_front() {
                self.is_flushed = false;
                self.socket.start_send_unpin(frame)?;
            }
        }
        if !self.is_flushed {
            ready!(self.socket.poll_flush_unpin(cx))?;
            self.is_flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads until the client, or a broken rule, ends the session; `None` when the hub has ordered
    /// the end instead. Reading on is also what flushes the pongs with which the WebSocket layer
    /// answers pings.
    fn poll_read(&mut self, cx: &Context<'_>) -> Poll<Option<Turn>> {
        let (hub, session) = (self.hub, self.session);
        let Some(mut reading) = self.ear.listen(cx) else {
            return Poll::Pending;
        };
        loop {
            match ready!(self.socket.poll_next_unpin(&mut reading)) {
                Some(Ok(Message::Text(text))) => hub.receive_text(session, &text),
                Some(Ok(Message::Binary(bytes))) => hub.receive_binary(session, bytes.len()),
                Some(Ok(Message::Ping(_))) => hub.note(session, Received::WebSocketPing),
                Some(Ok(Message::Pong(_))) => hub.note(session, Received::WebSocketPong),
                Some(Ok(Message::Close(frame))) => {
                    let code = frame.map(|frame| frame.code.into());
                    // Reading on would write the answer.
                    let is_answered = hub.strike_closing(session);
                    return Poll::Ready(is_answered.then_some(Turn::Closing { code }));
                }
                Some(Ok(Message::Frame(_))) => {}
                Some(Err(error)) => return Poll::Ready(Some(after_error(&error))),
                None => return Poll::Ready(Some(Turn::Lost)),
            }
        }
    }
}

fn after_error(error: &SocketError) -> Turn {
    tracing::debug!(%error, "a client cannot be read on");
    match error {
        SocketError::Capacity(_) => {
            Turn::Broken(End::broken_rules(CloseCode::Size, "message too large"))
        }
        SocketError::Utf8(_) => Turn::Broken(End::broken_rules(CloseCode::Invalid, "not UTF-8")),
        SocketError::Protocol(error) if !is_mere_loss(error) => {
            Turn::Broken(End::broken_rules(CloseCode::Protocol, "protocol error"))
        }
        _ => Turn::Lost,
    }
}

const fn is_mere_loss(error: &ProtocolError) -> bool {
    matches!(error, ProtocolError::ResetWithoutClosingHandshake)
}
