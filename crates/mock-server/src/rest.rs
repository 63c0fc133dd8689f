//! REST, beside the WebSocket: what an account can be asked for, out of the same market.

mod books;
mod history;
mod page;
mod query;
mod reply;
mod script;

use hyper::StatusCode;
use rocketfi_protocol::rest as paths;

pub(crate) use self::history::History;
pub(crate) use self::reply::Reply;
pub use self::script::{RestAnswer, RestAnswerTo};

use self::books::Books;
use self::query::Query;
use crate::http::Response;
use crate::market::Market;
use crate::script::Script;

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    OpenOrders,
    Position,
    Collateral,
    OrderEvents,
    PositionFundingEvents,
}

impl Endpoint {
    const ALL: [Self; 5] = [
        Self::OpenOrders,
        Self::Position,
        Self::Collateral,
        Self::OrderEvents,
        Self::PositionFundingEvents,
    ];

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::OpenOrders => paths::OPEN_ORDERS,
            Self::Position => paths::POSITION,
            Self::Collateral => paths::COLLATERAL,
            Self::OrderEvents => paths::ORDER_EVENTS,
            Self::PositionFundingEvents => paths::POSITION_FUNDING_EVENTS,
        }
    }

    pub(crate) fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.path() == path)
    }

    const fn has_pages(self) -> bool {
        !matches!(self, Self::Position | Self::Collateral)
    }
}

/// Why a request is not answered with what it asks for. The texts hold nothing of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error("account is missing")]
    NoAccount,
    #[error("account is not 20 bytes of hex")]
    BadAccount,
    #[error("instrumentId is not 8 bytes of hex")]
    BadInstrument,
    #[error("assetId is not a number")]
    BadAsset,
    #[error("pageNumber is not a number")]
    BadPageNumber,
    #[error("pageSize is not a number up to {}", query::LARGEST_PAGE)]
    BadPageSize,
    #[error("pageSize is zero")]
    EmptyPage,
    #[error("unknown account")]
    UnknownAccount,
    #[error("the only method is GET")]
    Method,
    #[error("nothing is served here")]
    NotFound,
}

impl Problem {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::NoAccount
            | Self::BadAccount
            | Self::BadInstrument
            | Self::BadAsset
            | Self::BadPageNumber
            | Self::BadPageSize => StatusCode::BAD_REQUEST,
            Self::EmptyPage => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UnknownAccount | Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
        }
    }
}

/// What decides the answers, beside the market.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    pub(crate) script: Script<RestAnswerTo, RestAnswer>,
    pub(crate) history: History,
}

impl Rest {
    pub(crate) fn reply(&mut self, endpoint: Endpoint, query: &str, market: &Market) -> Reply {
        let query = Query::parse(endpoint, query);
        let page = query.as_ref().ok().map(|query| query.page_number);
        let rule = self.script.take(|to| to.is_for(endpoint, page));
        rule.unwrap_or(RestAnswer::Ordinary)
            .reply(|| self.ordinary(endpoint, query, market))
    }

    fn ordinary(
        &self,
        endpoint: Endpoint,
        query: Result<Query, Problem>,
        market: &Market,
    ) -> Response {
        let answer = query.and_then(|query| {
            let books = self
                .history
                .books(query.account)
                .or_else(|| Books::of(market, query.account))
                .ok_or(Problem::UnknownAccount)?;
            Ok(page::answer(endpoint, &query, books, market))
        });
        answer.map_or_else(Problem::response, |text| reply::json(StatusCode::OK, text))
    }
}
