//! The two ends of a simulated connection: bytes take their time, and a reset can overtake them.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_mock_server::Link;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::network::Line;

/// How much is taken off a pipe at once.
const CHUNK: usize = 8 << 10;

/// How much may be under way to an end beyond what its pipe holds.
const UNDER_WAY: usize = 64 << 10;

/// A pair of ends: the client's, and the server's.
pub(crate) fn pair(
    line: &Arc<Line>,
    capacity: usize,
    latency: Duration,
    seed: u64,
) -> (ClientEnd, ServerEnd) {
    let (near, far) = duplex(capacity);
    let client = ClientEnd {
        delayed: Delayed::new(near, latency, seed),
        line: Arc::clone(line),
    };
    let server = ServerEnd {
        delayed: Delayed::new(far, latency, !seed),
        line: Arc::clone(line),
    };
    (client, server)
}

/// A pipe whose bytes arrive a while after they were sent, in order.
struct Delayed {
    pipe: DuplexStream,
    latency: Duration,
    rng: ChaCha8Rng,
    under_way: VecDeque<(Instant, Vec<u8>)>,
    bytes: usize,
    is_ended: bool,
    timer: Pin<Box<Sleep>>,
}

impl Delayed {
    fn new(pipe: DuplexStream, latency: Duration, seed: u64) -> Self {
        Self {
            pipe,
            latency,
            rng: ChaCha8Rng::seed_from_u64(seed),
            under_way: VecDeque::new(),
            bytes: 0,
            is_ended: false,
            timer: Box::pin(sleep_until(Instant::now())),
        }
    }

    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_departures(cx)?;
        let Some((arrival, _)) = self.under_way.front() else {
            return if self.is_ended {
                Poll::Ready(Ok(()))
            } else {
                Poll::Pending
            };
        };
        if *arrival > Instant::now() {
            let arrival = *arrival;
            self.timer.as_mut().reset(arrival);
            ready!(self.timer.as_mut().poll(cx));
        }
        self.arrive(buffer);
        Poll::Ready(Ok(()))
    }

    /// Takes what has been sent off the pipe, and gives it its time of arrival.
    fn poll_departures(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let mut chunk = [0; CHUNK];
        while !self.is_ended && self.bytes < UNDER_WAY {
            let mut buffer = ReadBuf::new(&mut chunk);
            match Pin::new(&mut self.pipe).poll_read(cx, &mut buffer) {
                Poll::Pending => break,
                Poll::Ready(read) => read?,
            }
            if buffer.filled().is_empty() {
                self.is_ended = true;
                break;
            }
            let arrival = self.arrival();
            self.bytes += buffer.filled().len();
            self.under_way
                .push_back((arrival, buffer.filled().to_vec()));
        }
        Ok(())
    }

    fn arrival(&mut self) -> Instant {
        let travel = self.rng.random_range(Duration::ZERO..=self.latency);
        let earliest = self.under_way.back().map(|(arrival, _)| *arrival);
        (Instant::now() + travel).max(earliest.unwrap_or_else(Instant::now))
    }

    fn arrive(&mut self, buffer: &mut ReadBuf<'_>) {
        let Some((_, bytes)) = self.under_way.front_mut() else {
            return;
        };
        let length = bytes.len().min(buffer.remaining());
        buffer.put_slice(&bytes[..length]);
        bytes.drain(..length);
        self.bytes -= length;
        if bytes.is_empty() {
            self.under_way.pop_front();
        }
    }
}

/// The client's end, which is also where everything is recorded.
pub(crate) struct ClientEnd {
    delayed: Delayed,
    line: Arc<Line>,
}

impl Drop for ClientEnd {
    fn drop(&mut self) {
        let unread = self.delayed.under_way.front();
        self.line.close(unread.map(|(arrival, _)| *arrival));
    }
}

impl AsyncRead for ClientEnd {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.line.count_poll();
        let before = buffer.filled().len();
        let read = self.delayed.poll_read(cx, buffer);
        // It overtakes what is still under way, as a reset does.
        if self.line.is_reset() && self.delayed.is_ended {
            self.line.end_reading();
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        if let Poll::Ready(Ok(())) = &read {
            let bytes = &buffer.filled()[before..];
            if bytes.is_empty() {
                self.line.end_reading();
            } else {
                self.line.tap().reads(bytes);
            }
        }
        read
    }
}

impl AsyncWrite for ClientEnd {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.delayed.pipe).poll_write(cx, bytes);
        match &written {
            Poll::Pending => self.line.stall(),
            Poll::Ready(Ok(length)) => {
                self.line.flow();
                self.line.tap().writes(&bytes[..*length]);
            }
            Poll::Ready(Err(_)) => self.line.end_reading(),
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.delayed.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.delayed.pipe).poll_shutdown(cx)
    }
}

/// The server's end.
pub(crate) struct ServerEnd {
    delayed: Delayed,
    line: Arc<Line>,
}

impl Link for ServerEnd {
    fn abort(&self) {
        self.line.reset();
    }
}

impl AsyncRead for ServerEnd {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.delayed.poll_read(cx, buffer)
    }
}

impl AsyncWrite for ServerEnd {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.delayed.pipe).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.delayed.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.delayed.pipe).poll_shutdown(cx)
    }
}
