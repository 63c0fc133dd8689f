//! One account, folded from its stream.

mod history;
mod identity;
mod lifecycle;
mod orders;
mod rebase;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};

use rocketfi_protocol::{
    AccountAddress, AccountRisk, AssetId, CollateralUpdate, Decimal, Delivery, InstrumentId,
    OpenOrdersUpdate, OrderEvent, OrderEventData, OrderEventUpdate, OrderFill, OrderId, Position,
    PositionFundingUpdate, PositionUpdate, ServerMessage,
};

pub(crate) use self::history::History;
pub(crate) use self::identity::{Dated, EventId, Identified};
pub use self::lifecycle::{Lifecycle, Status};
pub use self::orders::Order;
use self::orders::Orders;
pub(crate) use self::rebase::{Discrepancy, Known, Mark, News, Rebased};
use crate::amount::{is_zero, number};
use crate::{Change, Inconsistency};

/// How many order events, funding payments and ended orders are kept in mind, unless configured otherwise.
pub const DEFAULT_HISTORY: usize = 10_000;

/// What is known of one account: open orders, positions, collateral, risk, and what happened lately.
///
/// It is folded from messages by [`apply`](Self::apply), as their delivery semantics say: a snapshot replaces, a partial
/// update is merged by its key, an event is appended to a bounded history, once. Everything is exact, and kept as it
/// came; reading borrows.
///
/// By itself it is as good as the messages it was given. [`Account`](crate::Account) gives it all of them, and puts it
/// right with REST after a gap.
///
/// ```
/// use rocketfi_account::AccountState;
/// use rocketfi_protocol::decode;
///
/// let account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse()?;
/// let mut state = AccountState::new(account);
/// let change = state.apply(&decode(r#"{"CollateralUpdate":{
///     "assetId":0, "account":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "collateral":"1000.50"}}"#)?);
///
/// assert_eq!(change.collateral, Some(0.into()));
/// assert_eq!(state.collateral()[&0.into()].as_str(), "1000.50");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AccountState {
    account: AccountAddress,
    orders: Orders,
    positions: BTreeMap<InstrumentId, Position>,
    collateral: BTreeMap<AssetId, Decimal>,
    risk: Option<AccountRisk>,
    /// The last payment of each instrument.
    funding: BTreeMap<InstrumentId, PositionFundingUpdate>,
    events: History<OrderEvent>,
    payments: History<PositionFundingUpdate>,
    /// Whether it was ever put right.
    is_founded: bool,
}

impl AccountState {
    /// An account of which nothing is known.
    #[must_use]
    pub fn new(account: AccountAddress) -> Self {
        Self::with_history(account, DEFAULT_HISTORY)
    }

    /// As [`new`](Self::new), with another number of order events, funding payments and ended orders that are kept in
    /// mind, each. What is forgotten is not recognised when it is told once more.
    #[must_use]
    pub fn with_history(account: AccountAddress, capacity: usize) -> Self {
        Self {
            account,
            orders: Orders::new(capacity),
            positions: BTreeMap::new(),
            collateral: BTreeMap::new(),
            risk: None,
            funding: BTreeMap::new(),
            events: History::new(capacity),
            payments: History::new(capacity),
            is_founded: false,
        }
    }

    /// Whose state it is.
    #[must_use]
    pub const fn account(&self) -> AccountAddress {
        self.account
    }

    /// The open orders, by id.
    #[must_use]
    pub fn open_orders(&self) -> impl ExactSizeIterator<Item = &Order> {
        self.orders.open()
    }

