//! What a seed stands for.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rocketfi_client::{Config, Overflow};
use rocketfi_mock_server::{Fault, Phase, RestAnswer};

use crate::plan::{Pace, pick, seconds};

/// Everything that is decided before a run begins.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What everything else follows from.
    pub seed: u64,
    pub(crate) client: Config,
    /// How far REST truly lags.
    pub(crate) lag: Duration,
    /// How far the account believes it to lag; not less.
    pub(crate) rest_lag: Duration,
    pub(crate) hold_for: Duration,
    pub(crate) hold_capacity: usize,
    pub(crate) audit_every: Option<Duration>,
    pub(crate) page_size: u64,
    /// How often the market had moved before the account is followed.
    pub(crate) past: u32,
    /// How long there is trouble.
    pub(crate) trouble: Duration,
    pub(crate) acts: Vec<(Duration, Act)>,
    /// Mean time between two movements of the market.
    pub(crate) tick_every: Duration,
    /// How many movements come at once at most.
    pub(crate) burst: u32,
    /// Longest time that bytes of the stream, and requests and answers of REST, travel.
    pub(crate) latency: Duration,
    pub(crate) rest_latency: Duration,
    pub(crate) pipe: usize,
    pub(crate) pace: Pace,
}

/// Something that happens at its time.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// The server does it.
    Inject(Fault, Phase),
    /// The next connection is refused by the network.
    RefuseDial,
    /// The next request over REST is answered so.
    Rest(RestAnswer),
    /// All connections are cut in the middle of so many movements of the market.
    CutInBurst(u32),
}

/// Every kind of fault, as the report lists them.
pub const FAULTS: [&str; 15] = [
    "reset",
    "end without Close",
    "close",
    "output lost",
    "link held",
    "TCP refused",
    "cut in a burst",
    "frame dropped",
    "duplicate",
    "malformed JSON",
    "REST status",
    "REST slow",
    "REST silent",
    "REST cut",
    "REST garbage",
];

impl Act {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Inject(fault, _) => fault.name(),
            Self::RefuseDial => "TCP refused",
            Self::CutInBurst(_) => "cut in a burst",
            Self::Rest(RestAnswer::Slow(_)) => "REST slow",
            Self::Rest(RestAnswer::Silence) => "REST silent",
            Self::Rest(RestAnswer::Cut) => "REST cut",
            Self::Rest(RestAnswer::Text { .. }) => "REST garbage",
            Self::Rest(_) => "REST status",
        }
    }

    fn draw(rng: &mut ChaCha8Rng, may_drop: bool) -> Self {
        let streaming = |fault| Self::Inject(fault, Phase::Streaming);
        match rng.random_range(0..18) {
            0 => streaming(Fault::Reset),
            1 => Self::Inject(
                Fault::Reset,
                *pick(rng, &[Phase::Opened, Phase::Subscribing]),
            ),
            2 => streaming(Fault::Fin),
            3 => streaming(Fault::Close {
                code: *pick(rng, &[1000, 1001, 1011, 1012]),
            }),
            4 => streaming(Fault::LoseOutput),
            5 => streaming(Fault::Hold {
                time: seconds(rng, 0.1, 8.0),
            }),
            6 => Self::RefuseDial,
            7 | 8 => Self::CutInBurst(rng.random_range(2..30)),
            9 | 10 if may_drop => streaming(Fault::DropFrame),
            9..=11 => streaming(Fault::Duplicate),
            12 => streaming(Fault::MalformedJson),
            13 => Self::Rest(status(rng)),
            14 => Self::Rest(RestAnswer::Slow(seconds(rng, 0.1, 8.0))),
            15 => Self::Rest(RestAnswer::Silence),
            16 => Self::Rest(RestAnswer::Cut),
            _ => Self::Rest(garbage(rng)),
        }
    }
}

fn status(rng: &mut ChaCha8Rng) -> RestAnswer {
    let status = *pick(rng, &[400, 404, 429, 429, 500, 503]);
    let retry_after = (status == 429).then(|| Duration::from_secs(rng.random_range(1..5)));
    RestAnswer::Status {
        status,
        retry_after,
    }
}

fn garbage(rng: &mut ChaCha8Rng) -> RestAnswer {
    let body = *pick(
        rng,
        &["", "{", "{}", "[]", "null", "{\"orders\":7}", "<html>"],
    );
    RestAnswer::Text {
        status: 200,
        body: body.as_bytes().to_vec(),
    }
}

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x6163_636f);
        let trouble = seconds(&mut rng, 10.0, 60.0);
        let rest_lag = seconds(&mut rng, 0.0, 2.0);
        // Frames that are lost in silence are found by audits alone.
        let may_drop = rng.random_ratio(1, 3);
        let audits = may_drop || rng.random_ratio(1, 4);
        let page_size = rng.random_range(2..20);
        let lag = *pick(&mut rng, &[0.0, 0.5, 1.0]);
        Self {
            seed,
            client: client(seed, &mut rng),
            lag: rest_lag.mul_f64(lag),
            rest_lag,
            hold_for: seconds(&mut rng, 0.5, 8.0),
            hold_capacity: *pick(&mut rng, &[4, 64, 4096]),
            audit_every: audits.then(|| seconds(&mut rng, 3.0, 20.0)),
            page_size,
            past: rng.random_range(0..60),
            acts: acts(trouble, may_drop, &mut rng),
            trouble,
            tick_every: seconds(&mut rng, 0.05, 0.5),
            burst: *pick(&mut rng, &[1, 3, 10]),
            latency: Duration::from_micros(rng.random_range(0..60_000)),
            // A long log is read page by page, each of which takes its time.
            rest_latency: Duration::from_millis(rng.random_range(0..page_size * 10)),
            pipe: *pick(&mut rng, &[1 << 10, 64 << 10]),
            pace: Pace::draw(&mut rng),
        }
    }

    /// Within this time after the trouble everything must be right.
    pub(crate) fn recovery(&self) -> Duration {
        let audits = self.audit_every.unwrap_or_default() * 6;
        Duration::from_secs(240) + audits
    }
}

fn client(seed: u64, rng: &mut ChaCha8Rng) -> Config {
    let mut config = Config::new("ws://simulated.test/ws");
    config.seed = Some(seed);
    config.request_timeout = seconds(rng, 1.0, 5.0);
    config.heartbeat_interval = seconds(rng, 1.0, 5.0);
    config.pong_timeout = seconds(rng, 0.5, 3.0);
    config.backoff_min = seconds(rng, 0.1, 1.0);
    config.backoff_max = config.backoff_min * 8;
    config.restart_spread = seconds(rng, 0.001, 2.0);
    config.max_in_flight = *pick(rng, &[1, 2, 4]);
    config.event_capacity = *pick(rng, &[8, 64, 4096]);
    config.overflow = *pick(rng, &[Overflow::Reconnect, Overflow::DropNewest]);
    config
}

fn acts(trouble: Duration, may_drop: bool, rng: &mut ChaCha8Rng) -> Vec<(Duration, Act)> {
    let count = rng.random_range(2..16);
    let mut acts: Vec<_> = (0..count)
        .map(|_| {
            (
                seconds(rng, 0.0, trouble.as_secs_f64()),
                Act::draw(rng, may_drop),
            )
        })
        .collect();
    // While it is being connected for the first time.
    if rng.random_ratio(1, 4) {
        let phase = *pick(rng, &[Phase::Opened, Phase::Subscribing, Phase::Streaming]);
        acts.push((seconds(rng, 0.0, 0.5), Act::Inject(Fault::Reset, phase)));
    }
    acts.sort_by_key(|(time, _)| *time);
    acts
}
