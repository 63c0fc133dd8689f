//! The handle that a user holds.

use std::fmt;

use rocketfi_protocol::{ClientMessage, SubscriptionKind, Transaction, encode};
use tokio::sync::{mpsc, oneshot};

use crate::command::{Command, Message};
use crate::transport::MAX_OUTGOING;
use crate::{Builder, CloseReason, SendError, SubscribeError, UnsubscribeError};

/// A handle to a client: cheap to clone, usable from any task.
///
/// The connection itself lives in a task of its own, which keeps it open and restores what is subscribed. The task ends
/// with [`close`](Self::close), when the last handle is dropped, when [`Events`](crate::Events) is dropped, or when it
/// gives up because it is configured to.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use rocketfi_client::protocol::SubscriptionKind;
/// use rocketfi_client::{Client, Event};
///
/// # let server = rocketfi_mock_server::MockServer::builder().seed(7).start().await?;
/// # let url = server.url();
/// # let instrument_id = server.instruments()[0];
/// let (client, mut events) = Client::builder(url).connect().await?;
/// client.subscribe(SubscriptionKind::Ticker { instrument_id }).await?;
///
/// let reader = tokio::spawn(async move {
///     let mut messages = 0;
///     while let Some(event) = events.recv().await {
///         messages += usize::from(matches!(event, Event::Message { .. }));
///     }
///     messages
/// });
///
/// client.close().await;
/// println!("{} messages", reader.await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    command_tx: mpsc::Sender<Command>,
    stop_tx: mpsc::Sender<CloseReason>,
}

impl Client {
    /// Starts to configure a client for this address; see [`environment`](crate::environment) for those of the
    /// exchange.
    pub fn builder(url: impl Into<String>) -> Builder {
        Builder::new(url)
    }

    pub(crate) const fn new(
        command_tx: mpsc::Sender<Command>,
        stop_tx: mpsc::Sender<CloseReason>,
    ) -> Self {
        Self {
            command_tx,
            stop_tx,
        }
    }

    /// Subscribes to a kind and waits until the server has confirmed it.
    ///
    /// A kind that was confirmed once stays wanted until it is unsubscribed: after every reconnect the client
    /// subscribes it again, which [`Event::Resubscribed`](crate::Event::Resubscribed) tells. A kind that was refused,
    /// or not confirmed in time, is not wanted any more.
    ///
    /// **The same kind twice.** A second call for an equal kind sends nothing, because the server would then send
    /// everything twice. While the first is waiting, the second joins it, deadline included, and both end alike; when
    /// it is confirmed already, the call returns at once. There is no counting: one
    /// [`unsubscribe`](Self::unsubscribe) ends it for all.
    ///
    /// **Errors of the server.** An `Error` frame carries nothing that tells what it is about. So the client keeps one
    /// subscribe or unsubscribe in flight at a time, and an `Error` that comes while one is waiting for its answer
    /// fails that one. With a [`max_in_flight`](crate::Config::max_in_flight) above 1 nobody is blamed by a guess:
    /// when an `Error` comes while several are waiting, all of them go on waiting and no other request is sent; once as
    /// many are left without an answer as there were `Error`s, these have failed, each with the server's text (with
    /// all the texts, joined by `; `, if there were several). A deadline that passes meanwhile ends its call as always;
    /// when it has passed for all that are left, no more is known of their kinds than after any timeout.
    ///
    /// It is [`Event::ServerError`](crate::Event::ServerError) in any case, with the requests that it may be about.
    /// The inference can be wrong: an `Error` about a transaction, or a late one about a request that had timed
    /// out, may come just then. When a confirmation follows after all, the client notices: a kind that nobody wants any
    /// more is unsubscribed, so that nothing unwanted streams. The text is never interpreted.
    ///
    /// **Deadline.** The request timeout runs from when the request is sent. A call that has to wait for its turn behind
    /// others has no deadline until then; each of those has one. Without a connection the clock starts at the call, or
    /// when the connection is lost; the request is sent on the next session, and neither the reconnect nor sending it
    /// again starts the clock anew. When a call has timed out, whether the server streams the kind is unknown; should
    /// the confirmation come late, the client unsubscribes. A new call for the same kind on the same session first
    /// sends an unsubscribe, to have a known state; if the server refuses that, the session is replaced
    /// ([`GapCause::SubscriptionUnknown`](crate::GapCause::SubscriptionUnknown)).
    ///
    /// # Cancel safety
    /// Dropping the call while it waits for a place in the command queue undoes it. After that it undoes nothing: the
    /// subscription goes on and may be confirmed; [`unsubscribe`](Self::unsubscribe) ends it.
    ///
    /// # Errors
    /// See [`SubscribeError`].
    pub async fn subscribe(&self, kind: SubscriptionKind) -> Result<(), SubscribeError> {
        check_size(&kind)?;
        let (reply, answer) = oneshot::channel();
        let command = Command::Subscribe { kind, reply };
        self.command_tx
            .send(command)
            .await
            .map_err(|_| SubscribeError::Closed)?;
        answer.await.unwrap_or(Err(SubscribeError::Closed))
    }

