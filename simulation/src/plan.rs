//! What a seed stands for.

mod faults;
mod user;

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_client::{Config, Overflow};

pub(crate) use faults::{Act, LIES};
pub use faults::{FAULTS, FaultKind};
pub(crate) use user::{ACCOUNT, Pace, kinds};

/// Everything that is decided before a run begins.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What everything else follows from.
    pub seed: u64,
    /// The only kind of fault in this run; `None` for a mixture.
    pub only: Option<&'static str>,
    pub(crate) config: Config,
    /// How long faults happen.
    pub(crate) trouble: Duration,
    /// What happens, and when after the beginning.
    pub(crate) acts: Vec<(Duration, Act)>,
    /// Mean time between two messages of the server.
    pub(crate) push_every: Duration,
    /// Longest time that bytes travel.
    pub(crate) latency: Duration,
    /// How many bytes a direction of a connection holds.
    pub(crate) pipe: usize,
    pub(crate) pace: Pace,
    /// Whether the last session is cut when the trouble is over.
    pub(crate) cut_at_end: bool,
}

/// The largest message that the simulated client accepts.
pub(crate) const MAX_MESSAGE: usize = 16 << 10;

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // Each kind of fault alone in half of the runs, all together in the others.
        let alone = usize::try_from(seed / 2).unwrap_or(0) % FAULTS.len();
        let only = seed.is_multiple_of(2).then(|| FAULTS[alone]);
        let config = config(seed, &mut rng);
        let trouble = seconds(&mut rng, 20.0, 90.0);
        let acts = faults::schedule(only, trouble, &config, &mut rng);
        Self {
            seed,
            only: only.map(|kind| kind.name),
            trouble,
            acts,
            push_every: seconds(&mut rng, 0.05, 0.6),
            latency: Duration::from_micros(rng.random_range(0..60_000)),
            pipe: *pick(&mut rng, &[256, 1 << 10, 64 << 10]),
            pace: Pace::draw(&mut rng),
            cut_at_end: rng.random(),
            config,
        }
    }

    /// Within this time after the trouble everything that is wanted must be confirmed.
    pub(crate) fn recovery(&self, was_cut: bool) -> Duration {
        let Config {
            connect_timeout,
            request_timeout,
            heartbeat_interval,
            pong_timeout,
            write_timeout,
            backoff_max,
            restart_spread,
            ..
        } = self.config;
        // The dial that is under way may still hang, the delay after it and the one after that may
        // be the longest; a refused kind waits as long.
        let again = connect_timeout
            + restart_spread
            + backoff_max * 4
            + faults::LONGEST_RETRY_AFTER
            + seconds_of(10);
        if was_cut {
            return again + request_timeout * 4;
        }
        // A dead connection is yet to be noticed, and a kind that was never answered is looked into
        // after up to 64 request timeouts.
        again + heartbeat_interval + pong_timeout + write_timeout + request_timeout * 70
    }
}

fn config(seed: u64, rng: &mut ChaCha8Rng) -> Config {
    let mut config = Config::new("ws://simulated.test/ws");
    config.seed = Some(seed);
    config.connect_timeout = seconds(rng, 1.0, 5.0);
    config.request_timeout = seconds(rng, 1.0, 5.0);
    config.heartbeat_interval = seconds(rng, 1.0, 8.0);
    config.pong_timeout = seconds(rng, 0.5, 4.0);
    config.write_timeout = seconds(rng, 0.5, 4.0);
    config.close_timeout = seconds(rng, 0.5, 2.0);
    config.backoff_min = seconds(rng, 0.1, 1.0);
    config.backoff_max = config.backoff_min * rng.random_range(8..32);
    config.restart_spread = seconds(rng, 0.001, 3.0);
    config.max_session_age = rng.random_ratio(1, 4).then(|| seconds(rng, 5.0, 60.0));
    config.stable_period = seconds(rng, 2.0, 20.0);
    config.request_pacing = Duration::from_millis(rng.random_range(0..25));
    config.request_burst = *pick(rng, &[1, 3, 32]);
    config.max_in_flight = *pick(rng, &[1, 1, 2, 4]);
    config.stale_after = rng.random::<bool>().then(|| seconds(rng, 2.0, 30.0));
    config.event_capacity = *pick(rng, &[8, 64, 512]);
    config.command_capacity = *pick(rng, &[1, 4, 64]);
    config.overflow = *pick(rng, &[Overflow::Reconnect, Overflow::DropNewest]);
    config.max_message_size = MAX_MESSAGE;
    config
}

pub(crate) fn pick<'a, T>(rng: &mut ChaCha8Rng, from: &'a [T]) -> &'a T {
    &from[rng.random_range(0..from.len())]
}

pub(crate) fn seconds(rng: &mut ChaCha8Rng, from: f64, to: f64) -> Duration {
    // Whole milliseconds, which is as fine as timers are.
    Duration::from_secs_f64(rng.random_range(from..to)) / 1_000_000 * 1_000_000
}

const fn seconds_of(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
