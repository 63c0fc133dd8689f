//! REST and the stream tell the same.

use std::collections::BTreeMap;

use rocketfi_protocol::rest::{
    Collaterals, OpenOrdersPage, OrderEventsPage, PositionFundingEventsPage, Positions,
};
use rocketfi_protocol::{
    AssetId, Decimal, InstrumentId, OpenOrder, OrderEvent, OrderEventData, OrderId, Position,
    PositionFundingUpdate, ServerMessage, SubscriptionKind,
};

use super::asker::Asker;
use super::of;
use crate::peer::{TcpPeer, connect, start};
use rocketfi_mock_server::MockServer;

/// What somebody holds who has followed all messages, merged by the rules of the wire.
#[derive(Debug, Default)]
struct Merged {
    orders: BTreeMap<OrderId, OpenOrder>,
    positions: BTreeMap<InstrumentId, Position>,
    collateral: Option<Decimal>,
    order_events: Vec<OrderEvent>,
    payments: Vec<PositionFundingUpdate>,
}

impl Merged {
    fn merge(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::OpenOrdersUpdate(update) => {
                let orders = update.orders.into_iter();
                self.orders
                    .extend(orders.map(|order| (order.order_id, order)));
                self.orders
                    .retain(|_, order| order.quantity != order.filled_quantity);
            }
            ServerMessage::PositionUpdate(update) => {
                self.positions.extend(update.positions);
                self.positions
                    .retain(|_, position| position.quantity.as_str() != "0");
            }
            ServerMessage::CollateralUpdate(update) => self.collateral = Some(update.collateral),
            ServerMessage::OrderEventUpdate(update) => {
                for event in update.order_events {
                    if event.event_data == OrderEventData::Canceled {
                        self.orders.remove(&event.order_id);
                    }
                    self.order_events.push(event);
                }
            }
            ServerMessage::PositionFundingUpdate(update) => self.payments.push(update),
            other => panic!("not subscribed to: {}", other.name()),
        }
    }

    async fn compare(&self, server: &MockServer, asker: &mut Asker) {
        let page: OpenOrdersPage = asker.read(&of(server, "/open-orders")).await;
        assert_eq!(
            page.orders,
            self.orders.values().cloned().collect::<Vec<_>>()
        );
        let held: Positions = asker.read(&of(server, "/position")).await;
        assert_eq!(held.positions, self.positions);
        let collaterals: Collaterals = asker.read(&of(server, "/collateral")).await;
        assert_eq!(
            collaterals.collaterals.get(&AssetId(0)),
            self.collateral.as_ref()
        );
        let list = format!("{}&pageSize=1000", of(server, "/order-events"));
        let page: OrderEventsPage = asker.read(&list).await;
        assert!(page.order_events.iter().rev().eq(&self.order_events));
        let list = format!("{}&pageSize=1000", of(server, "/position-funding-events"));
        let page: PositionFundingEventsPage = asker.read(&list).await;
        let payments = page
            .events
            .into_iter()
            .rev()
            .map(PositionFundingUpdate::from);
        assert_eq!(payments.collect::<Vec<_>>(), self.payments);
    }
}

async fn subscribe(server: &MockServer) -> TcpPeer {
    let account = server.accounts()[0];
    let mut peer = connect(server).await;
    for kind in [
        SubscriptionKind::OrderEvents {
            account: Some(account),
            instrument_id: None,
        },
        SubscriptionKind::OpenOrders { account },
        SubscriptionKind::Position { account },
        SubscriptionKind::Collateral {
            asset_id: AssetId(0),
            account,
        },
        SubscriptionKind::PositionFunding { account },
    ] {
        peer.subscribe(&kind).await;
    }
    peer
}

#[tokio::test]
async fn who_follows_the_stream_holds_what_rest_answers() {
    for seed in 1..4 {
        let server = start(MockServer::builder().seed(seed).quiet()).await;
        let mut peer = subscribe(&server).await;
        let mut asker = Asker::to(&server).await;
        let mut merged = Merged::default();
        for _ in 0..40 {
            // After five ticks every position is told at the mark of the moment.
            let frames: usize = (0..5).map(|_| server.tick()).sum();
            for _ in 0..frames {
                merged.merge(peer.message().await);
            }
            merged.compare(&server, &mut asker).await;
        }
        assert!(merged.order_events.len() > 50 && !merged.payments.is_empty());
        assert!(!merged.orders.is_empty() && !merged.positions.is_empty());
    }
}
