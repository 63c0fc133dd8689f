//! A source whose books change while it is being read.

use std::sync::{Mutex, PoisonError};

use rocketfi_protocol::rest::{
    COLLATERAL, Collaterals, OPEN_ORDERS, OpenOrdersPage, OrderEventsPage, POSITION,
    PositionFundingEvent, PositionFundingEventsPage, Positions,
};
use rocketfi_protocol::{InstrumentId, Position, Round, Timestamp};

use super::*;
use crate::samples::{INSTRUMENT, event, fill};
use crate::state::EventId;

/// Of one request.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);

/// What a server has, logs from the oldest on.
#[derive(Default)]
pub(super) struct Books {
    pub(super) orders: Vec<OpenOrder>,
    pub(super) positions: BTreeMap<InstrumentId, Position>,
    pub(super) collateral: BTreeMap<AssetId, rocketfi_protocol::Decimal>,
    pub(super) events: Vec<OrderEvent>,
    pub(super) payments: Vec<PositionFundingEvent>,
}

/// What becomes of requests to a path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failure {
    Refusal,
    Silence,
}

type Meanwhile = Box<dyn FnMut(&mut Books, &'static str) + Send>;

#[derive(Default)]
pub(super) struct Inner {
    pub(super) books: Books,
    asked: Vec<(&'static str, u64)>,
    meanwhile: Option<Meanwhile>,
}

/// Answers out of its books.
#[derive(Default)]
pub(super) struct Server {
    pub(super) inner: Mutex<Inner>,
    /// The most entries on a page, whatever is asked for.
    pub(super) largest_page: Option<u64>,
    /// What a page says of its size, if it says anything.
    pub(super) told_size: Option<u64>,
    pub(super) is_oldest_first: bool,
    pub(super) failing: Vec<(&'static str, Failure)>,
    /// How long each answer takes.
    pub(super) latency: Duration,
}

impl Server {
    pub(super) fn with(fill_in: impl FnOnce(&mut Books)) -> Arc<Self> {
        Arc::new(Self::default().filled(fill_in))
    }

    pub(super) fn filled(self, fill_in: impl FnOnce(&mut Books)) -> Self {
        self.lock(|inner| fill_in(&mut inner.books));
        self
    }

    /// What happens to the books after each answer, by its path.
    pub(super) fn meanwhile(&self, happens: impl FnMut(&mut Books, &'static str) + Send + 'static) {
        self.lock(|inner| inner.meanwhile = Some(Box::new(happens)));
    }

    /// The pages that were asked for under this path, in order.
    pub(super) fn asked(&self, path: &str) -> Vec<u64> {
        self.lock(|inner| {
            let of_path = inner.asked.iter().filter(|(asked, _)| *asked == path);
            of_path.map(|(_, page)| *page).collect()
        })
    }

    fn lock<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn answer<T>(
        &self,
        path: &'static str,
        page: u64,
        look: impl FnOnce(&Books) -> T,
    ) -> Result<T, SourceError> {
        tokio::time::sleep(self.latency).await;
        let failure = self.failing.iter().find(|(failing, _)| *failing == path);
        match failure {
            Some((_, Failure::Silence)) => std::future::pending().await,
            Some((_, Failure::Refusal)) => Err(SourceError::Status {
                path,
                status: 503,
                retry_after: None,
            }),
            None => Ok(self.lock(|inner| {
                inner.asked.push((path, page));
                let answer = look(&inner.books);
                if let Some(happens) = &mut inner.meanwhile {
                    happens(&mut inner.books, path);
                }
                answer
            })),
        }
    }

    fn cut<T: Clone>(&self, list: impl IntoIterator<Item = T>, page: Page) -> Vec<T> {
        let size = self.largest_page.unwrap_or(page.size).min(page.size);
        let [from, size] = [page.number * size, size].map(|it| usize::try_from(it).unwrap());
        list.into_iter().skip(from).take(size).collect()
    }

    fn cut_log<T: Clone>(&self, log: &[T], page: Page) -> Vec<T> {
        if self.is_oldest_first {
            self.cut(log.iter().cloned(), page)
        } else {
            self.cut(log.iter().rev().cloned(), page)
        }
    }
}

impl Source for Server {
    async fn open_orders(
        &self,
        _: AccountAddress,
        page: Page,
    ) -> Result<OpenOrdersPage, SourceError> {
        let list = |books: &Books| OpenOrdersPage {
            orders: self.cut(books.orders.iter().cloned(), page),
            page_number: None,
            page_size: self.told_size,
        };
        self.answer(OPEN_ORDERS, page.number, list).await
    }

    async fn positions(&self, _: AccountAddress) -> Result<Positions, SourceError> {
        let list = |books: &Books| Positions {
            positions: books.positions.clone(),
        };
        self.answer(POSITION, 0, list).await
    }

    async fn collaterals(&self, _: AccountAddress) -> Result<Collaterals, SourceError> {
        let list = |books: &Books| Collaterals {
            collaterals: books.collateral.clone(),
        };
        self.answer(COLLATERAL, 0, list).await
    }

    async fn order_events(
        &self,
        _: AccountAddress,
        page: Page,
    ) -> Result<OrderEventsPage, SourceError> {
        let list = |books: &Books| OrderEventsPage {
            order_events: self.cut_log(&books.events, page),
            page_number: None,
            page_size: self.told_size,
        };
        self.answer(ORDER_EVENTS, page.number, list).await
    }

    async fn funding_events(
        &self,
        _: AccountAddress,
        page: Page,
    ) -> Result<PositionFundingEventsPage, SourceError> {
        let list = |books: &Books| PositionFundingEventsPage {
            events: self.cut_log(&books.payments, page),
            page_number: None,
            page_size: self.told_size,
        };
        self.answer(POSITION_FUNDING_EVENTS, page.number, list)
            .await
    }
}

/// Numbered by their order and by their time.
pub(super) fn fills(numbers: impl IntoIterator<Item = u64>) -> Vec<OrderEvent> {
    let number = |number| event(number, fill(number, "1", "0", "1"));
    numbers.into_iter().map(number).collect()
}

pub(super) fn payments(rounds: impl IntoIterator<Item = u64>) -> Vec<PositionFundingEvent> {
    let payment = |round| PositionFundingEvent {
        funding_rate: decimal("0.0001"),
        timestamp: Timestamp(round),
        round: Round(round),
        instrument_id: INSTRUMENT,
        pnl: decimal("-1"),
        account: ACCOUNT,
        position_quantity: decimal("1"),
        instrument_mark_price: decimal("100"),
    };
    rounds.into_iter().map(payment).collect()
}

/// An anchor at these events of [`fills`].
pub(super) fn at(numbers: impl IntoIterator<Item = u64>) -> Mark<EventId> {
    Mark::At(fills(numbers).iter().map(Identified::id).collect())
}

/// An inquiry in pages of three, a hundred at most, that wants all payments.
pub(super) fn inquiry(server: &Arc<Server>, events: Mark<EventId>) -> Inquiry<Server> {
    Inquiry {
        source: Arc::clone(server),
        account: ACCOUNT,
        assets: vec![AssetId(0)],
        known: Known {
            events,
            payments: Mark::Beginning,
        },
        limits: Limits {
            deadline: DEADLINE,
            page_size: 3,
            max_pages: 100,
        },
    }
}
