//! What the user is told: in order, each thing once, and every loss before what follows it.

use std::collections::BTreeMap;
use std::time::Duration;

use rocketfi_client::{Event, GapCause};
use tokio::time::Instant;

use super::Findings;
use super::causes::Evidence;
use crate::network::Line;
use crate::plan::Plan;
use crate::record::Record;
use crate::tap::{At, Inbound};

pub(super) fn check(plan: &Plan, record: &Record, findings: &mut Findings) {
    order(record, findings);
    let mut told = by_session(record);
    let sessions = record.sessions().count();
    for (number, line) in (1..).zip(record.sessions()) {
        let told = told.remove(&number).unwrap_or_default();
        let received = received(line);
        Account {
            plan,
            record,
            number,
            line,
            findings,
            is_last: usize::try_from(number).is_ok_and(|number| number == sessions),
        }
        .settle(&received, &told);
    }
    findings.require(told.is_empty(), "sessions are those of the network", || {
        format!("{} events of sessions that never were", told.len())
    });
    let bound = plan.config.event_capacity + RESERVED;
    findings.require(
        record.most_waiting <= bound,
        "no queue exceeds its bound",
        || format!("{} events were waiting, {bound} may", record.most_waiting),
    );
}

/// Places that the client keeps for what must not be lost.
const RESERVED: usize = 32;

/// Connected, whatever comes on the session, Gap, and the same again; Closed at the very end.
fn order(record: &Record, findings: &mut Findings) {
    const RULE: &str = "a gap is told before what follows it";
    let (mut number, mut is_open, mut is_closed) = (0, false, false);
    for (time, event) in &record.events {
        let at = || format!("{} at {}", name(event), record.at(*time));
        findings.require(!is_closed, "nothing follows Closed", at);
        match event {
            Event::Connected { session } => {
                findings.require(!is_open, RULE, at);
                findings.require(session.0 == number + 1, "sessions are counted", at);
                (number, is_open) = (session.0, true);
            }
            Event::Gap { session, .. } => {
                findings.require(is_open && session.0 == number, RULE, at);
                is_open = false;
            }
            Event::Closed { .. } => is_closed = true,
            event => {
                if let Some(session) = event.session() {
                    findings.require(is_open && session.0 == number, RULE, at);
                }
            }
        }
    }
    findings.require(is_closed, "Closed is the last event", || {
        format!("after {} events", record.events.len())
    });
}

/// Without what it holds.
fn name(event: &Event) -> String {
    match event {
        Event::Connected { session } => format!("Connected {session}"),
        Event::Message { session, message } => format!("{} on {session}", message.name()),
        Event::Resubscribed { session, kinds } => {
            format!("Resubscribed {} kinds on {session}", kinds.len())
        }
        Event::Gap { session, cause, .. } => format!("Gap ({}) on {session}", cause.name()),
        Event::Stale { session, .. } => format!("Stale on {session}"),
        Event::Lagged { session, missed } => format!("Lagged {missed} on {session}"),
        Event::Unrecognized { session, .. } => format!("Unrecognized on {session}"),
        Event::Malformed { session, .. } => format!("Malformed on {session}"),
        Event::ServerError { session, .. } => format!("ServerError on {session}"),
        Event::Closed { .. } => "Closed".to_owned(),
        _ => "an event".to_owned(),
    }
}

fn by_session(record: &Record) -> BTreeMap<u64, Vec<&Event>> {
    let mut sessions = BTreeMap::<u64, Vec<&Event>>::new();
    for (_, event) in &record.events {
        if let Some(session) = event.session() {
            sessions.entry(session.0).or_default().push(event);
        }
    }
    sessions
}

/// What came up to a Close frame, behind which nothing counts.
fn received(line: &Line) -> Vec<At<Inbound>> {
    let tap = line.tap();
    let is_before = |at: &&At<Inbound>| at.what != Inbound::Close;
    let before = tap.received.iter().take_while(is_before);
    before.filter(|at| at.what.is_event()).cloned().collect()
}

