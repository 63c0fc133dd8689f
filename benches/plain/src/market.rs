use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetMarkPriceUpdate {
    #[serde(rename = "assetId")]
    pub asset_id: u64,
    #[serde(rename = "markPrice")]
    pub mark_price: MarkPrice,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuctionFill {
    pub size: String,
    pub timestamp: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuctionFillUpdate {
    #[serde(rename = "instrumentId")]
    pub instrument_id: String,
    pub price: String,
    pub fills: Vec<AuctionFill>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candle {
    pub instrument_id: String,
    pub interval: CandleInterval,
    pub slot: u64,
    pub timestamp: u64,
    pub open: f64,
    pub high: f64,
    pub low: f64,
    pub close: f64,
    pub volume: f64,
    pub is_closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CandleInterval {
    #[serde(rename = "1m")]
    M1,
    #[serde(rename = "5m")]
    M5,
    #[serde(rename = "15m")]
    M15,
    #[serde(rename = "30m")]
    M30,
    #[serde(rename = "1h")]
    H1,
    #[serde(rename = "4h")]
    H4,
    #[serde(rename = "1d")]
    D1,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandleUpdate {
    pub candle: Candle,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FundingRateUpdate {
    pub instrument_id: String,
    pub funding_rate: String,
    pub premium_index: String,
    pub timestamp: u64,
    pub round: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstrumentStats {
    pub open_interest: f64,
    pub forecast_funding_rate: Option<String>,
    pub premium_index: Option<String>,
    #[serde(rename = "volume24h")]
    pub volume_24h: String,
    #[serde(rename = "quoteVolume24h")]
    pub quote_volume_24h: String,
    #[serde(rename = "priceChange24h")]
    pub price_change_24h: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstrumentStatsUpdate {
    #[serde(rename = "instrumentId")]
    pub instrument_id: String,
    #[serde(rename = "instrumentStats", alias = "stats")]
    pub instrument_stats: InstrumentStats,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InstrumentType {
    Spot,
    Perpetuals,
    Futures,
    Options,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastMatchPriceUpdate {
    pub instrument_id: String,
    pub last_match_price: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    pub price: String,
    pub quantity: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkPrice {
    Price(MarkPriceValue),
    #[serde(rename = "PriceIV")]
    PriceIv(MarkPriceIv),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkPriceIv {
    pub price: String,
    pub iv: String,
    pub delta: Option<String>,
    pub gamma: Option<String>,
    pub theta: Option<String>,
    pub vega: Option<String>,
    pub rho: Option<String>,
    pub timestamp: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkPriceUpdate {
    pub instrument_id: String,
    pub mark_price: MarkPrice,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkPriceValue {
    pub price: String,
    pub timestamp: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orderbook {
    pub bids: Vec<Level>,
    pub asks: Vec<Level>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderbookUpdate {
    #[serde(rename = "instrumentId")]
    pub instrument_id: String,
    pub orderbook: Orderbook,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub timestamp: u64,
    #[serde(alias = "bidPrice")]
    pub bid_price: String,
    #[serde(alias = "bidSize")]
    pub bid_size: String,
    #[serde(alias = "askPrice")]
    pub ask_price: String,
    #[serde(alias = "askSize")]
    pub ask_size: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteUpdate {
    #[serde(rename = "instrumentId")]
    pub instrument_id: String,
    pub quote: Quote,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticker {
    #[serde(rename = "t")]
    pub timestamp: u64,
    #[serde(rename = "A")]
    pub ask_size: Option<String>,
    #[serde(rename = "a")]
    pub ask_price: Option<String>,
    #[serde(rename = "B")]
    pub bid_size: Option<String>,
    #[serde(rename = "b")]
    pub bid_price: Option<String>,
    #[serde(rename = "I")]
    pub mark_price: Option<String>,
    #[serde(rename = "M")]
    pub mid_price: Option<String>,
    #[serde(rename = "V")]
    pub implied_volatility: Option<String>,
    #[serde(rename = "D")]
    pub delta: Option<String>,
    #[serde(rename = "G")]
    pub gamma: Option<String>,
    #[serde(rename = "H")]
    pub theta: Option<String>,
    #[serde(rename = "e")]
    pub vega: Option<String>,
    #[serde(rename = "R")]
    pub rho: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TickerUpdate {
    #[serde(rename = "instrumentId")]
    pub instrument_id: String,
    pub ticker: Ticker,
}
