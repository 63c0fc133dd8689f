//! Answers that show the account as it was.

use std::time::Duration;

use rocketfi_mock_server::MockServer;
use rocketfi_mock_server::market::Market;
use rocketfi_protocol::rest::{
    Collaterals, OpenOrdersPage, OrderEventsPage, PositionFundingEventsPage, Positions,
};
use tokio::time::advance;

use super::asker::Asker;
use super::{account, of};

const STEP: Duration = Duration::from_millis(100);
/// In steps.
const LAG: usize = 20;

fn piped(lag: Duration) -> MockServer {
    let builder = MockServer::builder().seed(7).quiet().rest_lag(lag);
    builder
        .start_without_port()
        .expect("the settings are valid")
}

/// All that REST can show, whoever shows it.
#[derive(Clone, Debug, PartialEq)]
struct All(
    OpenOrdersPage,
    Positions,
    Collaterals,
    OrderEventsPage,
    PositionFundingEventsPage,
);

/// What is.
fn now(server: &MockServer) -> All {
    let account = account(server);
    let (page_number, page_size) = (Some(0), Some(100));
    let all = |market: &Market| {
        Some(All(
            OpenOrdersPage {
                orders: market.open_orders(account)?,
                page_number,
                page_size,
            },
            Positions {
                positions: market.positions(account)?,
            },
            Collaterals {
                collaterals: market.collaterals(account)?,
            },
            OrderEventsPage {
                order_events: first_page(market.order_events(account)?),
                page_number,
                page_size,
            },
            PositionFundingEventsPage {
                events: first_page(market.funding_events(account)?),
                page_number,
                page_size,
            },
        ))
    };
    server.with_market(all).expect("it trades")
}

fn first_page<'a, T: Clone + 'a>(log: impl DoubleEndedIterator<Item = &'a T>) -> Vec<T> {
    log.rev().take(100).cloned().collect()
}

/// What is shown.
async fn shown(server: &MockServer, asker: &mut Asker) -> All {
    All(
        asker.read(&of(server, "/open-orders")).await,
        asker.read(&of(server, "/position")).await,
        asker.read(&of(server, "/collateral")).await,
        asker.read(&of(server, "/order-events")).await,
        asker.read(&of(server, "/position-funding-events")).await,
    )
}

/// Moves the market on after a step of time.
async fn step(server: &MockServer) -> All {
    advance(STEP).await;
    server.tick();
    now(server)
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_as_old_as_the_lag_and_catches_up_when_the_market_rests() {
    let server = piped(STEP * 20);
    let mut asker = Asker::piped(&server).await;
    let mut states = vec![now(&server)];
    let (moment, almost) = (Duration::from_millis(1), Duration::from_millis(99));
    assert_eq!(moment + almost, STEP);
    advance(almost).await;
    for number in 1..=60 {
        advance(moment).await;
        server.tick();
        states.push(now(&server));
        let expected = &states[number - LAG.min(number)];
        assert!(
            shown(&server, &mut asker).await == *expected,
            "step {number}"
        );
        advance(almost).await;
        assert!(
            shown(&server, &mut asker).await == *expected,
            "after step {number}"
        );
    }
    advance(STEP * 20).await;
    assert!(shown(&server, &mut asker).await == now(&server));
}

#[tokio::test(start_paused = true)]
async fn a_lag_can_be_set_and_lifted_at_any_time() {
    let server = piped(Duration::ZERO);
    let mut asker = Asker::piped(&server).await;
    for _ in 0..30 {
        let state = step(&server).await;
        assert!(shown(&server, &mut asker).await == state, "no lag");
    }
    let base = now(&server);
    server.set_rest_lag(STEP * 20);
    for number in 1..20 {
        step(&server).await;
        let answer = shown(&server, &mut asker).await;
        assert!(answer == base, "step {number}: nothing older is known");
    }
    server.set_rest_lag(Duration::ZERO);
    assert!(shown(&server, &mut asker).await == now(&server));
}

#[tokio::test(start_paused = true)]
async fn a_list_can_change_between_two_of_its_pages_but_never_go_back() {
    let server = piped(STEP * 5);
    let mut asker = Asker::piped(&server).await;
    let list = format!("{}&pageSize=1000", of(&server, "/order-events"));
    let mut longest = 0;
    for _ in 0..300 {
        step(&server).await;
        let page: OrderEventsPage = asker.read(&list).await;
        assert!(page.order_events.len() >= longest);
        longest = page.order_events.len();
    }
    assert!(longest > 100);
}

#[tokio::test(start_paused = true)]
async fn a_lag_that_is_longer_than_everything_shows_the_beginning() {
    let server = piped(Duration::MAX);
    let mut asker = Asker::piped(&server).await;
    let base = now(&server);
    for _ in 0..10 {
        step(&server).await;
    }
    assert!(shown(&server, &mut asker).await == base);
}
