//! The rules that hold whatever happens, checked over the whole record of a run.

mod calls;
mod causes;
mod events;
mod outcome;
pub(crate) mod restored;
mod sessions;
mod stale;

use std::fmt;

use crate::plan::Plan;
use crate::record::Record;

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which rule: one of a few fixed texts.
    pub rule: &'static str,
    /// How it was broken.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.detail)
    }
}

/// What the checks find.
#[derive(Default)]
pub(crate) struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, rule: &'static str, detail: impl fmt::Display) {
        self.0.push(Violation {
            rule,
            detail: detail.to_string(),
        });
    }

    fn require(&mut self, holds: bool, rule: &'static str, detail: impl FnOnce() -> String) {
        if !holds {
            self.add(rule, detail());
        }
    }
}

/// Every rule that was broken.
pub(crate) fn all(plan: &Plan, record: &Record) -> Vec<Violation> {
    let mut findings = Findings::default();
    events::check(plan, record, &mut findings);
    sessions::check(plan, record, &mut findings);
    calls::check(plan, record, &mut findings);
    restored::check(record, &mut findings);
    stale::check(plan, record, &mut findings);
    outcome::check(record, &mut findings);
    findings.0
}
