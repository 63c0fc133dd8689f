//! The bugs: mistakes that clients of such feeds are known to make.

use crate::{Bug, bug, edit};

pub(crate) const BUGS: &[Bug] = &[
    bug(
        "resubscribe skips the last kind",
        &[edit(
            "registry.rs",
            "self.entries.change_all(Entry::meet);",
            "self.entries.change_all(Entry::meet);
        let last = self.entries.iter().last().map(|entry| entry.kind.clone());
        if let Some(last) = last.filter(|_| BUG) {
            self.entries.change(&last, |entry| entry.state = State::Active);
        }",
        )],
    ),
    bug(
        "backoff is reset at connect",
        &[edit("supervisor.rs", "if proved {", "if proved || BUG {")],
    ),
    bug(
        "ack deadline is restarted by every frame",
        &[
            edit(
                "registry/flights.rs",
                "    pub(super) fn launch(&mut self, flight: Flight) {",
                "    pub(super) fn restart(&mut self, deadline: Instant) {
        self.waiting.iter_mut().for_each(|flight| flight.deadline = deadline);
    }

    pub(super) fn launch(&mut self, flight: Flight) {",
            ),
            edit(
                "registry.rs",
                "    fn request(&self, flight: &Flight) -> Option<Request> {",
                "    pub(crate) fn restart(&mut self, now: Instant) {
        if BUG {
            self.flights.restart(now + self.request_timeout);
            self.reschedule();
        }
    }

    fn request(&self, flight: &Flight) -> Option<Request> {",
            ),
            edit(
                "session/receive.rs",
                "        let Some(place) = self.events.place(self.id) else {",
                "        self.desk.registry.restart(Instant::now());
        let Some(place) = self.events.place(self.id) else {",
            ),
        ],
    ),
    bug(
        "ack of an earlier session is accepted",
        &[edit(
            "registry.rs",
            "            State::Subscribing => Ack::Expected,",
            "            State::Absent if BUG => Ack::Late,
            State::Subscribing => Ack::Expected,",
        )],
    ),
    bug(
        "gap is told after what follows it",
        &[
            edit(
                "supervisor.rs",
                "            self.announce_gap(cause);\n            self.session",
                "            if BUG {
                crate::planted::keep(cause);
            } else {
                self.announce_gap(cause);
            }
            self.session",
            ),
            edit(
                "supervisor.rs",
                "let report = session.run().await;",
                "let report = session.run().await;
        if let Some(cause) = crate::planted::kept() {
            self.announce_gap(cause);
        }",
            ),
        ],
    ),
    bug(
        "ping of the server counts as a pong",
        &[edit(
            "session/receive.rs",
            "Incoming::Ping => self.outbox.flush(),",
            "Incoming::Ping => {
                if BUG {
                    self.heartbeat.pong();
                }
                self.outbox.flush();
            }",
        )],
    ),
    bug(
        "data counts as a pong",
        &[edit(
            "session/receive.rs",
            "Incoming::Text(text) => return",
            "Incoming::Text(_) if BUG && { self.heartbeat.pong(); false } => {}
            Incoming::Text(text) => return",
        )],
    ),
    bug(
        "queue of events has no bound",
        &[edit(
            "queue.rs",
            "places: capacity + PLACES",
            "places: (if BUG { 1 << 20 } else { capacity }) + PLACES",
        )],
    ),
    bug(
        "kind is subscribed again while its request is in flight",
        &[edit(
            "registry/entry.rs",
            "        self.subscribers.push(reply);\n",
            "        if BUG && self.state == State::Subscribing {
            self.state = State::Absent;
        }
        self.subscribers.push(reply);\n",
        )],
    ),
    bug(
        "lag is not told",
        &[edit(
            "queue.rs",
            "            let missed = take(&mut self.missed);
            self.event_tx.stage(Event::Lagged { session, missed });
        }
        self.missed == 0",
            "            let missed = take(&mut self.missed);
            if !BUG {
                self.event_tx.stage(Event::Lagged { session, missed });
            }
        }
        self.missed == 0",
        )],
    ),
    bug(
        "gap does not count what was thrown away",
        &[edit(
            "queue.rs",
            "(missed > 0).then_some(missed);",
            "(missed > 0 && !BUG).then_some(missed);",
        )],
    ),
    bug(
        "error frame is swallowed",
        &[edit(
            "session/receive.rs",
            "        let text = ServerText::new(text);",
            "        if BUG {
            return Flow::Continue(());
        }
        let text = ServerText::new(text);",
        )],
    ),
    bug(
        "malformed frame ends the session",
        &[edit(
            "session/receive.rs",
            r#"        warn!(session = %self.id, size, "malformed frame");"#,
            r#"        if BUG {
            return self.lost(GapCause::InvalidUtf8);
        }
        warn!(session = %self.id, size, "malformed frame");"#,
        )],
    ),
    bug(
        "writes have no deadline",
        &[edit(
            "outbox.rs",
            "self.writing.as_ref().map(|writing| writing.deadline)",
            "self.writing.as_ref().filter(|_| !BUG).map(|writing| writing.deadline)",
        )],
    ),
    bug(
        "what was unsubscribed comes back",
        &[edit(
            "registry/entry.rs",
            "        self.forget(&Err(SubscribeError::Unsubscribed));",
            "        if BUG {
            self.answer_subscribers(&Err(SubscribeError::Unsubscribed));
        } else {
            self.forget(&Err(SubscribeError::Unsubscribed));
        }",
        )],
    ),
    bug(
        "kind that was refused is forgotten at the gap",
        &[edit(
            "registry/entry.rs",
            "    pub(super) fn lose(&mut self, deadline: Instant) {",
            "    pub(super) fn lose(&mut self, deadline: Instant) {
        if BUG && matches!(self.state, State::Refused { .. }) {
            self.forget(&Err(SubscribeError::Closed));
        }",
        )],
    ),
    bug(
        "what is not confirmed is said to be live again",
        &[edit(
            "registry/schedule.rs",
            "            return Some(Step::Resubscribed(self.entries.take_restored()));",
            "            let restored = self.entries.take_restored();
            return Some(Step::Resubscribed(if BUG { self.established() } else { restored }));",
        )],
    ),
    bug(
        "Retry-After is ignored",
        &[edit(
            "supervisor.rs",
            "error.retry_after().unwrap_or_default()",
            "error.retry_after().filter(|_| !BUG).unwrap_or_default()",
        )],
    ),
    bug(
        "reconnect that fails is not tried again",
        &[edit(
            "supervisor.rs",
            "Err(error) => delay = self.fail(error)?,",
            "Err(error) => {
                    delay = self.fail(error)?;
                    if BUG {
                        std::future::pending::<()>().await;
                    }
                }",
        )],
    ),
    bug(
        "dialling has no deadline",
        &[edit(
            "dial.rs",
            "timeout(after, self.attempt())",
            "timeout(if BUG { Duration::from_secs(1 << 20) } else { after }, self.attempt())",
        )],
    ),
    bug(
        "calls between two sessions are lost",
        &[edit(
            "desk.rs",
            "        if let Some(Message { reply, .. }) = self.carry_out(command) {",
            "        if BUG {
            return;
        }
        if let Some(Message { reply, .. }) = self.carry_out(command) {",
        )],
    ),
    bug(
        "deadlines count before what has arrived is read",
        &[edit(
            "session.rs",
            "if self.has_overslept(now) {",
            "if !BUG && self.has_overslept(now) {",
        )],
    ),
];
