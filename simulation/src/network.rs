//! The simulated network: dials, and what is known of every connection.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_client::Connect;
use rocketfi_mock_server::MockServer;
use tokio::time::{Instant, sleep};

use crate::stream::{self, ClientEnd};
use crate::tap::Tap;

/// More dials, or reads, within one instant are no progress.
const SPINNING: u64 = 200_000;

/// Where all connections begin. Cheap to clone; all clones are one network.
#[derive(Clone)]
pub(crate) struct Network(Arc<Shared>);

struct Shared {
    server: Arc<MockServer>,
    pipe: usize,
    latency: Duration,
    state: Mutex<State>,
}

struct State {
    rng: ChaCha8Rng,
    lines: Vec<Arc<Line>>,
    dials: Vec<Instant>,
    /// What happens to the next dials.
    refusals: usize,
    silences: usize,
    faults: Vec<&'static str>,
}

impl Network {
    /// `pipe` is how many bytes a direction of a connection holds, `latency` the longest time that they travel.
    pub(crate) fn new(seed: u64, pipe: usize, latency: Duration, server: Arc<MockServer>) -> Self {
        let state = State {
            rng: ChaCha8Rng::seed_from_u64(seed ^ 0x6e65_7477),
            lines: Vec::new(),
            dials: Vec::new(),
            refusals: 0,
            silences: 0,
            faults: Vec::new(),
        };
        Self(Arc::new(Shared {
            server,
            pipe,
            latency,
            state: Mutex::new(state),
        }))
    }

    pub(crate) fn refuse_next(&self) {
        self.state().refusals += 1;
    }

    pub(crate) fn ignore_next(&self) {
        self.state().silences += 1;
    }

    /// From now on every dial is answered.
    pub(crate) fn heal(&self) {
        let mut state = self.state();
        (state.refusals, state.silences) = (0, 0);
    }

    /// Every connection so far, oldest first.
    pub(crate) fn lines(&self) -> Vec<Arc<Line>> {
        self.state().lines.clone()
    }

    /// Those on which a WebSocket was opened.
    pub(crate) fn sessions(&self) -> Vec<Arc<Line>> {
        let lines = self.lines().into_iter();
        lines.filter(|line| line.is_session()).collect()
    }

    /// When each dial began.
    pub(crate) fn dials(&self) -> Vec<Instant> {
        self.state().dials.clone()
    }

    /// The faults that happened to dials.
    pub(crate) fn faults(&self) -> Vec<&'static str> {
        self.state().faults.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the next dial goes.
    fn dial(&self) -> Dial {
        let mut state = self.state();
        state.dials.push(Instant::now());
        if state.refusals > 0 {
            state.refusals -= 1;
            state.faults.push("TCP refused");
            return Dial::Refused;
        }
        if state.silences > 0 {
            state.silences -= 1;
            state.faults.push("TCP unanswered");
            return Dial::Unanswered;
        }
        Dial::Answered
    }

    fn open(&self) -> ClientEnd {
        let line = Arc::<Line>::default();
        let seed = {
            let mut state = self.state();
            state.lines.push(Arc::clone(&line));
            state.rng.random()
        };
        let (near, far) = stream::pair(&line, self.0.pipe, self.0.latency, seed);
        self.0.server.serve(far);
        near
    }
}

enum Dial {
    Answered,
    Refused,
    Unanswered,
}

impl Connect for Network {
    type Stream = ClientEnd;

    async fn connect(&mut self, _host: &str, _port: u16) -> io::Result<ClientEnd> {
        let dial = self.dial();
        sleep(self.0.latency).await;
        match dial {
            Dial::Answered => Ok(self.open()),
            Dial::Refused => Err(io::ErrorKind::ConnectionRefused.into()),
            Dial::Unanswered => std::future::pending().await,
        }
    }
}

/// One connection: what travelled over it, and how it ended.
pub(crate) struct Line {
    is_reset: AtomicBool,
    tap: Mutex<Tap>,
    course: Mutex<Course>,
}

/// Times that are of interest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course {
    pub(crate) opened: Instant,
    /// The client let go of it.
    pub(crate) closed: Option<Instant>,
    /// Something was still to be written then.
    pub(crate) was_stalled: bool,
    /// When the first bytes arrived that the client has not read.
    pub(crate) unread: Option<Instant>,
    /// The client was told that there is no more to read, or that it cannot write.
    pub(crate) ended: Option<Instant>,
    /// Since when the client cannot write.
    stalled: Option<Instant>,
    /// The longest time that it could not.
    pub(crate) longest_stall: Duration,
    last_poll: Instant,
    polls: u64,
    pub(crate) spun: bool,
}

impl Default for Line {
    fn default() -> Self {
        let now = Instant::now();
        Self {
            is_reset: AtomicBool::new(false),
            tap: Mutex::new(Tap::new()),
            course: Mutex::new(Course {
                opened: now,
                closed: None,
                was_stalled: false,
                unread: None,
                ended: None,
                stalled: None,
                longest_stall: Duration::ZERO,
                last_poll: now,
                polls: 0,
                spun: false,
            }),
        }
    }
}

impl Line {
    pub(crate) fn tap(&self) -> MutexGuard<'_, Tap> {
        self.tap.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the handshake was completed.
    pub(crate) fn is_session(&self) -> bool {
        let tap = self.tap();
        tap.answer()
            .is_some_and(|head| head.starts_with("HTTP/1.1 101"))
    }

    pub(crate) fn course(&self) -> Course {
        *self.lock_course()
    }

    pub(crate) fn reset(&self) {
        self.is_reset.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_reset(&self) -> bool {
        self.is_reset.load(Ordering::Relaxed)
    }

    /// The client lets go of it, and leaves behind what arrived then, if anything.
    pub(crate) fn close(&self, unread: Option<Instant>) {
        let is_stalled = self.lock_course().stalled.is_some();
        self.flow();
        let mut course = self.lock_course();
        course.closed = Some(Instant::now());
        course.was_stalled = is_stalled;
        course.unread = unread;
    }

    pub(crate) fn end_reading(&self) {
        self.lock_course().ended.get_or_insert_with(Instant::now);
    }

    pub(crate) fn stall(&self) {
        self.lock_course().stalled.get_or_insert_with(Instant::now);
    }

    pub(crate) fn flow(&self) {
        let mut course = self.lock_course();
        if let Some(since) = course.stalled.take() {
            course.longest_stall = course.longest_stall.max(since.elapsed());
        }
    }

    /// Who reads again and again while no time passes makes no progress.
    pub(crate) fn count_poll(&self) {
        let now = Instant::now();
        let mut course = self.lock_course();
        if now > course.last_poll {
            (course.last_poll, course.polls) = (now, 0);
        }
        course.polls += 1;
        course.spun |= course.polls > SPINNING;
    }

    fn lock_course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
