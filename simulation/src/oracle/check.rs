//! The rules, checked over the whole record of a run.

mod given;

use std::collections::{BTreeMap, BTreeSet};

use rocketfi_account::{Event, Inconsistency};
use rocketfi_client::Event as ClientEvent;
use rocketfi_protocol::{Decimal, Position};

use super::Outcome;
use super::plan::Plan;
use super::world::{REVALUED, Record};
use crate::Violation;

const EQUAL: &str = "the state equals the server's own";

/// What the checks find.
#[derive(Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn require(&mut self, holds: bool, rule: &'static str, detail: impl FnOnce() -> String) {
        if !holds {
            let detail = detail();
            self.0.push(Violation { rule, detail });
        }
    }
}

pub(super) fn all(plan: &Plan, record: &Record) -> Outcome {
    let mut findings = Findings::default();
    findings.require(
        record.is_settled,
        "after the trouble everything is right in time",
        || format!("reconciled: {}", record.account.is_reconciled()),
    );
    if record.is_settled {
        state(plan, record, &mut findings);
        given::order_events(plan, record, &mut findings);
        given::payments(record, &mut findings);
    }
    certainty(record, &mut findings);
    alarms(record, &mut findings);
    let end = record.events.last().map_or(record.began, |(time, _)| *time);
    Outcome {
        faults: record.faults.clone(),
        violations: findings.0,
        told: told(record),
        time: end.duration_since(record.began),
    }
}

/// The account as followed, against the server's own books: to the letter. Only what a position is worth is told now and
/// then, and not when the market moves; so that is compared where it was told last of all.
fn state(plan: &Plan, record: &Record, findings: &mut Findings) {
    let state = record.account.state();
    let account = record.account.address();
    record.server.with_market(|market| {
        let own = state
            .open_orders()
            .map(|order| (order.id(), order.view().cloned()));
        let told = market.open_orders(account).unwrap_or_default();
        let told = told.into_iter().map(|order| (order.order_id, Some(order)));
        equal(&own.collect(), &told.collect(), "orders", findings);
        let mut own = state.positions().clone();
        let mut positions = market.positions(account).unwrap_or_default();
        let is_revalued = plan.seed.is_multiple_of(REVALUED);
        if !is_revalued {
            own.values_mut()
                .chain(positions.values_mut())
                .for_each(without_worth);
        }
        equal(&own, &positions, "positions", findings);
        let mut amounts = market.collaterals(account).unwrap_or_default();
        amounts.retain(|asset, _| asset.0 == 0);
        equal(state.collateral(), &amounts, "collateral", findings);
        // REST does not tell margin: what is lost of it in silence stays lost until it moves.
        let may_be_old = plan.audit_every.is_some();
        let risk = market.risk(account);
        let is_right = !is_revalued || state.risk().is_none_or(|own| Some(own) == risk.as_ref());
        findings.require(may_be_old || is_right, EQUAL, || {
            format!("risk {:?}, not {risk:?}", state.risk())
        });
    });
}

fn without_worth(position: &mut Position) {
    position.liquidation_price = Decimal::ZERO;
    position.unrealized_pnl = Decimal::ZERO;
    position.allocated_initial_margin = None;
    position.standalone_initial_margin = None;
    position.reserved_margin = Decimal::ZERO;
}

fn equal<K, V>(own: &BTreeMap<K, V>, told: &BTreeMap<K, V>, what: &str, findings: &mut Findings)
where
    K: Ord + std::fmt::Debug,
    V: PartialEq + std::fmt::Debug,
{
    let keys: BTreeSet<_> = own.keys().chain(told.keys()).collect();
    for key in keys {
        let (own, told) = (own.get(key), told.get(key));
        findings.require(own == told, EQUAL, || {
            format!("{what} {key:?}: {own:?}, not {told:?}")
        });
    }
}

/// What is said to be sure is sure: nothing is known to be missing before it.
fn certainty(record: &Record, findings: &mut Findings) {
    const RULE: &str = "between a gap and the truth nothing is told as if it were sure";
    let mut is_sure = false;
    let mut is_flowing = false;
    for (_, event) in &record.events {
        match event {
            Event::Gap { .. } => (is_sure, is_flowing) = (false, false),
            Event::Inconsistent(_)
            | Event::Client(ClientEvent::Lagged { .. } | ClientEvent::Malformed { .. }) => {
                is_sure = false;
            }
            Event::Reconciled(_) => (is_sure, is_flowing) = (true, true),
            Event::Unreconciled { .. } => (is_sure, is_flowing) = (false, true),
            Event::Message { reconciled, .. } => {
                findings.require(is_flowing, RULE, || {
                    format!("it was not to flow: {event:?}")
                });
                findings.require(is_sure || !reconciled, RULE, || {
                    format!("it was not sure: {event:?}")
                });
            }
            _ => {}
        }
    }
}

/// What the stream loses in silence, or holds up while REST goes on.
const SILENT: [&str; 3] = ["frame dropped", "output lost", "link held"];

/// Where nothing is lost in silence, nothing contradicts anything. What the client threw away, because it was not read,
/// an audit may notice before the client has room to tell.
fn alarms(record: &Record, findings: &mut Findings) {
    let lagged = |event: &Event| matches!(event, Event::Client(ClientEvent::Lagged { .. }));
    let has_lagged = record.events.iter().any(|(_, event)| lagged(event));
    let is_alarm = |event: &Event| match event {
        Event::Inconsistent(Inconsistency::Audit(_)) => !has_lagged,
        Event::Inconsistent(_) => true,
        _ => false,
    };
    let alarm = record.events.iter().find(|(_, event)| is_alarm(event));
    let was_lost = SILENT.iter().any(|fault| record.faults.contains_key(fault));
    findings.require(
        was_lost || alarm.is_none(),
        "there is no false alarm",
        || format!("{:?}", alarm.map(|(_, event)| event)),
    );
}

/// How much of what.
fn told(record: &Record) -> BTreeMap<&'static str, u64> {
    let mut told = BTreeMap::new();
    let mut count = |what, times: usize| {
        *told.entry(what).or_default() += u64::try_from(times).unwrap_or(u64::MAX);
    };
    for (_, event) in &record.events {
        count("fills", event.fills().count());
        match event {
            Event::Gap { .. } => count("gaps", 1),
            Event::Reconciled(report) => {
                count("reconciliations", 1);
                count("fills that were missed", report.missed_fills.len());
            }
            Event::Unreconciled { .. } => count("times that messages flowed unreconciled", 1),
            Event::Inconsistent(_) => count("inconsistencies", 1),
            Event::SourceFailed { .. } => count("failures of REST", 1),
            Event::Audited => count("audits that found nothing", 1),
            _ => {}
        }
    }
    told
}
