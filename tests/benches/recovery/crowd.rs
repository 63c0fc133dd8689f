//! A thousand clients that lose their server together: how far apart they come back.

mod buckets;
mod members;

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rocketfi_client::Config;

use crate::crowd::buckets::Buckets;
use crate::crowd::members::{Back, Crowd};
use crate::print;
use crate::sample::Sample;

/// How many crowds are drawn without a network, to tell chance from the settings.
const DRAWN: usize = 1_000;

const COLUMNS: [&str; 9] = [
    "setting",
    "p50",
    "p99",
    "max",
    "resubscribed p99",
    "fullest, best",
    "fullest, worst",
    "at most 5 %",
    "drawn: at most 5 %",
];

/// Everything else is as a client has it by default.
#[derive(Clone, Copy)]
struct Setting {
    restart_spread: Duration,
    /// From the end of the old server to the start of the new one.
    down: Duration,
}

impl Setting {
    const fn at_once(restart_spread: Duration) -> Self {
        Self {
            restart_spread,
            down: Duration::ZERO,
        }
    }

    fn name(self) -> String {
        let (spread, down) = (self.restart_spread, self.down);
        let default = if spread == Config::new("").restart_spread {
            " (default)"
        } else {
            ""
        };
        if down.is_zero() {
            format!("restart_spread {spread:?}{default}, server back at once")
        } else {
            format!("restart_spread {spread:?}{default}, server back after {down:?}")
        }
    }
}

fn settings(quick: bool) -> Vec<Setting> {
    let default = Setting::at_once(Config::new("").restart_spread);
    if quick {
        return vec![default];
    }
    let mut settings: Vec<_> = [0, 2, 4]
        .map(Duration::from_secs)
        .map(Setting::at_once)
        .into();
    settings.push(Setting {
        down: Duration::from_secs(5),
        ..default
    });
    settings
}

/// So many restarts for every setting, or with `quick` only for the default.
pub(crate) async fn measure(clients: usize, rounds: usize, quick: bool) {
    print::title(&format!(
        "{clients} clients return to a restarted server, {rounds} restarts each"
    ));
    println!("Time from the new server's start to the client's Connected; one subscription each,");
    println!("all of them in this process. \"Fullest\" is the largest share of the clients that");
    println!("returned within one and the same 100 ms. \"Drawn\" are {DRAWN} crowds without a");
    println!("network, whose delays are drawn as the client draws them.\n");
    let mut table = print::table(1, COLUMNS);
    let mut pictures = Vec::new();
    for setting in settings(quick) {
        let mut outcomes = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            outcomes.push(restart(setting, clients).await);
        }
        table.add_row(row(setting, clients, &outcomes));
        pictures.extend(outcomes.pop().map(|last| picture(setting, &last)));
    }
    println!("{table}");
    println!("\nAim: at most 5 % of the clients in any 100 ms.");
    println!(
        "\nClients in each 100 ms, last restart:\n\n{}",
        pictures.join("\n")
    );
}

async fn restart(setting: Setting, clients: usize) -> Vec<Back> {
    let crowd = Crowd::gather(clients, setting.restart_spread).await;
    crowd.restart(setting.down).await
}

fn row(setting: Setting, clients: usize, outcomes: &[Vec<Back>]) -> Vec<String> {
    let all = || outcomes.iter().flatten();
    let connected = all().map(|back| back.connected).collect();
    let confirmed = all().map(|back| back.confirmed).collect();
    let crowds: Vec<_> = outcomes.iter().map(|outcome| buckets(outcome)).collect();
    let fullest = || crowds.iter().map(Buckets::fullest);
    let level = crowds.iter().filter(|crowd| crowd.are_level()).count();
    let mut row = vec![setting.name()];
    row.extend(percentiles(connected, [500, 990, 1_000]));
    row.extend(percentiles(confirmed, [990]));
    row.push(print::share(fullest().min().unwrap_or_default(), clients));
    row.push(print::share(fullest().max().unwrap_or_default(), clients));
    row.push(format!("{level} of {}", crowds.len()));
    row.push(print::share(drawn(setting, clients), DRAWN));
    row
}

fn percentiles<const N: usize>(times: Vec<Duration>, thousandths: [usize; N]) -> [String; N] {
    let sample = Sample::of(times);
    thousandths.map(|it| {
        let time = sample.as_ref().map(|sample| sample.per_mille(it));
        time.map_or_else(String::new, print::seconds)
    })
}

fn buckets(outcome: &[Back]) -> Buckets {
    Buckets::of(outcome.iter().map(|back| back.connected))
}

/// How many of the drawn crowds come back so far apart as is aimed at.
fn drawn(setting: Setting, clients: usize) -> usize {
    let mut rng = StdRng::seed_from_u64(1);
    let config = Config::new("");
    let (min, max) = (config.backoff_min, config.backoff_max);
    let Setting {
        restart_spread: spread,
        down,
    } = setting;
    let mut level = || {
        let returns = (0..clients).map(|_| buckets::draw_return(spread, min, max, down, &mut rng));
        Buckets::of(returns).are_level()
    };
    (0..DRAWN).filter(|_| level()).count()
}

fn picture(setting: Setting, outcome: &[Back]) -> String {
    format!("{}: {}", setting.name(), buckets(outcome))
}
