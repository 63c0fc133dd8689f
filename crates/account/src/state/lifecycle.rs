//! What became of one order, from its events alone.

#[cfg(test)]
mod tests;

use std::fmt;

use rocketfi_protocol::{
    OpenOrder, OrderEventData, OrderFill, OrderModified, OrderPlaced, RejectionReason, Timestamp,
};
use rust_decimal::Decimal as Amount;

use crate::amount::{number, size};

/// Where an order is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It rests, and nothing of it is filled.
    Placed,
    /// Its price or its size was changed, and nothing of it is filled.
    Modified,
    /// A part of it is filled, and it rests.
    PartlyFilled,
    /// All of it is filled.
    Filled,
    /// It was taken back.
    Canceled,
    /// It was never accepted.
    Rejected,
}

impl Status {
    /// Whether the order can still be filled.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Placed | Self::Modified | Self::PartlyFilled)
    }

    /// In words: `placed`, `modified`, `partly filled`, `filled`, `canceled`, `rejected`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Modified => "modified",
            Self::PartlyFilled => "partly filled",
            Self::Filled => "filled",
            Self::Canceled => "canceled",
            Self::Rejected => "rejected",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why an event does not fit what is known of its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// The remaining size is not what was left less what was filled.
    Remaining { expected: Amount, told: Amount },
    /// It happened to an order that had ended, or ended one in a second way.
    Ended(Status),
    /// A figure is no number that can be reckoned with.
    NotANumber { field: &'static str },
}

/// The life of an order: a small state machine over its events.
///
/// It is a set of facts, and the [`status`](Self::status) follows from them. So it is the same in whatever order the
/// events arrive, and however often each does: a fill that comes after the end of its order, as it does in a backfill,
/// finds its place.
///
/// Sizes are taken without their sign. An order event has no side; some servers tell a sale by a negative size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent facts, each told by an event of its own"
)]
pub struct Lifecycle {
    is_placed: bool,
    is_filled: bool,
    is_canceled: bool,
    rejection: Option<RejectionReason>,
    is_modified: bool,
    first_fill: Option<Timestamp>,
    level: Option<Level>,
}

/// What was left of the order at some time; the latest that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Level {
    at: Timestamp,
    original: Amount,
    remaining: Amount,
    source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// A list of open orders. It may be ahead of the events: what it counts as filled may still be told.
    View,
    Placed,
    /// Whether its size counts what was filled before is nowhere written.
    Modified,
    Fill,
}

impl Lifecycle {
    /// What a list of open orders says of one whose events are not known.
    pub(crate) fn of_view(view: &OpenOrder) -> Self {
        let mut life = Self {
            is_placed: true,
            ..Self::default()
        };
        life.meet(view);
        life
    }

    /// Takes from a list of open orders what no event has told.
    pub(crate) fn meet(&mut self, view: &OpenOrder) {
        let (Some(original), Some(filled)) = (size(&view.quantity), size(&view.filled_quantity))
        else {
            return;
        };
        if self.remaining().is_some() {
            return;
        }
        if !filled.is_zero() {
            self.first_fill.get_or_insert(Timestamp(0));
        }
        self.level = Some(Level {
            // Any event is later knowledge.
            at: Timestamp(0),
            original,
            remaining: original - filled,
            source: Source::View,
        });
    }

    /// Forgets how much is left, for events may be missing: the next list of open orders tells it.
    pub(crate) fn distrust(&mut self) {
        self.level = None;
    }

    /// A list of open orders says that all of it is filled.
    pub(crate) const fn complete(&mut self) {
        self.is_filled = true;
    }

    /// Where the order is.
    #[must_use]
    pub const fn status(&self) -> Status {
        if self.is_filled {
            Status::Filled
        } else if self.is_canceled {
            Status::Canceled
        } else if self.rejection.is_some() && !self.is_placed && self.first_fill.is_none() {
            Status::Rejected
        } else if self.first_fill.is_some() {
            Status::PartlyFilled
        } else if self.is_modified {
            Status::Modified
        } else {
            Status::Placed
        }
    }

    /// Why it was never accepted, if it was not.
    #[must_use]
    pub const fn rejection(&self) -> Option<&RejectionReason> {
        self.rejection.as_ref()
    }

    /// How much of it is left, without a sign; `None` when that is not known, for one after a change to an order of
    /// which a part was filled.
    #[must_use]
    pub fn remaining(&self) -> Option<Amount> {
        let level = self.level.as_ref()?;
        let is_unclear =
            level.source == Source::Modified && self.first_fill.is_some_and(|it| it <= level.at);
        (!is_unclear).then_some(level.remaining)
    }

