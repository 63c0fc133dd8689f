//! The end of a session in good order: because the client is to end, or because the session is old.

use std::time::Duration;

use rand::{Rng, RngExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tracing::debug;

use super::{Flow, Session, SessionEnd};
use crate::{CloseReason, GapCause};

/// What was accepted is still written, then a Close frame; what arrives until the server has answered it is still
/// delivered.
pub(super) struct Closing {
    /// How the session then ends, whatever becomes of the connection.
    end: SessionEnd,
    /// The server has until then to answer. Absolute, set once.
    pub(super) deadline: Instant,
}

impl Closing {
    pub(super) fn check(&self, now: Instant) -> Flow {
        if now >= self.deadline {
            Flow::Break(self.end.clone())
        } else {
            Flow::Continue(())
        }
    }
}

/// After how long to replace a session that must not grow older than `age`: a little before, each time another, so that
/// clients which were started together do not return together.
pub(super) fn retirement(age: Duration, rng: &mut impl Rng) -> Duration {
    rng.random_range(age / 10 * 9..=age)
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    /// Whether the session ends because the client does.
    pub(super) fn is_stopping(&self) -> bool {
        let end = self.closing.as_ref().map(|closing| &closing.end);
        matches!(end, Some(SessionEnd::Stopped(_)))
    }

    /// The client is to end.
    pub(super) fn stop(&mut self, reason: CloseReason) -> Flow {
        debug!(session = %self.id, %reason, "closing");
        self.begin_closing(SessionEnd::Stopped(reason));
        Flow::Continue(())
    }

    /// Replaces the session if it is old.
    pub(super) fn retire(&mut self, now: Instant) {
        if self.retire_at.is_some_and(|retire_at| now >= retire_at) {
            debug!(session = %self.id, "retiring");
            self.begin_closing(SessionEnd::Lost(GapCause::SessionAge));
        }
    }

    fn begin_closing(&mut self, end: SessionEnd) {
        self.outbox.close();
        // The wish to stop may meet a session that is being replaced, whose Close frame is under way.
        let deadline = self.closing.take().map(|closing| closing.deadline);
        self.closing = Some(Closing {
            end,
            deadline: deadline.unwrap_or_else(|| Instant::now() + self.close_timeout),
        });
    }

    /// The connection is of no more use.
    pub(super) fn lost(&self, cause: GapCause) -> Flow {
        let planned = self.closing.as_ref().map(|closing| closing.end.clone());
        Flow::Break(planned.unwrap_or(SessionEnd::Lost(cause)))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn retirement_is_spread_over_the_last_tenth_of_the_age() {
        let mut rng = StdRng::seed_from_u64(1);
        let age = Duration::from_secs(1000);
        let mut seconds: Vec<_> = (0..1000)
            .map(|_| retirement(age, &mut rng).as_secs())
            .collect();
        seconds.sort_unstable();
        assert!(seconds[0] >= 900 && seconds[0] < 905, "{seconds:?}");
        assert!(seconds[999] <= 1000 && seconds[999] > 995, "{seconds:?}");
        assert!(seconds[500].abs_diff(950) < 10, "{seconds:?}");
    }
}
