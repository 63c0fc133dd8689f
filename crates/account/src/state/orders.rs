//! The orders of one account: the open ones, and how others ended.

use std::collections::{BTreeMap, VecDeque};

use rocketfi_protocol::{Decimal, InstrumentId, OpenOrder, OrderEvent, OrderEventData, OrderId};

use super::lifecycle::{Lifecycle, Misfit, Status};
use crate::Inconsistency;
use crate::amount::{number, size};

/// An order, open or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    id: OrderId,
    instrument_id: InstrumentId,
    life: Lifecycle,
    view: Option<OpenOrder>,
    /// Its end was told by REST, and what the stream tells may still be of before.
    is_ahead: bool,
}

impl Order {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> OrderId {
        self.id
    }

    /// What it is in.
    #[must_use]
    pub const fn instrument_id(&self) -> InstrumentId {
        self.instrument_id
    }

    /// Where it is in its life.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.life.status()
    }

    /// What is known from its events.
    #[must_use]
    pub const fn lifecycle(&self) -> &Lifecycle {
        &self.life
    }

    /// As the exchange lists it, brought up to date by the events since; `None` when it was placed and not listed yet.
    #[must_use]
    pub const fn view(&self) -> Option<&OpenOrder> {
        self.view.as_ref()
    }

    fn record(&mut self, event: &OrderEvent) {
        self.life.record(&event.event_data);
        if let Some(view) = &mut self.view {
            bring_up_to_date(view, &self.life, &event.event_data);
        }
    }
}

/// Bounded: how orders ended is forgotten when so many others have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Orders {
    open: BTreeMap<OrderId, Order>,
    ended: BTreeMap<OrderId, Order>,
    /// The ended ones in the order in which they did.
    ended_order: VecDeque<OrderId>,
    capacity: usize,
}

