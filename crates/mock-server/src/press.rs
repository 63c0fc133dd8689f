//! Messages to frames: the only place of the server that encodes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rocketfi_protocol::{ServerMessage, encode};
use tokio_tungstenite::tungstenite::Message;

/// Makes frames, and counts them. A frame is made once of a message, however many sessions it goes to and whatever
/// their habits make of it: copies of it are all the same bytes.
///
/// Clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Press {
    encoded: Arc<AtomicU64>,
}

impl Press {
    pub(crate) fn print(&self, message: &ServerMessage) -> Message {
        self.encoded.fetch_add(1, Ordering::Relaxed);
        Message::text(encode(message))
    }

    /// How many messages were encoded so far.
    pub(crate) fn encoded(&self) -> u64 {
        self.encoded.load(Ordering::Relaxed)
    }
}