/// What the network brought on a session, against what the user was told of it.
struct Account<'a> {
    plan: &'a Plan,
    record: &'a Record,
    number: u64,
    line: &'a Line,
    findings: &'a mut Findings,
    is_last: bool,
}

const EACH_ONCE: &str = "every message is given once, in order, or counted as lost";

impl Account<'_> {
    fn settle(mut self, received: &[At<Inbound>], told: &[&Event]) {
        let mut rest = received.iter();
        let mut gap = None;
        for event in told {
            match event {
                Event::Lagged { missed, .. } => {
                    let counted = rest.by_ref().take(count(*missed)).count();
                    self.require(counted == count(*missed), || {
                        format!("Lagged counts {missed}, but {counted} came")
                    });
                }
                Event::Gap { cause, missed, .. } => gap = Some((cause, missed.unwrap_or(0))),
                event if is_given(event) => {
                    let next = rest.next();
                    let is_it = next.is_some_and(|at| is_same(&at.what, event));
                    self.require(is_it, || {
                        let next = next.map(|at| &at.what);
                        format!("{} where {next:?} was due", name(event))
                    });
                    if !is_it {
                        return;
                    }
                }
                _ => {}
            }
        }
        self.check_rest(rest.as_slice(), gap);
    }

    /// What was neither given nor counted must have come in the very last moment.
    fn check_rest(&mut self, rest: &[At<Inbound>], gap: Option<(&GapCause, u64)>) {
        let Some((cause, missed)) = gap else {
            let number = self.number;
            let is_last = self.is_last;
            self.findings
                .require(is_last, "every session that is lost leaves a gap", || {
                    format!("session {number} does not")
                });
            self.require(rest.is_empty(), || {
                format!("{} more came before the end", rest.len())
            });
            return;
        };
        self.require(count(missed) <= rest.len(), || {
            format!("the gap counts {missed} missed, but {} were", rest.len())
        });
        let end = self.line.course().closed;
        let unaccounted = rest.get(count(missed)..).unwrap_or_default();
        let late = |at: &At<Inbound>| end.is_none_or(|end| self.is_moment(at.time, end));
        self.require(unaccounted.iter().all(late), || {
            format!("{} were never told of", unaccounted.len())
        });
        let number = self.number;
        let seen = Evidence {
            plan: self.plan,
            record: self.record,
            line: self.line,
        }
        .of(cause, missed);
        self.findings
            .require(seen, "a session is not given up without a reason", || {
                format!("session {number}: {}", cause.name())
            });
    }

    /// The process may have stood still in between.
    fn is_moment(&self, earlier: Instant, later: Instant) -> bool {
        let still = self.record.standstill(earlier, later);
        later.saturating_duration_since(earlier) <= still + Duration::from_millis(1)
    }

    fn require(&mut self, holds: bool, detail: impl FnOnce() -> String) {
        let number = self.number;
        self.findings.require(holds, EACH_ONCE, || {
            format!("session {number}: {}", detail())
        });
    }
}

fn count(missed: u64) -> usize {
    usize::try_from(missed).unwrap_or(usize::MAX)
}

/// Whether it stands for a frame.
const fn is_given(event: &Event) -> bool {
    matches!(
        event,
        Event::Message { .. }
            | Event::Unrecognized { .. }
            | Event::Malformed { .. }
            | Event::ServerError { .. }
    )
}

fn is_same(frame: &Inbound, event: &Event) -> bool {
    match (frame, event) {
        (Inbound::Message(came), Event::Message { message, .. }) => **came == *message,
        (Inbound::Error(came), Event::ServerError { text, .. }) => text.as_str() == came,
        (Inbound::Unrecognized, Event::Unrecognized { .. })
        | (Inbound::Malformed, Event::Malformed { .. }) => true,
        _ => false,
    }
}
