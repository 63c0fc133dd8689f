//! What is left when the trouble is over, and when everything is.

use std::sync::Arc;

use super::Findings;
use crate::network::Line;
use crate::record::Record;

pub(super) fn check(record: &Record, findings: &mut Findings) {
    let end = &record.end;
    for what in &end.overdue {
        findings.add("everything ends in its time", format!("{what} did not"));
    }
    findings.require(
        end.agreed,
        "after the trouble everything wanted is confirmed in time",
        || {
            format!(
                "{} wanted and {} live, {:?} later",
                end.wanted.len(),
                end.live.len(),
                end.time_to_agree
            )
        },
    );
    for probe in &end.probes {
        findings.require(probe.is_right(), "what is live is delivered once", || {
            let (kind, arrived) = (probe.kind.name(), probe.arrived);
            format!("{kind} arrived {arrived} times, not {}", probe.expected)
        });
    }
    let is_closed = |line: &Arc<Line>| line.course().closed.is_some();
    findings.require(
        record.lines.iter().all(is_closed),
        "nothing remains",
        || "a connection does".to_owned(),
    );
    findings.require(end.tasks_left == 0, "nothing remains", || {
        format!("{} tasks do", end.tasks_left)
    });
}
