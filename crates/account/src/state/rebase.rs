//! Putting a state right with a snapshot of REST.

use std::collections::{BTreeSet, HashSet};

use rocketfi_protocol::{
    AssetId, Decimal, InstrumentId, OpenOrder, OrderEvent, OrderEventData, OrderId, Position,
    PositionFundingUpdate,
};

use super::{AccountState, Dated, EventId, History, Identified};
use crate::amount::same;
use crate::inconsistency::Difference;
use crate::snapshot::{Held, Log, Snapshot, Touched};

/// Up to where the logs are known, for whoever reads them from their newest entry on.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) events: Mark<EventId>,
    pub(crate) payments: Mark<<PositionFundingUpdate as Identified>::Id>,
}

/// Where to stop in one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark<I> {
    /// Nothing was ever known, so nothing can have been missed: one page, for the history.
    Nothing,
    /// At its very beginning: the last time it was empty.
    Beginning,
    /// At one of these.
    At(Vec<I>),
}

/// Something that the user has not been told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct News<E> {
    pub(crate) event: E,
    /// The stream has brought it, and it was held back.
    pub(crate) is_held: bool,
}

/// What changed when a state was put right.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rebased {
    /// Were open, and are not any more.
    pub(crate) vanished: Vec<OrderId>,
    /// Are open, and were not known to be.
    pub(crate) appeared: Vec<OrderId>,
    /// To be told to the user, oldest first.
    pub(crate) events: Vec<News<OrderEvent>>,
    pub(crate) payments: Vec<News<PositionFundingUpdate>>,
    /// Whether the logs reached back far enough that none is missing.
    pub(crate) is_whole: bool,
}

/// In what a snapshot and a state differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Discrepancy {
    pub(crate) orders: BTreeSet<OrderId>,
    pub(crate) positions: BTreeSet<InstrumentId>,
    pub(crate) collateral: BTreeSet<AssetId>,
    events: HashSet<EventId>,
    payments: HashSet<<PositionFundingUpdate as Identified>::Id>,
}

impl Discrepancy {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What was there before as well. What is on its way through the stream is something else each time.
    pub(crate) fn since(mut self, before: &Self) -> Self {
        self.orders.retain(|it| before.orders.contains(it));
        self.positions.retain(|it| before.positions.contains(it));
        self.collateral.retain(|it| before.collateral.contains(it));
        self.events.retain(|it| before.events.contains(it));
        self.payments.retain(|it| before.payments.contains(it));
        self
    }
}

impl From<Discrepancy> for Difference {
    fn from(found: Discrepancy) -> Self {
        Self {
            orders: found.orders.into_iter().collect(),
            positions: found.positions.into_iter().collect(),
            collateral: found.collateral.into_iter().collect(),
            order_events: found.events.len(),
            funding: found.payments.len(),
        }
    }
}

impl Rebased {
    /// The order of each fill that the stream had not brought.
    pub(crate) fn missed_fills(&self) -> Vec<OrderId> {
        let missed = self.events.iter().filter(|news| !news.is_held);
        let is_fill = |event: &&OrderEvent| matches!(event.event_data, OrderEventData::Fill(_));
        let fills = missed.map(|news| &news.event).filter(is_fill);
        fills.map(|event| event.order_id).collect()
    }
}

impl AccountState {
    /// Up to where the logs are known.
    pub(crate) fn known(&self) -> Known {
        Known {
            events: mark(&self.events, self.is_founded),
            payments: mark(&self.payments, self.is_founded),
        }
    }

    /// How many order events have become known.
    pub(crate) const fn event_count(&self) -> u64 {
        self.events.count()
    }

    /// Whether a snapshot is older than something that was known when there were `count` order events. Only a fill
    /// proves it, for every log of order events has those; and only if the log was read as far back as to its time.
    pub(crate) fn outdates(&self, snapshot: &Snapshot, count: u64) -> bool {
        let is_fill = |event: &&OrderEvent| matches!(event.event_data, OrderEventData::Fill(_));
        let Some(newest) = self.events.unproved(count).filter(is_fill).last() else {
            return false;
        };
        let (id, log) = (newest.id(), &snapshot.order_events);
        if log.entries.iter().any(|event| event.id() == id) {
            return false;
        }
        let begins = log.entries.iter().find_map(Dated::at);
        let is_behind = begins
            .zip(newest.at())
            .is_some_and(|(begins, at)| begins > at || (begins == at && !log.is_whole));
        !is_behind
    }

