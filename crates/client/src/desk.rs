//! The side of the client's task that faces its handles: commands, the wish to stop, and what is subscribed.

use std::task::{Context, Poll};

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::command::{Command, Message};
use crate::registry::{Registry, answer};
use crate::{CloseReason, SendError};

pub(crate) struct Desk {
    pub(crate) registry: Registry,
    command_rx: mpsc::Receiver<Command>,
    stop_rx: mpsc::Receiver<CloseReason>,
}

impl Desk {
    pub(crate) const fn new(
        registry: Registry,
        command_rx: mpsc::Receiver<Command>,
        stop_rx: mpsc::Receiver<CloseReason>,
    ) -> Self {
        Self {
            registry,
            command_rx,
            stop_rx,
        }
    }

    /// Why the client is to end. Cancel safe.
    pub(crate) fn poll_stop(&mut self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        let reason = std::task::ready!(self.stop_rx.poll_recv(cx));
        // Without a sender there is neither a handle nor anybody who listens.
        Poll::Ready(reason.unwrap_or(CloseReason::HandlesDropped))
    }

    /// The next command; `None` when the last handle is gone. Cancel safe.
    pub(crate) fn poll_command(&mut self, cx: &mut Context<'_>) -> Poll<Option<Command>> {
        self.command_rx.poll_recv(cx)
    }

    /// Serves commands while there is no connection, until the client is to end. Cancel safe: every command that was
    /// taken has been carried out.
    pub(crate) async fn serve_offline(&mut self) -> CloseReason {
        loop {
            let now = Instant::now();
            while self.registry.advance(now).is_some() {}
            let deadline = self.registry.wake_at();
            tokio::select! {
                biased;
                reason = self.stop_rx.recv() => return reason.unwrap_or(CloseReason::HandlesDropped),
                command = self.command_rx.recv() => match command {
                    Some(command) => self.serve(command),
                    None => return CloseReason::HandlesDropped,
                },
                () = sleep_until(deadline.unwrap_or(now)), if deadline.is_some() => {}
            }
        }
    }

    fn serve(&mut self, command: Command) {
        if let Some(Message { reply, .. }) = self.carry_out(command) {
            answer(reply, Err(SendError::NotConnected));
        }
    }

    /// Carries out a command, except that a message to send is handed back.
    pub(crate) fn carry_out(&mut self, command: Command) -> Option<Message> {
        match command {
            Command::Send(message) => return Some(message),
            Command::Subscribe { kind, reply } => {
                self.registry.subscribe(&kind, reply, Instant::now());
            }
            Command::Unsubscribe { kind, reply } => self.registry.unsubscribe(&kind, reply),
            // Whoever stopped waiting needs no list.
            Command::Subscriptions { reply } => drop(reply.send(self.registry.wanted())),
        }
        None
    }

    /// The client has ended. Whoever still waits is told, and whoever comes later finds the channel closed.
    pub(crate) fn close(mut self) {
        self.command_rx.close();
        // What is left in the channel goes with it, and its callers learn it from their dropped replies.
        self.registry.abandon();
    }
}
