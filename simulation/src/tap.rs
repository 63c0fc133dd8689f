//! What travelled over one connection, decoded at the client's end of it.

use std::collections::VecDeque;
use std::io::{self, Read, Write};

use rocketfi_protocol::{ClientMessage, ServerMessage, SubscriptionKind, decode, decode_client};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};

use crate::plan::MAX_MESSAGE;

/// A frame from the server, as far as a client should treat it differently.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Inbound {
    /// Data: an event for the user.
    Message(Box<ServerMessage>),
    Unrecognized,
    /// No message, or a binary frame.
    Malformed,
    Error(String),
    Ack(SubscriptionKind),
    UnsubscribeAck(SubscriptionKind),
    Pong,
    /// A frame of the WebSocket layer, or an application-level ping.
    Control,
    Close,
}

impl Inbound {
    fn of(frame: Message) -> Self {
        match frame {
            Message::Text(text) => Self::of_text(&text),
            Message::Binary(_) => Self::Malformed,
            Message::Close(_) => Self::Close,
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Self::Control,
        }
    }

    fn of_text(text: &str) -> Self {
        match decode(text) {
            Ok(ServerMessage::Pong) => Self::Pong,
            Ok(ServerMessage::SubscribeConfirmation(kind)) => Self::Ack(kind),
            Ok(ServerMessage::UnsubscribeConfirmation(kind)) => Self::UnsubscribeAck(kind),
            Ok(ServerMessage::Error(text)) => Self::Error(text.into()),
            Ok(ServerMessage::Unrecognized(message)) if message.name() == "Ping" => Self::Control,
            Ok(ServerMessage::Unrecognized(_)) => Self::Unrecognized,
            Ok(message) => Self::Message(Box::new(message)),
            Err(_) => Self::Malformed,
        }
    }

    /// Whether a user must hear of it.
    pub(crate) const fn is_event(&self) -> bool {
        matches!(
            self,
            Self::Message(_) | Self::Unrecognized | Self::Malformed | Self::Error(_)
        )
    }
}

/// A frame from the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outbound {
    Subscribe(SubscriptionKind),
    Unsubscribe(SubscriptionKind),
    Ping,
    Close,
    Other,
}

impl Outbound {
    fn of(frame: &Message) -> Self {
        match frame {
            Message::Text(text) => match decode_client(text) {
                Ok(ClientMessage::Subscribe(kind)) => Self::Subscribe(kind),
                Ok(ClientMessage::Unsubscribe(kind)) => Self::Unsubscribe(kind),
                Ok(ClientMessage::Ping) => Self::Ping,
                _ => Self::Other,
            },
            Message::Close(_) => Self::Close,
            _ => Self::Other,
        }
    }
}

/// Something, and when it passed.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) time: Instant,
    pub(crate) what: T,
}

/// Both directions of a connection.
pub(crate) struct Tap {
    inbound: Direction,
    outbound: Direction,
    pub(crate) received: Vec<At<Inbound>>,
    pub(crate) sent: Vec<At<Outbound>>,
}

impl Tap {
    pub(crate) fn new() -> Self {
        Self {
            inbound: Direction::new(Role::Client),
            outbound: Direction::new(Role::Server),
            received: Vec::new(),
            sent: Vec::new(),
        }
    }

    /// The client has read these bytes.
    pub(crate) fn reads(&mut self, bytes: &[u8]) {
        let time = Instant::now();
        for frame in self.inbound.feed(bytes) {
            let what = Inbound::of(frame);
            self.received.push(At { time, what });
        }
    }

    /// The client has written these bytes.
    pub(crate) fn writes(&mut self, bytes: &[u8]) {
        let time = Instant::now();
        let frames = self.outbound.feed(bytes).into_iter();
        self.sent.extend(frames.map(|frame| At {
            time,
            what: Outbound::of(&frame),
        }));
    }

    /// Whether something came that is no frame, or too large a one.
    pub(crate) const fn is_broken(&self) -> bool {
        self.inbound.is_broken
    }

    /// The head of the server's answer to the handshake, once it is complete.
    pub(crate) fn answer(&self) -> Option<&str> {
        self.inbound.socket.as_ref()?;
        std::str::from_utf8(&self.inbound.head).ok()
    }
}

/// Bytes of one direction: the head of a handshake, then frames.
struct Direction {
    role: Role,
    head: Vec<u8>,
    /// After the head.
    socket: Option<WebSocket<Feed>>,
    /// After something that is no frame.
    is_broken: bool,
}

impl Direction {
    const fn new(role: Role) -> Self {
        Self {
            role,
            head: Vec::new(),
            socket: None,
            is_broken: false,
        }
    }

    fn feed(&mut self, bytes: &[u8]) -> Vec<Message> {
        let Some(socket) = &mut self.socket else {
            return self.feed_head(bytes);
        };
        socket.get_mut().0.extend(bytes);
        let mut frames = Vec::new();
        while !self.is_broken {
            match socket.read() {
                Ok(frame) => frames.push(frame),
                Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    break;
                }
                Err(_) => self.is_broken = true,
            }
        }
        frames
    }

    fn feed_head(&mut self, bytes: &[u8]) -> Vec<Message> {
        const END: &[u8] = b"\r\n\r\n";
        self.head.extend(bytes);
        let Some(end) = self.head.windows(END.len()).position(|it| it == END) else {
            return Vec::new();
        };
        let rest = self.head.split_off(end + END.len());
        let config = WebSocketConfig::default()
            .read_buffer_size(1 << 10)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let feed = Feed(VecDeque::new());
        self.socket = Some(WebSocket::from_raw_socket(feed, self.role, Some(config)));
        self.feed(&rest)
    }
}

/// Bytes that have come so far; what is written goes nowhere.
struct Feed(VecDeque<u8>);

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.0.read(buffer)
    }
}

impl Write for Feed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
