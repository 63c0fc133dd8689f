//! One connection, from the open WebSocket to the reason why it ended.
//!
//! Everything happens in one task, a [`Wake`] at a time, so there are no races inside a session. Deadlines are absolute
//! and live outside the loop: nothing that arrives can move them.

mod burst;
mod closing;
mod receive;
mod stall;

use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::poll_fn;
use rand::rngs::StdRng;
use rocketfi_protocol::ClientMessage;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep_until};
use tracing::debug;

use self::burst::Burst;
use self::closing::Closing;
use crate::backoff::Probation;
use crate::command::Command;
use crate::desk::Desk;
use crate::freshness::Freshness;
use crate::heartbeat::{Beat, Heartbeat};
use crate::outbox::Outbox;
use crate::queue::EventQueue;
use crate::registry::Step;
use crate::transport::Socket;
use crate::{CloseReason, Config, GapCause, Request, SessionId, log};

pub(crate) struct Session<'a, S> {
    id: SessionId,
    socket: Socket<S>,
    outbox: Outbox,
    heartbeat: Heartbeat,
    probation: Probation,
    /// Only if it is asked for.
    freshness: Option<Freshness>,
    desk: &'a mut Desk,
    events: &'a mut EventQueue,
    rng: &'a mut StdRng,
    /// One timer for all deadlines, moved only when the earliest of them changes.
    timer: Pin<Box<Sleep>>,
    /// When the session is to be replaced because of its age.
    retire_at: Option<Instant>,
    /// Set once the session is to end in good order.
    closing: Option<Closing>,
    close_timeout: Duration,
    /// Commands and frames take turns at being asked first, so that a flood of either cannot starve the other.
    commands_first: bool,
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionEnd {
    /// It is to be replaced.
    Lost(GapCause),
    /// The client is to end.
    Stopped(CloseReason),
}

/// What a session reports when it has ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) end: SessionEnd,
    /// Whether the next delay may be a short one again.
    pub(crate) proved: bool,
}

/// Why the loop goes round.
enum Wake {
    Stop(CloseReason),
    /// A deadline has come; which one, [`Session::turn`] finds out.
    Time,
    Command(Command),
    /// Frames have arrived, and have been taken in.
    Burst(Burst),
    Lost(GapCause),
}

