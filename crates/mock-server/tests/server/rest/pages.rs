//! Lists in pages, and filters.

use rocketfi_protocol::rest::{
    Collaterals, OpenOrdersPage, OrderEventsPage, PositionFundingEvent, PositionFundingEventsPage,
    Positions,
};
use rocketfi_protocol::{AssetId, OpenOrder, OrderEvent};

use super::asker::{Asker, get};
use super::{account, lively, of};
use crate::peer::{instrument, quiet};

/// So many that no page holds all of them, if it is not asked to.
const TICKS: usize = 600;

async fn all_order_events(asker: &mut Asker, list: &str, size: usize) -> Vec<OrderEvent> {
    let mut all = Vec::new();
    for number in 0.. {
        let target = format!("{list}&pageSize={size}&pageNumber={number}");
        let page: OrderEventsPage = asker.read(&target).await;
        assert_eq!(page.page_number, Some(number));
        assert_eq!(page.page_size, Some(size as u64));
        assert!(page.order_events.len() <= size);
        all.extend(page.order_events.iter().cloned());
        if page.order_events.len() < size {
            break;
        }
    }
    all
}

#[tokio::test]
async fn the_pages_of_a_list_are_the_log_newest_first() {
    let server = lively(TICKS).await;
    let list = of(&server, "/order-events");
    let mut expected: Vec<OrderEvent> = server.with_market(|it| {
        it.order_events(account(&server))
            .unwrap()
            .cloned()
            .collect()
    });
    expected.reverse();
    assert!(expected.len() > 200, "{}", expected.len());
    let mut asker = Asker::to(&server).await;
    for size in [1, 7, 100, expected.len() - 1, expected.len(), 1000] {
        let all = all_order_events(&mut asker, &list, size).await;
        assert!(all == expected, "in pages of {size}");
    }
}

#[tokio::test]
async fn payments_come_in_pages_too() {
    let server = lively(TICKS).await;
    let list = of(&server, "/position-funding-events");
    let mut expected: Vec<PositionFundingEvent> = server.with_market(|it| {
        let events = it.funding_events(account(&server)).unwrap();
        events.cloned().collect()
    });
    expected.reverse();
    assert!(expected.len() > 20);
    let mut all = Vec::new();
    for number in 0..=expected.len() / 10 {
        let target = format!("{list}&pageNumber={number}&pageSize=10");
        let page: PositionFundingEventsPage = get(&server, &target).await.read();
        assert_eq!(
            (page.page_number, page.page_size),
            (Some(number as u64), Some(10))
        );
        all.extend(page.events);
    }
    assert_eq!(all, expected);
}

#[tokio::test]
async fn a_full_page_may_be_the_last_and_there_is_nothing_behind_the_end() {
    let server = lively(100).await;
    let list = of(&server, "/order-events");
    let market_has = server.with_market(|it| it.order_events(account(&server)).unwrap().len());
    let mut asker = Asker::to(&server).await;
    let cases = [
        (market_has, 0, market_has),
        (market_has, 1, 0),
        (market_has - 1, 1, 1),
        (market_has + 1, 0, market_has),
    ];
    for (size, number, expected) in cases {
        let target = format!("{list}&pageSize={size}&pageNumber={number}");
        let page: OrderEventsPage = asker.read(&target).await;
        assert_eq!(page.order_events.len(), expected, "page {number} of {size}");
    }
    let page: OrderEventsPage = asker.read(&format!("{list}&pageNumber={}", u64::MAX)).await;
    assert_eq!(
        (page.order_events.len(), page.page_number),
        (0, Some(u64::MAX))
    );
}

#[tokio::test]
async fn a_page_has_a_hundred_entries_unless_asked() {
    let server = lively(TICKS).await;
    let page: OrderEventsPage = get(&server, &of(&server, "/order-events")).await.read();
    assert_eq!(page.order_events.len(), 100);
    assert_eq!((page.page_number, page.page_size), (Some(0), Some(100)));
}

#[tokio::test]
async fn open_orders_come_in_the_order_of_their_ids() {
    let server = lively(TICKS).await;
    let list = of(&server, "/open-orders");
    let expected: Vec<OpenOrder> =
        server.with_market(|it| it.open_orders(account(&server)).unwrap());
    assert!(expected.len() > 2 && expected.is_sorted_by_key(|order| order.order_id));
    let mut asker = Asker::to(&server).await;
    let mut all = Vec::new();
    for number in 0..=expected.len() / 2 {
        let target = format!("{list}&pageSize=2&pageNumber={number}");
        all.extend(asker.read::<OpenOrdersPage>(&target).await.orders);
    }
    assert_eq!(all, expected);
}

#[tokio::test]
async fn an_account_that_has_done_nothing_has_empty_lists() {
    let server = quiet().await;
    let mut asker = Asker::to(&server).await;
    let cases = [
        (
            "/open-orders",
            r#"{"orders":[],"pageNumber":0,"pageSize":100}"#,
        ),
        ("/position", r#"{"positions":{}}"#),
        (
            "/collateral",
            r#"{"collaterals":{"0":"1000000","1":"0","2":"0","3":"0"}}"#,
        ),
        (
            "/order-events",
            r#"{"orderEvents":[],"pageNumber":0,"pageSize":100}"#,
        ),
        (
            "/position-funding-events",
            r#"{"events":[],"pageNumber":0,"pageSize":100}"#,
        ),
    ];
    for (path, expected) in cases {
        assert_eq!(asker.get(&of(&server, path)).await.text(), expected);
    }
}

#[tokio::test]
async fn a_filter_leaves_what_it_names() {
    let server = lively(TICKS).await;
    let mut asker = Asker::to(&server).await;
    let all: Positions = asker.read(&of(&server, "/position")).await;
    assert!(all.positions.len() > 1);
    let id = instrument(&server);
    let target = format!("{}&instrumentId={id}", of(&server, "/position"));
    let one: Positions = asker.read(&target).await;
    assert_eq!(one.positions.len(), 1);
    assert_eq!(one.positions[&id], all.positions[&id]);

    let target = format!("{}&assetId=0", of(&server, "/collateral"));
    let one: Collaterals = asker.read(&target).await;
    assert_eq!(one.collaterals.keys().collect::<Vec<_>>(), [&AssetId(0)]);
    assert_ne!(one.collaterals[&AssetId(0)].as_str(), "1000000");
}

#[tokio::test]
async fn a_filter_for_what_nobody_has_leaves_nothing() {
    let server = lively(TICKS).await;
    let position = of(&server, "/position");
    let target = format!("{position}&instrumentId=0x0000000000000001");
    assert_eq!(get(&server, &target).await.text(), r#"{"positions":{}}"#);
    let target = format!("{}&assetId=99", of(&server, "/collateral"));
    assert_eq!(get(&server, &target).await.text(), r#"{"collaterals":{}}"#);
    // Of what an endpoint has no filter for, nothing is filtered.
    let target = format!("{position}&assetId=99&something=else");
    assert!(
        get(&server, &target)
            .await
            .read::<Positions>()
            .positions
            .len()
            > 1
    );
}
