//! What a peer sees of a session, from its first frame to its end.

use rocketfi_mock_server::{Entry, Fault, MockServer, Phase, Received};
use rocketfi_protocol::{
    AccountAddress, ClientMessage, DecodeError, InstrumentId, LastMatchPriceUpdate, ServerMessage,
    SubscriptionKind, decode,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::peer::{Peer, connect, is_closed, position, quiet, received};

/// What is seen where nothing goes wrong.
pub(super) const ORDINARY: [&str; 5] = ["ack LastMatchPrice", "1", "2", "Pong", "Close 1001"];

/// What every peer subscribes to: the first instrument of the mock's market.
pub(super) fn kind() -> SubscriptionKind {
    SubscriptionKind::LastMatchPrice { instrument_id: ID }
}

const ID: InstrumentId = InstrumentId::from_bytes([0x05, 0xa8, 0xde, 0x04, 0xb1, 0x27, 0x3c, 0x9f]);

pub(super) const fn account() -> AccountAddress {
    AccountAddress::from_bytes([7; 20])
}

pub(super) fn subscribe() -> ClientMessage {
    ClientMessage::Subscribe(kind())
}

/// A message to those who are subscribed, told from others by its number.
pub(super) fn numbered(number: u64) -> ServerMessage {
    LastMatchPriceUpdate {
        instrument_id: ID,
        last_match_price: number.into(),
    }
    .into()
}

/// A server that has had one session, which was subscribed to something else.
pub(super) struct Server(MockServer);

impl Server {
    pub(super) async fn start() -> Self {
        let server = quiet().await;
        let mut earlier = connect(&server).await;
        earlier.subscribe(&position(account())).await;
        drop(earlier);
        received(server.journal(), is_closed).await;
        Self(server)
    }

    /// All that a peer sees from the fault on.
    pub(super) async fn live_through(
        &self,
        fault: Fault,
        phase: Phase,
        expected: &[&str],
    ) -> Vec<String> {
        let survives = expected.last() == Some(&"Close 1001");
        if phase != Phase::Streaming {
            self.0.inject(fault.clone(), phase);
        }
        let mut peer = connect(&self.0).await;
        // A session that has ended by now would answer with a reset.
        if survives || phase != Phase::Opened {
            self.ask(&mut peer, &subscribe()).await;
        }
        if phase == Phase::Streaming {
            assert_eq!(peer.sight().await, ORDINARY[0]);
            self.0.inject(fault, phase);
        }
        self.go_on(peer, survives).await
    }

    /// All that a peer sees.
    pub(super) async fn live(&self) -> Vec<String> {
        let mut peer = connect(&self.0).await;
        self.ask(&mut peer, &subscribe()).await;
        self.go_on(peer, true).await
    }

    /// Two messages, a Ping and the end, for a peer that is subscribed.
    async fn go_on<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut peer: Peer<S>,
        survives: bool,
    ) -> Vec<String> {
        self.0.push(numbered(1));
        self.0.push(numbered(2));
        if survives {
            self.ask(&mut peer, &ClientMessage::Ping).await;
            self.0.close_connections(1001, "");
        }
        peer.sights().await
    }

    /// Sends, and waits until it has arrived: what is answered is queued by then.
    async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        peer: &mut Peer<S>,
        message: &ClientMessage,
    ) {
        let mark = self.0.journal().mark();
        peer.send(message).await;
        let is_it = |entry: &Entry| entry.seq >= mark && entry.message() == Some(message);
        received(self.0.journal(), is_it).await;
    }

    /// Which faults happened, and to which session.
    pub(super) fn injected(&self) -> Vec<(u64, &'static str)> {
        injected(&self.0)
    }
}

/// Which faults happened, and to which session.
pub(super) fn injected(server: &MockServer) -> Vec<(u64, &'static str)> {
    let entries = server.journal().entries().into_iter();
    entries
        .filter_map(|entry| match entry.event {
            Received::Injected { fault } => Some((entry.session, fault)),
            _ => None,
        })
        .collect()
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// Everything from here to the end, which is a Close frame or an error.
    pub(super) async fn sights(&mut self) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let frame = self.frame().await;
            let is_last = !matches!(&frame, Some(Ok(frame)) if !frame.is_close());
            seen.push(sight(frame));
            if is_last {
                return seen;
            }
        }
    }

    pub(super) async fn sight(&mut self) -> String {
        sight(self.frame().await)
    }
}

fn sight(frame: Option<Result<Message, Error>>) -> String {
    match frame {
        Some(Ok(Message::Text(text))) => text_sight(&text),
        Some(Ok(Message::Binary(bytes))) => format!("binary: {} bytes", bytes.len()),
        Some(Ok(Message::Close(frame))) => {
            format!("Close {}", frame.map_or(1005, |frame| frame.code.into()))
        }
        Some(Ok(Message::Ping(_))) => "ping".to_owned(),
        Some(Ok(other)) => format!("{other:?}"),
        Some(Err(Error::Io(error))) if error.kind() == std::io::ErrorKind::ConnectionReset => {
            "reset".to_owned()
        }
        None | Some(Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => {
            "end".to_owned()
        }
        Some(Err(Error::Utf8(_))) => "not UTF-8".to_owned(),
        Some(Err(error)) => error.to_string(),
    }
}

fn text_sight(text: &str) -> String {
    match decode(text) {
        Ok(ServerMessage::LastMatchPriceUpdate(update)) => update.last_match_price.to_string(),
        Ok(ServerMessage::SubscribeConfirmation(kind)) => format!("ack {}", kind.name()),
        Ok(ServerMessage::Unrecognized(message)) => format!("unknown {}", message.name()),
        Ok(message) => message.name().to_owned(),
        Err(DecodeError::Syntax { .. }) => format!("no JSON: {} bytes", text.len()),
        Err(_) => format!("no message: {} bytes", text.len()),
    }
}
