//! What is wrong with one connection, below the WebSocket layer.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::fault::Fault;
use crate::gate::Gate;
use crate::link::Link;

/// Which faults a connection has, to be changed while it is in use.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    input: Flow,
    output: Flow,
    end: Option<io::ErrorKind>,
    /// How many bytes may still go out.
    budget: Option<usize>,
    drip: Option<Drip>,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// What becomes of bytes in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Flow {
    #[default]
    Passes,
    Held,
    Lost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drip {
    /// A byte may go.
    Due,
    /// The other side gets its turn first.
    Done,
}

impl Wire {
    /// Applies a fault of the connection; false when the fault is of another kind.
    pub(crate) fn strike(self: &Arc<Self>, fault: &Fault) -> bool {
        match *fault {
            Fault::Reset => self.end(io::ErrorKind::ConnectionReset),
            Fault::Fin => self.end(io::ErrorKind::UnexpectedEof),
            Fault::Hang => self.set(Some(Flow::Held), Some(Flow::Held)),
            Fault::LoseOutput => self.set(None, Some(Flow::Lost)),
            Fault::LoseInput => self.set(Some(Flow::Lost), None),
            Fault::Hold { time } => {
                self.set(Some(Flow::Held), Some(Flow::Held));
                self.release_after(time);
            }
            Fault::StopReading { time } => {
                self.set(Some(Flow::Held), None);
                self.release_after(time);
            }
            Fault::Drip => self.state().drip = Some(Drip::Due),
            Fault::Truncate { after } => self.state().budget = Some(after),
            _ => return false,
        }
        true
    }

    fn end(&self, kind: io::ErrorKind) {
        let mut state = self.state();
        state.end = Some(kind);
        state.wake();
    }

    /// What is lost stays lost: the peers' idea of the stream has parted for good.
    fn set(&self, input: Option<Flow>, output: Option<Flow>) {
        let mut state = self.state();
        let change = |flow: &mut Flow, to: Option<Flow>| {
            if *flow != Flow::Lost {
                *flow = to.unwrap_or(*flow);
            }
        };
        change(&mut state.input, input);
        change(&mut state.output, output);
        state.wake();
    }

    fn release_after(self: &Arc<Self>, time: Duration) {
        let wire = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            if let Some(wire) = wire.upgrade() {
                wire.set(Some(Flow::Passes), Some(Flow::Passes));
            }
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake(&mut self) {
        let waiting = [self.reader.take(), self.writer.take()];
        waiting.into_iter().flatten().for_each(Waker::wake);
    }

    /// How many of `wanted` bytes may be written now; 0 for all of them, into nowhere.
    fn poll_output(&mut self, cx: &Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
        keep(&mut self.writer, cx);
        if let Some(kind) = self.end {
            return Poll::Ready(Err(kind.into()));
        }
        match self.output {
            Flow::Held => return Poll::Pending,
            Flow::Lost => return Poll::Ready(Ok(0)),
            Flow::Passes => {}
        }
        if self.budget == Some(0) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let allowed = self.budget.map_or(wanted, |budget| wanted.min(budget));
        match &mut self.drip {
            None => Poll::Ready(Ok(allowed)),
            Some(drip @ Drip::Done) => {
                *drip = Drip::Due;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(drip @ Drip::Due) => {
                *drip = Drip::Done;
                Poll::Ready(Ok(1))
            }
        }
    }

    fn written(&mut self, bytes: usize) {
        if let Some(budget) = &mut self.budget {
            *budget -= bytes.min(*budget);
        }
    }
}

fn keep(slot: &mut Option<Waker>, cx: &Context<'_>) {
    if !slot.as_ref().is_some_and(|it| it.will_wake(cx.waker())) {
        *slot = Some(cx.waker().clone());
    }
}

/// A stream with the faults of its wire. Its writes also wait while the gate is shut, which is how
/// a whole server falls silent.
#[derive(Debug)]
pub(crate) struct Wired<S> {
    stream: S,
    gate: Arc<Gate>,
    wire: Arc<Wire>,
}

impl<S> Wired<S> {
    pub(crate) const fn new(stream: S, gate: Arc<Gate>, wire: Arc<Wire>) -> Self {
        Self { stream, gate, wire }
    }
}

impl<S: Link> Link for Wired<S> {
    fn abort(&self) {
        self.stream.abort();
    }
}

impl<S: Link> Wired<S> {
    /// Reads whatever has come, into nowhere; ready at the end of the stream.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut nowhere = [0; 1024];
        loop {
            let mut buf = ReadBuf::new(&mut nowhere);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buf))?;
            if buf.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }

    fn output(&self, cx: &Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
        ready!(self.gate.poll_pass(cx));
        let allowed = self.wire.state().poll_output(cx, wanted);
        if let Poll::Ready(Err(error)) = &allowed
            && error.kind() == io::ErrorKind::ConnectionReset
        {
            self.stream.abort();
        }
        allowed
    }
}