impl Orders {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            open: BTreeMap::new(),
            ended: BTreeMap::new(),
            ended_order: VecDeque::new(),
            capacity: capacity.max(1),
        }
    }

    pub(crate) fn open(&self) -> impl ExactSizeIterator<Item = &Order> {
        self.open.values()
    }

    pub(crate) fn get(&self, id: OrderId) -> Option<&Order> {
        self.open.get(&id).or_else(|| self.ended.get(&id))
    }

    /// Some of them, to try something out on.
    pub(crate) fn copy_of(&self, ids: impl Iterator<Item = OrderId>) -> Self {
        let mut copy = Self::new(self.capacity);
        for id in ids {
            if let Some(order) = self.open.get(&id) {
                copy.open.insert(id, order.clone());
            } else if let Some(order) = self.ended.get(&id) {
                copy.ended.insert(id, order.clone());
            }
        }
        copy
    }

    /// Why the event cannot be, if nothing was missed.
    pub(crate) fn doubt(&self, event: &OrderEvent) -> Option<Inconsistency> {
        let (order_id, data) = (event.order_id, &event.event_data);
        let Some(order) = self.get(order_id) else {
            let begins = matches!(
                data,
                OrderEventData::Placed(_) | OrderEventData::Rejected(_)
            );
            let event = name(data)?;
            return (!begins).then_some(Inconsistency::UnknownOrder { order_id, event });
        };
        Some(match order.life.misfit(data)? {
            Misfit::Remaining { expected, told } => Inconsistency::RemainingSize {
                order_id,
                expected,
                told,
            },
            Misfit::Ended(status) => Inconsistency::EndedOrder {
                order_id,
                status,
                event: name(data)?,
            },
            Misfit::NotANumber { field } => Inconsistency::NotANumber { field },
        })
    }

    /// Why the entry of a list of open orders cannot be, if nothing was missed.
    pub(crate) fn doubt_view(&self, view: &OpenOrder) -> Option<Inconsistency> {
        let (Some(quantity), Some(filled)) = (size(&view.quantity), size(&view.filled_quantity))
        else {
            return Some(Inconsistency::NotANumber {
                field: "open order",
            });
        };
        let order = self.ended.get(&view.order_id)?;
        (filled < quantity && !order.is_ahead).then(|| Inconsistency::EndedButOpen {
            order_id: view.order_id,
            status: order.status(),
        })
    }

    /// Takes in an event, whether or not it fits.
    pub(crate) fn record(&mut self, event: &OrderEvent) {
        let id = event.order_id;
        if let Some(order) = self.ended.get_mut(&id) {
            order.record(event);
            if order.status().is_open() {
                self.reopen(id);
            }
            return;
        }
        let mut order = self.open.remove(&id).unwrap_or_else(|| Order {
            id,
            instrument_id: event.instrument,
            life: Lifecycle::default(),
            view: None,
            is_ahead: false,
        });
        order.record(event);
        self.put(order);
    }

    /// Takes in the entry of a list of open orders. One of an order that has ended is old, and changes nothing.
    pub(crate) fn list(&mut self, view: &OpenOrder) {
        let id = view.order_id;
        if self.ended.contains_key(&id) {
            return;
        }
        let mut order = self.open.remove(&id).unwrap_or_else(|| Order {
            id,
            instrument_id: view.instrument_id,
            life: Lifecycle::of_view(view),
            view: None,
            is_ahead: false,
        });
        order.life.meet(view);
        if is_complete(view) {
            order.life.complete();
        }
        order.view = Some(view.clone());
        self.put(order);
    }

    /// An order that is not open any more, and of whose end nothing is known.
    pub(crate) fn forget(&mut self, id: OrderId) {
        self.open.remove(&id);
    }

    /// What was recorded last of it came from REST.
    pub(crate) fn note_ahead(&mut self, id: OrderId) {
        if let Some(order) = self.ended.get_mut(&id) {
            order.is_ahead = true;
        }
    }

    /// What is left of each order is to be learnt anew.
    pub(crate) fn distrust(&mut self) {
        self.open
            .values_mut()
            .for_each(|order| order.life.distrust());
    }

    /// It was told to be rejected before it was told to be placed.
    fn reopen(&mut self, id: OrderId) {
        self.ended_order.retain(|ended| *ended != id);
        if let Some(order) = self.ended.remove(&id) {
            self.open.insert(id, order);
        }
    }

    /// An order that is in neither list.
    fn put(&mut self, order: Order) {
        let id = order.id;
        if order.status().is_open() {
            self.open.insert(id, order);
            return;
        }
        self.ended.insert(id, order);
        self.ended_order.push_back(id);
        if self.ended_order.len() > self.capacity
            && let Some(oldest) = self.ended_order.pop_front()
        {
            self.ended.remove(&oldest);
        }
    }
}

fn is_complete(view: &OpenOrder) -> bool {
    match (size(&view.quantity), size(&view.filled_quantity)) {
        (Some(quantity), Some(filled)) => filled >= quantity,
        _ => false,
    }
}

/// An event is told before the list that follows from it, and perhaps alone.
fn bring_up_to_date(view: &mut OpenOrder, life: &Lifecycle, event: &OrderEventData) {
    match event {
        OrderEventData::Modified(change) if life.is_latest(change.timestamp) => {
            view.price = change.price.clone();
            // Whether it counts what was filled before is nowhere written.
            if let (Some(size), Some(_)) = (size(&change.size), life.remaining()) {
                view.quantity = size.into();
            }
        }
        OrderEventData::Fill(_) => {
            if let (Some(original), Some(remaining)) = (life.original(), life.remaining()) {
                let filled = original - remaining;
                // A list may be ahead of the events.
                if number(&view.filled_quantity).is_none_or(|known| known < filled) {
                    view.filled_quantity = Decimal::from(filled.normalize());
                }
            }
        }
        _ => {}
    }
}

/// `None` for one that is newer than this kit, of which nothing can be said.
fn name(event: &OrderEventData) -> Option<&'static str> {
    Some(match event {
        OrderEventData::Placed(_) => "placed",
        OrderEventData::Modified(_) => "modified",
        OrderEventData::Fill(_) => "fill",
        OrderEventData::Canceled => "canceled",
        OrderEventData::Rejected(_) => "rejected",
        _ => return None,
    })
}
