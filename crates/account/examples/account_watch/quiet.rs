//! Two sides that are to be compared have to be quiet first.

use std::time::Duration;

use rocketfi_account::protocol::Timestamp;
use rocketfi_account::{Account, Event};
use rocketfi_mock_server::MockServer;
use rocketfi_mock_server::market::{EPOCH, Market, TICK};
use tokio::time::{Instant, timeout};

/// Nothing has come for so long: what was sent has arrived.
const QUIET: Duration = Duration::from_millis(250);
/// The mock tells every fifth tick what positions are worth; in between the price moves, and its books with it.
const REVALUED: u128 = 5;

/// Takes events until the account is reconciled and nothing more comes; whether it got there before the deadline.
pub(crate) async fn quiet(
    account: &mut Account,
    deadline: Instant,
    mut take: impl FnMut(Event),
) -> bool {
    while Instant::now() < deadline {
        match timeout(QUIET, account.recv()).await {
            Ok(Some(event)) => take(event),
            Ok(None) => return false,
            Err(_) if account.is_reconciled() => return true,
            Err(_) => {}
        }
    }
    false
}

/// Moves the market on to a tick after which all that is in its books has been told; how many ticks that took.
pub(crate) fn round_off(exchange: &MockServer) -> usize {
    let mut ticks = 0;
    while !is_told(exchange.with_market(Market::now)) {
        exchange.tick();
        ticks += 1;
    }
    ticks
}

fn is_told(Timestamp(now): Timestamp) -> bool {
    let ticks = u128::from(now - EPOCH.0) / TICK.as_millis();
    ticks.is_multiple_of(REVALUED)
}
