//! Open orders on several pages, which change while they are read.

use std::collections::VecDeque;

use rocketfi_protocol::rest::OPEN_ORDERS;

use super::*;

fn orders(ids: impl IntoIterator<Item = u64>) -> Vec<OpenOrder> {
    ids.into_iter().map(|id| open_order(id, "0", "1")).collect()
}

/// Open orders, and what becomes of them after each page that is read.
fn changing(first: Vec<OpenOrder>, later: Vec<Vec<OpenOrder>>) -> Arc<Server> {
    let server = Server::with(|books| books.orders = first);
    let mut later = VecDeque::from(later);
    server.meanwhile(move |books, path| {
        if path == OPEN_ORDERS
            && let Some(orders) = later.pop_front()
        {
            books.orders = orders;
        }
    });
    server
}

async fn read(server: &Arc<Server>) -> Vec<u64> {
    let snapshot = inquiry(server, Mark::Nothing).run().await.unwrap();
    order_ids(&snapshot.open_orders)
}

#[tokio::test(start_paused = true)]
async fn single_page_of_open_orders_is_read_once() {
    let server = changing(orders(1..=2), vec![]);
    assert_eq!(read(&server).await, [1, 2]);
    assert_eq!(server.asked(OPEN_ORDERS), [0]);
}

#[tokio::test(start_paused = true)]
async fn several_pages_are_read_again_until_nothing_is_new() {
    let server = changing(orders(1..=7), vec![]);
    assert_eq!(read(&server).await, (1..=7).collect::<Vec<_>>());
    assert_eq!(server.asked(OPEN_ORDERS), [0, 1, 2, 0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn order_that_slips_past_a_page_boundary_is_found() {
    // The first ends after its page was read, and the fourth takes a place on that page.
    let server = changing(orders(1..=7), vec![orders(2..=7)]);
    assert_eq!(read(&server).await, (1..=7).collect::<Vec<_>>());
    assert_eq!(server.asked(OPEN_ORDERS), [0, 1, 2, 0, 1, 2, 0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn later_reading_of_an_order_counts() {
    let mut filled = orders(1..=4);
    filled[0] = open_order(1, "0.5", "1");
    let server = changing(orders(1..=4), vec![orders(1..=4), filled]);
    let snapshot = inquiry(&server, Mark::Nothing).run().await.unwrap();
    assert_eq!(snapshot.open_orders[0], open_order(1, "0.5", "1"));
}

#[tokio::test(start_paused = true)]
async fn orders_that_never_rest_are_read_five_times_at_most() {
    let states = (2..=40).map(|number| orders(1..=4 + number)).collect();
    let server = changing(orders(1..=4), states);
    let told = read(&server).await;
    assert!((1..=4).all(|id| told.contains(&id)), "{told:?}");
    let first_pages = server
        .asked(OPEN_ORDERS)
        .iter()
        .filter(|it| **it == 0)
        .count();
    assert_eq!(first_pages, READINGS);
}

#[tokio::test(start_paused = true)]
async fn more_pages_of_open_orders_than_are_read_are_an_error() {
    let server = changing(orders(1..=7), vec![]);
    let mut inquiry = inquiry(&server, Mark::Nothing);
    inquiry.limits.max_pages = 2;
    let error = inquiry.run().await.unwrap_err();
    assert!(
        matches!(error, SourceError::TooManyPages { limit: 2 }),
        "{error:?}"
    );
}
