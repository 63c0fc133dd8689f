//! What is held back until the state is right.

use std::collections::VecDeque;

use rocketfi_protocol::{Delivery, ServerMessage};
use tokio::time::Instant;

/// A message, which may be told later than it came.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) message: ServerMessage,
    /// It came before the moment that a snapshot is to be newer than.
    pub(super) is_old: bool,
}

/// Messages of the account, in the order in which they came. The bound is its owner's.
#[derive(Debug, Default)]
pub(super) struct Hold {
    messages: VecDeque<Kept>,
    until: Option<Instant>,
}

impl Hold {
    /// The first message decides how long all are held back.
    pub(super) fn push(&mut self, message: ServerMessage, until: Instant) {
        self.until.get_or_insert(until);
        self.messages.push_back(Kept {
            message,
            is_old: false,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(super) const fn until(&self) -> Option<Instant> {
        self.until
    }

    pub(super) fn into_messages(self) -> VecDeque<Kept> {
        self.messages
    }

    /// From now on a snapshot will be newer than all that is held back: what it says in their place need not be told
    /// again, let alone replace it. Events happened all the same, and margin is not in a snapshot.
    pub(super) fn settle(&mut self) {
        self.messages.retain_mut(|kept| {
            kept.is_old = true;
            kept.message.delivery() == Some(Delivery::Event)
                || matches!(kept.message, ServerMessage::AccountRiskUpdate(_))
        });
    }
}
