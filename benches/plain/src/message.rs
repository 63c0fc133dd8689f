use serde::{Deserialize, Serialize};

use crate::{
    AccountRiskUpdate, AssetMarkPriceUpdate, AuctionFillUpdate, CandleInterval, CandleUpdate,
    CollateralUpdate, ExecuteOnDisconnectRegistered, FundingRateUpdate, InstrumentStatsUpdate,
    LastMatchPriceUpdate, MarkPriceUpdate, OpenOrdersUpdate, OrderEventUpdate, OrderbookUpdate,
    PositionFundingUpdate, PositionUpdate, QuoteUpdate, TickerUpdate, Transaction,
    TransactionResult,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ServerMessage {
    QuoteUpdate(QuoteUpdate),
    OrderbookUpdate(OrderbookUpdate),
    MarkPriceUpdate(MarkPriceUpdate),
    AssetMarkPriceUpdate(AssetMarkPriceUpdate),
    OrderEventUpdate(OrderEventUpdate),
    CollateralUpdate(CollateralUpdate),
    PositionUpdate(PositionUpdate),
    AccountRiskUpdate(AccountRiskUpdate),
    OpenOrdersUpdate(OpenOrdersUpdate),
    FundingRateUpdate(FundingRateUpdate),
    CandleUpdate(CandleUpdate),
    PositionFundingUpdate(PositionFundingUpdate),
    LastMatchPriceUpdate(LastMatchPriceUpdate),
    AuctionFillUpdate(AuctionFillUpdate),
    TickerUpdate(TickerUpdate),
    InstrumentStatsUpdate(InstrumentStatsUpdate),
    SubscribeConfirmation(SubscriptionKind),
    UnsubscribeConfirmation(SubscriptionKind),
    TransactionResult(TransactionResult),
    ExecuteOnDisconnectRegistered(ExecuteOnDisconnectRegistered),
    ExecuteOnDisconnectCleared,
    Pong,
    Error(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientMessage {
    Subscribe(SubscriptionKind),
    Unsubscribe(SubscriptionKind),
    Ping,
    SubmitTransaction(Transaction),
    RegisterExecuteOnDisconnect(Transaction),
    ClearExecuteOnDisconnect,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all_fields = "camelCase")]
pub enum SubscriptionKind {
    Orderbook {
        instrument_id: String,
    },
    PriceFeed {
        instrument_id: String,
    },
    AssetPriceFeed {
        asset_id: u64,
    },
    OrderEvents {
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        instrument_id: Option<String>,
    },
    Collateral {
        asset_id: u64,
        account: String,
    },
    Position {
        account: String,
    },
    AccountRisk {
        account: String,
    },
    OpenOrders {
        account: String,
    },
    FundingRate {
        instrument_id: String,
    },
    Candle {
        instrument_id: String,
        interval: CandleInterval,
    },
    PositionFunding {
        account: String,
    },
    LastMatchPrice {
        instrument_id: String,
    },
    AuctionFills {
        instrument_id: String,
    },
    Ticker {
        instrument_id: String,
    },
    InstrumentStats {
        instrument_id: String,
    },
}
