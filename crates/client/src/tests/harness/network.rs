use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex,
};
use tokio::sync::mpsc;
use tokio::task::coop;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::accept_async;

use super::{PATIENCE, Peer, data};
use crate::dial::{Connect, Dialer};
use crate::{Client, Config, Events, builder};

/// Where the client's connections arrive.
pub(in crate::tests) struct Network {
    accepted: mpsc::UnboundedReceiver<DuplexStream>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    to_refuse: AtomicUsize,
    dials: Mutex<Vec<Instant>>,
    /// So many frames can be read at once, before anything that the peer has written.
    flood: AtomicUsize,
    /// Nothing can be read before this.
    frozen_until: Mutex<Option<Instant>>,
}

impl Shared {
    fn is_frozen(&self) -> bool {
        let frozen_until = self.frozen_until.lock().expect("no panic while it is held");
        frozen_until.is_some_and(|time| Instant::now() < time)
    }

    fn take_one(counter: &AtomicUsize) -> bool {
        let less_one = |count: usize| count.checked_sub(1);
        counter
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less_one)
            .is_ok()
    }
}

impl Network {
    /// The next connection, with the handshake done.
    pub(in crate::tests) async fn accept(&mut self) -> Peer {
        let socket = accept_async(self.accept_raw().await)
            .await
            .expect("handshake");
        Peer { socket }
    }

    /// The next connection, as bytes.
    pub(in crate::tests) async fn accept_raw(&mut self) -> DuplexStream {
        timeout(PATIENCE, self.accepted.recv())
            .await
            .expect("dialled")
            .expect("client runs")
    }

    /// Reads the request of a handshake and answers it like this.
    pub(in crate::tests) async fn answer_handshake(&mut self, answer: &str) {
        let mut stream = self.accept_raw().await;
        let mut request = [0; 4096];
        assert_ne!(stream.read(&mut request).await.expect("request"), 0);
        stream.write_all(answer.as_bytes()).await.expect("answer");
    }

    /// The next so many connections are refused.
    pub(in crate::tests) fn refuse(&self, count: usize) {
        self.shared.to_refuse.store(count, Ordering::Relaxed);
    }

    /// When each attempt was made.
    pub(in crate::tests) fn dials(&self) -> Vec<Instant> {
        self.shared
            .dials
            .lock()
            .expect("no panic while it is held")
            .clone()
    }

    /// For so long the client can read nothing of what arrives, and is not woken for it.
    pub(in crate::tests) fn freeze(&self, time: Duration) {
        let mut frozen_until = self.shared.frozen_until.lock();
        *frozen_until
            .as_deref_mut()
            .expect("no panic while it is held") = Some(Instant::now() + time);
    }

    /// From now on the client can read without ever having to wait, so many frames of [`data`].
    pub(in crate::tests) fn flood(&self, frames: usize) {
        self.shared.flood.store(frames, Ordering::Relaxed);
    }

    /// How much of the flood is left.
    pub(in crate::tests) fn flood_left(&self) -> usize {
        self.shared.flood.load(Ordering::Relaxed)
    }
}

struct Pipes {
    accepted: mpsc::UnboundedSender<DuplexStream>,
    shared: Arc<Shared>,
    capacity: usize,
}

impl Connect for Pipes {
    type Stream = Pipe;

    async fn connect(&mut self, _host: &str, _port: u16) -> io::Result<Pipe> {
        self.shared
            .dials
            .lock()
            .expect("no panic while it is held")
            .push(Instant::now());
        if Shared::take_one(&self.shared.to_refuse) {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (ours, theirs) = duplex(self.capacity);
        self.accepted.send(theirs).map_err(io::Error::other)?;
        let shared = Arc::clone(&self.shared);
        Ok(Pipe {
            stream: ours,
            shared,
            frame: Vec::new(),
        })
    }
}

/// The client's end.
struct Pipe {
    stream: DuplexStream,
    shared: Arc<Shared>,
    /// What is left of a frame of the flood.
    frame: Vec<u8>,
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.shared.is_frozen() {
            return Poll::Pending;
        }
        if self.frame.is_empty() && Shared::take_one(&self.shared.flood) {
            self.frame = frame();
        }
        if self.frame.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        }
        // As every socket of the runtime does, so that other tasks get their turn.
        ready!(coop::poll_proceed(cx)).made_progress();
        let length = self.frame.len().min(buffer.remaining());
        buffer.put_slice(&self.frame[..length]);
        self.frame.drain(..length);
        Poll::Ready(Ok(()))
    }
}

fn frame() -> Vec<u8> {
    let text = rocketfi_protocol::encode(&data(1));
    let length = u8::try_from(text.len()).expect("short");
    let header = if length < 126 {
        vec![0x81, length]
    } else {
        vec![0x81, 126, 0, length]
    };
    [header, text.into_bytes()].concat()
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Starts a client whose pipes hold `capacity` bytes.
pub(in crate::tests) fn start_with(config: Config, capacity: usize) -> (Client, Events, Network) {
    let (accepted_tx, accepted_rx) = mpsc::unbounded_channel();
    let shared = Arc::<Shared>::default();
    let network = Network {
        accepted: accepted_rx,
        shared: Arc::clone(&shared),
    };
    let pipes = Pipes {
        accepted: accepted_tx,
        shared,
        capacity,
    };
    let dialer = Dialer::new(&config, pipes).expect("valid");
    let (client, events) = builder::spawn(config, dialer, None);
    (client, events, network)
}

pub(in crate::tests) fn start(config: Config) -> (Client, Events, Network) {
    start_with(config, 64 << 10)
}
