//! Reading: what has arrived is taken in all at once, up to a bound.
//!
//! A frame that is there already costs its decoding and little else: the clock, the timer and the other sources are asked
//! once for all of a burst, and the user is woken once for all of it.

use std::ops::ControlFlow;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::{Session, SessionEnd};

/// How many frames are taken in before anything else has a turn again: deadlines, commands, and the other tasks of the
/// thread, the user's among them. Of a flood that never pauses the user would otherwise see nothing until the queue
/// overflows. With so many, what a turn costs is little beside what the frames cost.
const MOST_FRAMES: usize = 64;

/// Likewise, for frames that are long. It is some 300 µs of decoding, plus one frame.
const MOST_BYTES: usize = 64 << 10;

/// How a burst ended.
pub(super) enum Burst {
    /// No more has arrived.
    Over,
    /// It was time for something else.
    Full,
    /// The session has ended.
    End(SessionEnd),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    /// Takes in what has arrived, if anything has.
    pub(super) fn poll_burst(&mut self, cx: &mut Context<'_>) -> Poll<Burst> {
        let mut next = self.socket.poll_next(cx);
        if next.is_pending() {
            return Poll::Pending;
        }
        let now = Instant::now();
        let (mut frames, mut bytes) = (0, 0);
        while let Poll::Ready(received) = next {
            let flow = match received {
                Ok(incoming) => {
                    bytes += incoming.size();
                    self.receive(incoming, now)
                }
                Err(cause) => self.lost(cause),
            };
            if let ControlFlow::Break(end) = flow {
                return Poll::Ready(Burst::End(end));
            }
            frames += 1;
            if frames == MOST_FRAMES || bytes >= MOST_BYTES {
                return Poll::Ready(Burst::Full);
            }
            next = self.socket.poll_next(cx);
        }
        Poll::Ready(Burst::Over)
    }
}
