//! A sender that is never the slower side: CPU per frame, and frames a second.

use std::io::Write;

use rocketfi_benches::feed::{Feed, wire};
use rocketfi_benches::frames::{BOOK_20, FILL, Frame, ORDERS_10, TICKER};
use rocketfi_benches::quick;
use rocketfi_benches::report::{Row, Sample, Unit};

use crate::readers::{Reader, Taken, read, rotated};

const READERS: [Reader; 3] = [
    Reader::Bare,
    Reader::Decoding,
    Reader::Client(|builder| builder),
];

/// So much is written at a time.
const CHUNK: usize = 256 << 10;

/// So much is read in a round.
const BYTES: usize = 40 << 20;

pub(crate) fn measure() {
    for frame in [TICKER, FILL, ORDERS_10, BOOK_20] {
        measure_frame(frame);
    }
}

fn measure_frame(frame: Frame) {
    let (rounds, bytes) = if quick() {
        (3, BYTES / 20)
    } else {
        (21, BYTES)
    };
    let frames = bytes / frame.text.len();
    let [mut bare, mut decoding, mut client] = [(); 3].map(|()| Sample::default());
    let [mut cpu, mut speed] = [(); 2].map(|()| Sample::default());
    for round in 0..rounds {
        let taken = take_turns(frame, frames, round);
        let nanos = taken.each_ref().map(|taken| per_frame(taken, frames));
        bare.add(nanos[0]);
        decoding.add(nanos[1]);
        client.add(nanos[2]);
        cpu.add(nanos[2] / nanos[1]);
        speed.add(taken[1].wall.as_secs_f64() / taken[2].wall.as_secs_f64());
    }
    let nanos = |what: &str, sample| {
        Row::median(
            "client: CPU per frame",
            what,
            frame.name,
            sample,
            Unit::Nanos,
        )
        .emit();
    };
    nanos("bare loop", &bare);
    nanos("bare loop and decode", &decoding);
    nanos("client", &client);
    let ratio = |table: &str, sample| {
        let what = "client over bare loop and decode";
        Row::median(table, what, frame.name, sample, Unit::Ratio)
    };
    ratio("client: CPU per frame", &cpu).at_most(1.25).emit();
    let speed = ratio("client: frames a second", &speed);
    if frame.name == TICKER.name {
        speed.at_least(0.85).emit();
    } else {
        speed.emit();
    }
}

/// What it took, in the order of [`READERS`].
fn take_turns(frame: Frame, frames: usize, round: usize) -> [Taken; 3] {
    let mut taken = rotated(READERS, round).map(|reader| (reader, flood(reader, frame, frames)));
    taken.rotate_right(round % READERS.len());
    taken.map(|(_, taken)| taken)
}

pub(crate) fn flood(reader: Reader, frame: Frame, frames: usize) -> Taken {
    let subscriptions = usize::from(matches!(reader, Reader::Client(_)));
    flood_with(reader, frame, frames, subscriptions)
}

/// The same, with so many subscriptions.
pub(crate) fn flood_with(
    reader: Reader,
    frame: Frame,
    frames: usize,
    subscriptions: usize,
) -> Taken {
    let chunk = wire(frame.text, CHUNK / frame.text.len());
    let feed = Feed::new(subscriptions, move |stream| {
        // Until the reader has what it wants, and closes the connection.
        while stream.write_all(&chunk).is_ok() {}
    });
    let taken = read(reader, &feed, subscriptions, frames, || ());
    let () = feed.join();
    taken
}

#[expect(clippy::cast_precision_loss, reason = "far from 2^53")]
pub(crate) fn per_frame(taken: &Taken, frames: usize) -> f64 {
    taken.cpu.as_nanos() as f64 / frames as f64
}
