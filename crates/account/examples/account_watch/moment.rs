//! When to do what beside reading events.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How long the demonstration runs when nothing else is said.
const DEMO: Duration = Duration::from_secs(20);
/// On the screen somebody looks around first.
const FIRST_CUT: Duration = Duration::from_secs(15);
/// And sees it again, should he have missed it.
const NEXT_CUT: Duration = Duration::from_secs(60);

/// What a demonstration does and when; on the exchange only its end.
#[derive(Debug)]
pub(crate) struct Schedule {
    cut: Option<Instant>,
    every: Option<Duration>,
    end: Option<Instant>,
}

impl Schedule {
    /// For lines: one cut, early enough to watch the recovery.
    pub(crate) fn of_lines(is_demo: bool, lifetime: Option<Duration>) -> Self {
        let start = Instant::now();
        let lifetime = lifetime.or(is_demo.then_some(DEMO));
        Self {
            cut: lifetime
                .filter(|_| is_demo)
                .map(|it| start + it.mul_f64(0.4)),
            every: None,
            end: lifetime.map(|it| start + it),
        }
    }

    /// For the screen: a cut every while.
    pub(crate) fn of_screen(is_demo: bool, lifetime: Option<Duration>) -> Self {
        let start = Instant::now();
        Self {
            cut: is_demo.then_some(start + FIRST_CUT),
            every: Some(NEXT_CUT),
            end: lifetime.map(|it| start + it),
        }
    }

    /// Waits for the next cut; for ever, if there is none.
    pub(crate) async fn cut(&self) {
        at(self.cut).await;
    }

    pub(crate) fn has_cut(&mut self) {
        self.cut = self.every.map(|every| Instant::now() + every);
    }

    /// Waits for the end; for ever, if there is none.
    pub(crate) async fn end(&self) {
        at(self.end).await;
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Waits until the user or the system wants this program to end. One listener for all turns of a loop: a new one each
/// turn would miss a signal that arrives while an event is handled.
pub(crate) fn interrupted() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {
        tokio::select! {
            () = ctrl_c() => {}
            () = terminated() => {}
        }
    })
}

async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a listener the system's own way holds: Ctrl-C ends the process, so there is nothing to wait for.
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
