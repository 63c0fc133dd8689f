//! What to break: faults that a test injects into the connections of a server.

mod name;

use std::time::Duration;

use rocketfi_protocol::SubscriptionKind;

/// When a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// To the next connection that is accepted, before a byte was exchanged.
    Dialling,
    /// To the next connection that asks for a WebSocket, before the answer.
    Handshake,
    /// To the next session, before it has asked for anything.
    Opened,
    /// To the next session that subscribes, between the Subscribe and its confirmation.
    Subscribing,
    /// Now, to every session that is open.
    Streaming,
    /// To the next session whose client sends a Close frame, before the answer.
    Closing,
}

/// Something that goes wrong with one connection. See [`MockServer::inject`](crate::MockServer::inject).
///
/// What is lost or held is so below the WebSocket layer, which would otherwise answer pings and
/// Close frames by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is reset. While dialling this is as near to a closed port as an open one can
    /// come.
    Reset,
    /// The connection ends in order, without a Close frame.
    Fin,
    /// A Close frame with this code, after what is queued.
    Close {
        /// The code, such as 1012.
        code: u16,
    },
    /// The handshake is refused.
    Refuse {
        /// The HTTP status, from 300 to 599.
        status: u16,
        /// What `Retry-After` says, in whole seconds.
        retry_after: Option<Duration>,
    },
    /// Nothing is read and nothing is written any more.
    Hang,
    /// What the server sends is lost: a black hole in one direction.
    LoseOutput,
    /// What the client sends is lost: a black hole in the other direction.
    LoseInput,
    /// Both directions stand still, then go on where they were.
    Hold {
        /// For how long.
        time: Duration,
    },
    /// The server reads nothing for a while, so that the client's writes stall.
    StopReading {
        /// For how long.
        time: Duration,
    },
    /// Every byte travels by itself.
    Drip,
    /// After some more bytes the connection ends, in the middle of a handshake or a frame.
    Truncate {
        /// How many bytes.
        after: usize,
    },
    /// The session gets pings of the WebSocket layer instead of everything else.
    PingsOnly,
    /// The session's `Ping` is not answered any more; everything else is.
    NoPongs,
    /// The Subscribe is carried out, but not confirmed.
    NoAck,
    /// The Subscribe is carried out and confirmed twice.
    TwoAcks,
    /// The Subscribe is carried out, and another kind is confirmed.
    WrongAck(SubscriptionKind),
    /// The Subscribe is carried out, and confirmed later.
    LateAck {
        /// How much later.
        after: Duration,
    },
    /// What the session before this one had subscribed is confirmed, unasked.
    AcksOfEarlierSession,
    /// The Subscribe is confirmed and not carried out.
    HollowAck,
    /// The Subscribe is answered by an `Error`.
    ErrorForAck {
        /// Whether it is carried out all the same.
        carried_out: bool,
    },
    /// An `Error` that is about nothing the client asked for.
    StrayError,
    /// A subscription is forgotten, without a word.
    DropSubscription(SubscriptionKind),
    /// A text frame that is not JSON.
    MalformedJson,
    /// A text frame that is JSON and no message.
    UnknownShape,
    /// A message of a variant that nobody knows.
    UnknownVariant,
    /// A batch of order events without its tag, as the exchange has sent them.
    UntaggedOrderEvents,
    /// JSON nested so deeply.
    DeepNesting {
        /// How many levels.
        levels: usize,
    },
    /// A binary frame.
    Binary,
    /// A text frame that is not UTF-8.
    InvalidUtf8,
    /// A text frame of this size.
    Oversize {
        /// In bytes.
        bytes: usize,
    },
    /// The next update is not sent, on a connection on which nothing else is wrong: one that the
    /// market or [`MockServer::push`](crate::MockServer::push) makes, or the state after a
    /// confirmation. Confirmations, `Pong`, errors and frames of unknown content pass.
    DropFrame,
    /// The next frame is sent twice.
    Duplicate,
    /// The next two frames change places.
    Reorder,
    /// So many frames at once, about what is subscribed: its state as the market has it; without
    /// one, the last update that was pushed.
    Flood {
        /// How many.
        frames: usize,
    },
}

impl Fault {
    /// Whether this can go wrong then.
    #[must_use]
    pub const fn fits(&self, phase: Phase) -> bool {
        match self {
            Self::Reset
            | Self::Fin
            | Self::Hang
            | Self::LoseOutput
            | Self::LoseInput
            | Self::Hold { .. }
            | Self::StopReading { .. }
            | Self::Drip
            | Self::Truncate { .. } => true,
            Self::Refuse { .. } => matches!(phase, Phase::Handshake),
            Self::NoAck
            | Self::TwoAcks
            | Self::WrongAck(_)
            | Self::LateAck { .. }
            | Self::HollowAck
            | Self::ErrorForAck { .. } => matches!(phase, Phase::Subscribing),
            Self::Close { .. }
            | Self::PingsOnly
            | Self::NoPongs
            | Self::AcksOfEarlierSession
            | Self::StrayError
            | Self::DropSubscription(_)
            | Self::MalformedJson
            | Self::UnknownShape
            | Self::UnknownVariant
            | Self::UntaggedOrderEvents
            | Self::DeepNesting { .. }
            | Self::Binary
            | Self::InvalidUtf8
            | Self::Oversize { .. }
            | Self::DropFrame
            | Self::Duplicate
            | Self::Reorder
            | Self::Flood { .. } => {
                matches!(phase, Phase::Opened | Phase::Subscribing | Phase::Streaming)
            }
        }
    }
}

/// Faults that wait for their phase, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Armed(Vec<(Phase, Fault)>);

impl Armed {
    pub(crate) fn add(&mut self, phase: Phase, fault: Fault) {
        self.0.push((phase, fault));
    }

    pub(crate) fn take(&mut self, phase: Phase) -> Option<Fault> {
        let index = self.0.iter().position(|(at, _)| *at == phase)?;
        Some(self.0.remove(index).1)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_a_phase_happen_in_the_order_in_which_they_were_armed() {
        let mut armed = Armed::default();
        armed.add(Phase::Opened, Fault::Reset);
        armed.add(Phase::Closing, Fault::Hang);
        armed.add(Phase::Opened, Fault::Drip);
        assert_eq!(armed.take(Phase::Opened), Some(Fault::Reset));
        assert_eq!(armed.take(Phase::Opened), Some(Fault::Drip));
        assert_eq!(armed.take(Phase::Opened), None);
        armed.clear();
        assert_eq!(armed.take(Phase::Closing), None);
    }

    #[test]
    fn only_a_connection_can_break_before_there_is_a_session() {
        assert!(Fault::LoseInput.fits(Phase::Dialling));
        assert!(!Fault::Binary.fits(Phase::Dialling));
        assert!(!Fault::TwoAcks.fits(Phase::Opened));
    }
}
