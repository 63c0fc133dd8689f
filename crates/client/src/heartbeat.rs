//! Application-level heartbeat: when to send `Ping`, and when the missing `Pong` means that the connection is dead.

use std::time::Duration;

use tokio::time::Instant;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    /// Nothing yet.
    Idle,
    /// Send a `Ping`.
    Ping,
    /// The `Pong` did not come in time.
    Dead,
}

/// Only a `Pong` answers a `Ping`. Data does not: a server, or a proxy in front of it, can keep pushing from one side
/// of a connection whose other side is gone.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    interval: Duration,
    timeout: Duration,
    next_ping: Instant,
    /// Set once, when the `Ping` becomes due, and never moved by anything that arrives meanwhile.
    pong_due: Option<Instant>,
}

impl Heartbeat {
    pub(crate) fn new(opened: Instant, interval: Duration, timeout: Duration) -> Self {
        Self {
            interval,
            timeout,
            next_ping: opened + interval,
            pong_due: None,
        }
    }

    /// When the `Pong` must have come, if one is awaited.
    pub(crate) const fn pong_due(&self) -> Option<Instant> {
        self.pong_due
    }

    /// When [`poll`](Self::poll) has something to say next.
    pub(crate) fn deadline(&self) -> Instant {
        self.pong_due.unwrap_or(self.next_ping)
    }

    /// The deadline of the `Pong` counts from here, not from when the `Ping` reaches the socket: a `Ping` that cannot
    /// be written is no sign of life either.
    pub(crate) fn poll(&mut self, now: Instant) -> Beat {
        match self.pong_due {
            Some(due) if now >= due => Beat::Dead,
            None if now >= self.next_ping => {
                self.pong_due = Some(now + self.timeout);
                self.next_ping = now + self.interval;
                Beat::Ping
            }
            Some(_) | None => Beat::Idle,
        }
    }

    /// A `Pong` arrived. One that nobody asked for changes nothing.
    pub(crate) const fn pong(&mut self) {
        self.pong_due = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: u64 = 10;
    const TIMEOUT: u64 = 4;

    /// What happens at a second: the heartbeat is polled, or a `Pong` arrives.
    enum Step {
        Poll(Beat),
        Pong,
    }

    fn run(table: &[(u64, Step)]) {
        let opened = Instant::now();
        let mut heartbeat = Heartbeat::new(
            opened,
            Duration::from_secs(INTERVAL),
            Duration::from_secs(TIMEOUT),
        );
        for (second, step) in table {
            match step {
                Step::Pong => heartbeat.pong(),
                Step::Poll(beat) => {
                    let now = opened + Duration::from_secs(*second);
                    assert_eq!(heartbeat.poll(now), *beat, "at second {second}");
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pings_on_the_interval_while_pongs_come() {
        use {Beat::*, Step::*};
        run(&[
            (0, Poll(Idle)),
            (9, Poll(Idle)),
            (10, Poll(Ping)),
            (10, Poll(Idle)),
            (11, Pong),
            (19, Poll(Idle)),
            (20, Poll(Ping)),
        ]);
    }

    #[tokio::test(start_paused = true)]
    async fn is_dead_when_no_pong_came_by_the_deadline() {
        use {Beat::*, Step::*};
        run(&[(10, Poll(Ping)), (13, Poll(Idle)), (14, Poll(Dead))]);
    }

    #[tokio::test(start_paused = true)]
    async fn polling_often_does_not_move_the_deadline() {
        use {Beat::*, Step::*};
        run(&[
            (10, Poll(Ping)),
            (11, Poll(Idle)),
            (12, Poll(Idle)),
            (13, Poll(Idle)),
            (14, Poll(Dead)),
        ]);
    }

    #[tokio::test(start_paused = true)]
    async fn unsolicited_pong_does_not_answer_a_later_ping() {
        use {Beat::*, Step::*};
        run(&[(5, Pong), (10, Poll(Ping)), (14, Poll(Dead))]);
    }

    #[tokio::test(start_paused = true)]
    async fn pong_after_a_late_poll_leads_to_the_next_ping() {
        use {Beat::*, Step::*};
        run(&[
            (25, Poll(Ping)),
            (26, Pong),
            (34, Poll(Idle)),
            (35, Poll(Ping)),
        ]);
    }

    #[tokio::test(start_paused = true)]
    async fn deadline_is_the_pong_while_one_is_awaited() {
        let opened = Instant::now();
        let mut heartbeat = Heartbeat::new(
            opened,
            Duration::from_secs(INTERVAL),
            Duration::from_secs(TIMEOUT),
        );
        let at = |second| opened + Duration::from_secs(second);
        assert_eq!(heartbeat.deadline(), at(10));
        assert_eq!(heartbeat.pong_due(), None);
        heartbeat.poll(at(10));
        assert_eq!(heartbeat.deadline(), at(14));
        assert_eq!(heartbeat.pong_due(), Some(at(14)));
        heartbeat.pong();
        assert_eq!(heartbeat.deadline(), at(20));
        assert_eq!(heartbeat.pong_due(), None);
    }
}
