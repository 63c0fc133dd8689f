//! What a handle asks of the client's task.

use rocketfi_protocol::SubscriptionKind;
use tokio::sync::oneshot;

use crate::registry::Reply;
use crate::{SendError, SubscribeError, UnsubscribeError};

pub(crate) enum Command {
    Subscribe {
        kind: SubscriptionKind,
        reply: Reply<SubscribeError>,
    },
    Unsubscribe {
        kind: SubscriptionKind,
        reply: Reply<UnsubscribeError>,
    },
    Send(Message),
    Subscriptions {
        reply: oneshot::Sender<Vec<SubscriptionKind>>,
    },
}

/// An encoded message, to be written once, on the running session or not at all.
pub(crate) struct Message {
    pub(crate) text: String,
    pub(crate) reply: Reply<SendError>,
}
