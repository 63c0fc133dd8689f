//! After the whole process stood still: a laptop that slept, a thread that was blocked.
//!
//! The clock then says that deadlines have passed, while what they waited for may lie in the socket, unread. So before
//! anything is given up late, what has arrived is read.

use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::{coop, yield_now};
use tokio::time::Instant;

use super::{Flow, Session, Wake};
use crate::freshness::Freshness;

/// A deadline that is noticed so much too late was not noticed because nothing ran.
const MARGIN: Duration = Duration::from_millis(100);

/// How many bursts are read at most before a late deadline counts: more than socket buffers hold, and an end to a flood.
const MOST_BURSTS: usize = 1 << 8;

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    /// Whether something is to be given up, and should have been a while ago.
    pub(super) fn has_overslept(&self, now: Instant) -> bool {
        self.first_expiry()
            .is_some_and(|expiry| now.saturating_duration_since(expiry) > MARGIN)
    }

    /// The first deadline after which something counts as missing. It is not put off: once what had arrived is read,
    /// what is still missing is given up.
    fn first_expiry(&self) -> Option<Instant> {
        let own = match &self.closing {
            Some(closing) => [Some(closing.deadline), None, None],
            None => [
                self.heartbeat.pong_due(),
                self.desk.registry.expires_at(),
                self.freshness.as_ref().and_then(Freshness::wake_at),
            ],
        };
        own.into_iter()
            .chain([self.outbox.deadline()])
            .flatten()
            .min()
    }

    /// Reads what has arrived, up to a limit.
    pub(super) async fn catch_up(&mut self) -> Flow {
        // The runtime learns what its sockets hold before it comes back here.
        yield_now().await;
        for _ in 0..MOST_BURSTS {
            let Some(wake) = poll_fn(|cx| self.poll_arrived(cx)).await else {
                break;
            };
            self.handle(wake).await?;
        }
        Flow::Continue(())
    }

    /// The next burst, or `None` when nothing more has arrived.
    fn poll_arrived(&mut self, cx: &mut Context<'_>) -> Poll<Option<Wake>> {
        if let Err(cause) = self.outbox.poll(cx, &mut self.socket) {
            return Poll::Ready(Some(Wake::Lost(cause)));
        }
        match self.poll_burst(cx) {
            Poll::Ready(burst) => Poll::Ready(Some(Wake::Burst(burst))),
            Poll::Pending if coop::has_budget_remaining() => Poll::Ready(None),
            // Not because there is nothing, but because it is the turn of other tasks.
            Poll::Pending => Poll::Pending,
        }
    }
}
