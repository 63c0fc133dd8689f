//! What is wrong with one connection, below the WebSocket layer.

#[cfg(test)]
mod tests;

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// Whether there was ever a fault. Most wires have none, and pass everything on without asking for the state.
    is_faulty: AtomicBool,
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
    /// For a while.
    Held,
    /// For good.
    Stuck,
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
            Fault::Hang => self.set(Some(Flow::Stuck), Some(Flow::Stuck)),
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
            Fault::Drip => self.break_down().drip = Some(Drip::Due),
            Fault::Truncate { after } => self.break_down().budget = Some(after),
            _ => return false,
        }
        true
    }

    fn end(&self, kind: io::ErrorKind) {
        let mut state = self.break_down();
        state.end = Some(kind);
        state.wake();
    }

    /// What is lost stays lost, for the peers' idea of the stream has parted; and what is stuck stays stuck.
    fn set(&self, input: Option<Flow>, output: Option<Flow>) {
        let mut state = self.break_down();
        let change = |flow: &mut Flow, to: Option<Flow>| {
            if !matches!(flow, Flow::Lost | Flow::Stuck) {
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

    /// The state, to put a fault into it.
    fn break_down(&self) -> MutexGuard<'_, State> {
        let state = self.state();
        // Under the lock: who leaves a waker in the state looks at this afterwards.
        self.is_faulty.store(true, Ordering::Release);
        state
    }

    fn is_sound(&self) -> bool {
        !self.is_faulty.load(Ordering::Acquire)
    }

    /// Leaves the waker of a task that waits for the stream itself, so that a fault reaches it; answers whether there
    /// is none yet, and the task may wait.
    fn may_wait(&self, slot: fn(&mut State) -> &mut Option<Waker>, cx: &Context<'_>) -> bool {
        keep(slot(&mut self.state()), cx);
        self.is_sound()
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
            Flow::Held | Flow::Stuck => return Poll::Pending,
            Flow::Lost => return Poll::Ready(Ok(0)),
            Flow::Passes => {}
        }
        if self.budget == Some(0) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let allowed = self.budget.map_or(wanted, |budget| wanted.min(budget));
        match self.drip {
            None => Poll::Ready(Ok(allowed)),
            Some(Drip::Due) => Poll::Ready(Ok(1)),
            Some(Drip::Done) => {
                self.drip = Some(Drip::Due);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn written(&mut self, bytes: usize) {
        if let Some(budget) = &mut self.budget {
            *budget -= bytes.min(*budget);
        }
        // Only now: a stream that takes nothing must not have its task woken again and again.
        if let Some(drip) = &mut self.drip {
            *drip = Drip::Done;
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

    fn check_end(&self) -> io::Result<()> {
        let end = self.wire.state().end;
        if end == Some(io::ErrorKind::ConnectionReset) {
            self.stream.abort();
        }
        end.map_or(Ok(()), |kind| Err(kind.into()))
    }

    fn output(&self, cx: &Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
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
        if self.wire.is_sound() {
            let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
            if polled.is_ready() || self.wire.may_wait(|state| &mut state.reader, cx) {
                return polled;
            }
        }
        let input = {
            let mut state = self.wire.state();
            keep(&mut state.reader, cx);
            state.input
        };
        self.check_end()?;
        match input {
            Flow::Passes => Pin::new(&mut self.stream).poll_read(cx, buf),
            Flow::Held | Flow::Stuck => Poll::Pending,
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
        ready!(self.gate.poll_pass(cx));
        if self.wire.is_sound() {
            let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
            if polled.is_ready() || self.wire.may_wait(|state| &mut state.writer, cx) {
                return polled;
            }
        }
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
        if self.wire.is_sound() {
            let polled = Pin::new(&mut self.stream).poll_flush(cx);
            if polled.is_ready() || self.wire.may_wait(|state| &mut state.writer, cx) {
                return polled;
            }
        }
        let is_held = {
            let mut state = self.wire.state();
            keep(&mut state.writer, cx);
            matches!(state.output, Flow::Held | Flow::Stuck)
        };
        if is_held {
            return Poll::Pending;
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // An end in order must not get ahead of a reset.
        self.check_end()?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
