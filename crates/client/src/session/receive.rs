//! What a session does with what the server sends: exactly one thing a frame.

use rocketfi_protocol::{
    DecodeError, EcoString, ServerMessage, SubscriptionKind, Unrecognized, decode, decode_into,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tracing::{debug, warn};

use super::{Flow, Session, SessionEnd};
use crate::queue::Delivery;
use crate::registry::Ack;
use crate::transport::Incoming;
use crate::{CloseReason, Event, FrameError, GapCause, Request, ServerText, log};

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    pub(super) fn receive(&mut self, incoming: Incoming, now: Instant) -> Flow {
        match incoming {
            Incoming::Text(text) => return self.receive_text(&text, now),
            Incoming::Binary(size) => return self.malformed(FrameError::Binary, size),
            Incoming::Close { code, reason } => {
                return self.lost(GapCause::ClosedByServer { code, reason });
            }
            Incoming::Ping => self.outbox.flush(),
            Incoming::Pong => {}
        }
        Flow::Continue(())
    }

    /// Data is read where the user will take it from, if it can be: a message is a few hundred bytes, and every hand that
    /// it passes through copies them.
    fn receive_text(&mut self, text: &str, now: Instant) -> Flow {
        let Some(place) = self.events.place(self.id) else {
            return self.receive_decoded(decode(text), text.len(), now);
        };
        let read = decode_into(text, place);
        if read.is_ok() && is_data(place) {
            if let Some(freshness) = &mut self.freshness {
                freshness.heard(place, now);
            }
            return Flow::Continue(());
        }
        let message = self.events.take_back().unwrap_or(ServerMessage::Pong);
        self.receive_decoded(read.map(|()| message), text.len(), now)
    }

    fn receive_decoded(
        &mut self,
        read: Result<ServerMessage, DecodeError>,
        size: usize,
        now: Instant,
    ) -> Flow {
        match read {
            Ok(message) if is_data(&message) => self.receive_data(message, now),
            Ok(message) => self.receive_control(message, now),
            Err(error) => self.malformed(error.into(), size),
        }
    }

    fn receive_control(&mut self, message: ServerMessage, now: Instant) -> Flow {
        match message {
            ServerMessage::Pong => self.heartbeat.pong(),
            ServerMessage::SubscribeConfirmation(kind) => self.subscribed(&kind, now),
            ServerMessage::UnsubscribeConfirmation(kind) => self.unsubscribed(&kind, now),
            ServerMessage::Error(text) => return self.receive_error(text, now),
            ServerMessage::Unrecognized(message) if is_ping(&message) => self.outbox.pong(),
            ServerMessage::Unrecognized(message) => return self.unrecognized(message),
            message => return self.receive_data(message, now),
        }
        Flow::Continue(())
    }

    fn receive_data(&mut self, message: ServerMessage, now: Instant) -> Flow {
        if let Some(freshness) = &mut self.freshness {
            freshness.heard(&message, now);
        }
        let session = self.id;
        self.deliver(Event::Message { session, message })
    }

    fn subscribed(&mut self, kind: &SubscriptionKind, now: Instant) {
        let ack = self.desk.registry.subscribed(kind, now, self.rng);
        if let Some(freshness) = &mut self.freshness
            && ack != Ack::Unexpected
        {
            freshness.watch(kind, now);
        }
        self.log_ack("subscribed", kind, ack);
    }

    fn unsubscribed(&mut self, kind: &SubscriptionKind, now: Instant) {
        let ack = self.desk.registry.unsubscribed(kind, now, self.rng);
        self.log_ack("unsubscribed", kind, ack);
    }

    fn receive_error(&mut self, text: EcoString, now: Instant) -> Flow {
        let text = ServerText::new(text);
        let requests = self.desk.registry.refused(&text, now, self.rng);
        let kind = requests.first().map(Request::kind).map(log::kind);
        warn!(session = %self.id, kind, suspects = requests.len(), size = text.len(), "error from the server");
        self.deliver(Event::ServerError {
            session: self.id,
            text,
            requests,
        })
    }

    fn unrecognized(&mut self, message: Unrecognized) -> Flow {
        debug!(session = %self.id, "unrecognised message");
        let name = message.name().to_owned();
        self.deliver(Event::Unrecognized {
            session: self.id,
            name,
            message,
        })
    }

    fn malformed(&mut self, error: FrameError, size: usize) -> Flow {
        warn!(session = %self.id, size, "malformed frame");
        self.deliver(Event::Malformed {
            session: self.id,
            error,
            size,
        })
    }

    fn deliver(&mut self, event: Event) -> Flow {
        let delivery = self.events.deliver(self.id, event);
        self.delivered(delivery)
    }

    fn delivered(&mut self, delivery: Delivery) -> Flow {
        match delivery {
            Delivery::Queued | Delivery::Dropped => Flow::Continue(()),
            // What was accepted is still to be written. The loss is counted, and told before the end.
            _ if self.is_stopping() => Flow::Continue(()),
            Delivery::Overflow => Flow::Break(SessionEnd::Lost(GapCause::Overflow)),
            Delivery::Gone => self.stop(CloseReason::EventsDropped),
        }
    }

    fn log_ack(&self, answer: &str, kind: &SubscriptionKind, ack: Ack) {
        debug!(session = %self.id, kind = log::kind(kind), ?ack, "{answer}");
    }
}

/// Whether a message is for the user as it is.
const fn is_data(message: &ServerMessage) -> bool {
    !matches!(
        message,
        ServerMessage::Pong
            | ServerMessage::SubscribeConfirmation(_)
            | ServerMessage::UnsubscribeConfirmation(_)
            | ServerMessage::Error(_)
            | ServerMessage::Unrecognized(_)
    )
}

/// Some gateways ping with a message, `"Ping"` or `{"Ping":null}`. The specification knows no such message from a
/// server, so it arrives as one that is not recognised.
fn is_ping(message: &Unrecognized) -> bool {
    let empty = message
        .payload()
        .is_none_or(|payload| payload.as_str() == "null");
    message.name() == "Ping" && empty
}
