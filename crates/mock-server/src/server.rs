//! The handle through which a test controls a running server.

mod rest;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rocketfi_protocol::{AccountAddress, AssetId, InstrumentId, ServerMessage, SubscriptionKind};
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::builder::MockServerBuilder;
use crate::fault::{Fault, Phase};
use crate::handshake::{PATH, Refusal};
use crate::hub::Hub;
use crate::journal::Journal;
use crate::link::Link;
use crate::listener::Door;
use crate::market::Market;
use crate::outbox::End;
use crate::script::{Answer, AnswerTo, Script, ScriptedAnswer, Times};
use crate::stop::{self, Stop, StopSender};

/// A running mock of the exchange.
///
/// Every method that sends takes effect at once for every session that is open, and counts
/// deliveries: frames put into the queues of clients. While the server is silent nothing is sent
/// and the count is 0.
///
/// Dropping it ends everything without Close frames, as soon as the runtime gets round to it;
/// [`MockServer::shutdown`] ends it in order, and tells when the port is free.
#[derive(Debug)]
#[must_use = "dropping the server ends it"]
pub struct MockServer {
    hub: Arc<Hub>,
    door: Door,
    addr: SocketAddr,
    is_tls: bool,
    accounts: Vec<AccountAddress>,
    stop: StopSender,
    /// Told once the port is free and all sessions are over.
    stopped: Stop,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.door.abort();
    }
}

impl MockServer {
    /// Settings for a new server.
    pub fn builder() -> MockServerBuilder {
        MockServerBuilder::default()
    }

    pub(crate) fn open(
        hub: Arc<Hub>,
        listener: Option<TcpListener>,
        addr: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        period: Option<Duration>,
    ) -> Self {
        let (stop_tx, stop) = stop::channel();
        let (stopped_tx, stopped) = stop::channel();
        let is_tls = tls.is_some();
        let door = Door::new(Arc::clone(&hub), tls, stop.clone());
        let keeper = door.clone();
        let mut tasks = vec![tokio::spawn(async move {
            keeper.keep(listener).await;
            stopped_tx.stop();
        })];
        if let Some(period) = period {
            tasks.push(tokio::spawn(keep_ticking(Arc::clone(&hub), period, stop)));
        }
        let accounts = hub.with_market(Market::accounts);
        Self {
            hub,
            door,
            addr,
            is_tls,
            accounts,
            stop: stop_tx,
            stopped,
            tasks,
        }
    }

    /// Serves one more connection, over any byte stream: beside those that come over the port, or
    /// without a port at all ([`MockServerBuilder::start_without_port`]).
    ///
    /// ```
    /// # use rocketfi_mock_server::MockServer;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = MockServer::builder().quiet().start_without_port()?;
    /// let (near, far) = tokio::io::duplex(64 << 10);
    /// server.serve(far);
    /// let (client, _) = tokio_tungstenite::client_async(server.url(), near).await?;
    /// assert_eq!(server.sessions(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// Outside of a Tokio runtime with time enabled.
    pub fn serve(&self, stream: impl Link) {
        self.door.admit(stream);
    }

    /// Where clients connect, such as `ws://127.0.0.1:51234/ws`. With TLS the host is `localhost`,
    /// which certificates are made for.
    #[must_use]
    pub fn url(&self) -> String {
        if self.is_tls {
            return format!("wss://localhost:{}{PATH}", self.addr.port());
        }
        format!("ws://{}{PATH}", reachable(self.addr))
    }

    /// The address that is listened on, with the port that was found. Without a port it is the one
    /// that the builder names.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The accounts that trade in the market.
    #[must_use]
    pub fn accounts(&self) -> &[AccountAddress] {
        &self.accounts
    }

    /// The instruments of the market. The first is a perpetual, unless the builder named others.
    #[must_use]
    pub fn instruments(&self) -> Vec<InstrumentId> {
        self.hub.with_market(Market::instrument_ids)
    }

    /// The assets of the market.
    #[must_use]
    pub fn assets(&self) -> Vec<AssetId> {
        self.hub
            .with_market(|market| market.assets().map(|spec| spec.id).collect())
    }