    /// An order, open or ended, as far as it is kept in mind.
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.get(id)
    }

    /// The positions that are held, by instrument.
    #[must_use]
    pub const fn positions(&self) -> &BTreeMap<InstrumentId, Position> {
        &self.positions
    }

    /// What is held as collateral, by asset.
    #[must_use]
    pub const fn collateral(&self) -> &BTreeMap<AssetId, Decimal> {
        &self.collateral
    }

    /// Equity and margin as last told. REST does not tell them: after a gap there are none until the stream does.
    #[must_use]
    pub const fn risk(&self) -> Option<&AccountRisk> {
        self.risk.as_ref()
    }

    /// What was told before a gap says nothing about the time after it.
    pub(crate) fn forget_risk(&mut self) {
        self.risk = None;
    }

    /// The last funding payment of each instrument.
    #[must_use]
    pub const fn last_funding(&self) -> &BTreeMap<InstrumentId, PositionFundingUpdate> {
        &self.funding
    }

    /// The recent order events, in the order in which they became known.
    #[must_use]
    pub fn order_events(&self) -> impl DoubleEndedIterator<Item = &OrderEvent> + ExactSizeIterator {
        self.events.iter()
    }

    /// The recent fills, in the order in which they became known.
    #[must_use]
    pub fn fills(&self) -> impl DoubleEndedIterator<Item = (&OrderEvent, &OrderFill)> {
        self.events
            .iter()
            .filter_map(|event| match &event.event_data {
                OrderEventData::Fill(fill) => Some((event, fill)),
                _ => None,
            })
    }

    /// The recent funding payments, in the order in which they became known.
    #[must_use]
    pub fn funding_payments(
        &self,
    ) -> impl DoubleEndedIterator<Item = &PositionFundingUpdate> + ExactSizeIterator {
        self.payments.iter()
    }

    /// Takes in a message, as its [`delivery`](ServerMessage::delivery) says, and answers with what it changed. What
    /// cannot be is taken in as well as it can be, and reported. Messages about anything but this account are ignored.
    pub fn apply(&mut self, message: &ServerMessage) -> Change {
        let mut change = Change {
            inconsistencies: self.doubts(message),
            ..Change::default()
        };
        match message.delivery() {
            Some(Delivery::Snapshot) => self.replace(message, &mut change),
            Some(Delivery::Partial) => self.merge(message, &mut change),
            Some(Delivery::Event) => self.append(message, &mut change),
            None => {}
        }
        change
    }

    /// Snapshots: what was held is replaced.
    fn replace(&mut self, message: &ServerMessage, change: &mut Change) {
        match message {
            ServerMessage::CollateralUpdate(update) if update.account == self.account => {
                self.set_collateral(update);
                change.collateral = Some(update.asset_id);
            }
            ServerMessage::AccountRiskUpdate(update) if update.account == self.account => {
                self.risk = Some(update.risk.clone());
                change.risk = true;
            }
            _ => {}
        }
    }

    /// Partial updates: what is not mentioned stays.
    fn merge(&mut self, message: &ServerMessage, change: &mut Change) {
        match message {
            ServerMessage::PositionUpdate(update) if update.account == self.account => {
                self.merge_positions(update);
                change.positions.extend(update.positions.keys());
            }
            ServerMessage::OpenOrdersUpdate(update) if update.account == self.account => {
                self.merge_orders(update, change);
            }
            _ => {}
        }
    }

    /// Events: appended, each once.
    fn append(&mut self, message: &ServerMessage, change: &mut Change) {
        match message {
            ServerMessage::OrderEventUpdate(update) => self.append_events(update, change),
            ServerMessage::PositionFundingUpdate(payment) if payment.account == self.account => {
                if self.append_payment(payment) {
                    change.funding = Some(payment.instrument_id);
                } else {
                    change.duplicates += 1;
                }
            }
            _ => {}
        }
    }

    fn set_collateral(&mut self, update: &CollateralUpdate) {
        self.collateral
            .insert(update.asset_id, update.collateral.clone());
    }

    fn merge_positions(&mut self, update: &PositionUpdate) {
        for (id, position) in &update.positions {
            if is_zero(&position.quantity) {
                self.positions.remove(id);
            } else {
                self.positions.insert(*id, position.clone());
            }
        }
    }

    fn merge_orders(&mut self, update: &OpenOrdersUpdate, change: &mut Change) {
        for view in &update.orders {
            self.orders.list(view);
            change.touch(view.order_id);
        }
    }

    fn append_events(&mut self, update: &OrderEventUpdate, change: &mut Change) {
        for event in &update.order_events {
            if event.account != self.account {
                continue;
            }
            if self.append_event(event) {
                change.count(event);
            } else {
                change.duplicates += 1;
            }
        }
    }

    fn append_event(&mut self, event: &OrderEvent) -> bool {
        let is_new = self.events.add(event);
        if is_new {
            self.orders.record(event);
        }
        is_new
    }

    /// Payments may come late; the last one is that of the latest round.
    fn append_payment(&mut self, payment: &PositionFundingUpdate) -> bool {
        let is_new = self.payments.add(payment);
        let last = self.funding.get(&payment.instrument_id);
        if is_new && last.is_none_or(|last| last.round < payment.round) {
            self.funding.insert(payment.instrument_id, payment.clone());
        }
        is_new
    }

    /// What in a message cannot be, if nothing was missed. Changes nothing, so that the message can be held back until
    /// that is cleared up.
    #[must_use]
    pub fn doubts(&self, message: &ServerMessage) -> Vec<Inconsistency> {
        match message {
            ServerMessage::OrderEventUpdate(update) => self.doubt_events(update),
            ServerMessage::OpenOrdersUpdate(update) if update.account == self.account => update
                .orders
                .iter()
                .filter_map(|view| self.orders.doubt_view(view))
                .collect(),
            ServerMessage::PositionUpdate(update) if update.account == self.account => {
                let odd = |position: &&Position| number(&position.quantity).is_none();
                let odd = update.positions.values().find(odd);
                odd.map(|_| Inconsistency::NotANumber { field: "position" })
                    .into_iter()
                    .collect()
            }
            ServerMessage::PositionFundingUpdate(payment) if payment.account == self.account => {
                self.doubt_payment(payment).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// On a copy of the few orders that the message is about, for its events build on one another.
    fn doubt_events(&self, update: &OrderEventUpdate) -> Vec<Inconsistency> {
        let mut doubts = Vec::new();
        let mut course = self
            .orders
            .copy_of(update.order_events.iter().map(|it| it.order_id));
        for event in &update.order_events {
            if event.account == self.account && !self.events.knows(event) {
                doubts.extend(course.doubt(event));
                course.record(event);
            }
        }
        doubts
    }

    fn doubt_payment(&self, payment: &PositionFundingUpdate) -> Option<Inconsistency> {
        let last = self.funding.get(&payment.instrument_id)?.round;
        let is_back = payment.round < last && !self.payments.knows(payment);
        is_back.then_some(Inconsistency::RoundBackwards {
            instrument_id: payment.instrument_id,
            last,
            told: payment.round,
        })
    }

    /// The message without the events that are known; `None` when nothing is left of it.
    pub(crate) fn news(&self, message: ServerMessage) -> Option<ServerMessage> {
        match message {
            ServerMessage::OrderEventUpdate(mut update) => {
                let had_any = !update.order_events.is_empty();
                let mut seen = HashSet::new();
                update
                    .order_events
                    .retain(|event| !self.events.knows(event) && seen.insert(event.id()));
                (!update.order_events.is_empty() || !had_any).then(|| update.into())
            }
            ServerMessage::PositionFundingUpdate(payment) if self.payments.knows(&payment) => None,
            message => Some(message),
        }
    }
}
