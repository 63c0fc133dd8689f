//! The server's side of a flood.

use std::time::{Duration, Instant};

use rocketfi_mock_server::{Entry, Journal, MockServer, Received};
use rocketfi_protocol::{ClientMessage, ServerMessage, encode};
use rocketfi_tests::samples::cases;
use rocketfi_tests::{PATIENCE, message};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::flood::SLOWNESS;
use crate::flood::process::Process;
use crate::flood::reader::{INTERVAL, KIND, Report};

/// Frames that the server keeps for the client: more than are on the way at any time.
const QUEUE: usize = 4 * SLOWNESS;

/// How long the server takes over a batch that nobody is there to receive.
const UNHEARD: Duration = Duration::from_millis(5);

pub(super) struct Outcome {
    /// Frames handed to the client's connection.
    pub(super) sent: usize,
    pub(super) took: Duration,
    /// From each `Ping` of the server to its `Pong`.
    pub(super) pongs: Vec<Duration>,
    /// Of the client's `Ping`s.
    pub(super) lateness: Vec<Duration>,
    pub(super) report: Report,
}

impl Outcome {
    pub(super) fn sent_a_second(&self) -> u128 {
        self.sent as u128 * 1_000 / self.took.as_millis().max(1)
    }
}

pub(super) async fn flood(overflow: &str, capacity: &str, frames: usize) -> Outcome {
    let starting = MockServer::builder().quiet().queue_capacity(QUEUE).start();
    let server = starting.await.expect("a port is free");
    let mut reader = Process::start(&server.url(), overflow, capacity);
    let (over_tx, over) = oneshot::channel();
    let watching = tokio::spawn(lateness(server.journal().clone(), over));
    let begun = Instant::now();
    let (sent, pongs) = feed(&server, &mut reader, frames / SLOWNESS).await;
    let took = begun.elapsed();
    drop(over_tx);
    Outcome {
        sent,
        took,
        pongs,
        lateness: watching.await.expect("the watch does not panic"),
        report: reader.finish(),
    }
}

/// How many frames were handed to the connection, and how long each `Pong` took.
async fn feed(server: &MockServer, reader: &mut Process, batches: usize) -> (usize, Vec<Duration>) {
    let text = ticker();
    let (mut sent, mut pongs) = (0, Vec::with_capacity(batches));
    let mut awaited: Option<JoinHandle<_>> = None;
    for _ in 0..batches {
        sent += (0..SLOWNESS)
            .map(|_| server.push_text_to(&KIND, &*text))
            .sum::<usize>();
        if let Some(pong) = awaited.take() {
            pongs.extend(pong.await.expect("the wait does not panic"));
        }
        awaited = ping(server);
        if awaited.is_none() {
            tokio::time::sleep(UNHEARD).await;
        }
        reader.read_one();
    }
    (sent, pongs)
}

/// Sends a `Ping`, unless nobody is there, and says how long the `Pong` took, unless the session
/// ended first.
fn ping(server: &MockServer) -> Option<JoinHandle<Option<Duration>>> {
    let journal = server.journal().clone();
    let mark = journal.mark();
    let sent = Instant::now();
    if server.push_text(r#""Ping""#) == 0 {
        return None;
    }
    Some(tokio::spawn(async move {
        let answer =
            |entry: &Entry| matches!(entry.event, Received::Pong | Received::Closed { .. });
        let entry = journal.wait_for_after(mark, answer, PATIENCE).await;
        let entry = entry.expect("a client answers, or is gone");
        (entry.event == Received::Pong).then(|| sent.elapsed())
    }))
}

/// By how much the time from one `Ping` of the client to the next exceeds its interval. A client
/// sends none while it waits for a `Pong`, so this shows its slow round trips as well.
async fn lateness(journal: Journal, mut over: oneshot::Receiver<()>) -> Vec<Duration> {
    let is_ping = message(ClientMessage::Ping);
    let beat = |entry: &Entry| entry.event == Received::Opened || is_ping(entry);
    let (mut found, mut mark, mut last) = (Vec::new(), 0, None::<Instant>);
    loop {
        let entry = tokio::select! {
            _ = &mut over => return found,
            entry = journal.wait_for_after(mark, &beat, PATIENCE) => entry,
        };
        let Ok(entry) = entry else { continue };
        mark = entry.seq + 1;
        let now = is_ping(&entry).then(Instant::now);
        if let (Some(now), Some(last)) = (now, last) {
            found.push((now - last).saturating_sub(INTERVAL));
        }
        last = now;
    }
}

fn ticker() -> String {
    let update = cases()
        .into_iter()
        .find(|case| case.kind == KIND)
        .and_then(|case| case.updates.into_iter().next());
    let update: ServerMessage = update.expect("every kind has updates");
    encode(&update)
}
