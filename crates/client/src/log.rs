//! What may be written to a log, at any level: names that this crate knows, sizes, session numbers, codes. Never a word
//! of the server's, a payload, a signature or a full address.

use rocketfi_protocol::SubscriptionKind;

use crate::GapCause;

/// The name of a kind, unless it is one that only the server or the user knows.
pub(crate) fn kind(kind: &SubscriptionKind) -> &str {
    match kind {
        SubscriptionKind::Unrecognized(_) => "(unrecognised)",
        known => known.name(),
    }
}

/// The code of a Close frame.
pub(crate) const fn close_code(cause: &GapCause) -> Option<u16> {
    match cause {
        GapCause::ClosedByServer { code, .. } => *code,
        _ => None,
    }
}
