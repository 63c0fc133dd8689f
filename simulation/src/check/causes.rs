//! A session ends for a reason that can be seen from outside.

use std::time::Duration;

use rocketfi_client::GapCause;
use rocketfi_protocol::SubscriptionKind;
use tokio::time::Instant;

use crate::network::Line;
use crate::plan::Plan;
use crate::record::Record;
use crate::tap::{Inbound, Outbound};

/// What there is to see of one session.
pub(super) struct Evidence<'a> {
    pub(super) plan: &'a Plan,
    pub(super) record: &'a Record,
    pub(super) line: &'a Line,
}

/// Timers are as fine as this.
const GRAIN: Duration = Duration::from_millis(2);

impl Evidence<'_> {
    /// Whether it speaks for this cause. What a cause has to be seen by is spelled out for each; one that the client
    /// may report and this does not know is taken on trust.
    pub(super) fn of(&self, cause: &GapCause, missed: u64) -> bool {
        match cause {
            GapCause::Overflow => missed > 0,
            GapCause::ClosedByServer { .. } => self.has_received(|it| *it == Inbound::Close),
            GapCause::Disconnected { .. } => self.line.course().ended.is_some(),
            GapCause::HeartbeatTimeout => self.is_without_pong() && self.has_read_all(),
            // A frame may have got through in part, so the last stall may be shorter than its timeout.
            GapCause::WriteTimeout => self.line.course().was_stalled,
            GapCause::ResubscribeTimeout { kind } => {
                self.is_unanswered(kind) && self.has_read_all()
            }
            GapCause::SubscriptionUnknown { .. } => {
                self.has_received(|it| matches!(it, Inbound::Error(_)))
            }
            GapCause::MessageTooLarge { .. }
            | GapCause::InvalidUtf8
            | GapCause::ProtocolViolation { .. } => self.line.tap().is_broken(),
            _ => true,
        }
    }

    fn has_received(&self, matches: impl Fn(&Inbound) -> bool) -> bool {
        self.line.tap().received.iter().any(|at| matches(&at.what))
    }

    /// What has arrived was read before anything counted as missing.
    fn has_read_all(&self) -> bool {
        let unread = self.line.course().unread;
        unread.is_none_or(|arrival| arrival + GRAIN >= self.end())
    }

    /// No `Pong` within the time that it may take.
    fn is_without_pong(&self) -> bool {
        let end = self.end();
        let since = end.checked_sub(self.plan.config.pong_timeout);
        let since = since.unwrap_or(self.record.began) + GRAIN;
        let tap = self.line.tap();
        let mut pongs = tap.received.iter().filter(|at| at.what == Inbound::Pong);
        !pongs.any(|at| at.time > since && at.time + GRAIN < end)
    }

    /// The last request for a kind is as old as a request may become, and not confirmed.
    fn is_unanswered(&self, kind: &SubscriptionKind) -> bool {
        let tap = self.line.tap();
        let asked = Outbound::Subscribe(kind.clone());
        let Some(asked) = tap.sent.iter().rfind(|at| at.what == asked) else {
            // It waits in a queue that nobody empties.
            return self.line.course().longest_stall > Duration::ZERO;
        };
        let ack = Inbound::Ack(kind.clone());
        let mut acks = tap.received.iter().filter(|at| at.what == ack);
        let is_answered = acks.any(|at| at.time > asked.time && at.time + GRAIN < self.end());
        let is_old = asked.time + self.plan.config.request_timeout <= self.end() + GRAIN
            || self.line.course().longest_stall > Duration::ZERO;
        is_old && !is_answered
    }

    fn end(&self) -> Instant {
        self.line.course().closed.unwrap_or(self.record.ended)
    }
}
