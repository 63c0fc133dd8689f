//! The WebSocket: the only file that names tokio-tungstenite.

mod bulk;

use std::io;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::http::header::RETRY_AFTER;
use tokio_tungstenite::tungstenite::http::{HeaderMap, Response};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use self::bulk::Bulk;
use crate::{ConnectError, GapCause, ServerText};

/// Largest frame that is sent, in bytes. A subscription takes some 100, a transaction some 1000.
pub(crate) const MAX_OUTGOING: usize = 1 << 20;

/// The library's default is 128 KiB, allocated for every connection and filled with zeros before every read. Its handshake
/// leaves 4 KiB behind whatever is configured. A message that is larger gets the room it needs when its header is read.
/// What keeps the number of reads low is [`Bulk`].
const READ_BUFFER: usize = 4 << 10;

/// Zero: every frame goes to the operating system at once. The default would keep up to 128 KiB back until a flush.
const WRITE_BUFFER: usize = 0;

/// The library's default is unlimited. One frame is written at a time, and beside it there is only room needed for
/// answers to pings.
const MAX_WRITE_BUFFER: usize = MAX_OUTGOING + (64 << 10);

/// An open WebSocket.
pub(crate) struct Socket<S> {
    /// Boxed, since the futures between here and the client's task would each keep room for it.
    stream: Box<WebSocketStream<Bulk<S>>>,
}

/// What the server sent.
pub(crate) enum Incoming {
    Text(Text),
    /// A binary frame of so many bytes.
    Binary(usize),
    /// A WebSocket ping. Its answer is queued, and must be flushed.
    Ping,
    /// A WebSocket pong, which nothing waits for.
    Pong,
    /// A Close frame. Its answer is written as far as that is possible without waiting.
    Close {
        code: Option<u16>,
        reason: ServerText,
    },
}

impl Incoming {
    /// How many bytes of payload it brought that are worth counting.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(size) => *size,
            Self::Ping | Self::Pong | Self::Close { .. } => 0,
        }
    }
}

/// The text of one frame, without a copy.
pub(crate) struct Text(Utf8Bytes);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// What is sent.
pub(crate) enum Outgoing {
    Text(String),
    /// A Close frame with code 1000.
    Close,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// Speaks the client's part of the handshake.
    pub(crate) async fn open(
        stream: S,
        url: &str,
        max_message_size: usize,
    ) -> Result<Self, ConnectError> {
        let request = url.into_client_request().map_err(connect_error)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_write_buffer_size(MAX_WRITE_BUFFER)
            .max_message_size(Some(max_message_size))
            .max_frame_size(Some(max_message_size));
        let (stream, _response) =
            client_async_with_config(request, Bulk::new(stream), Some(config))
                .await
                .map_err(connect_error)?;
        let stream = Box::new(stream);
        Ok(Self { stream })
    }

    /// The next frame, or why there will be none. Cancel safe.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Incoming, GapCause>> {
        let incoming = match ready!(Pin::new(&mut *self.stream).poll_next(cx)) {
            Some(Ok(Message::Text(text))) => Incoming::Text(Text(text)),
            Some(Ok(Message::Binary(bytes))) => Incoming::Binary(bytes.len()),
            Some(Ok(Message::Ping(_))) => Incoming::Ping,
            // `Frame` is never read, says the library; if it were, it would need no answer.
            Some(Ok(Message::Pong(_) | Message::Frame(_))) => Incoming::Pong,
            Some(Ok(Message::Close(frame))) => {
                // Courtesy. If it does not fit now, then the server waits for nothing but the end of the stream.
                drop(Pin::new(&mut *self.stream).poll_flush(cx));
                close(frame)
            }
            Some(Err(error)) => return Poll::Ready(Err(gap_cause(&error))),
            None => return Poll::Ready(Err(GapCause::Disconnected { error: None })),
        };
        Poll::Ready(Ok(incoming))
    }

    /// Takes a frame, which [`poll_flush`](Self::poll_flush) then writes. The one before must have been flushed.
    pub(crate) fn start_send(&mut self, outgoing: Outgoing) -> Result<(), GapCause> {
        let message = match outgoing {
            Outgoing::Text(text) => Message::text(text),
            Outgoing::Close => Message::Close(Some(CloseFrame {
                code: CloseCode::Normal,
                reason: Utf8Bytes::default(),
            })),
        };
        Pin::new(&mut *self.stream)
            .start_send(message)
            .map_err(|error| gap_cause(&error))
    }

    /// Writes all that was taken, and answers to pings.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), GapCause>> {
        Pin::new(&mut *self.stream)
            .poll_flush(cx)
            .map_err(|error| gap_cause(&error))
    }
}

fn close(frame: Option<CloseFrame>) -> Incoming {
    let (code, reason) = match frame {
        Some(frame) => (Some(frame.code.into()), frame.reason.as_str().to_owned()),
        None => (None, String::new()),
    };
    Incoming::Close {
        code,
        reason: ServerText::new(reason),
    }
}

/// What an error of the library means for a session. The library puts parts of a frame that is not UTF-8 into the text
/// of its error, so that text goes nowhere.
fn gap_cause(error: &WsError) -> GapCause {
    match error {
        WsError::ConnectionClosed
        | WsError::AlreadyClosed
        | WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            GapCause::Disconnected { error: None }
        }
        WsError::Io(error) => GapCause::Disconnected {
            error: Some(error.kind()),
        },
        WsError::Tls(_) => GapCause::Disconnected {
            error: Some(io::ErrorKind::Other),
        },
        WsError::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            GapCause::MessageTooLarge {
                size: *size,
                limit: *max_size,
            }
        }
        // The buffer holds a whole frame, so it is full only when nothing has been written for long.
        WsError::WriteBufferFull(_) => GapCause::WriteTimeout,
        WsError::Utf8(_) => GapCause::InvalidUtf8,
        WsError::Protocol(violation) => violation_of(violation),
        WsError::Capacity(CapacityError::TooManyHeaders)
        | WsError::AttackAttempt
        | WsError::Url(_)
        | WsError::Http(_)
        | WsError::HttpFormat(_) => violation_of(error),
    }
}

fn violation_of(error: &impl ToString) -> GapCause {
    GapCause::ProtocolViolation {
        violation: error.to_string(),
    }
}

/// What an error of the library means for a handshake.
fn connect_error(error: WsError) -> ConnectError {
    match error {
        WsError::Io(error) => ConnectError::Interrupted(error),
        WsError::ConnectionClosed
        | WsError::AlreadyClosed
        | WsError::Protocol(
            ProtocolError::HandshakeIncomplete | ProtocolError::ResetWithoutClosingHandshake,
        ) => ConnectError::Interrupted(io::ErrorKind::UnexpectedEof.into()),
        WsError::Http(response) => refused(&response),
        error @ (WsError::Tls(_)
        | WsError::Capacity(_)
        | WsError::Protocol(_)
        | WsError::WriteBufferFull(_)
        | WsError::Utf8(_)
        | WsError::AttackAttempt
        | WsError::Url(_)
        | WsError::HttpFormat(_)) => ConnectError::Handshake(Box::new(error)),
    }
}

fn refused<B>(response: &Response<B>) -> ConnectError {
    ConnectError::Refused {
        status: response.status().as_u16(),
        retry_after: retry_after(response.headers()),
    }
}

/// In seconds (RFC 9110, section 10.2.3); the form with a date depends on two clocks agreeing.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(ConnectError::MAX_RETRY_AFTER))
}
