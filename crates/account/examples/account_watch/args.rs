//! The command line.

use std::time::Duration;

use clap::Parser;
use rocketfi_account::client::environment;
use rocketfi_account::protocol::{AccountAddress, AssetId, CandleInterval, InstrumentId, SubscriptionKind};

/// Watch an account of the exchange: orders, fills, positions, collateral and risk, one line an event
///
/// Without arguments it starts a mock exchange inside itself, watches a demo account there, loses its connection once
/// on purpose, recovers, and ends after 20 seconds.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
        account_watch\n  \
        account_watch --url testnet --account 0xf39F… --for 5min\n  \
        account_watch --url ws://127.0.0.1:9100/ws --account 0xf39F… --kinds OpenOrders,OrderEvents --json\n\n\
        RUST_LOG=rocketfi_client=debug shows the client's own log on stderr; it never holds a payload."
)]
pub(crate) struct Args {
    /// The exchange: beta, testnet, devnet, or a ws:// or wss:// address [default: a mock inside this program]
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// The account to watch, 20 bytes of hex [default: the mock's demo account; needed for private kinds with --url]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) account: Option<AccountAddress>,

    /// What to subscribe, by name and separated by commas [default: all private kinds, and Ticker if there is an
    /// instrument]
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kind_name)]
    pub(crate) kinds: Vec<String>,

    /// The instrument of kinds that need one [default: the mock's first]
    #[arg(long, value_name = "ID")]
    pub(crate) instrument: Option<InstrumentId>,

    /// The asset of kinds that need one
    #[arg(long, value_name = "N", default_value_t = 0)]
    asset: u64,

    /// The interval of Candle: 1m, 5m, 15m, 30m, 1h, 4h or 1d
    #[arg(long, value_name = "INTERVAL", default_value = "1m", value_parser = interval)]
    interval: CandleInterval,

    /// End after this time, such as 90s or 1h [default: 20s on the mock, else until Ctrl-C]
    #[arg(long = "for", value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(crate) lifetime: Option<Duration>,

    /// Print one JSON object a line instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

/// The kinds an account's owner wants, in the order in which they are subscribed.
const PRIVATE: &[&str] = &[
    "OrderEvents",
    "OpenOrders",
    "Position",
    "Collateral",
    "AccountRisk",
    "PositionFunding",
];

impl Args {
    /// The address to connect to, if it is not the mock inside.
    pub(crate) fn url(&self) -> Option<&str> {
        Some(match self.url.as_deref()? {
            "beta" => environment::BETA,
            "testnet" => environment::TESTNET,
            "devnet" => environment::DEVNET,
            url => url,
        })
    }

    /// What to subscribe, for an account and an instrument that may have come from the mock.
    pub(crate) fn kinds(
        &self,
        account: Option<AccountAddress>,
        instrument: Option<InstrumentId>,
    ) -> Result<Vec<SubscriptionKind>, Missing> {
        let chosen: Vec<&str> = if self.kinds.is_empty() {
            let ticker = instrument.map(|_| "Ticker");
            PRIVATE.iter().copied().chain(ticker).collect()
        } else {
            self.kinds.iter().map(String::as_str).collect()
        };
        chosen
            .into_iter()
            .map(|name| self.kind(name, account, instrument))
            .collect()
    }

    fn kind(
        &self,
        name: &str,
        account: Option<AccountAddress>,
        instrument: Option<InstrumentId>,
    ) -> Result<SubscriptionKind, Missing> {
        let missing = |what| Missing {
            kind: name.to_owned(),
            what,
        };
        let owner = account.ok_or_else(|| missing("--account"));
        let traded = instrument.ok_or_else(|| missing("--instrument"));
        let asset_id = AssetId(self.asset);
        Ok(match name {
            "Orderbook" => SubscriptionKind::Orderbook {
                instrument_id: traded?,
            },
            "PriceFeed" => SubscriptionKind::PriceFeed {
                instrument_id: traded?,
            },
            "AssetPriceFeed" => SubscriptionKind::AssetPriceFeed { asset_id },
            "OrderEvents" => SubscriptionKind::OrderEvents {
                account: Some(owner?),
                instrument_id: self.instrument,
            },
            "Collateral" => SubscriptionKind::Collateral {
                asset_id,
                account: owner?,
            },
            "Position" => SubscriptionKind::Position { account: owner? },
            "AccountRisk" => SubscriptionKind::AccountRisk { account: owner? },
            "OpenOrders" => SubscriptionKind::OpenOrders { account: owner? },
            "FundingRate" => SubscriptionKind::FundingRate {
                instrument_id: traded?,
            },
            "Candle" => SubscriptionKind::Candle {
                instrument_id: traded?,
                interval: self.interval.clone(),
            },
            "PositionFunding" => SubscriptionKind::PositionFunding { account: owner? },
            "LastMatchPrice" => SubscriptionKind::LastMatchPrice {
                instrument_id: traded?,
            },
            "AuctionFills" => SubscriptionKind::AuctionFills {
                instrument_id: traded?,
            },
            "Ticker" => SubscriptionKind::Ticker {
                instrument_id: traded?,
            },
            "InstrumentStats" => SubscriptionKind::InstrumentStats {
                instrument_id: traded?,
            },
            _ => return Err(missing("a newer version of this program")),
        })
    }
}

/// A kind that was asked for without what it needs.
#[derive(Debug)]
pub(crate) struct Missing {
    kind: String,
    what: &'static str,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} needs {}", self.kind, self.what)
    }
}

impl std::error::Error for Missing {}

fn kind_name(text: &str) -> Result<String, String> {
    let name = SubscriptionKind::NAMES
        .iter()
        .find(|name| name.eq_ignore_ascii_case(text));
    let known = || format!("the kinds are {}", SubscriptionKind::NAMES.join(", "));
    name.map(|name| (*name).to_owned()).ok_or_else(known)
}

fn interval(text: &str) -> Result<CandleInterval, String> {
    match CandleInterval::from(text) {
        CandleInterval::Unrecognized(_) => Err(format!(
            "the intervals are {}",
            CandleInterval::NAMES.join(", ")
        )),
        known => Ok(known),
    }
}
