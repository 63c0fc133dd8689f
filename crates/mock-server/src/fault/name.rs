//! What faults are called.

use super::Fault;

impl Fault {
    /// Every name that [`Fault::name`] gives: tests that have something to say about all faults can
    /// tell from it that they do.
    pub const NAMES: [&str; 35] = [
        "reset",
        "end without Close",
        "close",
        "handshake refused",
        "hang",
        "output lost",
        "input lost",
        "link held",
        "slow reader",
        "one byte at a time",
        "truncated",
        "pings only",
        "no pongs",
        "no ack",
        "two acks",
        "ack of another kind",
        "late ack",
        "acks of an earlier session",
        "hollow ack",
        "error for an ack",
        "error, yet carried out",
        "stray error",
        "subscription dropped",
        "malformed JSON",
        "unknown shape",
        "unknown variant",
        "untagged order events",
        "deep nesting",
        "binary frame",
        "invalid UTF-8",
        "oversize frame",
        "frame dropped",
        "duplicate",
        "reordered",
        "flood",
    ];

    /// For reports, without anything that depends on the run.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Fin => "end without Close",
            Self::Close { .. } => "close",
            Self::Refuse { .. } => "handshake refused",
            Self::Hang => "hang",
            Self::LoseOutput => "output lost",
            Self::LoseInput => "input lost",
            Self::Hold { .. } => "link held",
            Self::StopReading { .. } => "slow reader",
            Self::Drip => "one byte at a time",
            Self::Truncate { .. } => "truncated",
            Self::PingsOnly => "pings only",
            Self::NoPongs => "no pongs",
            Self::NoAck => "no ack",
            Self::TwoAcks => "two acks",
            Self::WrongAck(_) => "ack of another kind",
            Self::LateAck { .. } => "late ack",
            Self::AcksOfEarlierSession => "acks of an earlier session",
            Self::HollowAck => "hollow ack",
            Self::ErrorForAck { carried_out: false } => "error for an ack",
            Self::ErrorForAck { carried_out: true } => "error, yet carried out",
            Self::StrayError => "stray error",
            Self::DropSubscription(_) => "subscription dropped",
            Self::MalformedJson => "malformed JSON",
            Self::UnknownShape => "unknown shape",
            Self::UnknownVariant => "unknown variant",
            Self::UntaggedOrderEvents => "untagged order events",
            Self::DeepNesting { .. } => "deep nesting",
            Self::Binary => "binary frame",
            Self::InvalidUtf8 => "invalid UTF-8",
            Self::Oversize { .. } => "oversize frame",
            Self::DropFrame => "frame dropped",
            Self::Duplicate => "duplicate",
            Self::Reorder => "reordered",
            Self::Flood { .. } => "flood",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rocketfi_protocol::SubscriptionKind;

    use super::*;

    /// One of each: what it does not list it does not compile.
    macro_rules! one_of_each {
        ($($pattern:pat => $fault:expr),* $(,)?) => {{
            let each = [$($fault),*];
            for fault in &each {
                match fault {
                    $($pattern => {})*
                }
            }
            each
        }};
    }

    #[test]
    fn every_fault_is_among_the_names() {
        let (time, after) = (Duration::ZERO, Duration::ZERO);
        let kind = SubscriptionKind::AssetPriceFeed { asset_id: 0.into() };
        let each = one_of_each![
            Fault::Reset => Fault::Reset,
            Fault::Fin => Fault::Fin,
            Fault::Close { .. } => Fault::Close { code: 1000 },
            Fault::Refuse { .. } => Fault::Refuse { status: 400, retry_after: None },
            Fault::Hang => Fault::Hang,
            Fault::LoseOutput => Fault::LoseOutput,
            Fault::LoseInput => Fault::LoseInput,
            Fault::Hold { .. } => Fault::Hold { time },
            Fault::StopReading { .. } => Fault::StopReading { time },
            Fault::Drip => Fault::Drip,
            Fault::Truncate { .. } => Fault::Truncate { after: 1 },
            Fault::PingsOnly => Fault::PingsOnly,
            Fault::NoPongs => Fault::NoPongs,
            Fault::NoAck => Fault::NoAck,
            Fault::TwoAcks => Fault::TwoAcks,
            Fault::WrongAck(_) => Fault::WrongAck(kind.clone()),
            Fault::LateAck { .. } => Fault::LateAck { after },
            Fault::AcksOfEarlierSession => Fault::AcksOfEarlierSession,
            Fault::HollowAck => Fault::HollowAck,
            Fault::ErrorForAck { carried_out: false } => Fault::ErrorForAck { carried_out: false },
            Fault::ErrorForAck { carried_out: true } => Fault::ErrorForAck { carried_out: true },
            Fault::StrayError => Fault::StrayError,
            Fault::DropSubscription(_) => Fault::DropSubscription(kind),
            Fault::MalformedJson => Fault::MalformedJson,
            Fault::UnknownShape => Fault::UnknownShape,
            Fault::UnknownVariant => Fault::UnknownVariant,
            Fault::UntaggedOrderEvents => Fault::UntaggedOrderEvents,
            Fault::DeepNesting { .. } => Fault::DeepNesting { levels: 1 },
            Fault::Binary => Fault::Binary,
            Fault::InvalidUtf8 => Fault::InvalidUtf8,
            Fault::Oversize { .. } => Fault::Oversize { bytes: 1 },
            Fault::DropFrame => Fault::DropFrame,
            Fault::Duplicate => Fault::Duplicate,
            Fault::Reorder => Fault::Reorder,
            Fault::Flood { .. } => Fault::Flood { frames: 1 },
        ];
        assert_eq!(each.map(|fault| fault.name()), Fault::NAMES);
    }
}
