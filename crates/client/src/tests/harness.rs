mod network;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rocketfi_protocol::{
    AccountAddress, ClientMessage, InstrumentId, ServerMessage, SubscriptionKind, decode_client,
    encode,
};
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Bytes, Message};

pub(super) use self::network::{Network, start, start_with};
use crate::{Client, Config, Event, Events, SubscribeError, UnsubscribeError};

/// Longer than anything waits on purpose; the clock is paused, so it costs nothing.
const PATIENCE: Duration = Duration::from_secs(2 * 24 * 3600);

pub(super) const URL: &str = "ws://pipe.test/ws";

/// The defaults, except for a heartbeat that is out of the way and a fixed seed.
pub(super) fn config() -> Config {
    Config {
        heartbeat_interval: Duration::from_secs(300 * 24 * 3600),
        request_pacing: Duration::ZERO,
        seed: Some(1),
        ..Config::new(URL)
    }
}

/// A client with a session.
pub(super) async fn connected(config: Config) -> (Client, Events, Network, Peer) {
    let (client, mut events, mut network) = start(config);
    let peer = network.accept().await;
    assert!(matches!(next(&mut events).await, Event::Connected { .. }));
    (client, events, network, peer)
}

/// The next event.
pub(super) async fn next(events: &mut Events) -> Event {
    timeout(PATIENCE, events.recv())
        .await
        .expect("an event")
        .expect("not the end")
}

/// The next event that is no failed dial.
pub(super) async fn next_besides_dials(events: &mut Events) -> Event {
    loop {
        let event = next(events).await;
        if !matches!(event, Event::DialFailed { .. }) {
            return event;
        }
    }
}

/// The events up to the end of the stream.
pub(super) async fn rest(events: &mut Events) -> Vec<Event> {
    let mut all = Vec::new();
    while let Some(event) = timeout(PATIENCE, events.recv())
        .await
        .expect("an event or the end")
    {
        all.push(event);
    }
    all
}

/// Lets every task run until it waits for something, without the clock moving.
pub(super) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// The server's end of one connection.
pub(super) struct Peer {
    pub(super) socket: WebSocketStream<DuplexStream>,
}

impl Peer {
    /// The next frame, whatever it is; `None` at the end of the stream.
    pub(super) async fn frame(&mut self) -> Option<Message> {
        timeout(PATIENCE, self.socket.next())
            .await
            .expect("a frame")
            .and_then(Result::ok)
    }

    /// The next frame, which is text.
    pub(super) async fn text(&mut self) -> String {
        match self.frame().await {
            Some(Message::Text(text)) => text.as_str().to_owned(),
            other => panic!("not a text frame: {other:?}"),
        }
    }

    /// The next frame, which is a message.
    pub(super) async fn message(&mut self) -> ClientMessage {
        decode_client(&self.text().await).expect("a message")
    }

    /// Whether the client sends nothing until it has nothing more to do.
    pub(super) async fn is_quiet(&mut self) -> bool {
        settle().await;
        timeout(Duration::ZERO, self.socket.next()).await.is_err()
    }

    pub(super) async fn send(&mut self, message: impl Into<Message>) {
        self.socket.send(message.into()).await.expect("sent");
    }

    pub(super) async fn push(&mut self, message: &ServerMessage) {
        self.send(Message::text(encode(message))).await;
    }

    pub(super) async fn confirm(&mut self, kind: &SubscriptionKind) {
        self.push(&ServerMessage::SubscribeConfirmation(kind.clone()))
            .await;
    }

    pub(super) async fn error(&mut self, text: &str) {
        self.push(&ServerMessage::Error(text.into())).await;
    }

    /// Expects a subscribe of this kind and confirms it.
    pub(super) async fn accept(&mut self, kind: &SubscriptionKind) {
        assert_eq!(self.message().await, ClientMessage::Subscribe(kind.clone()));
        self.confirm(kind).await;
    }

    /// Expects an unsubscribe of this kind and confirms it.
    pub(super) async fn accept_end(&mut self, kind: &SubscriptionKind) {
        assert_eq!(
            self.message().await,
            ClientMessage::Unsubscribe(kind.clone())
        );
        self.push(&ServerMessage::UnsubscribeConfirmation(kind.clone()))
            .await;
    }

    pub(super) async fn close(&mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame {
            code: code.into(),
            reason: reason.into(),
        };
        self.send(Message::Close(Some(frame))).await;
    }

    /// Breaks the connection without a word.
    pub(super) fn cut(self) {
        drop(self);
    }

    pub(super) async fn ping(&mut self, payload: &'static [u8]) {
        self.send(Message::Ping(Bytes::from_static(payload))).await;
    }
}

pub(super) fn account() -> AccountAddress {
    AccountAddress::from_bytes([0xf3; 20])
}

/// Different kinds, in a fixed order.
pub(super) fn kinds() -> [SubscriptionKind; 4] {
    let account = account();
    [
        SubscriptionKind::Position { account },
        ticker(1),
        SubscriptionKind::OpenOrders { account },
        ticker(2),
    ]
}

pub(super) fn ticker(number: u8) -> SubscriptionKind {
    SubscriptionKind::Ticker {
        instrument_id: InstrumentId::from_bytes([number; 8]),
    }
}

/// A message of about 100 bytes, told apart by its number.
pub(super) fn data(number: u64) -> ServerMessage {
    let text = format!(
        r#"{{"CollateralUpdate":{{"assetId":{number},"account":"{}","collateral":"1.50"}}}}"#,
        account(),
    );
    rocketfi_protocol::decode(&text).expect("a message")
}

pub(super) type Subscribing = JoinHandle<Result<(), SubscribeError>>;

/// Subscribes in a task of its own, and returns when the client has taken the command.
pub(super) async fn subscribe(client: &Client, kind: &SubscriptionKind) -> Subscribing {
    let (client, kind) = (client.clone(), kind.clone());
    let call = tokio::spawn(async move { client.subscribe(kind).await });
    settle().await;
    call
}

/// Unsubscribes in a task of its own, and returns when the client has taken the command.
pub(super) async fn unsubscribe(
    client: &Client,
    kind: &SubscriptionKind,
) -> JoinHandle<Result<(), UnsubscribeError>> {
    let (client, kind) = (client.clone(), kind.clone());
    let call = tokio::spawn(async move { client.unsubscribe(kind).await });
    settle().await;
    call
}

/// Subscribes to all of them, confirmed by the peer.
pub(super) async fn establish(client: &Client, peer: &mut Peer, kinds: &[SubscriptionKind]) {
    for kind in kinds {
        let call = subscribe(client, kind).await;
        peer.accept(kind).await;
        assert_eq!(outcome(call).await, Ok(()));
    }
}

/// What a call in a task of its own returned.
pub(super) async fn outcome<T>(call: JoinHandle<T>) -> T {
    timeout(PATIENCE, call)
        .await
        .expect("an outcome")
        .expect("no panic")
}
