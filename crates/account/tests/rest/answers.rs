//! What the mock's market says, and what is read of it.

use rocketfi_account::Source;
use rocketfi_mock_server::{Entry, Received};
use rocketfi_protocol::rest::OPEN_ORDERS;

use super::*;

#[tokio::test]
async fn every_question_is_answered_with_what_the_market_says() {
    let server = lively().await;
    let (source, account) = (source(server.url()), server.accounts()[0]);
    let orders = within(source.open_orders(account, FIRST)).await.unwrap();
    let positions = within(source.positions(account)).await.unwrap();
    let collaterals = within(source.collaterals(account)).await.unwrap();
    let events = within(source.order_events(account, FIRST)).await.unwrap();
    let payments = within(source.funding_events(account, FIRST)).await.unwrap();
    server.with_market(|market| {
        assert_eq!(Some(orders.orders), market.open_orders(account));
        assert_eq!(Some(positions.positions), market.positions(account));
        assert_eq!(Some(collaterals.collaterals), market.collaterals(account));
        let log = market.order_events(account).unwrap();
        assert!(log.len() > 100 && log.rev().take(100).eq(&events.order_events));
        let log = market.funding_events(account).unwrap();
        assert!(log.len() > 10 && log.rev().take(100).eq(&payments.events));
    });
    assert_eq!((orders.page_number, orders.page_size), (Some(0), Some(100)));
}

#[tokio::test]
async fn pages_are_asked_for_by_number_and_size() {
    let server = lively().await;
    let (source, account) = (source(server.url()), server.accounts()[0]);
    let page = Page { number: 3, size: 7 };
    let events = within(source.order_events(account, page)).await.unwrap();
    let payments = within(source.funding_events(account, page)).await.unwrap();
    let orders = within(source.open_orders(account, Page { number: 1, size: 2 })).await;
    server.with_market(|market| {
        let log = market.order_events(account).unwrap();
        assert!(log.rev().skip(21).take(7).eq(&events.order_events));
        let log = market.funding_events(account).unwrap();
        assert!(log.rev().skip(21).take(7).eq(&payments.events));
        let open = market.open_orders(account).unwrap();
        assert!(open.len() > 2, "{}", open.len());
        let open: Vec<_> = open.into_iter().skip(2).take(2).collect();
        assert_eq!(orders.unwrap().orders, open);
    });
    assert_eq!((events.page_number, events.page_size), (Some(3), Some(7)));
}

#[tokio::test]
async fn page_behind_the_end_is_empty() {
    let server = lively().await;
    let (source, account) = (source(server.url()), server.accounts()[0]);
    let page = Page {
        number: 1_000_000,
        size: 100,
    };
    let events = within(source.order_events(account, page)).await.unwrap();
    assert!(events.order_events.is_empty());
}

#[tokio::test]
async fn each_question_is_one_request() {
    let server = lively().await;
    let (source, account) = (source(server.url()), server.accounts()[0]);
    within(source.open_orders(account, FIRST)).await.unwrap();
    let is_asked = |entry: &Entry| matches!(&entry.event, Received::Rest { path, status: Some(200) } if *path == OPEN_ORDERS);
    assert_eq!(server.journal().count(is_asked), 1);
    assert_eq!(server.journal().entries().len(), 1);
}
