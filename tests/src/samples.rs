//! Kinds to subscribe, and messages to push.

use rocketfi_client::Event;
use rocketfi_protocol::{
    AccountAddress, AssetId, CandleInterval, Decimal, InstrumentId, LastMatchPriceUpdate, RawJson,
    SerializationFormat, ServerMessage, Signature, SignatureScheme, SubscriptionKind, Transaction,
    TransactionData, decode,
};

/// The first account of every market of the mock.
pub const ACCOUNT: AccountAddress = AccountAddress::from_bytes([
    0xf3, 0x9f, 0xd6, 0xe5, 0x1a, 0xad, 0x88, 0xf6, 0xf4, 0xce, 0x6a, 0xb8, 0x82, 0x72, 0x79, 0xcf,
    0xff, 0xb9, 0x22, 0x66,
]);

/// The first instrument of the mock's default market, a perpetual.
pub const INSTRUMENT: InstrumentId =
    InstrumentId::from_bytes([0x05, 0xa8, 0xde, 0x04, 0xb1, 0x27, 0x3c, 0x9f]);

/// The asset that collateral is held in.
pub const ASSET: AssetId = AssetId(0);

/// A kind, and messages that a subscription of it brings.
#[derive(Clone, Debug)]
pub struct Case {
    /// About [`ACCOUNT`], [`INSTRUMENT`] and [`ASSET`].
    pub kind: SubscriptionKind,
    /// At least one of every variant that the kind brings.
    pub updates: Vec<ServerMessage>,
}

/// Every kind of the protocol. No update belongs to two of them.
#[must_use]
pub fn cases() -> Vec<Case> {
    let (account, instrument_id, asset_id) = (ACCOUNT, INSTRUMENT, ASSET);
    let interval = CandleInterval::M15;
    let (of, whose) = (Some(instrument_id), Some(account));
    let case = |kind: SubscriptionKind, updates: &[&str]| Case {
        updates: updates.iter().map(|text| sample(text)).collect(),
        kind,
    };
    let order_events = SubscriptionKind::OrderEvents {
        account: whose,
        instrument_id: of,
    };
    vec![
        case(SubscriptionKind::Orderbook { instrument_id }, &[ORDERBOOK]),
        case(
            SubscriptionKind::PriceFeed { instrument_id },
            &[MARK_PRICE, MARK_PRICE_IV, QUOTE],
        ),
        case(
            SubscriptionKind::AssetPriceFeed { asset_id },
            &[ASSET_MARK_PRICE],
        ),
        case(order_events, &[ORDER_EVENTS]),
        case(
            SubscriptionKind::Collateral { asset_id, account },
            &[COLLATERAL],
        ),
        case(SubscriptionKind::Position { account }, &[POSITION]),
        case(SubscriptionKind::AccountRisk { account }, &[ACCOUNT_RISK]),
        case(SubscriptionKind::OpenOrders { account }, &[OPEN_ORDERS]),
        case(
            SubscriptionKind::FundingRate { instrument_id },
            &[FUNDING_RATE],
        ),
        case(
            SubscriptionKind::Candle {
                instrument_id,
                interval,
            },
            &[CANDLE],
        ),
        case(
            SubscriptionKind::PositionFunding { account },
            &[POSITION_FUNDING],
        ),
        case(
            SubscriptionKind::LastMatchPrice { instrument_id },
            &[LAST_MATCH_PRICE],
        ),
        case(
            SubscriptionKind::AuctionFills { instrument_id },
            &[AUCTION_FILLS],
        ),
        case(SubscriptionKind::Ticker { instrument_id }, &[TICKER]),
        case(
            SubscriptionKind::InstrumentStats { instrument_id },
            &[STATS],
        ),
    ]
}

/// One of each kind.
#[must_use]
pub fn kinds() -> Vec<SubscriptionKind> {
    cases().into_iter().map(|case| case.kind).collect()
}

/// What [`numbered`] messages belong to.
pub const NUMBERS: SubscriptionKind = SubscriptionKind::LastMatchPrice {
    instrument_id: INSTRUMENT,
};

