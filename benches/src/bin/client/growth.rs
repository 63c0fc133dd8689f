//! What a frame costs a client that has subscribed to a lot.

use std::time::Duration;

use rocketfi_benches::frames::TICKER;
use rocketfi_benches::quick;
use rocketfi_benches::report::{Row, Sample, Unit};
use rocketfi_client::Builder;

use crate::flood::{flood_with, per_frame};
use crate::readers::Reader;

const SUBSCRIPTIONS: [usize; 3] = [1, 100, 10_000];

pub(crate) fn measure() {
    measure_with("without `stale_after`", fast_requests);
    measure_with("with `stale_after`", |builder| {
        fast_requests(builder).stale_after(Duration::from_secs(10))
    });
    measure_subscribing();
}

/// Ten thousand requests are not to wait for each other.
const fn fast_requests(builder: Builder) -> Builder {
    builder
        .request_pacing(Duration::ZERO)
        .request_timeout(Duration::from_secs(60))
        .max_in_flight(64)
}

fn measure_with(how: &str, adjust: fn(Builder) -> Builder) {
    let (rounds, frames) = if quick() { (2, 10_000) } else { (9, 200_000) };
    let mut costs = [(); SUBSCRIPTIONS.len()].map(|()| Sample::default());
    let mut ratios = costs.clone();
    for round in 0..rounds {
        let mut order = [0, 1, 2];
        order.rotate_left(round % SUBSCRIPTIONS.len());
        let mut cost = [0.0; SUBSCRIPTIONS.len()];
        for index in order {
            let reader = Reader::Client(adjust);
            let taken = flood_with(reader, TICKER, frames, SUBSCRIPTIONS[index]);
            cost[index] = per_frame(&taken, frames);
        }
        for index in order {
            costs[index].add(cost[index]);
            ratios[index].add(cost[index] / cost[0]);
        }
    }
    for (index, subscriptions) in SUBSCRIPTIONS.into_iter().enumerate() {
        let case = subscriptions.to_string();
        let row = |unit, sample| {
            let what = match unit {
                Unit::Ratio => format!("over one, {how}"),
                _ => how.to_owned(),
            };
            Row::median(
                "client: CPU per frame by subscriptions",
                &what,
                &case,
                sample,
                unit,
            )
        };
        row(Unit::Nanos, &costs[index]).emit();
        if subscriptions > 1 {
            row(Unit::Ratio, &ratios[index]).at_most(1.2).emit();
        }
    }
}

/// CPU time of a client, its user's calls included, for each of many kinds until all are confirmed.
fn measure_subscribing() {
    const TABLE: &str = "client: CPU per subscription";
    const MANY: [u32; 2] = [100, 10_000];
    let rounds = if quick() { 2 } else { 21 };
    let mut costs = [(); MANY.len()].map(|()| Sample::default());
    let mut ratio = Sample::default();
    for _ in 0..rounds {
        let cost = MANY.map(|kinds| {
            let reader = Reader::Client(fast_requests);
            let taken = flood_with(reader, TICKER, 1, kinds as usize);
            taken.subscribing.as_secs_f64() * 1e9 / f64::from(kinds)
        });
        for (sample, cost) in costs.iter_mut().zip(cost) {
            sample.add(cost);
        }
        ratio.add(cost[1] / cost[0]);
    }
    for (sample, kinds) in costs.iter().zip(MANY) {
        Row::median(
            TABLE,
            "to confirmation",
            &kinds.to_string(),
            sample,
            Unit::Nanos,
        )
        .emit();
    }
    Row::median(TABLE, "over a hundred", "10000", &ratio, Unit::Ratio).emit();
}
