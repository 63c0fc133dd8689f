//! What the account tells: the client's events, and how the state is put right.

use std::collections::BTreeMap;

use rocketfi_account::client::Event as ClientEvent;
use rocketfi_account::protocol::OrderId;
use rocketfi_account::{Event, Reconciliation, Trigger, Unreconciled};

use super::client::{resubscribed, thrown_away};
use super::message::message;
use super::{Line, chain, client, count, mark, seconds};

/// One line an event; a message may give several.
pub(crate) fn account(event: &Event) -> Vec<Line> {
    match event {
        Event::Message {
            message: it,
            origin,
            ..
        } => {
            let marked = |(label, text)| (label, format!("{}{text}", mark(*origin)));
            message(it).into_iter().map(marked).collect()
        }
        Event::Client(ClientEvent::Resubscribed { session, kinds }) => {
            vec![resubscribed(*session, kinds)]
        }
        Event::Client(event) => client(event),
        other => vec![course(other)],
    }
}

/// How the account is followed.
fn course(event: &Event) -> Line {
    match event {
        Event::Gap {
            session,
            cause,
            missed,
            ..
        } => {
            let missed = thrown_away(*missed);
            let text = format!("session {session}: {cause}{missed}; what is shown is old");
            ("GAP", text)
        }
        Event::Reconciled(report) => ("RECONCILED", reconciliation(report)),
        Event::Unreconciled { reason, held } => {
            let held = count(*held, "message");
            let text = format!("{}; {held} let go, before what was missed", why(*reason));
            ("UNRECONCILED", text)
        }
        Event::Inconsistent(inconsistency) => ("inconsistent", inconsistency.to_string()),
        Event::SourceFailed {
            attempt,
            error,
            retry_in,
        } => {
            let (error, retry_in) = (chain(error), seconds(*retry_in));
            let text = format!("attempt {attempt}: {error}; again in {retry_in}");
            ("no snapshot", text)
        }
        Event::SubscribeFailed { kind, error } => {
            let text = format!("{}: {}; it is tried again", kind.name(), chain(error));
            ("not subscribed", text)
        }
        Event::Audited => ("audited", "REST says the same".to_owned()),
        Event::Closed { reason } => ("closed", reason.to_string()),
        _ => ("event", "of a newer account".to_owned()),
    }
}

/// What a reconciliation has brought to light, and how long it took.
fn reconciliation(report: &Reconciliation) -> String {
    let mut found = match report.trigger {
        Trigger::Connected => first_sight(report),
        _ => differences(report),
    };
    let mut add = |number: usize, text: String| {
        if number > 0 {
            found.push(text);
        }
    };
    add(
        report.held,
        format!("{} held back", count(report.held, "message")),
    );
    let attempts = report.attempts;
    add(
        usize::from(attempts > 1),
        format!("REST asked {attempts} times"),
    );
    let short = "the logs of REST do not reach back, earlier events may be missing";
    add(usize::from(!report.complete), short.to_owned());
    let (cause, took) = (cause(report.trigger), seconds(report.took));
    format!("after {cause}, {took}: {}", found.join("; "))
}

/// Everything was unknown, so nothing was missed.
fn first_sight(report: &Reconciliation) -> Vec<String> {
    let orders = count(report.appeared.len(), "open order");
    let positions = count(report.positions.len(), "position");
    let assets = count(report.collateral.len(), "asset");
    vec![format!("{orders}, {positions}, {assets}")]
}

/// What was missed first.
fn differences(report: &Reconciliation) -> Vec<String> {
    let Reconciliation {
        vanished,
        appeared,
        missed_fills,
        order_events,
        funding,
        positions,
        collateral,
        ..
    } = report;
    let others = order_events.saturating_sub(missed_fills.len());
    let (gone, new) = (
        count(vanished.len(), "order"),
        count(appeared.len(), "order"),
    );
    let all = [
        (vanished.len(), format!("{gone} gone: {}", shown(vanished))),
        (appeared.len(), format!("{new} new: {}", shown(appeared))),
        (
            others,
            format!("{} missed", count(others, "more order event")),
        ),
        (*funding, count(*funding, "funding payment")),
        (
            positions.len(),
            format!("{} put right", count(positions.len(), "position")),
        ),
        (
            collateral.len(),
            format!("{} put right", count(collateral.len(), "asset")),
        ),
    ];
    let found = all.into_iter().filter(|(number, _)| *number > 0);
    std::iter::once(fills(missed_fills))
        .chain(found.map(|(_, text)| text))
        .collect()
}

/// The fills that were missed, by order.
fn fills(of: &[OrderId]) -> String {
    let mut by_order = BTreeMap::new();
    for order in of {
        *by_order.entry(*order).or_insert(0_usize) += 1;
    }
    let orders = by_order.iter().map(|(order, number)| match number {
        1 => order.to_string(),
        _ => format!("{order} ×{number}"),
    });
    match of.len() {
        0 => "no fill missed".to_owned(),
        number => {
            let orders: Vec<String> = orders.collect();
            format!("{} missed: {}", count(number, "fill"), first_few(&orders))
        }
    }
}

/// The first few of them, and how many more there are.
fn shown(orders: &[OrderId]) -> String {
    let orders: Vec<String> = orders.iter().map(ToString::to_string).collect();
    first_few(&orders)
}

/// More would fill a line without telling more.
const FEW: usize = 6;

fn first_few(items: &[String]) -> String {
    let rest = items.len().saturating_sub(FEW);
    let shown = items[..items.len() - rest].join(", ");
    match rest {
        0 => shown,
        _ => format!("{shown} and {rest} more"),
    }
}

fn cause(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Connected => "connecting",
        Trigger::Gap => "the gap",
        Trigger::Lagged => "lagging",
        Trigger::Malformed => "an unreadable frame",
        Trigger::Inconsistent => "an inconsistency",
        Trigger::Audit => "an audit",
        Trigger::Requested => "being asked",
        _ => "something new",
    }
}

fn why(reason: Unreconciled) -> &'static str {
    match reason {
        Unreconciled::Overflow => "too much to hold back",
        Unreconciled::Overdue => "it takes too long",
        Unreconciled::Repeated => "the last reconciliation did not settle it",
        Unreconciled::Closed => "the client has ended",
        _ => "for a new reason",
    }
}
