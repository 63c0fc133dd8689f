//! The exchange's REST as a source, over real sockets: against the mock, and against what no server should be.

use std::time::Duration;

use rocketfi_account::{Page, RestSource, SourceError};
use rocketfi_mock_server::MockServer;
use rocketfi_protocol::AccountAddress;

mod addresses;
mod answers;
mod bodies;
mod failures;
mod raw;
mod secrecy;
mod tls;

/// Spent only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(10);

const FIRST: Page = Page {
    number: 0,
    size: 100,
};

/// A server whose first account has traded for a while.
async fn lively() -> MockServer {
    let starting = MockServer::builder().seed(7).quiet().start();
    let server = starting.await.expect("a port is free");
    for _ in 0..400 {
        server.tick();
    }
    server
}

fn source(url: impl Into<String>) -> RestSource {
    RestSource::new(url).expect("the address is in order")
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    let answer = tokio::time::timeout(PATIENCE, future).await;
    answer.expect("an answer comes in time")
}

/// Why there are no open orders to be had.
async fn failure(source: &RestSource, account: AccountAddress) -> SourceError {
    use rocketfi_account::Source;
    let answer = within(source.open_orders(account, FIRST)).await;
    answer.expect_err("there is no answer to be had")
}