impl<S: Link> AsyncRead for Wired<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (input, end) = {
            let mut state = self.wire.state();
            keep(&mut state.reader, cx);
            (state.input, state.end)
        };
        if let Some(kind) = end {
            if kind == io::ErrorKind::ConnectionReset {
                self.stream.abort();
            }
            return Poll::Ready(Err(kind.into()));
        }
        match input {
            Flow::Passes => Pin::new(&mut self.stream).poll_read(cx, buf),
            Flow::Held => Poll::Pending,
            Flow::Lost => self.poll_discard(cx),
        }
    }
}

impl<S: Link> AsyncWrite for Wired<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = ready!(self.output(cx, bytes.len()))?;
        if allowed == 0 {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &bytes[..allowed]))?;
        self.wire.state().written(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.gate.poll_pass(cx));
        let is_held = {
            let mut state = self.wire.state();
            keep(&mut state.writer, cx);
            state.output == Flow::Held
        };
        if is_held {
            return Poll::Pending;
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    fn wired() -> (Wired<DuplexStream>, DuplexStream, Arc<Wire>, Arc<Gate>) {
        let (near, far) = duplex(64);
        let (wire, gate) = (Arc::<Wire>::default(), Arc::<Gate>::default());
        let near = Wired::new(near, Arc::clone(&gate), Arc::clone(&wire));
        (near, far, wire, gate)
    }

    #[tokio::test(start_paused = true)]
    async fn a_shut_gate_holds_writes_and_passes_reads() {
        let (mut near, mut far, _wire, gate) = wired();
        gate.shut();
        far.write_all(b"in").await.unwrap();
        let mut read = [0; 2];
        near.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"in");

        let writing = tokio::spawn(async move {
            near.write_all(b"out").await.unwrap();
        });
        tokio::task::yield_now().await;
        assert!(!writing.is_finished());
        gate.open();
        writing.await.unwrap();
        let mut written = [0; 3];
        far.read_exact(&mut written).await.unwrap();
        assert_eq!(&written, b"out");
    }

    #[tokio::test(start_paused = true)]
    async fn a_held_wire_goes_on_where_it_was() {
        let (mut near, mut far, wire, _gate) = wired();
        let time = Duration::from_secs(3);
        wire.strike(&Fault::Hold { time });
        let began = tokio::time::Instant::now();
        far.write_all(b"in").await.unwrap();
        let writing = tokio::spawn(async move {
            near.write_all(b"out").await.unwrap();
            let mut read = [0; 2];
            near.read_exact(&mut read).await.unwrap();
            assert_eq!(&read, b"in");
        });
        let mut written = [0; 3];
        far.read_exact(&mut written).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), time.as_secs());
        writing.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_lost_in_one_direction_is_not_in_the_other() {
        let (mut near, mut far, wire, _gate) = wired();
        wire.strike(&Fault::LoseInput);
        far.write_all(b"lost").await.unwrap();
        near.write_all(b"out").await.unwrap();
        let mut written = [0; 3];
        far.read_exact(&mut written).await.unwrap();
        drop(far);
        let mut rest = Vec::new();
        near.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty());

        let (mut near, mut far, wire, _gate) = wired();
        wire.strike(&Fault::LoseOutput);
        far.write_all(b"in").await.unwrap();
        // More than the pipe holds, and nobody reads it.
        near.write_all(&[0; 1000]).await.unwrap();
        near.read_exact(&mut [0; 2]).await.unwrap();
        drop(near);
        assert_eq!(far.read_to_end(&mut rest).await.unwrap(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_truncated_stream_ends_after_so_many_bytes() {
        let (mut near, mut far, wire, _gate) = wired();
        wire.strike(&Fault::Truncate { after: 2 });
        let error = near.write_all(b"out").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        drop(near);
        let mut written = Vec::new();
        far.read_to_end(&mut written).await.unwrap();
        assert_eq!(written, b"ou");
    }

    #[tokio::test(start_paused = true)]
    async fn a_dripping_wire_lets_the_other_side_read_between_bytes() {
        let (mut near, mut far, wire, _gate) = wired();
        wire.strike(&Fault::Drip);
        let writing = tokio::spawn(async move {
            near.write_all(b"out").await.unwrap();
        });
        let reading = tokio::spawn(async move {
            let (mut reads, mut buffer) = (Vec::new(), [0; 8]);
            while let Ok(length @ 1..) = far.read(&mut buffer).await {
                reads.push(length);
            }
            reads
        });
        assert_eq!(reading.await.unwrap(), [1, 1, 1]);
        writing.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_reset_wakes_whoever_reads() {
        let (mut near, _far, wire, _gate) = wired();
        let reading = tokio::spawn(async move { near.read(&mut [0; 1]).await });
        tokio::task::yield_now().await;
        wire.strike(&Fault::Reset);
        let error = reading.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}
