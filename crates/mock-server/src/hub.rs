//! What all sessions of a server share: the market, the script, the list of who is there.
//!
//! Everything happens under one lock, so there is one order of things: what a session asks for is
//! in force when the journal says that it was received, and a snapshot and the updates after it
//! join without a hole.

mod fanout;
mod habit;
mod rest;
mod strike;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocketfi_protocol::{ClientMessage, ServerMessage, SubscriptionKind, decode, decode_client};
use tokio_tungstenite::tungstenite::Message;

use crate::fault::{Armed, Phase};
use crate::gate::Gate;
use crate::handshake::{Refusal, Refusals};
use crate::journal::{Ending, Journal, Received};
use crate::market::Market;
use crate::outbox::{self, End, Inbox, Outbox};
use crate::press::Press;
use crate::request::{Nonsense, Rules, Standing, acknowledgement, carry_out};
use crate::rest::Rest;
use crate::script::{Answer, AnswerTo, Script};
use crate::wire::Wire;
use habit::{Content, Habit};

/// Shared by the sessions, the accept loop, the ticker and the control handle.
#[derive(Debug)]
pub(crate) struct Hub {
    state: Mutex<State>,
    pub(crate) journal: Journal,
    pub(crate) press: Press,
    /// Shut while the server is silent.
    pub(crate) gate: Arc<Gate>,
    rules: Rules,
    queue_capacity: usize,
}

#[derive(Debug)]
struct State {
    journal: Journal,
    press: Press,
    market: Market,
    script: Script<AnswerTo, Answer>,
    rest: Rest,
    refusals: Refusals,
    armed: Armed,
    pongs_muted: bool,
    clients: BTreeMap<u64, Client>,
    /// What the session that ended last had subscribed.
    earlier: Vec<SubscriptionKind>,
    last_session: u64,
}

#[derive(Debug)]
struct Client {
    outbox: Outbox,
    standing: Standing,
    wire: Arc<Wire>,
    habit: Habit,
    /// The last that a test has pushed to it, of what it is subscribed to.
    last_update: Option<Message>,
}

/// A session's place at the hub.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) session: u64,
    pub(crate) inbox: Inbox,
}

impl Hub {
    pub(crate) fn new(
        market: Market,
        journal: Journal,
        rules: Rules,
        queue_capacity: usize,
    ) -> Self {
        let press = Press::default();
        let state = State {
            journal: journal.clone(),
            press: press.clone(),
            market,
            script: Script::default(),
            rest: Rest::default(),
            refusals: Refusals::default(),
            armed: Armed::default(),
            pongs_muted: false,
            clients: BTreeMap::new(),
            earlier: Vec::new(),
            last_session: 0,
        };
        Self {
            state: Mutex::new(state),
            journal,
            press,
            gate: Arc::default(),
            rules,
            queue_capacity,
        }
    }

    /// A new session, whose handshake is complete.
    pub(crate) fn enter(&self, wire: Arc<Wire>) -> Seat {
        let mut state = self.lock();
        state.last_session += 1;
        let session = state.last_session;
        let (outbox, inbox) = outbox::channel(self.queue_capacity);
        state.clients.insert(
            session,
            Client {
                outbox,
                standing: Standing::default(),
                wire,
                habit: Habit::default(),
                last_update: None,
            },
        );
        self.journal.record(session, Received::Opened);
        state.strike_armed(Phase::Opened, session);
        tracing::info!(session, "opened");
        Seat { session, inbox }
    }

    /// A session that is over.
    pub(crate) fn leave(&self, session: u64, ending: Ending) {
        self.lock().part_with(session);
        self.journal.record(session, Received::Closed { ending });
        tracing::info!(session, ?ending, "closed");
    }

    /// Whether this handshake is to be refused.
    pub(crate) fn refuse(&self, wire: &Arc<Wire>) -> Option<Refusal> {
        let armed = self.strike_wire(Phase::Handshake, wire);
        let refusal = armed.or_else(|| self.lock().refusals.next())?;
        self.note_refusal(refusal);
        Some(refusal)
    }

    pub(crate) fn note_refusal(&self, refusal: Refusal) {
        self.journal.record(
            0,
            Received::Refused {
                status: refusal.status,
            },
        );
    }

    pub(crate) fn receive_text(&self, session: u64, text: &str) {
        let mut state = self.lock();
        match decode_client(text) {
            Ok(message) => {
                tracing::debug!(
                    session,
                    message = message.name(),
                    bytes = text.len(),
                    "received"
                );
                self.journal
                    .record(session, Received::Message(message.clone()));
                if !self.gate.is_shut() {
                    state.answer(session, message, self.rules);
                }
            }
            Err(_) if is_pong(text) => self.journal.record(session, Received::Pong),
            Err(error) => {
                let nonsense = Nonsense::from(error);
                let reason = nonsense.to_string();
                tracing::debug!(session, bytes = text.len(), reason, "received no message");
                self.journal.record(
                    session,
                    Received::Malformed {
                        size: text.len(),
                        reason,
                    },
                );
                self.complain(&mut state, session, &nonsense);
            }
        }
    }

