//! From the write of a frame to its user, at a pace that leaves time between the frames.

use std::io::Write;
use std::time::{Duration, Instant};

use rocketfi_benches::feed::{Feed, wire};
use rocketfi_benches::frames::TICKER;
use rocketfi_benches::quick;
use rocketfi_benches::report::{Row, Sample, Unit};

use crate::flood::per_frame;
use crate::readers::{Reader, Taken, read, rotated};

const READERS: [Reader; 3] = [
    Reader::Bare,
    Reader::Decoding,
    Reader::Client(|builder| builder),
];

/// 10,000 frames a second.
const PACE: Duration = Duration::from_micros(100);

const QUANTILES: [(&str, f64); 2] = [("p50", 0.5), ("p99", 0.99)];

pub(crate) fn measure() {
    let (rounds, frames) = if quick() { (2, 1_000) } else { (15, 20_000) };
    let mut absolute = [(); 3].map(|()| [(); 2].map(|()| Sample::default()));
    let [mut p50, mut p99, mut cpu] = [(); 3].map(|()| Sample::default());
    for round in 0..rounds {
        let mut taken = rotated(READERS, round).map(|reader| paced(reader, frames));
        taken.rotate_right(round % READERS.len());
        let [bare, decoding, client] = taken;
        for (samples, (latency, _)) in absolute.iter_mut().zip([&bare, &decoding, &client]) {
            for (sample, (_, fraction)) in samples.iter_mut().zip(QUANTILES) {
                sample.add(latency.quantile(fraction));
            }
        }
        p50.add(client.0.quantile(0.5) / bare.0.quantile(0.5));
        p99.add(client.0.quantile(0.99) / bare.0.quantile(0.99));
        cpu.add(per_frame(&client.1, frames) / per_frame(&decoding.1, frames));
    }
    let table = "client: latency at 10,000 ticker frames a second";
    let names = ["bare loop", "bare loop and decode", "client"];
    for (what, samples) in names.into_iter().zip(&absolute) {
        for (sample, (case, _)) in samples.iter().zip(QUANTILES) {
            Row::median(table, what, case, sample, Unit::Nanos).emit();
        }
    }
    for (sample, (case, _)) in [p50, p99].iter().zip(QUANTILES) {
        Row::median(table, "client over bare loop", case, sample, Unit::Ratio)
            .at_most(1.5)
            .emit();
    }
    let what = "client over bare loop and decode";
    Row::median(table, what, "CPU per frame", &cpu, Unit::Ratio).emit();
}

/// How long each frame took in nanoseconds.
fn paced(reader: Reader, frames: usize) -> (Sample, Taken) {
    let subscriptions = usize::from(matches!(reader, Reader::Client(_)));
    let frame = wire(TICKER.text, 1);
    let feed = Feed::new(subscriptions, move |stream| {
        let begun = Instant::now();
        let mut due = begun;
        let mut sent = Vec::with_capacity(frames);
        for _ in 0..frames {
            due += PACE;
            while Instant::now() < due {
                std::hint::spin_loop();
            }
            sent.push(Instant::now());
            stream.write_all(&frame).expect("a reader");
        }
        sent
    });
    let mut seen = Vec::with_capacity(frames);
    let taken = read(reader, &feed, subscriptions, frames, || {
        seen.push(Instant::now());
    });
    let latencies = feed.join().into_iter().zip(seen);
    let nanos = latencies.map(|(sent, seen)| (seen - sent).as_secs_f64() * 1e9);
    (nanos.collect(), taken)
}
