//! The mock exchange inside this program.

use std::sync::Arc;
use std::time::Duration;

use rocketfi_account::protocol::{AccountAddress, InstrumentId};
use rocketfi_mock_server::{MockServer, StartError};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::quiet::round_off;

/// The time from one tick of the market to the next: as fast as the market's own clock runs.
const TICK: Duration = Duration::from_millis(100);

/// How many attempts to connect fail after a cut.
const REFUSALS: usize = 2;

/// A lively exchange that can be told to stand still, so that two sides can be compared.
pub(crate) struct Demo {
    exchange: Arc<MockServer>,
    /// Moves the market on. Ends with the demo.
    pulse: JoinSet<()>,
}

impl Demo {
    pub(crate) async fn start(account: Option<AccountAddress>) -> Result<Self, StartError> {
        let mut builder = MockServer::builder().seed(7).quiet().snapshots(true);
        if let Some(account) = account {
            builder = builder.account(account);
        }
        let exchange = Arc::new(builder.start().await?);
        let mut pulse = JoinSet::new();
        pulse.spawn(beat(Arc::clone(&exchange)));
        Ok(Self { exchange, pulse })
    }

    pub(crate) fn exchange(&self) -> &MockServer {
        &self.exchange
    }

    pub(crate) fn account(&self) -> Option<AccountAddress> {
        self.exchange.accounts().first().copied()
    }

    pub(crate) fn instrument(&self) -> Option<InstrumentId> {
        self.exchange.instruments().first().copied()
    }

    /// Cuts the connection as a broken cable would: no Close frame, no goodbye. It takes a few attempts to come back,
    /// so that there is something to miss meanwhile.
    pub(crate) fn cut(&self) {
        self.exchange.refuse_handshakes(REFUSALS, 503);
        self.exchange.drop_connections();
    }

    /// Nothing happens on the market from now on.
    pub(crate) async fn stand_still(&mut self) {
        self.pulse.shutdown().await;
        round_off(&self.exchange);
    }
}

async fn beat(exchange: Arc<MockServer>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        exchange.tick();
    }
}
