//! Who reads what a feed pushes.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use rocketfi_benches::cpu;
use rocketfi_benches::feed::Feed;
use rocketfi_client::{Builder, Client, Event};
use rocketfi_protocol::{InstrumentId, SubscriptionKind, decode};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// Who reads.
#[derive(Clone, Copy)]
pub(crate) enum Reader {
    /// A loop around tokio-tungstenite with its defaults: (d).
    Bare,
    /// The same, which decodes each frame.
    Decoding,
    /// The client, with what its configuration is to be other than the default.
    Client(fn(Builder) -> Builder),
}

/// What reading some frames took.
pub(crate) struct Taken {
    /// CPU time of the reader's thread.
    pub(crate) cpu: Duration,
    /// From the word to the last frame.
    pub(crate) wall: Duration,
    /// CPU time of the thread until everything was subscribed.
    pub(crate) subscribing: Duration,
}

/// The readers that are compared, in an order that is another one in each round.
pub(crate) fn rotated<const N: usize>(readers: [Reader; N], round: usize) -> [Reader; N] {
    let mut readers = readers;
    readers.rotate_left(round % N);
    readers
}

/// Reads so many frames from a feed that expects so many subscriptions of a client. `each` is called for every one.
pub(crate) fn read<T: Send + 'static>(
    reader: Reader,
    feed: &Feed<T>,
    subscriptions: usize,
    frames: usize,
    each: impl FnMut() + Send,
) -> Taken {
    let work = async {
        match reader {
            Reader::Bare => {
                bare(feed, frames, each, |text| {
                    black_box(text);
                })
                .await
            }
            Reader::Decoding => {
                let decode = |text: &str| {
                    black_box(&decode(text).expect("a message"));
                };
                bare(feed, frames, each, decode).await
            }
            Reader::Client(adjust) => client(feed, adjust, subscriptions, frames, each).await,
        }
    };
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(work)
        });
        thread.join().expect("a reader that has not failed")
    })
}

async fn bare<T: Send + 'static>(
    feed: &Feed<T>,
    frames: usize,
    mut each: impl FnMut(),
    used: impl Fn(&str),
) -> Taken {
    let (mut socket, _) = connect_async(feed.url()).await.expect("a handshake");
    let meter = Meter::new();
    feed.go();
    for _ in 0..frames {
        let Some(Ok(Message::Text(text))) = socket.next().await else {
            panic!("not a text frame");
        };
        used(&text);
        each();
    }
    meter.read()
}

async fn client<T: Send + 'static>(
    feed: &Feed<T>,
    adjust: fn(Builder) -> Builder,
    subscriptions: usize,
    frames: usize,
    mut each: impl FnMut(),
) -> Taken {
    let builder = adjust(Client::builder(feed.url()));
    let (client, mut events) = builder.connect().await.expect("a handshake");
    let meter = Meter::new();
    subscribe(&client, subscriptions).await;
    let subscribing = meter.read().cpu;
    assert!(matches!(events.recv().await, Some(Event::Connected { .. })));
    let meter = Meter::new();
    feed.go();
    for _ in 0..frames {
        match events.recv().await {
            Some(Event::Message { ref message, .. }) => {
                black_box(message);
            }
            other => panic!("not a message: {other:?}"),
        }
        each();
    }
    Taken {
        subscribing,
        ..meter.read()
    }
}

/// The first is the one that the ticker frame belongs to.
async fn subscribe(client: &Client, subscriptions: usize) {
    let number = |index: usize| 0x05a8_de04_b127_3c9f + u64::try_from(index).expect("a number");
    let kinds = (0..subscriptions).map(|index| SubscriptionKind::Ticker {
        instrument_id: InstrumentId::from_bytes(number(index).to_be_bytes()),
    });
    let subscribing = kinds.map(|kind| client.subscribe(kind));
    let results = futures_util::future::join_all(subscribing).await;
    assert!(results.iter().all(Result::is_ok));
}

struct Meter {
    cpu: Duration,
    begun: Instant,
}

impl Meter {
    fn new() -> Self {
        Self {
            cpu: cpu::of_thread(),
            begun: Instant::now(),
        }
    }

    fn read(&self) -> Taken {
        Taken {
            cpu: cpu::of_thread().saturating_sub(self.cpu),
            wall: self.begun.elapsed(),
            subscribing: Duration::ZERO,
        }
    }
}
