//! From a source's answers to one snapshot.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use rocketfi_protocol::rest::{ORDER_EVENTS, POSITION_FUNDING_EVENTS};
use rocketfi_protocol::{AccountAddress, AssetId, OpenOrder, OrderEvent, PositionFundingUpdate};
use tokio::time::timeout;

use crate::snapshot::{Log, Snapshot};
use crate::source::{Page, Source, SourceError};
use crate::state::{Dated, Identified, Known, Mark};

/// How often the pages of open orders are read at most. Orders that are placed meanwhile are news each time.
const READINGS: usize = 5;

/// What bounds the asking.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// For one request.
    pub(crate) deadline: Duration,
    pub(crate) page_size: u64,
    pub(crate) max_pages: u64,
}

/// What is asked for.
pub(crate) struct Inquiry<S> {
    pub(crate) source: Arc<S>,
    pub(crate) account: AccountAddress,
    /// Those whose amounts the stream tells; the amount of another would grow old.
    pub(crate) assets: Vec<AssetId>,
    pub(crate) known: Known,
    pub(crate) limits: Limits,
}

impl<S: Source> Inquiry<S> {
    /// One request, which must not keep the others waiting for ever.
    async fn in_time<T>(
        &self,
        request: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let after = self.limits.deadline;
        timeout(after, request)
            .await
            .unwrap_or(Err(SourceError::Timeout { after }))
    }

    /// Asks for everything at once, page by page where there are pages. Dropping it abandons all of it.
    pub(crate) async fn run(self) -> Result<Snapshot, SourceError> {
        let (source, account) = (&self.source, self.account);
        let (open_orders, positions, collateral, order_events, payments) = tokio::try_join!(
            self.open_orders(),
            self.in_time(source.positions(account)),
            self.in_time(source.collaterals(account)),
            self.order_events(),
            self.payments(),
        )?;
        let mut collateral = collateral.collaterals;
        collateral.retain(|asset, _| self.assets.contains(asset));
        Ok(Snapshot {
            open_orders,
            positions: positions.positions,
            collateral,
            order_events,
            payments,
        })
    }

    /// All of them, for an order that is missing counts as ended. While the pages are read an order may end, and another
    /// slip past the boundary before it; so they are read again until there is nothing new in them. What was in an
    /// earlier reading alone ended meanwhile, and the stream tells that.
    async fn open_orders(&self) -> Result<Vec<OpenOrder>, SourceError> {
        let mut orders = BTreeMap::new();
        for _ in 0..READINGS {
            let (reading, pages) = self.open_orders_once().await?;
            let before = orders.len();
            orders.extend(reading.into_iter().map(|order| (order.order_id, order)));
            if pages == 1 || orders.len() == before {
                break;
            }
        }
        Ok(orders.into_values().collect())
    }

    /// The orders on all pages, and how many pages there were.
    async fn open_orders_once(&self) -> Result<(Vec<OpenOrder>, u64), SourceError> {
        let limit = self.limits.max_pages;
        let mut orders = Vec::new();
        for number in 0..limit {
            let page = self
                .in_time(self.source.open_orders(self.account, self.page(number)))
                .await?;
            let is_last = self.is_last(page.orders.len(), page.page_size);
            orders.extend(page.orders);
            if is_last {
                return Ok((orders, number + 1));
            }
        }
        Err(SourceError::TooManyPages { limit })
    }

    async fn order_events(&self) -> Result<Log<OrderEvent>, SourceError> {
        let mut reading = Reading::new(&self.known.events);
        while let Some(number) = reading.next_page(self.limits.max_pages) {
            let page = self
                .in_time(self.source.order_events(self.account, self.page(number)))
                .await?;
            let is_last = self.is_last(page.order_events.len(), page.page_size);
            self.own(page.order_events.iter().map(|it| it.account), ORDER_EVENTS)?;
            reading.take(page.order_events, is_last);
        }
        reading.log(ORDER_EVENTS)
    }

    async fn payments(&self) -> Result<Log<PositionFundingUpdate>, SourceError> {
        let mut reading = Reading::new(&self.known.payments);
        while let Some(number) = reading.next_page(self.limits.max_pages) {
            let page = self
                .in_time(self.source.funding_events(self.account, self.page(number)))
                .await?;
            let is_last = self.is_last(page.events.len(), page.page_size);
            self.own(
                page.events.iter().map(|it| it.account),
                POSITION_FUNDING_EVENTS,
            )?;
            reading.take(page.events.into_iter().map(Into::into), is_last);
        }
        reading.log(POSITION_FUNDING_EVENTS)
    }

    /// What a cache has mixed up must not become somebody's account. Only the logs say whose they are.
    fn own(
        &self,
        mut accounts: impl Iterator<Item = AccountAddress>,
        path: &'static str,
    ) -> Result<(), SourceError> {
        if accounts.all(|account| account == self.account) {
            Ok(())
        } else {
            Err(SourceError::OtherAccount { path })
        }
    }