    /// Looks at the market as it is now. The server stands still meanwhile: `look` must not call
    /// it.
    pub fn with_market<T>(&self, look: impl FnOnce(&Market) -> T) -> T {
        self.hub.with_market(look)
    }
}

#[expect(
    clippy::must_use_candidate,
    reason = "the counts are an extra: the effect is the point"
)]
impl MockServer {
    /// Moves the market on by one tick and tells all subscribers. For quiet servers, on which a
    /// test decides when something happens; it works on others too.
    pub fn tick(&self) -> usize {
        self.hub.tick()
    }

    /// Sends an update to every session, as often as it is subscribed to what the update is about.
    /// A message that is no update ([`ServerMessage::delivery`] is `None`: errors, confirmations,
    /// pongs, unknown variants…) goes to every session once.
    pub fn push(&self, message: impl Into<ServerMessage>) -> usize {
        self.hub.push(&message.into())
    }

    /// Sends a text frame to every session, whatever it holds.
    pub fn push_text(&self, text: impl Into<String>) -> usize {
        self.hub.push_to_all(&Message::text(text.into()))
    }

    /// Sends a text frame to the subscribers of exactly this kind, as often as each is subscribed.
    pub fn push_text_to(&self, kind: &SubscriptionKind, text: impl Into<String>) -> usize {
        self.hub.push_to(kind, &Message::text(text.into()))
    }

    /// Sends a binary frame to every session. The exchange never does.
    pub fn push_binary(&self, bytes: impl Into<Vec<u8>>) -> usize {
        self.hub.push_to_all(&Message::binary(bytes.into()))
    }

    /// Sends a ping of the WebSocket layer to every session.
    pub fn push_websocket_ping(&self) -> usize {
        self.hub.push_to_all(&Message::Ping(Bytes::new()))
    }

    /// Cuts all connections: a TCP reset, no Close frame. Answers with how many there were.
    pub fn drop_connections(&self) -> usize {
        self.hub.end_all(&End::cut())
    }

    /// Closes all sessions with a Close frame, after what is queued for them; answers with how
    /// many there were. The code may be any. Of the codes that cannot travel in a Close frame,
    /// 1005 makes one without a code, and 1006 and 1015 end the connection without one. The reason
    /// is cut to 123 bytes.
    pub fn close_connections(&self, code: u16, reason: &str) -> usize {
        self.hub.end_all(&End::close(code, reason))
    }

