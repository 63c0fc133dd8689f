//! From a cut connection to an account that is right again, as REST tells it.

mod stage;

use std::time::Duration;

use crate::print;
use crate::reconcile::stage::{Missed, Run, Stage};
use crate::sample::Sample;

/// With the default lag most of a run is waiting, and more runs would show no more.
const SLOW_RUNS: usize = 60;

/// The least that is waited after the confirmations, unless configured otherwise.
const DEFAULT_LAG: Duration = Duration::from_millis(500);

/// What is to be put right.
struct Case {
    name: &'static str,
    rest_lag: Duration,
    missed: Missed,
    open_orders: Option<usize>,
}

const CASES: [Case; 4] = [
    Case {
        name: "nothing missed, rest_lag 0",
        rest_lag: Duration::ZERO,
        missed: Missed::Nothing,
        open_orders: None,
    },
    Case {
        name: "nothing missed, rest_lag 500 ms (default)",
        rest_lag: DEFAULT_LAG,
        missed: Missed::Nothing,
        open_orders: None,
    },
    Case {
        name: "100 fills missed, 10 orders open, rest_lag 0",
        rest_lag: Duration::ZERO,
        missed: Missed::Fills(100),
        open_orders: Some(10),
    },
    Case {
        name: "1,000 events missed, rest_lag 0",
        rest_lag: Duration::ZERO,
        missed: Missed::Events(1_000),
        open_orders: None,
    },
];

pub(crate) async fn measure(runs: usize) {
    print::title("From the cut to a reconciled account");
    println!(
        "From the reset of the connection to the account's Reconciled, from where on its state"
    );
    println!(
        "is right: reconnected, six kinds confirmed, REST asked in pages of 100, and compared."
    );
    println!("Backoff: 1 ms at most, included. Client and server share this machine. Events and");
    println!("fills missed, and requests over REST: the median of the runs.\n");
    let columns = ["account", "events", "fills", "requests", "runs"];
    let mut table = print::table(1, columns.into_iter().chain(print::SPREAD));
    for case in CASES {
        let runs = if case.rest_lag.is_zero() {
            runs
        } else {
            runs.min(SLOW_RUNS)
        };
        table.add_row(row(&case, runs).await);
    }
    println!("{table}");
}

async fn row(case: &Case, runs: usize) -> Vec<String> {
    let mut stage = Stage::set(case.rest_lag, case.open_orders).await;
    let mut all = Vec::with_capacity(runs);
    for _ in 0..runs {
        all.push(stage.run(case.missed).await);
    }
    let mut row = vec![case.name.to_owned()];
    let figures: [fn(&Run) -> usize; 3] = [|it| it.events, |it| it.fills, |it| it.requests];
    row.extend(figures.map(|figure| median(all.iter().map(figure)).to_string()));
    row.push(runs.to_string());
    let times = all.iter().map(|run| run.took).collect();
    row.extend(Sample::of(times).iter().flat_map(print::spread));
    row
}

fn median(figures: impl Iterator<Item = usize>) -> usize {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
