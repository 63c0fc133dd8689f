//! What the stream brings: taken in, held back, or doubted.

use rocketfi_client::Event as ClientEvent;
use rocketfi_protocol::ServerMessage;
use tokio::time::Instant;
use tracing::warn;

use super::Reconciler;
use super::course::{Course, Reconciling};
use super::hold::Kept;
use crate::event::{Event, Origin, Trigger, Unreconciled};

impl Reconciler {
    /// Takes in what the client tells, once [`next`](Self::next) has nothing more to tell.
    pub(crate) fn take(&mut self, event: ClientEvent, now: Instant) {
        debug_assert!(self.replay.is_empty(), "what came before comes first");
        match event {
            ClientEvent::Message { message, .. } if self.is_own(&message) => {
                let is_old = false;
                self.receive(Kept { message, is_old }, now);
            }
            ClientEvent::Gap {
                session,
                cause,
                kinds,
                missed,
            } => {
                self.established = kinds.iter().cloned().collect();
                // A kind that is not listed was confirmed on a later session, if it was: calls return at once, and
                // events wait their turn.
                self.live.retain(|kind| !self.established.contains(kind));
                self.lose(now);
                self.out.push_back(Event::Gap {
                    session,
                    cause,
                    kinds,
                    missed,
                });
                // All of them may be live already, on that later session.
                self.check_live(now);
            }
            ClientEvent::Resubscribed { ref kinds, .. } => {
                self.live.extend(kinds.iter().cloned());
                self.out.push_back(Event::Client(event));
                self.check_live(now);
            }
            ClientEvent::Lagged { .. } => {
                self.out.push_back(Event::Client(event));
                self.demand(Trigger::Lagged, now);
            }
            ClientEvent::Malformed { .. } => {
                self.out.push_back(Event::Client(event));
                self.demand(Trigger::Malformed, now);
            }
            ClientEvent::Closed { reason } => {
                self.release(Unreconciled::Closed);
                while let Some(kept) = self.replay.pop_front() {
                    self.receive(kept, now);
                }
                self.out.push_back(Event::Closed { reason });
            }
            event => self.out.push_back(Event::Client(event)),
        }
    }

    /// What the account's kinds bring; other messages are none of this.
    fn is_own(&self, message: &ServerMessage) -> bool {
        message.delivery().is_some() && message.account() == Some(self.config.account)
    }

    /// A message of the account, which may have been held back.
    pub(super) fn receive(&mut self, Kept { message, is_old }: Kept, now: Instant) {
        let is_excused = std::mem::take(&mut self.is_excused);
        match &mut self.course {
            Course::Reconciling(Reconciling {
                hold: Some(hold), ..
            }) => {
                hold.push(message, now + self.config.hold_for);
                if hold.len() > self.config.hold_capacity {
                    self.release(Unreconciled::Overflow);
                }
            }
            Course::Reconciling(reconciling) => {
                if !is_old {
                    reconciling.note(&message);
                }
                if reconciling.touched.len() > self.config.hold_capacity {
                    self.start_over(now);
                }
                self.deliver(message, false);
            }
            Course::Reconciled { audit, .. } => {
                if let Some(audit) = audit {
                    audit.touched.note(&message);
                }
                self.judge_message(message, is_excused, now);
            }
        }
    }

    /// A message that cannot be waits until it is cleared up why, once.
    fn judge_message(&mut self, message: ServerMessage, is_excused: bool, now: Instant) {
        let doubts = if is_excused {
            Vec::new()
        } else {
            self.state.doubts(&message)
        };
        if doubts.is_empty() {
            return self.deliver(message, true);
        }
        for doubt in doubts {
            warn!(
                inconsistency = doubt.name(),
                "the stream contradicts what is known"
            );
            self.out.push_back(Event::Inconsistent(doubt));
        }
        let is_old = false;
        self.replay.push_front(Kept { message, is_old });
        self.demand(Trigger::Inconsistent, now);
    }

    fn deliver(&mut self, message: ServerMessage, reconciled: bool) {
        let Some(message) = self.state.news(message) else {
            return;
        };
        let change = self.state.apply(&message);
        if let Course::Reconciling(reconciling) = &mut self.course {
            reconciling.doubt(&change);
        }
        self.out.push_back(Event::Message {
            message,
            change,
            origin: Origin::Stream,
            reconciled,
        });
    }

    /// A session ended.
    fn lose(&mut self, now: Instant) {
        match &mut self.course {
            Course::Reconciling(reconciling) => reconciling.lose(),
            course @ Course::Reconciled { .. } => {
                *course = Course::Reconciling(Reconciling::new(Trigger::Gap, now));
            }
        }
    }
}
