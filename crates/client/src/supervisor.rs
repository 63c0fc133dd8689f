//! The client's task: dial, run a session, back off, again; until it is to end.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::{Instant, sleep};
use tracing::{debug, info, warn};

use crate::backoff::Backoff;
use crate::config::GiveUp;
use crate::desk::Desk;
use crate::dial::{Connect, Dialer, Io};
use crate::queue::EventQueue;
use crate::session::{Report, Session, SessionEnd};
use crate::transport::Socket;
use crate::{CloseReason, Config, ConnectError, GapCause, SessionId, log};

type BoxedSocket = Socket<Box<dyn Io>>;

pub(crate) struct Supervisor<C> {
    config: Config,
    desk: Desk,
    line: Line<C>,
    session: SessionId,
}

/// The side of the task that faces the network.
struct Line<C> {
    dialer: Dialer<C>,
    events: EventQueue,
    backoff: Backoff,
    rng: StdRng,
    /// How many dials in a row have failed.
    failed: u32,
    /// When to end instead of dialling again.
    limit: Limit,
}

struct Limit {
    max_attempts: Option<u32>,
    give_up: Option<GiveUp>,
}

impl Limit {
    fn is_reached(&self, failed: u32, error: &ConnectError) -> bool {
        self.max_attempts.is_some_and(|most| failed >= most)
            || self.give_up.as_ref().is_some_and(|give_up| give_up(error))
    }
}

impl<C: Connect> Supervisor<C> {
    pub(crate) fn new(config: Config, dialer: Dialer<C>, desk: Desk, events: EventQueue) -> Self {
        let backoff = Backoff::new(config.backoff_min, config.backoff_max);
        let rng = config
            .seed
            .map_or_else(rand::make_rng, StdRng::seed_from_u64);
        let line = Line {
            dialer,
            events,
            backoff,
            rng,
            failed: 0,
            limit: Limit {
                max_attempts: config.max_attempts,
                give_up: config.give_up.clone(),
            },
        };
        Self {
            config,
            desk,
            line,
            session: SessionId::FIRST,
        }
    }

    /// Runs the client to its end. `first` is a connection that is already open.
    ///
    /// Boxed: a future keeps what it is called with and what it works with in two places.
    pub(crate) async fn run(mut self: Box<Self>, first: Option<BoxedSocket>) {
        let reason = self.keep_connected(first).await;
        info!(%reason, "closed");
        self.line.events.close(reason);
        self.desk.close();
    }

    async fn keep_connected(&mut self, first: Option<BoxedSocket>) -> CloseReason {
        let mut open = first;
        let mut delay = Duration::ZERO;
        loop {
            let socket = match self.connected(open.take(), delay).await {
                Ok(socket) => socket,
                Err(reason) => return reason,
            };
            let Report { end, proved } = self.run_session(socket).await;
            if proved {
                self.line.backoff.reset();
            }
            let cause = match end {
                SessionEnd::Lost(cause) => cause,
                SessionEnd::Stopped(reason) => return self.announce_rest(reason),
            };
            delay = self.delay_after(&cause);
            self.announce_gap(cause);
            self.session = self.session.next();
        }
    }

    /// An open connection with all places reserved that its events will need. Commands are served meanwhile.
    async fn connected(
        &mut self,
        open: Option<BoxedSocket>,
        delay: Duration,
    ) -> Result<BoxedSocket, CloseReason> {
        let Self { desk, line, .. } = self;
        tokio::select! {
            // The connection first: a command that meets an open one belongs on it, even if it came while dialling.
            biased;
            socket = line.connected(open, delay) => socket,
            reason = desk.serve_offline() => Err(reason),
        }
    }

    async fn run_session(&mut self, socket: BoxedSocket) -> Report {
        info!(session = %self.session, endpoint = %self.line.dialer.endpoint(), "connected");
        self.line.events.connected(self.session);
        self.desk.registry.open(Instant::now());
        let Line { events, rng, .. } = &mut self.line;
        let session = Box::new(Session::new(
            self.session,
            socket,
            &self.config,
            &mut self.desk,
            events,
            rng,
        ));
        let report = session.run().await;
        self.desk.registry.close(Instant::now());
        report
    }

    /// A session that was given up for its age says nothing against the next.
    fn delay_after(&mut self, cause: &GapCause) -> Duration {
        if *cause == GapCause::SessionAge {
            return Duration::ZERO;
        }
        if cause.announces_restart() {
            self.line.backoff.widen(self.config.restart_spread);
        }
        self.line.backoff.next_delay(&mut self.line.rng)
    }

    fn announce_gap(&mut self, cause: GapCause) {
        let kinds = self.desk.registry.established();
        let code = log::close_code(&cause);
        warn!(session = %self.session, cause = cause.name(), code, kinds = kinds.len(), "gap");
        self.line.events.gap(self.session, cause, kinds);
    }

    /// What was thrown away is announced even when nothing follows it.
    fn announce_rest(&mut self, reason: CloseReason) -> CloseReason {
        if self.line.events.missed() > 0 {
            self.announce_gap(GapCause::Overflow);
        }
        reason
    }
}

impl<C: Connect> Line<C> {
    /// Cancel safe: dropping it gives up the connection attempt, if there is one.
    async fn connected(
        &mut self,
        open: Option<BoxedSocket>,
        delay: Duration,
    ) -> Result<BoxedSocket, CloseReason> {
        self.events.reserve().await;
        match open {
            Some(socket) => Ok(socket),
            None => self.dial(delay).await,
        }
    }

    /// Retries for as long as it takes, unless the configuration says otherwise: what the server answers during a
    /// deployment says nothing about later.
    async fn dial(&mut self, mut delay: Duration) -> Result<BoxedSocket, CloseReason> {
        loop {
            debug!(?delay, "dialling");
            sleep(delay).await;
            // Boxed, so that the room it needs is there only while it dials.
            match Box::pin(self.dialer.dial()).await {
                Ok(socket) => {
                    self.failed = 0;
                    return Ok(socket);
                }
                Err(error) => delay = self.fail(error)?,
            }
        }
    }

    /// After which delay to dial again, if at all.
    fn fail(&mut self, error: ConnectError) -> Result<Duration, CloseReason> {
        self.failed = self.failed.saturating_add(1);
        let attempt = self.failed;
        // On top of what the server asks for, so that those whom it asked do not return together.
        let asked = error.retry_after().unwrap_or_default();
        let delay = asked + self.backoff.next_delay(&mut self.rng);
        let retry_in = (!self.limit.is_reached(attempt, &error)).then_some(delay);
        let source = error.source().map(tracing::field::display);
        warn!(endpoint = %self.dialer.endpoint(), %error, source, attempt, ?retry_in, "no connection");
        self.events.dial_failed(attempt, Arc::new(error), retry_in);
        retry_in.ok_or(CloseReason::GaveUp { attempts: attempt })
    }
}
