use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use futures_util::{SinkExt, StreamExt};
use rocketfi_mock_server::{Entry, MockServer, Received};
use rocketfi_protocol::{ClientMessage, ServerMessage, SubscriptionKind, decode, encode};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::act::{Act, Peer};
use super::discretion::Secrets;
use super::frame::Sender;
use super::simulation::simulate;
use super::take::{Bytes, list};
use crate::samples::INSTRUMENT;

/// What fits into a pipe in each direction.
const PIPE: usize = 16 << 10;
/// How long a good client waits for an answer.
const ANSWER: Duration = Duration::from_secs(1);
/// How long the server may take to end, with the three seconds it leaves its sessions.
const SHUTDOWN: Duration = Duration::from_secs(4);
/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(60);

/// Clients that do their worst, one after the other; each one's connection stays open to the end.
#[derive(Arbitrary, Debug)]
struct Script {
    /// Ticks of the market after each client.
    ticks: u8,
    strict_known: bool,
    snapshots: bool,
    #[arbitrary(with = list)]
    clients: Vec<Hostile>,
}

#[derive(Arbitrary, Debug)]
struct Hostile {
    opening: Opening,
    /// Whether it goes away by itself.
    leaves: bool,
    #[arbitrary(with = list)]
    acts: Vec<Act>,
}

#[derive(Arbitrary, Debug)]
enum Opening {
    Handshake,
    /// Bytes instead of a handshake.
    Bytes(Bytes),
}

/// Whatever clients send, the server does not panic, goes on serving others, says nothing of what
/// it was sent, and ends in time.
///
/// # Panics
/// When that is not so.
pub fn mock_session(bytes: &[u8]) {
    simulate(run(Script::of(bytes)));
}

impl Script {
    /// A first byte that is a multiple of three makes the rest the bytes of one client behind its
    /// handshake, one more than that the bytes of a connection from the start, so that what travels
    /// on a wire is an input as it is.
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [first, piece, rest @ ..] if first % 3 == 0 => Self::one(Hostile {
                opening: Opening::Handshake,
                leaves: false,
                acts: vec![
                    Act::Bytes {
                        bytes: Bytes(rest.to_vec()),
                        piece: *piece,
                    },
                    Act::Answer(7),
                ],
            }),
            [first, rest @ ..] if first % 3 == 1 => Self::one(Hostile {
                opening: Opening::Bytes(Bytes(rest.to_vec())),
                leaves: false,
                acts: Vec::new(),
            }),
            bytes => Self::arbitrary_take_rest(Unstructured::new(bytes.get(1..).unwrap_or(&[])))
                .unwrap_or_else(|_| Self::empty()),
        }
    }

    fn one(client: Hostile) -> Self {
        Self {
            clients: vec![client],
            ..Self::empty()
        }
    }

    const fn empty() -> Self {
        Self {
            ticks: 1,
            strict_known: false,
            snapshots: true,
            clients: Vec::new(),
        }
    }
}

async fn run(script: Script) {
    let server = MockServer::builder()
        .quiet()
        .snapshots(script.snapshots)
        .strict_known(script.strict_known)
        .queue_capacity(64)
        .start_without_port()
        .expect("the settings are valid");
    let mut open = Vec::new();
    for client in &script.clients {
        open.extend(client.meet(&server).await);
        for _ in 0..script.ticks % 8 {
            server.tick();
        }
    }
    serves_a_good_client(&server).await;
    let ending = timeout(SHUTDOWN, server.shutdown()).await;
    ending.expect("a shutdown ends in time");
    every_session_is_closed(&server);
}

impl Hostile {
    /// Answers with the connection, as long as it is open.
    async fn meet(&self, server: &MockServer) -> Option<DuplexStream> {
        let (near, far) = duplex(PIPE);
        server.serve(far);
        let stream = match &self.opening {
            Opening::Bytes(bytes) => open_with(near, &bytes.0).await,
            Opening::Handshake => self.play(server, near).await,
        };
        stream.filter(|_| !self.leaves)
    }

    async fn play(&self, server: &MockServer, near: DuplexStream) -> Option<DuplexStream> {
        let handshake = timeout(HANDSHAKE, client_async(server.url(), near)).await;
        let (socket, _) = handshake.expect("in time").expect("it is accepted");
        let mut said = Vec::new();
        let mut peer = Peer {
            socket,
            sender: Sender::Client,
            answer: |message: &Message| {
                said.extend(error_text(message));
                None
            },
        };
        let lives = peer.play(&self.acts).await.is_ok();
        let Peer { socket, .. } = peer;
        said.extend(complaints(server));
        assert_discreet(&self.acts, &said);
        lives.then(|| socket.into_inner())
    }
}

fn error_text(message: &Message) -> Option<String> {
    match decode(message.to_text().ok()?) {
        Ok(ServerMessage::Error(text)) => Some(text.into()),
        _ => None,
    }
}

/// What the journal says about frames that were no messages.
fn complaints(server: &MockServer) -> Vec<String> {
    let entries = server.journal().entries().into_iter();
    let reason = |entry: Entry| match entry.event {
        Received::Malformed { reason, .. } => Some(reason),
        _ => None,
    };
    entries.filter_map(reason).collect()
}

/// Answers with the connection, if it took all that.
async fn open_with(mut stream: DuplexStream, bytes: &[u8]) -> Option<DuplexStream> {
    let written = timeout(HANDSHAKE, stream.write_all(bytes)).await;
    matches!(written, Ok(Ok(()))).then_some(stream)
}

/// What the server says about frames of these acts holds nothing of them.
fn assert_discreet(acts: &[Act], said: &[String]) {
    let sent = acts.iter().map(Act::content).collect::<Vec<_>>().join(" ");
    let secrets = Secrets::of(&sent);
    for text in said {
        // A place is told in numbers, which may be in the frame by chance.
        if !text.starts_with("not JSON") {
            secrets.assert_kept(text);
        }
    }
}

async fn serves_a_good_client(server: &MockServer) {
    let (near, far) = duplex(PIPE);
    server.serve(far);
    let handshake = timeout(ANSWER, client_async(server.url(), near)).await;
    let (mut socket, _) = handshake.expect("in time").expect("it is accepted");
    let kind = SubscriptionKind::Ticker {
        instrument_id: INSTRUMENT,
    };
    let pong = ask(&mut socket, &ClientMessage::Ping).await;
    assert_eq!(pong, ServerMessage::Pong);
    let ack = ask(&mut socket, &ClientMessage::Subscribe(kind.clone())).await;
    assert_eq!(ack, ServerMessage::SubscribeConfirmation(kind));
}

async fn ask(socket: &mut WebSocketStream<DuplexStream>, request: &ClientMessage) -> ServerMessage {
    let asking = async {
        let sending = socket.send(Message::text(encode(request)));
        sending.await.expect("the server reads");
        socket.next().await.expect("the server answers")
    };
    let answer = timeout(ANSWER, asking).await.expect("in time");
    let answer = answer.expect("it is a frame");
    decode(answer.to_text().expect("it is text")).expect("it is a message")
}

fn every_session_is_closed(server: &MockServer) {
    let journal = server.journal();
    let opened = journal.count(|entry| entry.event == Received::Opened);
    let closed = journal.count(|entry| matches!(entry.event, Received::Closed { .. }));
    assert_eq!(opened, closed, "a session was not closed");
}
