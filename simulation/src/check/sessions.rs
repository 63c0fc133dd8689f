//! What the client does on the network: dials, requests, heartbeat, writes.

use std::time::Duration;

use tokio::time::Instant;

use super::Findings;
use crate::network::Line;
use crate::plan::Plan;
use crate::record::Record;
use crate::tap::{At, Inbound, Outbound};

pub(super) fn check(plan: &Plan, record: &Record, findings: &mut Findings) {
    for line in &record.lines {
        findings.require(!line.course().spun, "the client does not spin", || {
            format!(
                "a connection of {} was polled for ever",
                record.at(line.course().opened)
            )
        });
    }
    for line in record.sessions() {
        let session = Session {
            plan,
            record,
            line,
            end: line.course().closed.unwrap_or(record.ended),
        };
        session.requests(findings);
        session.heartbeat(findings);
        session.writes(findings);
    }
    backoff(plan, record, findings);
    retry_after(record, findings);
}

/// Timers are as fine as this, and two of them may add up.
const GRAIN: Duration = Duration::from_millis(3);

struct Session<'a> {
    plan: &'a Plan,
    record: &'a Record,
    line: &'a Line,
    end: Instant,
}

impl Session<'_> {
    /// A kind is subscribed again only after the server has said that it is not subscribed.
    fn requests(&self, findings: &mut Findings) {
        let tap = self.line.tap();
        let mut asked: Vec<&At<Outbound>> = Vec::new();
        for at in &tap.sent {
            let Outbound::Subscribe(kind) = &at.what else {
                continue;
            };
            let earlier = asked.iter().rev().find(|earlier| earlier.what == at.what);
            if let Some(earlier) = earlier {
                let freed = tap.received.iter().any(|reply| {
                    let is_between = reply.time >= earlier.time && reply.time <= at.time;
                    let says_no = match &reply.what {
                        Inbound::Error(_) => true,
                        Inbound::UnsubscribeAck(ended) => ended == kind,
                        _ => false,
                    };
                    is_between && says_no
                });
                findings.require(freed, "no kind is subscribed twice on one session", || {
                    format!("{} at {}", kind.name(), self.record.at(at.time))
                });
            }
            asked.push(at);
        }
    }

    /// Without a Pong the session ends in time.
    fn heartbeat(&self, findings: &mut Findings) {
        let tap = self.line.tap();
        let config = &self.plan.config;
        let is_closing = |at: &&At<Outbound>| at.what == Outbound::Close;
        let closing = tap.sent.iter().find(is_closing).map(|at| at.time);
        let until = closing.unwrap_or(self.end).min(self.end);
        // A Close frame that cannot be written is not seen, and has its own deadline.
        let retiring = config
            .max_session_age
            .map_or(Duration::ZERO, |_| config.close_timeout);
        let pongs = tap.received.iter().filter(|at| at.what == Inbound::Pong);
        let mut since = self.line.course().opened + config.connect_timeout;
        for sign in pongs.map(|at| at.time).chain([until]) {
            let allowed = config.heartbeat_interval
                + config.pong_timeout
                + retiring
                + self.record.standstill(since, sign)
                + GRAIN;
            let silence = sign.saturating_duration_since(since);
            findings.require(
                silence <= allowed,
                "a silent connection is given up in time",
                || format!("no Pong for {silence:?} until {}", self.record.at(sign)),
            );
            since = sign;
        }
    }

    /// A write that does not get through ends the session in time.
    fn writes(&self, findings: &mut Findings) {
        let course = self.line.course();
        let config = &self.plan.config;
        let allowed = config.write_timeout
            + config.close_timeout
            + self.record.standstill(course.opened, self.end)
            + GRAIN;
        let stall = course.longest_stall;
        findings.require(
            stall <= allowed,
            "a stalled write is given up in time",
            || format!("it took {stall:?} until {}", self.record.at(self.end)),
        );
    }
}

/// A server that fails at once, again and again, is asked less and less often.
///
/// The delays are random, so the rule is about many of them. Their ceilings grow to at least eight
/// times the first one, and that so many of them add up to no more than this is less likely than
/// one in a million; without growth it is the rule.
fn backoff(plan: &Plan, record: &Record, findings: &mut Findings) {
    const MANY: usize = 14;
    let config = &plan.config;
    let least = config.backoff_min * 10;
    let proved = |time: Instant| {
        record.sessions().any(|line| {
            let course = line.course();
            let lasted = course
                .closed
                .is_none_or(|closed| closed.duration_since(course.opened) >= config.stable_period);
            lasted && course.opened <= time && course.closed.is_none_or(|closed| closed >= time)
        })
    };
    for dials in record.dials.windows(MANY) {
        let end = dials[MANY - 1];
        let took = end.duration_since(dials[0]);
        if took < least && !dials.iter().any(|dial| proved(*dial)) {
            findings.add(
                "failures are answered by backing off",
                format!("{MANY} dials within {took:?} at {}", record.at(end)),
            );
            return;
        }
    }
}

/// A server that says when to come back is left alone until then.
fn retry_after(record: &Record, findings: &mut Findings) {
    for line in &record.lines {
        let tap = line.tap();
        let Some(seconds) = tap.answer().and_then(asked_to_wait) else {
            continue;
        };
        let answered = line.course().closed.unwrap_or(record.ended);
        let next = record.dials.iter().find(|dial| **dial >= answered);
        let waited = next.map(|dial| dial.duration_since(answered));
        let allowed = waited.is_none_or(|waited| waited >= Duration::from_secs(seconds));
        findings.require(allowed, "Retry-After is honoured", || {
            format!("{seconds} s were asked for, {waited:?} were waited")
        });
    }
}

fn asked_to_wait(head: &str) -> Option<u64> {
    let is_it = |line: &&str| line.to_ascii_lowercase().starts_with("retry-after:");
    let line = head.lines().find(is_it)?;
    line.split_once(':')?.1.trim().parse().ok()
}
