//! Messages: one line each, or one for each thing in them.

use rocketfi_account::protocol::{
    AccountRisk, Decimal, InstrumentId, OpenOrder, OrderEvent, OrderEventData, Position,
    ServerMessage, Ticker,
};

use super::Line;

/// One line a message; a batch of order events gives one line each.
pub(super) fn message(message: &ServerMessage) -> Vec<Line> {
    match message {
        ServerMessage::OrderEventUpdate(update) => {
            update.order_events.iter().map(order_event).collect()
        }
        ServerMessage::OpenOrdersUpdate(update) => {
            vec![("open orders", open_orders(&update.orders))]
        }
        ServerMessage::PositionUpdate(update) => update
            .positions
            .iter()
            .map(|(id, held)| ("position", position(*id, held)))
            .collect(),
        ServerMessage::CollateralUpdate(update) => {
            vec![(
                "collateral",
                format!("asset {}: {}", update.asset_id, update.collateral),
            )]
        }
        ServerMessage::AccountRiskUpdate(update) => vec![("risk", risk(&update.risk))],
        ServerMessage::PositionFundingUpdate(update) => {
            let text = format!(
                "{} at rate {} in {}",
                update.pnl, update.funding_rate, update.instrument_id
            );
            vec![("funding", text)]
        }
        ServerMessage::TickerUpdate(update) => {
            vec![("ticker", ticker(update.instrument_id, &update.ticker))]
        }
        other => vec![("message", other.name().to_owned())],
    }
}

pub(super) fn order_event(event: &OrderEvent) -> Line {
    let id = event.order_id;
    match &event.event_data {
        OrderEventData::Fill(fill) => {
            let side = if fill.is_passive { "maker" } else { "taker" };
            let left = if fill.is_filled {
                "filled".to_owned()
            } else {
                format!("{} left", fill.remaining_size)
            };
            let pnl = fill
                .pnl
                .get()
                .map(|pnl| format!(", pnl {pnl}"))
                .unwrap_or_default();
            let text = format!(
                "order {id}: {} at {} ({side}, {left}, fee {}{pnl})",
                fill.size, fill.price, fill.fee_amount
            );
            ("fill", text)
        }
        OrderEventData::Placed(placed) => (
            "placed",
            format!("order {id}: {} at {}", placed.size, placed.price),
        ),
        OrderEventData::Canceled => ("canceled", format!("order {id}")),
        OrderEventData::Modified(change) => (
            "modified",
            format!("order {id}: {} at {}", change.size, change.price),
        ),
        OrderEventData::Rejected(rejected) => {
            ("rejected", format!("order {id}: {}", rejected.reason))
        }
        _ => (
            "order event",
            format!("order {id}: of a kind this program does not know"),
        ),
    }
}

fn open_orders(orders: &[OpenOrder]) -> String {
    let shown = orders.iter().map(|order| {
        let OpenOrder {
            order_id,
            side,
            quantity,
            filled_quantity,
            price,
            ..
        } = order;
        format!("{order_id} {side} {filled_quantity}/{quantity} at {price}")
    });
    match orders.len() {
        0 => "none in this update".to_owned(),
        _ => shown.collect::<Vec<_>>().join("; "),
    }
}

fn position(id: InstrumentId, held: &Position) -> String {
    let name = held.ticker.as_deref().filter(|ticker| !ticker.is_empty());
    let name = name.map_or_else(|| id.to_string(), str::to_owned);
    format!(
        "{name}: {} at {}, unrealised {}",
        held.quantity, held.average_price, held.unrealized_pnl
    )
}

fn risk(risk: &AccountRisk) -> String {
    let AccountRisk {
        equity,
        margin_requirement,
        available_collateral,
        ..
    } = risk;
    format!("equity {equity}, margin {margin_requirement}, available {available_collateral}")
}

fn ticker(id: InstrumentId, ticker: &Ticker) -> String {
    let price = |price: Option<&Decimal>| price.map_or_else(|| "-".to_owned(), ToString::to_string);
    let (bid, ask, mark) = (
        ticker.bid_price.get(),
        ticker.ask_price.get(),
        ticker.mark_price.get(),
    );
    format!(
        "{id}: bid {}, ask {}, mark {}",
        price(bid),
        price(ask),
        price(mark)
    )
}