    pub(crate) fn receive_binary(&self, session: u64, size: usize) {
        let mut state = self.lock();
        self.journal.record(session, Received::Binary { size });
        self.complain(&mut state, session, &Nonsense::Binary);
    }

    pub(crate) fn note(&self, session: u64, event: Received) {
        self.journal.record(session, event);
    }

    fn complain(&self, state: &mut State, session: u64, nonsense: &Nonsense) {
        if !self.gate.is_shut() {
            state.tell(session, &ServerMessage::Error(nonsense.to_string().into()));
        }
    }

    /// Ends all sessions; how many there were.
    pub(crate) fn end_all(&self, end: &End) -> usize {
        let mut state = self.lock();
        let sessions: Vec<_> = state.clients.keys().copied().collect();
        for session in &sessions {
            state.end(*session, end.clone());
        }
        sessions.len()
    }

    pub(crate) fn sessions(&self) -> usize {
        self.lock().clients.len()
    }

    pub(crate) fn with_market<T>(&self, look: impl FnOnce(&Market) -> T) -> T {
        look(&self.lock().market)
    }

    pub(crate) fn with_script<T>(
        &self,
        change: impl FnOnce(&mut Script<AnswerTo, Answer>) -> T,
    ) -> T {
        change(&mut self.lock().script)
    }

    pub(crate) fn refuse_handshakes(&self, times: usize, refusal: Refusal) {
        self.lock().refusals.add(times, refusal);
    }

    /// From now on nothing is queued; what is queued already waits for the gate to open.
    pub(crate) fn fall_silent(&self) {
        let _everything_waits = self.lock();
        self.gate.shut();
    }

    pub(crate) fn mute_pongs(&self, muted: bool) {
        self.lock().pongs_muted = muted;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A matcher of the script may panic under this lock, before anything is changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn answer(&mut self, session: u64, message: ClientMessage, rules: Rules) {
        if message == ClientMessage::Ping && self.ignores_pings(session) {
            return;
        }
        match self.script.answer(&message) {
            Answer::Ordinary => self.obey_or_fail(session, message, rules),
            Answer::Twice => self.obey(session, message, rules, 2),
            Answer::Unacknowledged => self.obey(session, message, rules, 0),
            Answer::Hollow => self.tell(session, &or_error(acknowledgement(&message))),
            Answer::Error(text) => self.tell(session, &ServerMessage::Error(text.into())),
            Answer::Silence => {}
            Answer::Message(instead) => self.tell(session, &instead),
            Answer::Text(text) => {
                self.send(session, &Message::text(text), Content::Other);
            }
            Answer::Close { code, reason } => self.end(session, End::close(code, &reason)),
            Answer::Cut => self.end(session, End::cut()),
        }
    }

    /// Carries out a request, and sends each frame of the answer so many times.
    fn obey(&mut self, session: u64, message: ClientMessage, rules: Rules, times: usize) {
        let Some(client) = self.clients.get_mut(&session) else {
            return;
        };
        let answer = carry_out(message, &mut client.standing, &self.market, rules)
            .unwrap_or_else(|nonsense| vec![ServerMessage::Error(nonsense.to_string().into())]);
        for message in &answer {
            (0..times).for_each(|_| self.tell(session, message));
        }
    }

    fn tell(&mut self, session: u64, message: &ServerMessage) {
        tracing::debug!(session, message = message.name(), "answered");
        let frame = self.press.print(message);
        self.send(session, &frame, Content::of(message));
    }

    /// Queues a frame; false when the session is not there, or too slow and therefore closed.
    fn send(&mut self, session: u64, frame: &Message, content: Content) -> bool {
        let Some(client) = self.clients.get_mut(&session) else {
            return false;
        };
        let is_taken = client.send(frame, content);
        if !is_taken {
            self.end_all_slow(vec![session]);
        }
        is_taken
    }

    fn end(&mut self, session: u64, end: End) {
        if let Some(client) = self.part_with(session) {
            client.outbox.end(end);
        }
    }

    /// Takes a session off the list, which is when its deferred transaction would be executed.
    fn part_with(&mut self, session: u64) -> Option<Client> {
        let client = self.clients.remove(&session)?;
        self.earlier = client.standing.subscriptions.kinds();
        if let Some(nonce) = client.standing.deferred_nonce {
            self.journal
                .record(session, Received::DeferredExecuted { nonce });
        }
        Some(client)
    }
}

/// A client's answer to a server that pings: the server's own `Pong`, sent back.
fn is_pong(text: &str) -> bool {
    matches!(decode(text), Ok(ServerMessage::Pong))
}

fn or_error(answer: Result<ServerMessage, Nonsense>) -> ServerMessage {
    answer.unwrap_or_else(|nonsense| ServerMessage::Error(nonsense.to_string().into()))
}