    /// Takes over what the snapshot says, but for what the stream has touched since before the snapshot was taken:
    /// there the stream is as new, and goes on. What is held back will be applied to the result.
    pub(crate) fn rebase(
        &mut self,
        snapshot: &Snapshot,
        touched: &Touched,
        held: &Held,
    ) -> Rebased {
        let before: BTreeSet<OrderId> = self.open_orders().map(super::Order::id).collect();
        let was_founded = std::mem::replace(&mut self.is_founded, true);
        let mut rebased = Rebased {
            is_whole: snapshot.order_events.is_whole && snapshot.payments.is_whole,
            ..Rebased::default()
        };
        self.catch_up_events(&snapshot.order_events, held, was_founded, &mut rebased);
        self.catch_up_payments(&snapshot.payments, held, was_founded, &mut rebased);
        if !snapshot.order_events.is_whole {
            self.orders.distrust();
        }
        self.rebase_orders(&snapshot.open_orders, touched, held, &before);
        self.rebase_positions(snapshot, touched);
        self.rebase_collateral(snapshot, touched);
        let after: BTreeSet<OrderId> = self.open_orders().map(super::Order::id).collect();
        rebased.vanished = before.difference(&after).copied().collect();
        rebased.appeared = after.difference(&before).copied().collect();
        rebased
    }

    /// What happened before anything was known is history, and not news; but what is held back is news.
    fn catch_up_events(
        &mut self,
        log: &Log<OrderEvent>,
        held: &Held,
        was_founded: bool,
        rebased: &mut Rebased,
    ) {
        for event in unknown(&self.events, log) {
            let is_held = held.events.contains(&event.id());
            if !was_founded && is_held {
                continue;
            }
            self.append_event(event);
            self.orders.note_ahead(event.order_id);
            if was_founded {
                let event = event.clone();
                rebased.events.push(News { event, is_held });
            }
        }
        self.events.set_compared(&log.entries);
    }

    fn catch_up_payments(
        &mut self,
        log: &Log<PositionFundingUpdate>,
        held: &Held,
        was_founded: bool,
        rebased: &mut Rebased,
    ) {
        for payment in unknown(&self.payments, log) {
            let is_held = held.payments.contains(&payment.id());
            if !was_founded && is_held {
                continue;
            }
            self.append_payment(payment);
            if was_founded {
                let event = payment.clone();
                rebased.payments.push(News { event, is_held });
            }
        }
        self.payments.set_compared(&log.entries);
    }

    /// An order that ended by its events has ended, whatever an older list says. One that was open and is not listed has
    /// ended too, unless the stream has just told of it: it may have been placed after the list was made. What only
    /// the log tells of is open as of its end.
    fn rebase_orders(
        &mut self,
        listed: &[OpenOrder],
        touched: &Touched,
        held: &Held,
        before: &BTreeSet<OrderId>,
    ) {
        for view in listed {
            if !touched.orders.contains(&view.order_id) {
                self.orders.list(view);
            }
        }
        let listed: BTreeSet<_> = listed.iter().map(|view| view.order_id).collect();
        let is_told = |id: &OrderId| {
            listed.contains(id) || touched.orders.contains(id) || held.orders.contains(id)
        };
        let is_gone = |id: &OrderId| !is_told(id) && before.contains(id);
        let open = self.open_orders().map(super::Order::id);
        let gone: Vec<_> = open.filter(is_gone).collect();
        for id in gone {
            self.orders.forget(id);
        }
    }

    fn rebase_positions(&mut self, snapshot: &Snapshot, touched: &Touched) {
        self.positions
            .retain(|id, _| touched.positions.contains(id));
        for (id, position) in &snapshot.positions {
            if !touched.positions.contains(id) && !crate::amount::is_zero(&position.quantity) {
                self.positions.insert(*id, position.clone());
            }
        }
    }