    /// How many sessions are open now. One that was told to end no longer counts.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.hub.sessions()
    }

    /// How many messages were encoded so far: each once, however many sessions it went to.
    /// Frames that a test has written itself are not among them.
    ///
    /// ```
    /// # use rocketfi_mock_server::MockServer;
    /// # use rocketfi_protocol::ServerMessage;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), rocketfi_mock_server::StartError> {
    /// let server = MockServer::builder().quiet().start().await?;
    /// server.push(ServerMessage::Pong);
    /// assert_eq!(server.encoded(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn encoded(&self) -> u64 {
        self.hub.press.encoded()
    }

    /// Answers requests that match otherwise than usual. Frames that are no messages are not asked
    /// about. Of several rules the oldest that matches
    /// and is not used up decides, so rules for the same request are used one after the other.
    ///
    /// ```
    /// # use rocketfi_mock_server::{Answer, AnswerTo, MockServer, Times};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), rocketfi_mock_server::StartError> {
    /// let server = MockServer::builder().quiet().start().await?;
    /// let refused = server.answer(
    ///     AnswerTo::any_subscribe(),
    ///     Answer::Error("too many subscriptions".to_owned()),
    ///     Times::Exactly(2),
    /// );
    /// assert_eq!(refused.used(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn answer(&self, to: impl Into<AnswerTo>, answer: Answer, times: Times) -> ScriptedAnswer {
        let to = to.into();
        self.hub.with_script(|script| script.add(to, answer, times))
    }

    /// Forgets all rules of [`MockServer::answer`].
    pub fn clear_answers(&self) {
        self.hub.with_script(Script::clear);
    }

    /// Refuses the next `times` handshakes with this HTTP status.
    ///
    /// # Panics
    /// When the status is not from 300 to 599: any other would not refuse.
    pub fn refuse_handshakes(&self, times: usize, status: u16) {
        self.refuse(times, status, None);
    }

    /// As [`MockServer::refuse_handshakes`], with a `Retry-After` of whole seconds.
    ///
    /// # Panics
    /// When the status is not from 300 to 599: any other would not refuse.
    pub fn refuse_handshakes_for(&self, times: usize, status: u16, retry_after: Duration) {
        self.refuse(times, status, Some(retry_after));
    }

    fn refuse(&self, times: usize, status: u16, retry_after: Option<Duration>) {
        assert!(
            (300..600).contains(&status),
            "{status} does not refuse a handshake"
        );
        self.hub.refuse_handshakes(
            times,
            Refusal {
                status,
                retry_after,
            },
        );
    }

    /// Makes something go wrong: in the phase [`Phase::Streaming`] at once, to every session that
    /// is open; otherwise once, to the first connection that comes to the phase. Faults of the same
    /// phase happen in the order in which they were injected. What happened is in the
    /// [`Journal`], as [`Received::Injected`](crate::Received::Injected).
    ///
    /// ```
    /// # use rocketfi_mock_server::{Fault, MockServer, Phase};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), rocketfi_mock_server::StartError> {
    /// let server = MockServer::builder().quiet().start().await?;
    /// // The next Subscribe is answered by the end of the connection.
    /// server.inject(Fault::Close { code: 1012 }, Phase::Subscribing);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// When the fault cannot happen in that phase: see [`Fault::fits`]. Outside of a Tokio runtime,
    /// if the fault takes time.
    pub fn inject(&self, fault: Fault, phase: Phase) {
        assert!(fault.fits(phase), "{} does not fit {phase:?}", fault.name());
        self.hub.inject(fault, phase);
    }

    /// Forgets the faults that wait for their phase, and lets open sessions behave again. What is
    /// wrong with a connection stays so until it ends.
    pub fn clear_faults(&self) {
        self.hub.clear_faults();
    }

    /// What a session is subscribed to, a kind as often as it was subscribed; empty when the session
    /// is over. Sessions are numbered as in the [`Journal`].
    #[must_use]
    pub fn subscriptions(&self, session: u64) -> Vec<SubscriptionKind> {
        self.hub.subscriptions(session)
    }

    /// Falls silent: goes on reading (the journal still fills) and accepting TCP connections, but
    /// writes nothing any more, no answers, no updates, no pongs, no handshakes. What is asked for
    /// or pushed from now on is lost. The market goes on.
    pub fn go_silent(&self) {
        self.hub.fall_silent();
    }

    /// Ends the silence. What was held back is written now: pongs of the WebSocket layer,
    /// handshakes, and what was under way when the silence began.
    pub fn speak(&self) {
        self.hub.gate.open();
    }

    /// Whether to leave `Ping` unanswered. This is about the message; pings of the WebSocket layer
    /// are answered by that layer itself, always.
    pub fn mute_pongs(&self, muted: bool) {
        self.hub.mute_pongs(muted);
    }

    /// What was received.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.hub.journal
    }

    /// Ends in order: no new connections, the market stands still, every session is closed with
    /// 1001. Returns when the port is free, after some seconds at the latest. A second call finds
    /// everything done.
    ///
    /// Cancel safe: once begun, the shutdown goes on.
    pub async fn shutdown(&self) {
        self.stop.stop();
        self.stopped.clone().told().await;
    }
}

/// An address that can be connected to: a server that listens everywhere is reached locally.
fn reachable(mut addr: SocketAddr) -> SocketAddr {
    match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => addr.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => addr.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    addr
}

/// Moves the market on, until the server is to stop.
async fn keep_ticking(hub: Arc<Hub>, period: Duration, mut stop: Stop) {
    let mut ticks = tokio::time::interval(period);
    // After a pause the market goes on; it does not catch up, which would flood everybody.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.told() => return,
            _ = ticks.tick() => {
                hub.tick();
            }
        }
    }
}
