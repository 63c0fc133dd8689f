//! Events and messages for the tests of this crate.

use rocketfi_protocol::{
    AccountAddress, AssetId, CollateralUpdate, Decimal, InstrumentId, OpenOrder, OpenOrdersUpdate,
    Optional, OrderEvent, OrderEventData, OrderEventUpdate, OrderFill, OrderId, OrderModified,
    OrderPlaced, OrderRejected, OrderType, Position, PositionFundingUpdate, PositionUpdate,
    RejectionReason, Round, ServerMessage, Side, Timestamp,
};

pub(crate) const ACCOUNT: AccountAddress = AccountAddress::from_bytes([7; 20]);
pub(crate) const INSTRUMENT: InstrumentId = InstrumentId::from_u64(1);

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn placed(at: u64, size: &str) -> OrderEventData {
    OrderEventData::Placed(OrderPlaced {
        price: decimal("100"),
        size: decimal(size),
        remaining_size: decimal(size),
        original_size: decimal(size),
        settlement_asset: AssetId(0),
        timestamp: Timestamp(at),
        is_passive: true,
        is_filled: false,
    })
}

/// `size` of an order of `original` is filled, and `remaining` is left.
pub(crate) fn fill(at: u64, size: &str, remaining: &str, original: &str) -> OrderEventData {
    OrderEventData::Fill(OrderFill {
        price: decimal("100"),
        size: decimal(size),
        remaining_size: decimal(remaining),
        original_size: decimal(original),
        settlement_asset: AssetId(0),
        pnl: Optional::Absent,
        timestamp: Timestamp(at),
        is_passive: true,
        is_filled: remaining == "0",
        fee_rate: decimal("0"),
        fee_amount: decimal("0"),
        is_liquidation: false,
        is_adl: None,
    })
}

pub(crate) fn modified(at: u64, size: &str) -> OrderEventData {
    OrderEventData::Modified(OrderModified {
        price: decimal("101"),
        size: decimal(size),
        timestamp: Timestamp(at),
    })
}

pub(crate) fn rejected() -> OrderEventData {
    OrderEventData::Rejected(OrderRejected {
        reason: RejectionReason::MarginViolated,
    })
}

pub(crate) fn event(order: u64, event_data: OrderEventData) -> OrderEvent {
    OrderEvent {
        order_id: OrderId(order),
        account: ACCOUNT,
        instrument: INSTRUMENT,
        event_data,
    }
}

pub(crate) fn events(order_events: impl IntoIterator<Item = OrderEvent>) -> ServerMessage {
    OrderEventUpdate {
        account: ACCOUNT.into(),
        instrument_id: Optional::Absent,
        order_events: order_events.into_iter().collect(),
    }
    .into()
}

pub(crate) fn open_order(order: u64, filled: &str, quantity: &str) -> OpenOrder {
    OpenOrder {
        order_id: OrderId(order),
        trader: ACCOUNT,
        order_type: OrderType::Limit,
        trigger_type: Optional::Absent,
        instrument_id: INSTRUMENT,
        instrument_type: None,
        ticker: None,
        underlying_asset: None,
        price: decimal("100"),
        quantity: decimal(quantity),
        filled_quantity: decimal(filled),
        side: Side::Buy,
        timestamp: Timestamp(1),
        trigger_price: Optional::Absent,
        twap_interval: Optional::Absent,
        twap_original_quantity: Optional::Absent,
        twap_filled_quantity: Optional::Absent,
        twap_frequency: Optional::Absent,
        twap_randomize: Optional::Absent,
    }
}

pub(crate) fn open_orders(orders: impl IntoIterator<Item = OpenOrder>) -> ServerMessage {
    OpenOrdersUpdate {
        account: ACCOUNT,
        orders: orders.into_iter().collect(),
    }
    .into()
}

pub(crate) fn position(quantity: &str) -> Position {
    serde_json::from_value(serde_json::json!({
        "quantity": quantity, "averagePrice": "100", "liquidationPrice": "0", "accruedFunding": "0",
        "unrealizedPnl": "0", "reservedMargin": "0"
    }))
    .unwrap()
}

pub(crate) fn positions(quantity: &str) -> ServerMessage {
    PositionUpdate {
        account: ACCOUNT,
        positions: [(INSTRUMENT, position(quantity))].into(),
    }
    .into()
}

pub(crate) fn collateral(amount: &str) -> ServerMessage {
    CollateralUpdate {
        asset_id: AssetId(0),
        account: ACCOUNT,
        collateral: decimal(amount),
    }
    .into()
}

pub(crate) fn payment(round: u64) -> PositionFundingUpdate {
    PositionFundingUpdate {
        account: ACCOUNT,
        funding_rate: decimal("0.0001"),
        timestamp: Timestamp(round),
        round: Round(round),
        instrument_id: INSTRUMENT,
        pnl: decimal("-1"),
    }
}
