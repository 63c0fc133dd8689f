//! What the benches share: frames, what is measured on them, a clock of CPU time, and the line that a measurement is
//! told in.
//!
//! A program in `src/bin/` measures one topic. It prints a [`report::Row`] for every figure, and looks briefly where
//! [`quick`] says so; `cargo xtask bench` runs them all and makes tables of what they print.

use std::env;

pub mod contender;
pub mod cpu;
pub mod decode;
pub mod encode;
pub mod fanout;
pub mod feed;
pub mod frames;
pub mod race;
pub mod targets;

pub use rocketfi_report as report;

/// Whether the program was asked, by `--quick`, for a look rather than a figure.
#[must_use]
pub fn quick() -> bool {
    env::args().any(|word| word == "--quick")
}
