//! The clients of one server, and what becomes of them when it restarts.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use rocketfi_client::{Client, Event, Events};
use rocketfi_mock_server::MockServer;
use rocketfi_tests::quiet_server;
use rocketfi_tests::samples::NUMBERS;
use tokio::sync::mpsc;

/// How many connect at the same time: fewer than wait in the queue of a port.
const AT_A_TIME: usize = 50;

pub(super) struct Crowd {
    server: MockServer,
    clients: Vec<Client>,
    returned_rx: mpsc::Receiver<Returned>,
}

/// When a client was back, from the start of the new server on.
pub(super) struct Back {
    pub(super) connected: Duration,
    pub(super) confirmed: Duration,
}

struct Returned {
    connected: Instant,
    confirmed: Instant,
}

impl Crowd {
    pub(super) async fn gather(size: usize, restart_spread: Duration) -> Self {
        let server = quiet_server().await;
        let (returned_tx, returned_rx) = mpsc::channel(size);
        let joining = (0..size).map(|_| join(server.url(), restart_spread, returned_tx.clone()));
        let clients = stream::iter(joining)
            .buffer_unordered(AT_A_TIME)
            .collect()
            .await;
        Self {
            server,
            clients,
            returned_rx,
        }
    }

    /// Answers when all clients are back.
    pub(super) async fn restart(mut self, down: Duration) -> Vec<Back> {
        let addr = self.server.addr();
        self.server.shutdown().await;
        tokio::time::sleep(down).await;
        let up = Instant::now();
        let starting = MockServer::builder().quiet().listen(addr).start();
        let _server = starting.await.expect("the port is free again");
        let mut backs = Vec::with_capacity(self.clients.len());
        while backs.len() < self.clients.len() {
            let returned = self.returned_rx.recv().await;
            let returned = returned.expect("clients come back for as long as it takes");
            backs.push(Back {
                connected: returned.connected - up,
                confirmed: returned.confirmed - up,
            });
        }
        backs
    }
}

async fn join(
    url: String,
    restart_spread: Duration,
    returned_tx: mpsc::Sender<Returned>,
) -> Client {
    let connecting = Client::builder(url)
        .restart_spread(restart_spread)
        .connect();
    let (client, events) = connecting.await.expect("the server accepts everybody");
    client
        .subscribe(NUMBERS)
        .await
        .expect("the server confirms");
    tokio::spawn(watch(events, returned_tx));
    client
}

/// Tells of the first return, and reads to the end.
async fn watch(mut events: Events, returned_tx: mpsc::Sender<Returned>) {
    let mut connected = Instant::now();
    while let Some(event) = events.recv().await {
        match event {
            Event::Connected { .. } => connected = Instant::now(),
            Event::Resubscribed { .. } => {
                let confirmed = Instant::now();
                // Nobody listens once all are back.
                let _ = returned_tx.try_send(Returned {
                    connected,
                    confirmed,
                });
            }
            _ => {}
        }
    }
}
