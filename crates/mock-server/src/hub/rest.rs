//! REST at the hub: asked under the same lock under which the market moves, so that an answer shows one moment of it.

use std::time::Duration;

use super::{Hub, State};
use crate::journal::Received;
use crate::market::Tick;
use crate::rest::{Endpoint, Reply, Rest};

impl Hub {
    /// The answer to a request over REST.
    pub(crate) fn ask(&self, endpoint: Endpoint, query: &str) -> Reply {
        let mut state = self.lock();
        let State { rest, market, .. } = &mut *state;
        let reply = rest.reply(endpoint, query, market);
        self.note_rest(endpoint, reply.status());
        reply
    }

    pub(crate) fn note_rest(&self, endpoint: Endpoint, status: Option<u16>) {
        let path = endpoint.path();
        tracing::debug!(path, ?status, "asked over REST");
        self.note(0, Received::Rest { path, status });
    }

    pub(crate) fn with_rest<T>(&self, change: impl FnOnce(&mut Rest) -> T) -> T {
        change(&mut self.lock().rest)
    }

    pub(crate) fn set_rest_lag(&self, lag: Duration) {
        let mut state = self.lock();
        let State { rest, market, .. } = &mut *state;
        rest.history.set_lag(lag, market);
    }
}

impl State {
    /// Moves the market on.
    pub(super) fn tick(&mut self) -> Tick {
        let tick = self.market.tick();
        self.rest.history.note(&self.market);
        tick
    }
}
