use self::server::{Failure, Server, fills, inquiry, payments};
use super::*;
use crate::samples::{ACCOUNT, decimal, open_order, position};

mod logs;
mod moving;
mod open_orders;
mod server;
mod trouble;

/// The ids of orders, which number the events of [`fills`] too.
fn numbers(entries: &[OrderEvent]) -> Vec<u64> {
    entries.iter().map(|event| event.order_id.0).collect()
}

fn order_ids(orders: &[OpenOrder]) -> Vec<u64> {
    orders.iter().map(|order| order.order_id.0).collect()
}

#[tokio::test(start_paused = true)]
async fn snapshot_holds_everything_that_was_answered() {
    let server = Server::with(|books| {
        books.orders = vec![open_order(3, "1", "2"), open_order(4, "0", "5")];
        books.positions = [(crate::samples::INSTRUMENT, position("7"))].into();
        books.collateral = [(AssetId(0), decimal("12.50"))].into();
        books.events = fills(1..=4);
        books.payments = payments(1..=3);
    });
    let snapshot = inquiry(&server, Mark::Beginning).run().await.unwrap();
    assert_eq!(order_ids(&snapshot.open_orders), [3, 4]);
    assert_eq!(
        snapshot.positions,
        [(crate::samples::INSTRUMENT, position("7"))].into()
    );
    assert_eq!(snapshot.collateral, [(AssetId(0), decimal("12.50"))].into());
    assert_eq!(snapshot.order_events.entries, fills(1..=4));
    let rounds = |payment: &PositionFundingUpdate| payment.round.0;
    let paid: Vec<_> = snapshot.payments.entries.iter().map(rounds).collect();
    assert_eq!(paid, [1, 2, 3]);
    assert!(snapshot.order_events.is_whole && snapshot.payments.is_whole);
}

#[tokio::test(start_paused = true)]
async fn collateral_of_assets_that_are_not_followed_is_left_out() {
    let server = Server::with(|books| {
        let amounts = (0..4).map(|asset| (AssetId(asset), decimal("1")));
        books.collateral = amounts.collect();
    });
    let mut inquiry = inquiry(&server, Mark::Nothing);
    inquiry.assets = vec![AssetId(1), AssetId(3), AssetId(9)];
    let snapshot = inquiry.run().await.unwrap();
    let told: Vec<_> = snapshot.collateral.into_keys().collect();
    assert_eq!(told, [AssetId(1), AssetId(3)]);
}
