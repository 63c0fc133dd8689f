//! `cargo bench -p rocketfi-benches --bench encode`: the ways to write a message, by criterion.

use rocketfi_benches::encode;

mod run;

fn main() {
    run::run(&[
        ("encode", encode::FRESH),
        ("encode into a reused buffer", encode::REUSED),
    ]);
}
