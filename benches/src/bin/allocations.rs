//! Allocations of reading and of writing a frame. The counter is the program's allocator and takes its own time, so
//! nothing is timed here.

use rocketfi_benches::contender::Contender;
use rocketfi_benches::frames::{self, Frame};
use rocketfi_benches::report::{Row, Target, Unit};
use rocketfi_benches::{decode, encode, targets};

fn main() {
    for &frame in frames::ALL {
        let hoped = targets::of(frame).allocations;
        for contender in [decode::PLAIN, decode::VALUE, decode::SERDE, decode::DECODE] {
            let ours = contender.name == decode::DECODE.name;
            count(
                "allocations to decode",
                frame,
                contender,
                ours.then_some(hoped),
            );
        }
    }
    for &frame in frames::ALL {
        for (place, &contender) in encode::REUSED.iter().enumerate() {
            let hoped = (place > 0).then_some(Target::Exactly(0.0));
            count(
                "allocations to encode into a reused buffer",
                frame,
                contender,
                hoped,
            );
        }
    }
}

fn count(table: &str, frame: Frame, contender: Contender, hoped: Option<Target>) {
    let work = (contender.start)(frame);
    let counted = allocation_counter::measure(work).count_total;
    Row::exact(table, contender.name, frame.name, counted, Unit::Count)
        .hoping(hoped)
        .emit();
}