    fn rebase_collateral(&mut self, snapshot: &Snapshot, touched: &Touched) {
        self.collateral
            .retain(|id, _| touched.collateral.contains(id));
        for (id, amount) in &snapshot.collateral {
            if !touched.collateral.contains(id) {
                self.collateral.insert(*id, amount.clone());
            }
        }
    }

    /// In what a snapshot differs from this state, but for what the stream has touched meanwhile.
    pub(crate) fn compare(&self, snapshot: &Snapshot, touched: &Touched) -> Discrepancy {
        let quantity =
            |held: Option<&Position>| held.map_or(Decimal::ZERO, |it| it.quantity.clone());
        let held = self.positions.keys().chain(snapshot.positions.keys());
        let differs = |id: &&InstrumentId| {
            let (own, told) = (self.positions.get(id), snapshot.positions.get(id));
            !touched.positions.contains(id) && !same(&quantity(own), &quantity(told))
        };
        let nothing = Decimal::ZERO;
        let amounts = |(id, told): &(&AssetId, &Decimal)| {
            let own = self.collateral.get(id).unwrap_or(&nothing);
            !touched.collateral.contains(id) && !same(own, told)
        };
        let orders = self.different_orders(&snapshot.open_orders);
        let events = unknown(&self.events, &snapshot.order_events);
        let payments = unknown(&self.payments, &snapshot.payments);
        Discrepancy {
            orders: orders.filter(|id| !touched.orders.contains(id)).collect(),
            positions: held.filter(differs).copied().collect(),
            collateral: snapshot
                .collateral
                .iter()
                .filter(amounts)
                .map(|(id, _)| *id)
                .collect(),
            events: events.into_iter().map(Identified::id).collect(),
            payments: payments.into_iter().map(Identified::id).collect(),
        }
    }

    fn different_orders(&self, listed: &[OpenOrder]) -> impl Iterator<Item = OrderId> {
        let mut different = BTreeSet::new();
        for view in listed {
            let own = self
                .orders
                .get(view.order_id)
                .filter(|it| it.status().is_open());
            let is_same = own.and_then(super::Order::view).is_some_and(|own| {
                same(&own.price, &view.price)
                    && same(&own.quantity, &view.quantity)
                    && same(&own.filled_quantity, &view.filled_quantity)
            });
            if !is_same {
                different.insert(view.order_id);
            }
        }
        let is_listed = |id: &OrderId| listed.iter().any(|view| view.order_id == *id);
        let own = self.open_orders().map(super::Order::id);
        different.extend(own.filter(|id| !is_listed(id)));
        different.into_iter()
    }

    /// Notes up to where the logs were found to be known. What is not known yet may be on its way, or lost.
    pub(crate) fn set_compared(&mut self, snapshot: &Snapshot) {
        let events = known(&self.events, &snapshot.order_events);
        self.events.set_compared(events);
        let payments = known(&self.payments, &snapshot.payments);
        self.payments.set_compared(payments);
    }
}

fn mark<E: Identified + Clone>(history: &History<E>, is_founded: bool) -> Mark<E::Id> {
    let anchors = history.anchors();
    if !is_founded {
        Mark::Nothing
    } else if anchors.is_empty() {
        Mark::Beginning
    } else {
        Mark::At(anchors.to_vec())
    }
}

/// The beginning of a log, up to where something is not known.
fn known<'l, E: Identified + Clone>(history: &History<E>, log: &'l Log<E>) -> &'l [E] {
    let entries = log.entries.as_slice();
    let end = entries.iter().position(|entry| !history.knows(entry));
    &entries[..end.unwrap_or(entries.len())]
}

/// What a log has that is not known. Where it does not reach back to what is known for sure, what comes before the first
/// entry that is known may have been known and forgotten.
fn unknown<'l, E: Identified + Clone>(history: &History<E>, log: &'l Log<E>) -> Vec<&'l E> {
    let first = log.entries.iter().position(|entry| history.knows(entry));
    let from = if log.is_whole { 0 } else { first.unwrap_or(0) };
    log.entries[from..]
        .iter()
        .filter(|it| !history.knows(it))
        .collect()
}