/// A message that can be told from all others, to be counted.
#[must_use]
pub fn numbered(number: u64) -> ServerMessage {
    LastMatchPriceUpdate {
        instrument_id: INSTRUMENT,
        last_match_price: Decimal::from(number),
    }
    .into()
}

/// Which [`numbered`] message an event is.
#[must_use]
pub fn number_of(event: &Event) -> Option<u64> {
    match event {
        Event::Message {
            message: ServerMessage::LastMatchPriceUpdate(update),
            ..
        } => update.last_match_price.as_str().parse().ok(),
        _ => None,
    }
}

/// The private kinds of an account that need nothing but the account.
#[must_use]
pub fn private_kinds(account: AccountAddress) -> [SubscriptionKind; 4] {
    [
        SubscriptionKind::Position { account },
        SubscriptionKind::OpenOrders { account },
        SubscriptionKind::AccountRisk { account },
        SubscriptionKind::PositionFunding { account },
    ]
}

/// A transaction whose instruction is spaced and ordered as no serializer would write it.
///
/// # Panics
/// Never: the instruction is JSON.
#[must_use]
pub fn transaction(nonce: u64) -> Transaction {
    let instruction = r#"{ "PlaceOrder" : [{"side":"Buy","price":"64000.50", "quantity":1.0}] }"#;
    Transaction {
        data: TransactionData {
            sender: ACCOUNT,
            instruction: RawJson::new(instruction.to_owned()).expect("it is JSON"),
            nonce,
        },
        serialization_format: SerializationFormat::Json,
        signature_scheme: SignatureScheme::Eip191,
        signature: signature(nonce),
    }
}

/// The signature of [`transaction`]: 65 bytes, no two alike.
#[must_use]
pub fn signature(nonce: u64) -> Signature {
    let mut bytes = [0x5a; 65];
    bytes[..8].copy_from_slice(&nonce.to_be_bytes());
    Signature::from_bytes(&bytes)
}

fn sample(text: &str) -> ServerMessage {
    decode(text).unwrap_or_else(|error| panic!("{text} is no message: {error}"))
}

const ORDERBOOK: &str = r#"{"OrderbookUpdate":{"instrumentId":"0x05a8de04b1273c9f","orderbook":{
    "bids":[{"price":"64250.50","quantity":"1.000"},{"price":"64250.00","quantity":"8.137"}],
    "asks":[{"price":"64251.00","quantity":"0.8"}]}}}"#;

const MARK_PRICE: &str = r#"{"MarkPriceUpdate":{"instrumentId":"0x05a8de04b1273c9f",
    "markPrice":{"Price":{"price":"64250.73","timestamp":1787054400123}}}}"#;

const MARK_PRICE_IV: &str = r#"{"MarkPriceUpdate":{"instrumentId":"0x05a8de04b1273c9f",
    "markPrice":{"PriceIV":{"price":"1250.25","iv":"0.5512","delta":"0.5","gamma":null,
    "timestamp":1787054400124}}}}"#;

const QUOTE: &str = r#"{"QuoteUpdate":{"instrumentId":"0x05a8de04b1273c9f","quote":{
    "timestamp":1787054400123,"bid_price":"64250.5","bid_size":"1.25","ask_price":"64251",
    "ask_size":"0.8"}}}"#;

const ASSET_MARK_PRICE: &str = r#"{"AssetMarkPriceUpdate":{"assetId":0,
    "markPrice":{"Price":{"price":"1.0001","timestamp":1787054400123}}}}"#;

const ORDER_EVENTS: &str = r#"{"OrderEventUpdate":{
    "account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","instrumentId":"0x05a8de04b1273c9f",
    "orderEvents":[
    {"orderId":18446744073709551615,"account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "instrument":"0x05a8de04b1273c9f","eventData":{"fill":{"price":"64250.5","size":"0.25",
    "remaining_size":"0.75","original_size":"1","settlement_asset":0,"pnl":null,
    "timestamp":1787054400123,"is_passive":true,"is_filled":false,"fee_rate":"0.0002",
    "fee_amount":"3.212525","is_liquidation":false,"is_adl":false}}},
    {"orderId":2,"account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "instrument":"0x05a8de04b1273c9f","eventData":"canceled"}]}}"#;

const COLLATERAL: &str = r#"{"CollateralUpdate":{"assetId":0,
    "account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","collateral":"1000000.123456"}}"#;

