//! A server and a client that is connected to it.

use std::time::Duration;

use rocketfi_client::{Builder, Client, ConnectError, Event, SessionId};
use rocketfi_mock_server::MockServer;
use rocketfi_protocol::SubscriptionKind;

use crate::{Listener, deadline};

/// A server, a client that is connected to it, and what the client tells.
#[derive(Debug)]
pub struct Bench {
    /// Pushes nothing by itself.
    pub server: MockServer,
    /// In its first session, unless a test does something about it.
    pub client: Client,
    /// What comes after the `Connected` of the first session.
    pub events: Listener,
}

impl Bench {
    /// A quiet server and a [`quick`] client.
    ///
    /// # Panics
    /// When they do not come together.
    pub async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// A quiet server and a client with some settings other than those of [`quick`].
    ///
    /// # Panics
    /// When they do not come together.
    pub async fn with(adjust: impl FnOnce(Builder) -> Builder) -> Self {
        Self::of(quiet_server().await, adjust).await
    }

    /// This server, and a client with some settings other than those of [`quick`].
    ///
    /// # Panics
    /// When they do not come together.
    pub async fn of(server: MockServer, adjust: impl FnOnce(Builder) -> Builder) -> Self {
        let (client, mut events) = connect(adjust(quick(server.url())))
            .await
            .expect("the server accepts its first client");
        events.connected(SessionId(1)).await;
        Self {
            server,
            client,
            events,
        }
    }

    /// Subscribes these, one after the other.
    ///
    /// # Panics
    /// When one is not confirmed.
    pub async fn subscribe(&self, kinds: impl IntoIterator<Item = SubscriptionKind>) {
        for kind in kinds {
            let confirmation = self.client.subscribe(kind);
            deadline("the confirmation of a subscribe", confirmation)
                .await
                .expect("the server confirms");
        }
    }

    /// Returns when the client has told all that the server has sent it so far, with what came
    /// meanwhile.
    ///
    /// # Panics
    /// When the session ends before.
    pub async fn drain(&mut self) -> Vec<Event> {
        const MARK: &str = "EndOfDrain";
        assert_eq!(self.server.push_text(format!("\"{MARK}\"")), 1, "a session");
        let is_mark =
            |event: &Event| matches!(event, Event::Unrecognized { name, .. } if name == MARK);
        let (before, _) = self.events.collect_until("the mark", is_mark).await;
        before
    }
}

/// Connects, and checks the order of events from the first on.
///
/// # Errors
/// When the first connection cannot be opened.
pub(crate) async fn connect(builder: Builder) -> Result<(Client, Listener), ConnectError> {
    let (client, events) = deadline("a connection", builder.connect()).await?;
    Ok((client, Listener::new(events)))
}

/// A client that reconnects within milliseconds and writes its requests without a pause. All else
/// is so patient that it plays no part, unless a test sets it.
pub fn quick(url: impl Into<String>) -> Builder {
    Client::builder(url)
        .backoff_min(Duration::from_millis(1))
        .backoff_max(Duration::from_millis(20))
        .restart_spread(Duration::ZERO)
        .request_pacing(Duration::ZERO)
        .request_timeout(Duration::from_secs(9))
        .connect_timeout(Duration::from_secs(9))
        .heartbeat_interval(Duration::from_secs(60))
        .pong_timeout(Duration::from_secs(9))
        .write_timeout(Duration::from_secs(9))
        .seed(7)
}

/// A server that answers requests and pushes nothing by itself.
///
/// # Panics
/// When it cannot listen.
pub async fn quiet_server() -> MockServer {
    let starting = MockServer::builder().seed(7).quiet().start();
    starting.await.expect("a port is free")
}

/// Ends a server in order, and starts another one at the same address that knows nothing of the
/// first one's sessions.
///
/// # Panics
/// When the port is not free again.
pub async fn restart(server: MockServer) -> MockServer {
    let addr = server.addr();
    deadline("the end of a server", server.shutdown()).await;
    let starting = MockServer::builder().seed(7).quiet().listen(addr).start();
    starting.await.expect("the port is free again")
}
