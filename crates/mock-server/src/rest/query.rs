//! What a request asks for, out of its query.

use std::borrow::Cow;

use rocketfi_protocol::rest::PAGE_SIZE;
use rocketfi_protocol::{AccountAddress, AssetId, InstrumentId};
use url::form_urlencoded;

use super::{Endpoint, Problem};

/// The largest page that can be asked for.
pub(super) const LARGEST_PAGE: u64 = 1_000;

/// What is asked for. What the endpoint does not know is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) account: AccountAddress,
    pub(super) instrument_id: Option<InstrumentId>,
    pub(super) asset_id: Option<AssetId>,
    pub(super) page_number: u64,
    /// Invariant: from 1 to [`LARGEST_PAGE`].
    pub(super) page_size: u64,
}

impl Query {
    pub(super) fn parse(endpoint: Endpoint, text: &str) -> Result<Self, Problem> {
        let pairs = Pairs(text);
        let mut query = Self {
            account: pairs.account()?,
            instrument_id: None,
            asset_id: None,
            page_number: 0,
            page_size: PAGE_SIZE,
        };
        match endpoint {
            Endpoint::Position => query.instrument_id = pairs.instrument_id()?,
            Endpoint::Collateral => query.asset_id = pairs.asset_id()?,
            _ => {
                query.page_number = pairs.number("pageNumber", 0, Problem::BadPageNumber)?;
                query.page_size = pairs.page_size()?;
            }
        }
        Ok(query)
    }

    pub(super) fn wants_instrument(&self, id: InstrumentId) -> bool {
        self.instrument_id.is_none_or(|wanted| wanted == id)
    }

    pub(super) fn wants_asset(&self, id: AssetId) -> bool {
        self.asset_id.is_none_or(|wanted| wanted == id)
    }
}

/// The query of a URL. Of a key that is given more than once the first counts.
struct Pairs<'a>(&'a str);

impl Pairs<'_> {
    fn get(&self, key: &str) -> Option<Cow<'_, str>> {
        let mut pairs = form_urlencoded::parse(self.0.as_bytes());
        pairs.find_map(|(name, value)| (name == key).then_some(value))
    }

    fn account(&self) -> Result<AccountAddress, Problem> {
        let account = self.get("account").ok_or(Problem::NoAccount)?;
        account.parse().map_err(|_| Problem::BadAccount)
    }

    fn instrument_id(&self) -> Result<Option<InstrumentId>, Problem> {
        let id = self.get("instrumentId").map(|id| id.parse());
        id.transpose().map_err(|_| Problem::BadInstrument)
    }

    fn asset_id(&self) -> Result<Option<AssetId>, Problem> {
        let id = self.get("assetId").map(|id| number(&id));
        let id = id.map(|id| id.map(AssetId).ok_or(Problem::BadAsset));
        id.transpose()
    }

    fn page_size(&self) -> Result<u64, Problem> {
        match self.number("pageSize", PAGE_SIZE, Problem::BadPageSize)? {
            0 => Err(Problem::EmptyPage),
            size if size > LARGEST_PAGE => Err(Problem::BadPageSize),
            size => Ok(size),
        }
    }

    fn number(&self, key: &str, absent: u64, problem: Problem) -> Result<u64, Problem> {
        self.get(key)
            .map_or(Ok(absent), |value| number(&value).ok_or(problem))
    }
}

/// Digits only: the standard library takes a sign as well.
fn number(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "account=0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

    fn parse(endpoint: Endpoint, rest: &str) -> Result<Query, Problem> {
        Query::parse(endpoint, &format!("{ACCOUNT}&{rest}"))
    }

    #[test]
    fn what_is_not_asked_for_has_its_usual_value() {
        let query = Query::parse(Endpoint::OpenOrders, ACCOUNT).unwrap();
        assert_eq!((query.page_number, query.page_size), (0, 100));
        assert_eq!((query.instrument_id, query.asset_id), (None, None));
    }

    #[test]
    fn an_account_is_read_in_any_spelling() {
        let expected = Query::parse(Endpoint::Position, ACCOUNT);
        for text in [
            "account=f39fd6e51aad88f6f4ce6ab8827279cfffb92266",
            "unknown=1&account=0xF39FD6E51AAD88F6F4CE6AB8827279CFFFB92266",
            "acc%6funt=%30xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266&account=second",
        ] {
            assert_eq!(Query::parse(Endpoint::Position, text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_a_problem_of_its_own() {
        let orders = Endpoint::OpenOrders;
        let cases = [
            (orders, "pageNumber=x", Problem::BadPageNumber),
            (orders, "pageNumber=-1", Problem::BadPageNumber),
            (orders, "pageNumber=%2B1", Problem::BadPageNumber),
            (orders, "pageNumber=", Problem::BadPageNumber),
            (
                orders,
                "pageNumber=18446744073709551616",
                Problem::BadPageNumber,
            ),
            (orders, "pageSize=1e2", Problem::BadPageSize),
            (orders, "pageSize=1001", Problem::BadPageSize),
            (orders, "pageSize=0", Problem::EmptyPage),
            (Endpoint::Position, "instrumentId=1", Problem::BadInstrument),
            (Endpoint::Collateral, "assetId=USDC", Problem::BadAsset),
        ];
        for (endpoint, rest, problem) in cases {
            assert_eq!(parse(endpoint, rest), Err(problem), "{rest}");
        }
        for (text, problem) in [
            ("", Problem::NoAccount),
            ("accounts=1", Problem::NoAccount),
            ("account=0x12", Problem::BadAccount),
        ] {
            assert_eq!(Query::parse(orders, text), Err(problem), "{text}");
        }
    }

    #[test]
    fn a_key_of_another_endpoint_is_ignored() {
        assert!(parse(Endpoint::Position, "pageSize=0&assetId=x").is_ok());
        assert!(parse(Endpoint::Collateral, "instrumentId=x").is_ok());
        assert!(parse(Endpoint::OrderEvents, "instrumentId=x&pageSize=1000").is_ok());
    }
}