type Flow = ControlFlow<SessionEnd>;

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Session<'a, S> {
    pub(crate) fn new(
        id: SessionId,
        socket: Socket<S>,
        config: &Config,
        desk: &'a mut Desk,
        events: &'a mut EventQueue,
        rng: &'a mut StdRng,
    ) -> Self {
        let now = Instant::now();
        let age = config.max_session_age;
        let retire_at = age.map(|age| now + closing::retirement(age, rng));
        Self {
            id,
            socket,
            outbox: Outbox::new(config.write_timeout),
            heartbeat: Heartbeat::new(now, config.heartbeat_interval, config.pong_timeout),
            probation: Probation::new(now, config.stable_period),
            freshness: config.stale_after.map(Freshness::new),
            desk,
            events,
            rng,
            timer: Box::pin(sleep_until(now)),
            retire_at,
            closing: None,
            close_timeout: config.close_timeout,
            commands_first: false,
        }
    }

    /// Runs until the connection is lost or the client is to end. The socket is gone when this returns.
    pub(crate) async fn run(mut self: Box<Self>) -> Report {
        let end = loop {
            if let ControlFlow::Break(end) = self.round().await {
                break end;
            }
        };
        self.outbox.abandon();
        Report {
            end,
            proved: self.probation.passed(),
        }
    }

    async fn round(&mut self) -> Flow {
        let mut now = Instant::now();
        if self.has_overslept(now) {
            self.catch_up().await?;
            now = Instant::now();
        }
        self.turn(now)?;
        self.events.publish();
        let wake = poll_fn(|cx| self.poll_wake(cx)).await;
        self.handle(wake).await
    }

    /// Does what is due by now.
    fn turn(&mut self, now: Instant) -> Flow {
        if self
            .outbox
            .deadline()
            .is_some_and(|deadline| now >= deadline)
        {
            return self.lost(GapCause::WriteTimeout);
        }
        if let Some(closing) = &self.closing {
            return closing.check(now);
        }
        self.beat(now)?;
        self.advance(now)?;
        self.probation.observe(now, || self.desk.registry.settled());
        self.report_stale(now);
        self.retire(now);
        Flow::Continue(())
    }

    fn beat(&mut self, now: Instant) -> Flow {
        match self.heartbeat.poll(now) {
            Beat::Idle => {}
            Beat::Dead => return self.lost(GapCause::HeartbeatTimeout),
            Beat::Ping => {
                self.outbox.ping();
                self.events.flush(self.id);
            }
        }
        Flow::Continue(())
    }

    fn advance(&mut self, now: Instant) -> Flow {
        while let Some(step) = self.desk.registry.advance(now) {
            match step {
                Step::Send(request) => self.send_request(request),
                Step::Resubscribed(kinds) => {
                    debug!(session = %self.id, kinds = kinds.len(), "resubscribed");
                    self.events.resubscribed(self.id, kinds);
                }
                Step::End(cause) => return self.lost(cause),
            }
        }
        Flow::Continue(())
    }

    fn report_stale(&mut self, now: Instant) {
        let Some(freshness) = &mut self.freshness else {
            return;
        };
        let quiet = freshness.poll(now, || self.desk.registry.live());
        if !quiet.is_empty() {
            debug!(session = %self.id, kinds = quiet.len(), "stale");
            self.events.stale(self.id, quiet);
        }
    }

    fn send_request(&mut self, request: Request) {
        let kind = log::kind(request.kind());
        debug!(session = %self.id, kind, restore = matches!(request, Request::Resubscribe(_)), "request");
        self.outbox.request(&match request {
            Request::Subscribe(kind) | Request::Resubscribe(kind) => ClientMessage::Subscribe(kind),
            Request::Unsubscribe(kind) => ClientMessage::Unsubscribe(kind),
        });
    }

    /// Waits for something to happen. The order matters: the wish to stop comes first; writing comes before the timer,
    /// because it sets a deadline, and the timer before reading, because a flood of frames must not hold up a deadline.
    fn poll_wake(&mut self, cx: &mut Context<'_>) -> Poll<Wake> {
        if !self.is_stopping()
            && let Poll::Ready(reason) = self.desk.poll_stop(cx)
        {
            return Poll::Ready(Wake::Stop(reason));
        }
        if let Err(cause) = self.outbox.poll(cx, &mut self.socket) {
            return Poll::Ready(Wake::Lost(cause));
        }
        if self.poll_timer(cx).is_ready() {
            return Poll::Ready(Wake::Time);
        }
        self.commands_first = !self.commands_first;
        if self.commands_first
            && let Poll::Ready(wake) = self.poll_command(cx)
        {
            return Poll::Ready(wake);
        }
        if let Poll::Ready(burst) = self.poll_burst(cx) {
            return Poll::Ready(Wake::Burst(burst));
        }
        if self.commands_first {
            Poll::Pending
        } else {
            self.poll_command(cx)
        }
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline();
        if self.timer.deadline() != deadline {
            self.timer.as_mut().reset(deadline);
        }
        self.timer.as_mut().poll(cx)
    }

    fn deadline(&self) -> Instant {
        let own = match &self.closing {
            Some(closing) => [Some(closing.deadline), None, None, None, None],
            None => [
                Some(self.heartbeat.deadline()),
                self.desk.registry.wake_at(),
                self.probation.deadline(),
                self.freshness.as_ref().and_then(Freshness::wake_at),
                self.retire_at,
            ],
        };
        let deadlines = own.into_iter().chain([self.outbox.deadline()]).flatten();
        deadlines.min().unwrap_or_else(|| self.heartbeat.deadline())
    }

    fn poll_command(&mut self, cx: &mut Context<'_>) -> Poll<Wake> {
        // While the outbox is full nothing wakes this up but the outbox itself, which is polled before it.
        if self.closing.is_some() || self.outbox.is_full() {
            return Poll::Pending;
        }
        self.desk.poll_command(cx).map(|command| match command {
            Some(command) => Wake::Command(command),
            None => Wake::Stop(CloseReason::HandlesDropped),
        })
    }

    async fn handle(&mut self, wake: Wake) -> Flow {
        match wake {
            Wake::Time => Flow::Continue(()),
            Wake::Stop(reason) => self.stop(reason),
            Wake::Command(command) => self.carry_out(command),
            Wake::Burst(burst) => self.follow_up(burst).await,
            Wake::Lost(cause) => self.lost(cause),
        }
    }

    /// Lets the user have what has come, all at once, and makes way for it if there may be more.
    async fn follow_up(&mut self, burst: Burst) -> Flow {
        self.events.publish();
        match burst {
            Burst::Over => {}
            Burst::Full => yield_now().await,
            Burst::End(end) => return Flow::Break(end),
        }
        Flow::Continue(())
    }

    fn carry_out(&mut self, command: Command) -> Flow {
        if let Some(message) = self.desk.carry_out(command) {
            self.outbox.send(message);
        }
        Flow::Continue(())
    }
}
