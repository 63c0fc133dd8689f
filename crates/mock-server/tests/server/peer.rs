//! A plain WebSocket client, so that the server is tested against something other than our own.

use std::fmt::Debug;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rocketfi_mock_server::{Entry, Journal, MockServer, MockServerBuilder, Received};
use rocketfi_protocol::{
    AccountAddress, AssetId, CandleInterval, ClientMessage, InstrumentId, ServerMessage,
    SubscriptionKind, decode, encode,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Nothing in these tests takes long; a test that waits this long has failed.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) struct Peer<S> {
    pub(crate) socket: WebSocketStream<S>,
}

pub(crate) type TcpPeer = Peer<MaybeTlsStream<TcpStream>>;

/// A server that does nothing by itself.
pub(crate) async fn quiet() -> MockServer {
    start(MockServer::builder().seed(7).quiet()).await
}

pub(crate) async fn start(builder: MockServerBuilder) -> MockServer {
    builder
        .start()
        .await
        .expect("a free port of the loopback interface")
}

pub(crate) async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    timeout(DEADLINE, work)
        .await
        .unwrap_or_else(|_| panic!("too long: {what}"))
}

pub(crate) async fn connect(server: &MockServer) -> TcpPeer {
    let (socket, _) = within("connecting", connect_async(server.url()))
        .await
        .expect("a handshake");
    Peer { socket }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    pub(crate) async fn send(&mut self, message: &ClientMessage) {
        self.send_text(encode(message)).await;
    }

    pub(crate) async fn send_text(&mut self, text: impl Into<String>) {
        self.send_frame(Message::text(text.into())).await;
    }

    pub(crate) async fn send_frame(&mut self, frame: Message) {
        within("sending", self.socket.send(frame))
            .await
            .expect("an open connection");
    }

    /// The next frame, of any sort; `None` at the end of the stream.
    pub(crate) async fn frame(&mut self) -> Option<Result<Message, Error>> {
        within("receiving", self.socket.next()).await
    }

    pub(crate) async fn text(&mut self) -> String {
        match self.frame().await {
            Some(Ok(Message::Text(text))) => text.to_string(),
            other => panic!("no text frame: {other:?}"),
        }
    }

    pub(crate) async fn message(&mut self) -> ServerMessage {
        decode(&self.text().await).expect("what the server says is a message")
    }

    /// The next message that is one of these.
    pub(crate) async fn message_that(
        &mut self,
        is_wanted: impl Fn(&ServerMessage) -> bool,
    ) -> ServerMessage {
        loop {
            let message = self.message().await;
            if is_wanted(&message) {
                return message;
            }
        }
    }

    pub(crate) async fn ask(&mut self, message: &ClientMessage) -> ServerMessage {
        self.send(message).await;
        self.message().await
    }

    /// Subscribes on a quiet server, where nothing comes between.
    pub(crate) async fn subscribe(&mut self, kind: &SubscriptionKind) {
        let answer = self.ask(&ClientMessage::Subscribe(kind.clone())).await;
        assert_eq!(answer, ServerMessage::SubscribeConfirmation(kind.clone()));
    }

    /// Shows that the session is open, and that nothing was sent before this.
    pub(crate) async fn expect_pong(&mut self) {
        assert_eq!(self.ask(&ClientMessage::Ping).await, ServerMessage::Pong);
    }

    /// How the connection ends: the code and reason of the Close frame, or `None` without one.
    pub(crate) async fn end(&mut self) -> Option<(u16, String)> {
        let mut close = None;
        while let Some(frame) = self.frame().await {
            match frame {
                Ok(Message::Close(frame)) => {
                    close = Some(frame.map_or((1005, String::new()), |frame| {
                        (frame.code.into(), frame.reason.to_string())
                    }));
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
        close
    }
}

/// Waits for an entry of the journal.
pub(crate) async fn received(journal: &Journal, matches: impl Fn(&Entry) -> bool) -> Entry {
    journal
        .wait_for(matches, DEADLINE)
        .await
        .expect("the server receives it")
}

/// Waits until a message was received so many times.
pub(crate) async fn received_times(journal: &Journal, message: &ClientMessage, times: usize) {
    let mut mark = 0;
    for _ in 0..times {
        let matches = |entry: &Entry| entry.message() == Some(message);
        let found = journal.wait_for_after(mark, matches, DEADLINE).await;
        mark = found.expect("the server receives it").seq + 1;
    }
}

pub(crate) fn is_closed(entry: &Entry) -> bool {
    matches!(entry.event, Received::Closed { .. })
}

pub(crate) fn instrument(server: &MockServer) -> InstrumentId {
    server.instruments()[0]
}

pub(crate) fn ticker(server: &MockServer) -> SubscriptionKind {
    SubscriptionKind::Ticker {
        instrument_id: instrument(server),
    }
}

pub(crate) fn position(account: AccountAddress) -> SubscriptionKind {
    SubscriptionKind::Position { account }
}

/// One of each of the fifteen kinds.
pub(crate) fn every_kind(server: &MockServer) -> Vec<SubscriptionKind> {
    let account = server.accounts()[0];
    let instrument_id = instrument(server);
    let asset_id = AssetId(0);
    vec![
        SubscriptionKind::Orderbook { instrument_id },
        SubscriptionKind::PriceFeed { instrument_id },
        SubscriptionKind::AssetPriceFeed {
            asset_id: AssetId(1),
        },
        SubscriptionKind::OrderEvents {
            account: Some(account),
            instrument_id: None,
        },
        SubscriptionKind::Collateral { asset_id, account },
        SubscriptionKind::Position { account },
        SubscriptionKind::AccountRisk { account },
        SubscriptionKind::OpenOrders { account },
        SubscriptionKind::FundingRate { instrument_id },
        SubscriptionKind::Candle {
            instrument_id,
            interval: CandleInterval::M5,
        },
        SubscriptionKind::PositionFunding { account },
        SubscriptionKind::LastMatchPrice { instrument_id },
        SubscriptionKind::AuctionFills { instrument_id },
        SubscriptionKind::Ticker { instrument_id },
        SubscriptionKind::InstrumentStats { instrument_id },
    ]
}

/// The text of an `Error`, or a panic that shows what came instead.
pub(crate) fn error_text(message: impl Into<ServerMessage> + Debug) -> String {
    match message.into() {
        ServerMessage::Error(text) => text.into(),
        other => panic!("no error: {}", other.name()),
    }
}