    /// Its whole size, without a sign, as last told; `None` when it was not.
    #[must_use]
    pub fn original(&self) -> Option<Amount> {
        self.level.as_ref().map(|level| level.original)
    }

    /// Why the event cannot follow what is known; `None` when it can, or came late.
    pub(crate) fn misfit(&self, event: &OrderEventData) -> Option<Misfit> {
        let status = self.status();
        match event {
            OrderEventData::Fill(fill) => self.misfit_of_fill(fill, status),
            OrderEventData::Canceled => (status == Status::Filled).then_some(Misfit::Ended(status)),
            OrderEventData::Modified(change) => {
                let is_late = self
                    .level
                    .as_ref()
                    .is_some_and(|level| change.timestamp < level.at);
                (!status.is_open() && !is_late).then_some(Misfit::Ended(status))
            }
            OrderEventData::Rejected(_) => {
                let is_known = self.is_placed || self.is_canceled || self.first_fill.is_some();
                is_known.then_some(Misfit::Ended(status))
            }
            // It may come late, and says the least.
            _ => None,
        }
    }

    fn misfit_of_fill(&self, fill: &OrderFill, status: Status) -> Option<Misfit> {
        let (Some(filled), Some(told)) = (size(&fill.size), size(&fill.remaining_size)) else {
            return Some(Misfit::NotANumber { field: "fill" });
        };
        if matches!(status, Status::Canceled | Status::Rejected) {
            return Some(Misfit::Ended(status));
        }
        let left = self.remaining()?;
        let level = self.level.as_ref()?;
        let expected = left - filled;
        let fits = match level.source {
            Source::View => told >= expected,
            _ => told == expected || self.is_late(fill.timestamp, told),
        };
        (!fits).then_some(Misfit::Remaining { expected, told })
    }

    /// Whether nothing is known of a later time. Of an event that has been recorded: whether it is the latest.
    pub(crate) fn is_latest(&self, at: Timestamp) -> bool {
        self.level.as_ref().is_none_or(|level| level.at <= at)
    }

    /// Whether an event tells of a time before what is known: with the same time, less is left later.
    fn is_late(&self, at: Timestamp, remaining: Amount) -> bool {
        self.level
            .as_ref()
            .is_some_and(|level| at < level.at || (at == level.at && remaining > level.remaining))
    }

    /// Takes in an event, whether or not it fits.
    pub(crate) fn record(&mut self, event: &OrderEventData) {
        match event {
            OrderEventData::Placed(placed) => self.place(placed),
            OrderEventData::Modified(change) => self.modify(change),
            OrderEventData::Fill(fill) => self.fill(fill),
            OrderEventData::Canceled => self.is_canceled = true,
            OrderEventData::Rejected(rejected) => self.rejection = Some(rejected.reason.clone()),
            // Newer than this kit.
            _ => {}
        }
    }

    fn place(&mut self, placed: &OrderPlaced) {
        self.is_placed = true;
        self.is_filled |= placed.is_filled;
        self.reach(
            placed.timestamp,
            size(&placed.original_size),
            size(&placed.remaining_size),
            Source::Placed,
        );
    }

    fn modify(&mut self, change: &OrderModified) {
        self.is_modified = true;
        let whole = size(&change.size);
        self.reach(change.timestamp, whole, whole, Source::Modified);
    }

    fn fill(&mut self, fill: &OrderFill) {
        let first = self
            .first_fill
            .map_or(fill.timestamp, |it| it.min(fill.timestamp));
        self.first_fill = Some(first);
        let is_all = number(&fill.remaining_size).is_some_and(|it| it.is_zero());
        self.is_filled |= fill.is_filled || is_all;
        self.reach(
            fill.timestamp,
            size(&fill.original_size),
            size(&fill.remaining_size),
            Source::Fill,
        );
    }

    /// Keeps the latest level.
    fn reach(
        &mut self,
        at: Timestamp,
        original: Option<Amount>,
        remaining: Option<Amount>,
        source: Source,
    ) {
        let (Some(original), Some(remaining)) = (original, remaining) else {
            return;
        };
        let is_view = self
            .level
            .as_ref()
            .is_some_and(|level| level.source == Source::View);
        if is_view || !self.is_late(at, remaining) {
            self.level = Some(Level {
                at,
                original,
                remaining,
                source,
            });
        }
    }
}
