//! How accounts were some time ago, for answers that lag behind the stream.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use rocketfi_protocol::AccountAddress;
use tokio::time::Instant;

use super::books::Books;
use crate::market::Market;

/// How many states are kept: almost seven minutes of a market at its usual rate.
const CAPACITY: usize = 4_096;

/// The states of the last while, as far as a lag needs them.
///
/// Policy when it is full: the oldest state is dropped, which makes the lag shorter.
#[derive(Default)]
pub(crate) struct History {
    /// Zero when answers show what is.
    lag: Duration,
    /// Oldest first; empty when there is no lag, and never empty when there is one.
    states: VecDeque<(Instant, BTreeMap<AccountAddress, Books>)>,
}

/// Shows nothing of any account.
impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states = self.states.len();
        write!(f, "History({states} states, lag {:?})", self.lag)
    }
}

impl History {
    pub(crate) fn set_lag(&mut self, lag: Duration, market: &Market) {
        self.lag = lag;
        if lag.is_zero() {
            self.states.clear();
        } else if self.states.is_empty() {
            self.note(market);
        }
    }

    /// Keeps the market's state, which has just changed, if there is a lag.
    pub(crate) fn note(&mut self, market: &Market) {
        if self.lag.is_zero() {
            return;
        }
        let now = Instant::now();
        let books = |account| Some((account, Books::of(market, account)?));
        let all = market.accounts().into_iter().filter_map(books).collect();
        self.states.push_back((now, all));
        // Everything before the state that is shown now: time does not go back.
        let shown = self.shown(now).unwrap_or(0);
        let overfull = self.states.len().saturating_sub(CAPACITY);
        self.states.drain(..shown.max(overfull));
    }

    /// An account as it is to be shown now; `None` when there is no lag, or no such account.
    pub(super) fn books(&self, account: AccountAddress) -> Option<Books> {
        let (_, all) = self.states.get(self.shown(Instant::now())?)?;
        all.get(&account).cloned()
    }

    /// Which state is to be shown: the last that is old enough, or else the oldest.
    fn shown(&self, now: Instant) -> Option<usize> {
        let is_old = |since: &Instant| since.checked_add(self.lag).is_some_and(|it| it <= now);
        let old = self.states.partition_point(|(since, _)| is_old(since));
        (!self.states.is_empty()).then(|| old.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::MarketConfig;

    const LAG: Duration = Duration::from_secs(2);

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_without_a_lag() {
        let mut market = Market::new(&MarketConfig::new(7));
        let account = market.accounts()[0];
        let mut history = History::default();
        history.note(&market);
        assert_eq!(history.books(account), None);
        history.set_lag(LAG, &market);
        market.tick();
        history.note(&market);
        assert_eq!(format!("{history:?}"), "History(2 states, lag 2s)");
        history.set_lag(Duration::ZERO, &market);
        assert!(history.states.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_is_kept_than_the_lag_needs_or_than_there_is_room_for() {
        let mut market = Market::new(&MarketConfig::new(7));
        let mut history = History::default();
        history.set_lag(LAG, &market);
        for _ in 0..100 {
            tokio::time::advance(Duration::from_millis(100)).await;
            market.tick();
            history.note(&market);
        }
        // Twenty ticks in two seconds, and the one that is shown.
        assert_eq!(history.states.len(), 21);
        history.set_lag(Duration::MAX, &market);
        for _ in 0..CAPACITY {
            history.note(&market);
        }
        assert_eq!(history.states.len(), CAPACITY);
    }
}
