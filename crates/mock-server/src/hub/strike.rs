//! How faults happen: what each does to a session, or to a connection that is none yet.

use std::sync::Arc;
use std::time::Duration;

use rocketfi_protocol::{ClientMessage, ServerMessage, SubscriptionKind};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::habit::{Content, Habit};
use super::{Hub, State, or_error};
use crate::fault::{Fault, Phase};
use crate::handshake::Refusal;
use crate::journal::Received;
use crate::outbox::End;
use crate::request::{Rules, acknowledgement};
use crate::wire::Wire;

impl Hub {
    pub(crate) fn inject(&self, fault: Fault, phase: Phase) {
        let mut state = self.lock();
        if phase != Phase::Streaming {
            state.armed.add(phase, fault);
            return;
        }
        let sessions: Vec<_> = state.clients.keys().copied().collect();
        for session in sessions {
            state.strike(session, &fault);
        }
    }

    pub(crate) fn clear_faults(&self) {
        let mut state = self.lock();
        state.armed.clear();
        let sessions: Vec<_> = state.clients.keys().copied().collect();
        for session in sessions {
            state.set_habit(session, Habit::Ordinary);
        }
    }

    pub(crate) fn subscriptions(&self, session: u64) -> Vec<SubscriptionKind> {
        let state = self.lock();
        let standing = state.clients.get(&session).map(|client| &client.standing);
        let counted = standing.into_iter().flat_map(|it| it.subscriptions.iter());
        counted
            .flat_map(|(kind, count)| std::iter::repeat_n(kind.clone(), count))
            .collect()
    }

    /// The fault that waits for a connection without a session, if any; answers with a refusal if
    /// it is one.
    pub(crate) fn strike_wire(&self, phase: Phase, wire: &Arc<Wire>) -> Option<Refusal> {
        let fault = self.lock().armed.take(phase)?;
        self.note(
            0,
            Received::Injected {
                fault: fault.name(),
            },
        );
        wire.strike(&fault);
        match fault {
            Fault::Refuse {
                status,
                retry_after,
            } => Some(Refusal {
                status,
                retry_after,
            }),
            _ => None,
        }
    }

    /// A Close frame has come. Whether it is to be answered: false when a fault has ended the session.
    pub(crate) fn strike_closing(&self, session: u64) -> bool {
        let mut state = self.lock();
        let was_open = state.clients.contains_key(&session);
        state.strike_armed(Phase::Closing, session);
        !was_open || state.clients.contains_key(&session)
    }
}

impl State {
    pub(super) fn strike_armed(&mut self, phase: Phase, session: u64) {
        if let Some(fault) = self.armed.take(phase) {
            self.strike(session, &fault);
        }
    }

    pub(super) fn ignores_pings(&self, session: u64) -> bool {
        let habit = self.clients.get(&session).map(|client| &client.habit);
        self.pongs_muted || matches!(habit, Some(Habit::NoPongs))
    }

    /// Carries out a request, unless a fault waits for it.
    pub(super) fn obey_or_fail(&mut self, session: u64, message: ClientMessage, rules: Rules) {
        let fault = match &message {
            ClientMessage::Subscribe(_) => self.armed.take(Phase::Subscribing),
            _ => None,
        };
        match fault {
            None => self.obey(session, message, rules, 1),
            Some(fault) => self.fail(session, message, rules, &fault),
        }
    }

    fn fail(&mut self, session: u64, message: ClientMessage, rules: Rules, fault: &Fault) {
        if !fault.is_about_acks() {
            self.strike(session, fault);
            self.obey(session, message, rules, 1);
            return;
        }
        self.note(session, fault);
        let ack = or_error(acknowledgement(&message));
        match fault {
            Fault::NoAck => self.obey(session, message, rules, 0),
            Fault::TwoAcks => self.obey(session, message, rules, 2),
            Fault::WrongAck(kind) => {
                self.obey(session, message, rules, 0);
                self.tell(session, &ServerMessage::SubscribeConfirmation(kind.clone()));
            }
            Fault::LateAck { after } => {
                self.obey(session, message, rules, 0);
                self.tell_later(session, &ack, *after);
            }
            Fault::ErrorForAck { carried_out } => {
                if *carried_out {
                    self.obey(session, message, rules, 0);
                }
                self.tell(session, &stray_error());
            }
            _ => self.tell(session, &ack),
        }
    }

    fn tell_later(&self, session: u64, message: &ServerMessage, after: Duration) {
        if let Some(client) = self.clients.get(&session) {
            let frame = self.press.print(message);
            client.outbox.push_later(frame, after);
        }
    }

    fn note(&self, session: u64, fault: &Fault) {
        let fault = fault.name();
        tracing::debug!(session, fault, "injected");
        self.journal.record(session, Received::Injected { fault });
    }

