//! `cargo bench -p rocketfi-benches --bench decode`: the ways to read a frame, by criterion.

use rocketfi_benches::decode;

mod run;

fn main() {
    run::run(&[("decode", decode::ALL)]);
}
