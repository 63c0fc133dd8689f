//! Contenders, as criterion wants them. `cargo xtask bench` measures the same ones side by side; criterion takes one
//! after another, which tells better whether a change to one made it faster.

use std::time::Duration;

use criterion::{Criterion, Throughput};
use rocketfi_benches::contender::Contender;
use rocketfi_benches::frames;

/// A group for every topic and frame. Brief: three minutes for all the defaults would measure nothing more.
pub(crate) fn run(topics: &[(&str, &[Contender])]) {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(500))
        .sample_size(20)
        .configure_from_args();
    for (topic, contenders) in topics {
        for &frame in frames::ALL {
            let mut group = criterion.benchmark_group(format!("{topic}/{}", frame.name));
            group.throughput(Throughput::Bytes(frame.text.len() as u64));
            for contender in *contenders {
                let mut work = (contender.start)(frame);
                group.bench_function(contender.name, |bencher| bencher.iter(&mut work));
            }
            group.finish();
        }
    }
    criterion.final_summary();
}
