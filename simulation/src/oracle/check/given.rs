//! What the user was given, against what happened: each event once, and in order.

use std::collections::{HashMap, HashSet};

use rocketfi_account::{Event, Origin};
use rocketfi_protocol::{AccountAddress, OrderEvent, PositionFundingUpdate, ServerMessage};
use serde::Serialize;

use super::Findings;
use crate::oracle::plan::Plan;
use crate::oracle::world::Record;

const IN_ORDER: &str = "order events are given in order";

/// Everything that happened, each with its place.
struct Happened(HashMap<String, usize>);

impl Happened {
    fn new<E: Serialize>(events: impl IntoIterator<Item = E>) -> Self {
        let texts = events.into_iter().map(|event| text(&event));
        Self(texts.zip(0..).collect())
    }

    /// Where what was given has its place; `None` for what never happened.
    fn places<E: Serialize>(&self, given: &[E]) -> Vec<Option<usize>> {
        given
            .iter()
            .map(|event| self.0.get(&text(event)).copied())
            .collect()
    }

    fn given_once(&self, places: &[Option<usize>], rule: &'static str, findings: &mut Findings) {
        findings.require(places.iter().all(Option::is_some), rule, || {
            "it never happened".to_owned()
        });
        let given: HashSet<_> = places.iter().flatten().collect();
        let missing = self.0.iter().find(|(_, place)| !given.contains(place));
        findings.require(missing.is_none(), rule, || format!("never: {missing:?}"));
        findings.require(given.len() == places.len(), rule, || {
            format!(
                "{} in all, and only {} of them different",
                places.len(),
                given.len()
            )
        });
    }
}

/// Two events are the same when they are written alike.
fn text<E: Serialize>(event: &E) -> String {
    serde_json::to_string(event).expect("what came as JSON can be written as JSON")
}

pub(super) fn order_events(plan: &Plan, record: &Record, findings: &mut Findings) {
    let account = record.account.address();
    let happened = record.server.with_market(|market| {
        let events = market.order_events(account).into_iter().flatten();
        Happened::new(events.skip(record.past.0))
    });
    let batches: Vec<_> = batches(record, account)
        .map(|(origin, events)| (origin, happened.places(events)))
        .collect();
    let given = batches
        .iter()
        .flat_map(|(_, places)| places.iter().copied());
    let given: Vec<_> = given.collect();
    happened.given_once(&given, "every order event is given once", findings);
    let mut in_order = |places: &[Option<usize>], what: &str| {
        findings.require(places.is_sorted(), IN_ORDER, || {
            format!("{what}, with {} on a page", plan.page_size)
        });
    };
    // What is lost in silence, and what flowed while it was not yet known what was missed, can only be told behind.
    let is_late = |event: &Event| matches!(event, Event::Unreconciled { .. });
    let was_late = record.events.iter().any(|(_, event)| is_late(event));
    if !was_late && !record.faults.contains_key("frame dropped") {
        in_order(&given, "all of them");
    }
    let of = |wanted: Origin| batches.iter().filter(move |(origin, _)| *origin == wanted);
    let of_stream: Vec<_> = of(Origin::Stream)
        .flat_map(|(_, places)| places.iter().copied())
        .collect();
    in_order(&of_stream, "of the stream");
    for (_, places) in of(Origin::Backfill) {
        in_order(places, "of a backfill");
    }
}

fn batches(
    record: &Record,
    account: AccountAddress,
) -> impl Iterator<Item = (Origin, &[OrderEvent])> {
    record
        .events
        .iter()
        .filter_map(move |(_, event)| match event {
            Event::Message {
                message: ServerMessage::OrderEventUpdate(update),
                origin,
                ..
            } if update.account.get() == Some(&account) => {
                Some((*origin, update.order_events.as_slice()))
            }
            _ => None,
        })
}

pub(super) fn payments(record: &Record, findings: &mut Findings) {
    let account = record.account.address();
    let happened = record.server.with_market(|market| {
        let events = market.funding_events(account).into_iter().flatten();
        let events = events.skip(record.past.1).cloned();
        Happened::new(events.map(PositionFundingUpdate::from))
    });
    let given = record.events.iter().filter_map(|(_, event)| match event {
        Event::Message {
            message: ServerMessage::PositionFundingUpdate(payment),
            ..
        } => Some(payment),
        _ => None,
    });
    let places = happened.places(&given.collect::<Vec<_>>());
    happened.given_once(&places, "every funding payment is given once", findings);
}