    /// Lets a fault happen to a session.
    fn strike(&mut self, session: u64, fault: &Fault) {
        self.note(session, fault);
        match fault {
            Fault::Reset => self.end(session, End::cut()),
            Fault::Fin => self.end(session, End::close(1006, "")),
            Fault::Close { code } => self.end(session, End::close(*code, "a fault")),
            Fault::PingsOnly => self.set_habit(session, Habit::PingsOnly),
            Fault::NoPongs => self.set_habit(session, Habit::NoPongs),
            Fault::DropFrame => self.set_habit(session, Habit::Drops),
            Fault::Duplicate => self.set_habit(session, Habit::Doubles),
            Fault::Reorder => self.set_habit(session, Habit::Swaps(None)),
            Fault::DropSubscription(kind) => self.drop_subscription(session, kind),
            Fault::AcksOfEarlierSession => self.confirm_earlier(session),
            Fault::Flood { frames } => self.flood(session, *frames),
            Fault::Truncate { .. } => {
                self.strike_wire(session, fault);
                // Something must be under way to be cut.
                self.send(session, &text_of(TRUNCATED.to_owned()), Content::Other);
            }
            _ => {
                if let Some(frame) = self.hostile_frame(fault) {
                    self.send(session, &frame, Content::Other);
                } else {
                    self.strike_wire(session, fault);
                }
            }
        }
    }

    fn strike_wire(&self, session: u64, fault: &Fault) {
        if let Some(client) = self.clients.get(&session) {
            client.wire.strike(fault);
        }
    }

    fn set_habit(&mut self, session: u64, habit: Habit) {
        let Some(client) = self.clients.get_mut(&session) else {
            return;
        };
        // What the habit before held back is late, not lost.
        if let Habit::Swaps(Some(held)) = std::mem::take(&mut client.habit) {
            self.send(session, &held, Content::Other);
        }
        if let Some(client) = self.clients.get_mut(&session) {
            client.habit = habit;
        }
    }

    fn drop_subscription(&mut self, session: u64, kind: &SubscriptionKind) {
        if let Some(client) = self.clients.get_mut(&session) {
            client.standing.subscriptions.remove(kind);
        }
    }

    fn confirm_earlier(&mut self, session: u64) {
        for kind in self.earlier.clone() {
            self.tell(session, &ServerMessage::SubscribeConfirmation(kind));
        }
    }

    fn flood(&mut self, session: u64, frames: usize) {
        let Some(client) = self.clients.get(&session) else {
            return;
        };
        let kinds = client.standing.subscriptions.kinds();
        let messages = kinds.iter().flat_map(|kind| self.market.snapshot(kind));
        let mut texts: Vec<_> = messages.map(|message| self.press.print(&message)).collect();
        if texts.is_empty() {
            // The market has nothing to say about what it does not have.
            texts.extend(client.last_update.clone());
        }
        for frame in texts.iter().cycle().take(frames) {
            if !self.send(session, frame, Content::Update) {
                return;
            }
        }
    }

    fn hostile_frame(&self, fault: &Fault) -> Option<Message> {
        Some(match fault {
            Fault::StrayError => self.press.print(&stray_error()),
            Fault::MalformedJson => text_of(r#"{"TickerUpdate":{"instrumentId":"#.to_owned()),
            Fault::UnknownShape => text_of(r#"[{"neither":1,"nor":[2]},3]"#.to_owned()),
            Fault::UnknownVariant => text_of(r#"{"NewerUpdate":{"value":"1.5"}}"#.to_owned()),
            Fault::UntaggedOrderEvents => text_of(self.untagged_order_events()),
            Fault::DeepNesting { levels } => text_of("[".repeat(*levels)),
            Fault::Oversize { bytes } => text_of("x".repeat(*bytes)),
            Fault::Binary => Message::binary(vec![0xff; 16]),
            Fault::InvalidUtf8 => invalid_utf8(),
            _ => return None,
        })
    }

    /// One cancelled order of the first account.
    fn untagged_order_events(&self) -> String {
        let account = self.market.accounts().first().copied();
        let instrument = self.market.instrument_ids().first().copied();
        let account = account.map_or_else(String::new, |it| it.to_string());
        let instrument = instrument.map_or_else(String::new, |it| it.to_string());
        format!(
            r#"{{"account":"{account}","instrumentId":"{instrument}","orderEvents":[{{"orderId":{UNTAGGED_ORDER},"account":"{account}","instrument":"{instrument}","eventData":"canceled"}}]}}"#
        )
    }
}

impl Fault {
    const fn is_about_acks(&self) -> bool {
        matches!(
            self,
            Self::NoAck
                | Self::TwoAcks
                | Self::WrongAck(_)
                | Self::LateAck { .. }
                | Self::HollowAck
                | Self::ErrorForAck { .. }
        )
    }
}

/// An order that no market of ours has, to be recognised by.
const UNTAGGED_ORDER: u64 = 990_000_000_001;

/// Longer than any number of bytes after which a frame is worth cutting.
const TRUNCATED: &str = r#"{"NewerUpdate":{"text":"the end of this sentence is not going to arrive, since the connection ends within it"}}"#;

fn text_of(text: String) -> Message {
    Message::text(text)
}

/// Text of which the types of the library would never make a frame.
fn invalid_utf8() -> Message {
    let payload = Bytes::from_static(b"{\"Error\":\"\xff\xfe\"}");
    Message::Frame(Frame::message(payload, OpCode::Data(Data::Text), true))
}

fn stray_error() -> ServerMessage {
    ServerMessage::Error("the mock was told to fail here".into())
}
