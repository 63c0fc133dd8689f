//! REST, as a plain HTTP client sees it.

mod asker;
mod books;
mod connection;
mod errors;
mod lag;
mod misbehaviour;
mod opening;
mod pages;

use rocketfi_mock_server::{Entry, MockServer, Received};
use rocketfi_protocol::AccountAddress;

use crate::peer::quiet;

/// Every path.
const PATHS: [&str; 5] = [
    "/open-orders",
    "/position",
    "/collateral",
    "/order-events",
    "/position-funding-events",
];

/// A server whose market has moved.
async fn lively(ticks: usize) -> MockServer {
    let server = quiet().await;
    (0..ticks).for_each(|_| {
        server.tick();
    });
    server
}

fn account(server: &MockServer) -> AccountAddress {
    server.accounts()[0]
}

/// Of the first account.
fn of(server: &MockServer, path: &str) -> String {
    format!("{path}?account={}", account(server))
}

/// What the journal has of REST.
fn asked(server: &MockServer) -> Vec<(&'static str, Option<u16>)> {
    let asked = |entry: Entry| match entry.event {
        Received::Rest { path, status } => Some((path, status)),
        _ => None,
    };
    let entries = server.journal().entries().into_iter();
    entries.filter_map(asked).collect()
}
