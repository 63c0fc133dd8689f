//! CPU time of reading and of writing a frame, as ratios to plain types that serde derives.

use rocketfi_benches::contender::Contender;
use rocketfi_benches::frames::{self, Frame};
use rocketfi_benches::race::{Outcome, race};
use rocketfi_benches::report::{Row, Target, Unit};
use rocketfi_benches::{decode, encode, quick, targets};

fn main() {
    let rounds = if quick() { 15 } else { 101 };
    for &frame in frames::ALL {
        compare("decode", frame, decode::ALL, rounds, |name| {
            let hoped = targets::of(frame);
            match name {
                "serde" => hoped.serde,
                "decode" => hoped.decode,
                _ => None,
            }
        });
    }
    let written = |_: &str| Some(targets::ENCODE);
    for &frame in frames::ALL {
        compare("encode", frame, encode::FRESH, rounds, written);
    }
    for &frame in frames::ALL {
        compare(
            "encode into a reused buffer",
            frame,
            encode::REUSED,
            rounds,
            written,
        );
    }
}

/// The baseline in nanoseconds, and then every other contender as a ratio to it.
fn compare(
    table: &str,
    frame: Frame,
    contenders: &[Contender],
    rounds: usize,
    hoped: impl Fn(&str) -> Option<Target>,
) {
    let outcomes = race(frame, contenders, rounds);
    let Some((plain, others)) = outcomes.split_first() else {
        return;
    };
    Row::median(table, plain.name, frame.name, &plain.nanos, Unit::Nanos).emit();
    for Outcome { name, ratio, .. } in others {
        Row::median(table, name, frame.name, ratio, Unit::Ratio)
            .hoping(hoped(name))
            .emit();
    }
}