    /// Ends a subscription and waits until the server has confirmed that. `kind` must equal the one that was
    /// subscribed.
    ///
    /// Whatever the outcome, the kind is not wanted any more and will not be subscribed after a reconnect. Without a
    /// connection there is nothing to confirm and the call succeeds at once; likewise when the connection is lost while
    /// it waits, for no subscription survives that. A [`subscribe`](Self::subscribe) that is still waiting for the same
    /// kind fails with [`SubscribeError::Unsubscribed`]. A second call while the first is waiting joins it.
    ///
    /// Messages that were on the way may still arrive after the call has returned, and are delivered.
    ///
    /// # Cancel safety
    /// As for [`subscribe`](Self::subscribe): once in the command queue, it is carried out.
    ///
    /// # Errors
    /// See [`UnsubscribeError`].
    pub async fn unsubscribe(&self, kind: SubscriptionKind) -> Result<(), UnsubscribeError> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Unsubscribe { kind, reply };
        self.command_tx
            .send(command)
            .await
            .map_err(|_| UnsubscribeError::Closed)?;
        answer.await.unwrap_or(Err(UnsubscribeError::Closed))
    }

    /// What is wanted now, confirmed or still on the way, in the order in which it was first subscribed. Empty when
    /// the client has ended.
    ///
    /// # Cancel safety
    /// Dropping the call changes nothing.
    pub async fn subscriptions(&self) -> Vec<SubscriptionKind> {
        let (reply, answer) = oneshot::channel();
        if self
            .command_tx
            .send(Command::Subscriptions { reply })
            .await
            .is_err()
        {
            return Vec::new();
        }
        answer.await.unwrap_or_default()
    }

    /// Sends a signed transaction, which the server executes at once. Returns when the frame has been handed to the
    /// operating system; what became of it is told by a `TransactionResult` in
    /// [`Event::Message`](crate::Event::Message), matched by its signature.
    ///
    /// It is written once, on the running session, and never again: whether to repeat a transaction whose fate is
    /// unknown is for its signer to decide, after looking at the state of the account. Handed to the operating system
    /// does not mean received: when the session ends before the result has come, the fate is unknown.
    ///
    /// # Cancel safety
    /// When the call is dropped before the frame was begun, it is not sent. Once begun it goes out; so a dropped call
    /// may have sent the transaction.
    ///
    /// # Errors
    /// See [`SendError`]; only [`SendError::Interrupted`] leaves open whether the server got it.
    pub async fn submit_transaction(&self, transaction: Transaction) -> Result<(), SendError> {
        self.send(&ClientMessage::SubmitTransaction(transaction))
            .await
    }

    /// Leaves a signed deferred transaction with the server, which submits it if *this connection* drops: a dead man's
    /// switch. Confirmed by an `ExecuteOnDisconnectRegistered` in [`Event::Message`](crate::Event::Message).
    ///
    /// It belongs to the session it was sent on. **After a reconnect nothing is registered any more**, and the
    /// transaction may have been executed: register a new one after each
    /// [`Event::Connected`](crate::Event::Connected). The client never does so by itself.
    ///
    /// # Cancel safety
    /// As for [`submit_transaction`](Self::submit_transaction).
    ///
    /// # Errors
    /// As for [`submit_transaction`](Self::submit_transaction).
    pub async fn register_execute_on_disconnect(
        &self,
        transaction: Transaction,
    ) -> Result<(), SendError> {
        self.send(&ClientMessage::RegisterExecuteOnDisconnect(transaction))
            .await
    }

    /// Takes back what [`register_execute_on_disconnect`](Self::register_execute_on_disconnect) left on this
    /// connection. Confirmed by an `ExecuteOnDisconnectCleared` in [`Event::Message`](crate::Event::Message).
    ///
    /// # Cancel safety
    /// As for [`submit_transaction`](Self::submit_transaction).
    ///
    /// # Errors
    /// As for [`submit_transaction`](Self::submit_transaction).
    pub async fn clear_execute_on_disconnect(&self) -> Result<(), SendError> {
        self.send(&ClientMessage::ClearExecuteOnDisconnect).await
    }

    /// Ends the client and waits until it has ended: what was accepted is still written, then a Close frame, and the
    /// server has the close timeout to answer. Subscriptions end with the connection. Calls that still wait fail as
    /// closed, and [`Event::Closed`](crate::Event::Closed) is the last event.
    ///
    /// Returns at once when the client has ended before. The events need not be read meanwhile.
    ///
    /// # Cancel safety
    /// Once begun, the client ends even when the call is dropped.
    pub async fn close(&self) {
        // Full or closed: the client is ending already.
        let _ = self.stop_tx.try_send(CloseReason::Requested);
        self.command_tx.closed().await;
    }

    async fn send(&self, message: &ClientMessage) -> Result<(), SendError> {
        let text = encode(message);
        if text.len() > MAX_OUTGOING {
            return Err(SendError::TooLarge {
                size: text.len(),
                limit: MAX_OUTGOING,
            });
        }
        let (reply, answer) = oneshot::channel();
        let command = Command::Send(Message { text, reply });
        self.command_tx
            .send(command)
            .await
            .map_err(|_| SendError::Closed)?;
        answer.await.unwrap_or(Err(SendError::Closed))
    }
}

/// Every request about a kind must fit, and of the two the `Unsubscribe` is the longer one.
fn check_size(kind: &SubscriptionKind) -> Result<(), SubscribeError> {
    let SubscriptionKind::Unrecognized(_) = kind else {
        return Ok(());
    };
    let size = encode(&ClientMessage::Unsubscribe(kind.clone())).len();
    if size > MAX_OUTGOING {
        return Err(SubscribeError::TooLarge {
            size,
            limit: MAX_OUTGOING,
        });
    }
    Ok(())
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("closed", &self.command_tx.is_closed())
            .finish_non_exhaustive()
    }
}
