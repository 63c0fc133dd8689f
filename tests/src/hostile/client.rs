use std::sync::Arc;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use futures_util::FutureExt;
use rocketfi_client::{
    Builder, Client, Event, Events, FrameError, GapCause, Overflow, ServerText, SubscribeError,
};
use rocketfi_mock_server::MockServer;
use rocketfi_protocol::SubscriptionKind;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::act::Act;
use super::network::{Hostile, Network, Opening};
use super::simulation::simulate;
use super::take::{Bytes, list};
use crate::listener::Order;
use crate::samples::kinds;

/// The places beside the configured ones, for events that must not be lost.
const RESERVED: usize = 64;
/// In an error's text, in characters.
const LONGEST_ERROR: usize = 300;
/// How long the client's own close may take, with the default close timeout of two seconds.
const CLOSE: Duration = Duration::from_secs(3);
/// How long a recovery may take: a hostile server can ask for an hour of patience in its refusal.
const RECOVERY: Duration = Duration::from_secs(8 * 3600);

/// Servers that do their worst, one connection after the other, and a user who subscribes.
#[derive(Arbitrary, Debug)]
struct Script {
    user: User,
    #[arbitrary(with = list)]
    servers: Vec<Hostile>,
}

#[derive(Arbitrary, Debug)]
struct User {
    kinds: u8,
    event_capacity: u8,
    drops_newest: bool,
    /// Reads no event for so long: the square of this in milliseconds.
    sleepy: u8,
    /// Closes after so long, whatever has been reached: the square of this in milliseconds.
    /// Otherwise once everything has recovered.
    hasty: Option<u8>,
}

/// Whatever servers send, the client neither panics nor loses its order of events nor outgrows its
/// queue; it recovers on the first good server, and ends in time when it is closed.
///
/// # Panics
/// When that is not so.
pub fn client_session(bytes: &[u8]) {
    simulate(run(Script::of(bytes)));
}

impl Script {
    /// An even first byte makes the rest the bytes of one server, so that what travels on a wire
    /// is an input as it is.
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [even, piece, rest @ ..] if even % 2 == 0 => Self::raw(rest, *piece),
            bytes => Self::arbitrary_take_rest(Unstructured::new(bytes.get(1..).unwrap_or(&[])))
                .unwrap_or_else(|_| Self::raw(&[], 0)),
        }
    }

    fn raw(bytes: &[u8], piece: u8) -> Self {
        let bytes = Bytes(bytes.to_vec());
        let server = Hostile {
            opening: Opening::Handshake,
            acts: vec![Act::Answer(3), Act::Bytes { bytes, piece }, Act::Answer(1)],
        };
        let user = User {
            kinds: 2,
            event_capacity: 31,
            drops_newest: false,
            sleepy: 0,
            hasty: None,
        };
        Self {
            user,
            servers: vec![server],
        }
    }
}

async fn run(script: Script) {
    let refuge = MockServer::builder().quiet().start_without_port();
    let refuge = Arc::new(refuge.expect("the defaults are valid"));
    let network = Network::new(script.servers, Arc::clone(&refuge));
    let user = script.user;
    let (client, events) = user.builder().start_with(network).expect("it is valid");
    let mut calls = JoinSet::new();
    for kind in kinds().into_iter().take(usize::from(user.kinds) % 16) {
        let client = client.clone();
        calls.spawn(async move { client.subscribe(kind).await });
    }
    let reader = tokio::spawn(read(events, user.sleep(), user.capacity()));
    match user.hasty {
        Some(root) => sleep(squared(root)).await,
        None => recover(&client, &refuge, &mut calls).await,
    }
    let closing = timeout(CLOSE, client.close()).await;
    closing.expect("a close ends in time");
    reader.await.expect("the events are in order");
    assert_eq!(client.subscriptions().await, []);
    while calls.join_next().await.is_some() {}
    refuge.shutdown().await;
}

impl User {
    fn builder(&self) -> Builder {
        let overflow = if self.drops_newest {
            Overflow::DropNewest
        } else {
            Overflow::Reconnect
        };
        Client::builder("ws://pipe.test/ws")
            .event_capacity(self.capacity())
            .overflow(overflow)
            .max_message_size(32 << 10)
            .seed(7)
    }

    fn capacity(&self) -> usize {
        1 + usize::from(self.event_capacity)
    }

    fn sleep(&self) -> Duration {
        squared(self.sleepy)
    }
}

fn squared(root: u8) -> Duration {
    Duration::from_millis(u64::from(root).pow(2))
}

/// Waits until everything that is wanted is subscribed on the good server, once each.
async fn recover(
    client: &Client,
    refuge: &MockServer,
    calls: &mut JoinSet<Result<(), SubscribeError>>,
) {
    let started = Instant::now();
    let mut pause = Duration::from_millis(100);
    loop {
        sleep(pause).await;
        while calls.try_join_next().is_some() {}
        let wanted = client.subscriptions().await;
        if calls.is_empty() && refuge.sessions() == 1 && are_live(&wanted, refuge) {
            return;
        }
        assert!(
            started.elapsed() < RECOVERY,
            "no recovery: {wanted:?} are wanted"
        );
        pause = (2 * pause).min(Duration::from_secs(60));
    }
}

fn are_live(wanted: &[SubscriptionKind], refuge: &MockServer) -> bool {
    let live = |kind| refuge.push_text_to(kind, "\"Probe\"");
    let counts: Vec<usize> = wanted.iter().map(live).collect();
    assert!(counts.iter().all(|count| *count <= 1), "subscribed twice");
    !counts.contains(&0)
}

/// Reads to the end, after a while.
async fn read(mut events: Events, sleepy: Duration, capacity: usize) {
    let mut order = Order::new();
    sleep(sleepy).await;
    let mut waiting = 0;
    while let Some(Some(event)) = events.recv().now_or_never() {
        check(&event, &mut order);
        waiting += 1;
    }
    assert!(waiting <= capacity + RESERVED, "{waiting} events waited");
    while let Some(event) = events.recv().await {
        check(&event, &mut order);
    }
    assert!(order.is_over(), "the end came without Closed");
}

fn check(event: &Event, order: &mut Order) {
    order.check(event);
    let longest = |text: &str| text.chars().count();
    match event {
        Event::Malformed { error, .. } => {
            assert!(longest(&error.to_string()) <= LONGEST_ERROR, "{error}");
            if let FrameError::Decode(error) = error {
                assert!(longest(&format!("{error:?}")) <= 2 * LONGEST_ERROR);
            }
        }
        Event::ServerError { text, .. } => assert!(text.len() <= ServerText::MAX_LEN),
        Event::Gap {
            cause: cause @ GapCause::ProtocolViolation { .. },
            ..
        } => {
            assert!(longest(&cause.to_string()) <= LONGEST_ERROR, "{cause}");
        }
        _ => {}
    }
}