const POSITION: &str = r#"{"PositionUpdate":{
    "account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","positions":{"0x05a8de04b1273c9f":{
    "quantity":"-2.75","averagePrice":"63001.25","liquidationPrice":"48000.125",
    "accruedFunding":"-0.000123","unrealizedPnl":"-1875.5","reservedMargin":"9600",
    "allocatedInitialMargin":"9600","standaloneInitialMargin":"9750.5","createdAt":1787054300123,
    "updatedAt":1787054400123,"instrumentType":"Perpetuals","ticker":"BTC-PERP",
    "underlyingTicker":"BTC"}}}}"#;

const ACCOUNT_RISK: &str = r#"{"AccountRiskUpdate":{
    "account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","risk":{
    "account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","availableCollateral":"98000.5",
    "marginRequirement":"1200","unreservedMargin":"96800.5","equity":"98125.25",
    "reservedMargin":"1200","unrealizedPnl":"-124.75","notionalValue":"64250.5"}}}"#;

const OPEN_ORDERS: &str = r#"{"OpenOrdersUpdate":{
    "account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","orders":[{"orderId":1000000,
    "trader":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","orderType":"Limit",
    "instrumentId":"0x05a8de04b1273c9f","instrumentType":"Perpetuals","ticker":"BTC-PERP",
    "underlyingAsset":"BTC","price":"64000.5","quantity":"1.5","filledQuantity":"0.25",
    "side":"Buy","timestamp":1787054400123}]}}"#;

const FUNDING_RATE: &str = r#"{"FundingRateUpdate":{"instrumentId":"0x05a8de04b1273c9f",
    "fundingRate":"0.0000125","premiumIndex":"-0.00021","timestamp":1787054400123,
    "round":8812345}}"#;

const CANDLE: &str = r#"{"CandleUpdate":{"candle":{"instrumentId":"0x05a8de04b1273c9f",
    "interval":"15m","slot":29784240,"timestamp":1787054400123,"open":64250.5,"high":64300.0,
    "low":64200.25,"close":64275.75,"volume":123.456,"isClosed":true}}}"#;

const POSITION_FUNDING: &str = r#"{"PositionFundingUpdate":{
    "account":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","fundingRate":"0.0000125",
    "timestamp":1787054400123,"round":8812345,"instrumentId":"0x05a8de04b1273c9f",
    "pnl":"-0.803131"}}"#;

const LAST_MATCH_PRICE: &str = r#"{"LastMatchPriceUpdate":{"instrumentId":"0x05a8de04b1273c9f",
    "lastMatchPrice":"64250.5"}}"#;

const AUCTION_FILLS: &str = r#"{"AuctionFillUpdate":{"instrumentId":"0x05a8de04b1273c9f",
    "price":"64250.5","fills":[{"size":"0.25","timestamp":1787054400123},
    {"size":"-0.1","timestamp":1787054400124}]}}"#;

const TICKER: &str = r#"{"TickerUpdate":{"instrumentId":"0x05a8de04b1273c9f","ticker":{
    "t":1787054400123,"A":"0.8","a":"64251","B":"1.25","b":"64250.5","I":"64250.73",
    "M":"64250.75","V":null}}}"#;

const STATS: &str = r#"{"InstrumentStatsUpdate":{"instrumentId":"0x05a8de04b1273c9f",
    "instrumentStats":{"openInterest":1523.75,"forecastFundingRate":"0.0000131",
    "premiumIndex":"-0.00021","volume24h":"10234.5","quoteVolume24h":"657551623.25",
    "priceChange24h":"-1234.5"}}}"#;