    const fn page(&self, number: u64) -> Page {
        Page {
            number,
            size: self.limits.page_size,
        }
    }

    /// A page with fewer entries than were asked for is the last, unless the server says that its pages are smaller.
    fn is_last(&self, entries: usize, page_size: Option<u64>) -> bool {
        let full = page_size
            .unwrap_or(self.limits.page_size)
            .clamp(1, self.limits.page_size);
        u64::try_from(entries).unwrap_or(u64::MAX) < full
    }
}

/// A log that is being read from its newest entry on.
struct Reading<'k, E: Identified> {
    mark: &'k Mark<E::Id>,
    /// Newest first, each once: what happens meanwhile moves older entries to the next page, where they are read again.
    entries: Vec<E>,
    seen: HashSet<E::Id>,
    /// The number of the page to read next.
    next: u64,
    /// What stood on the page before that when it was read.
    before: Vec<E::Id>,
    /// Whether all of that is newer than what was read.
    is_ahead: bool,
    /// The page behind the next one, when nothing in it told whether it is older or newer than all that was read.
    doubted: Option<Vec<E>>,
    /// How many pages were read.
    pages: u64,
    /// How the reading ended: whether nothing is missing.
    end: Option<bool>,
}

impl<'k, E: Dated> Reading<'k, E> {
    fn new(mark: &'k Mark<E::Id>) -> Self {
        Self {
            mark,
            entries: Vec::new(),
            seen: HashSet::new(),
            next: 0,
            before: Vec::new(),
            is_ahead: false,
            doubted: None,
            pages: 0,
            end: None,
        }
    }

    fn next_page(&mut self, max_pages: u64) -> Option<u64> {
        if self.end.is_none() && self.pages >= max_pages {
            self.end = Some(false);
        }
        self.end.is_none().then_some(self.next)
    }

    fn take(&mut self, page: impl IntoIterator<Item = E>, is_last: bool) {
        self.pages += 1;
        let page: Vec<E> = page.into_iter().collect();
        let ids: Vec<_> = page.iter().map(E::id).collect();
        if let Some(doubted) = self.doubted.take()
            && ids == self.before
        {
            // Nothing has happened since this page was read first, so the one behind it follows it.
            self.before = doubted.iter().map(E::id).collect();
            self.next += 2;
            return self.add(doubted, false);
        }
        match self.newer(&page, is_last) {
            // To be told by whether the page before it is still the same.
            None if self.next > 0 => {
                self.doubted = Some(page);
                self.next -= 1;
            }
            newer => {
                // The first page is never older than all that was read.
                let newer = newer.unwrap_or(page.len());
                self.is_ahead = newer == page.len() && newer > 0;
                self.before = ids;
                self.next += 1;
                self.add(page.into_iter().skip(newer), is_last);
            }
        }
    }

    fn add(&mut self, page: impl IntoIterator<Item = E>, is_last: bool) {
        for entry in page {
            let id = entry.id();
            let is_known = self.is_anchor(&id);
            if self.seen.insert(id) {
                self.entries.push(entry);
            }
            if is_known {
                self.end = Some(true);
                return;
            }
        }
        match self.mark {
            Mark::Nothing => self.end = Some(true),
            Mark::Beginning if is_last => self.end = Some(true),
            // What was known has left the log.
            Mark::At(_) if is_last => self.end = Some(false),
            _ => {}
        }
    }

    fn is_anchor(&self, id: &E::Id) -> bool {
        matches!(self.mark, Mark::At(anchors) if anchors.contains(id))
    }

    /// How many of a page's entries are newer than all that was read, and therefore none of this reading: so much may
    /// have happened since the page before that everything has moved by more than a page. `None` when they do not tell.
    fn newer(&self, page: &[E], is_last: bool) -> Option<usize> {
        if let Some(known) = page.iter().position(|it| self.seen.contains(&it.id())) {
            return Some(known);
        }
        let reaches_back = is_last || page.iter().any(|it| self.is_anchor(&it.id()));
        if self.entries.is_empty() || reaches_back {
            return Some(0);
        }
        if self.is_ahead {
            // It would have to reach what was read, to be any older.
            return Some(page.len());
        }
        let newest_read = self.entries.iter().find_map(Dated::at)?;
        let oldest_here = page.iter().rev().find_map(Dated::at)?;
        let newest_here = page.iter().find_map(Dated::at)?;
        if oldest_here > newest_read {
            Some(page.len())
        } else {
            (newest_here < newest_read).then_some(0)
        }
    }

    fn log(mut self, path: &'static str) -> Result<Log<E>, SourceError> {
        self.entries.reverse();
        // Entries near one another may well be out of order; the ends of a log that is the right way round are not.
        let mut times = self.entries.iter().filter_map(Dated::at);
        if let (Some(oldest), Some(newest)) = (times.next(), times.last())
            && newest < oldest
        {
            return Err(SourceError::Order { path });
        }
        Ok(Log {
            entries: self.entries,
            is_whole: self.end.unwrap_or(false),
        })
    }
}
