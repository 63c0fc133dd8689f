//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use rocketfi_account::client::environment;
use rocketfi_account::protocol::{
    AccountAddress, AssetId, CandleInterval, InstrumentId, SubscriptionKind,
};

/// Watch an account of the exchange: orders, fills, positions, collateral and risk
///
/// Without arguments it starts a mock exchange inside itself, watches a demo account there, loses its connection once
/// on purpose, puts the account right with REST, and ends after 20 seconds. With --screen it stays until you quit.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
        account_watch --screen\n  \
        account_watch --url testnet --account 0xf39F… --screen\n  \
        account_watch --url ws://127.0.0.1:9100/ws --account 0xf39F… --kinds OpenOrders,OrderEvents --json\n  \
        account_watch --burst\n\n\
        RUST_LOG=rocketfi_client=debug,rocketfi_account=debug shows the libraries' own log on stderr, or with --log in \
        a file; it never holds a payload."
)]
pub(crate) struct Args {
    /// The exchange: beta, testnet, devnet, or a ws:// or wss:// address [default: a mock inside this program]
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Where REST is asked [default: the same host]
    #[arg(long, value_name = "URL", conflicts_with = "kinds")]
    pub(crate) rest: Option<String>,

    /// The account to watch, 20 bytes of hex [default: the mock's demo account; needed with --url]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) account: Option<AccountAddress>,

    /// A live screen for people; q quits, ? tells the rest
    #[arg(long, conflicts_with_all = ["json", "kinds"])]
    pub(crate) screen: bool,

    /// Cut the connection to a mock in the middle of a burst of fills, and count what was lost or doubled
    #[arg(long, conflicts_with_all = ["url", "rest", "account", "screen", "json", "kinds", "lifetime", "audit"])]
    pub(crate) burst: bool,

    /// Only print these kinds, by name and separated by commas, without following the account and without REST
    /// [default: follow the account; Ticker as well if there is an instrument]
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kind_name)]
    pub(crate) kinds: Vec<String>,

    /// The instrument of Ticker, and of kinds that need one [default: the mock's first]
    #[arg(long, value_name = "ID")]
    pub(crate) instrument: Option<InstrumentId>,

    /// The asset whose collateral is watched
    #[arg(long, value_name = "N", default_value_t = 0)]
    asset: u64,

    /// The interval of Candle: 1m, 5m, 15m, 30m, 1h, 4h or 1d
    #[arg(long, value_name = "INTERVAL", default_value = "1m", value_parser = interval)]
    interval: CandleInterval,

    /// Compare with REST so often, such as 30s or 5min, on a healthy connection too [default: never]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, conflicts_with = "kinds")]
    pub(crate) audit: Option<Duration>,

    /// End after this time, such as 90s or 1h [default: 20s on the mock without a screen, else when you quit]
    #[arg(long = "for", value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(crate) lifetime: Option<Duration>,

    /// Print one JSON object a line instead of text
    #[arg(long)]
    pub(crate) json: bool,

    /// Write the libraries' log to this file; without it a screen has none
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}

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

    /// The asset whose collateral is watched.
    pub(crate) const fn asset(&self) -> AssetId {
        AssetId(self.asset)
    }

    /// The kinds that were asked for by name, for an account and an instrument that may have come from the mock.
    pub(crate) fn kinds(
        &self,
        account: Option<AccountAddress>,
        instrument: Option<InstrumentId>,
    ) -> Result<Vec<SubscriptionKind>, Missing> {
        self.kinds
            .iter()
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
        let asset_id = self.asset();
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

/// Something that was asked for without what it needs.
#[derive(Debug)]
pub(crate) struct Missing {
    kind: String,
    what: &'static str,
}

impl Missing {
    /// No account can be followed without its address.
    pub(crate) fn account() -> Self {
        Self {
            kind: "--url".to_owned(),
            what: "--account",
        }
    }
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
