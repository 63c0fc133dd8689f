//! What the benches share: frames, a clock of CPU time, and statistics.

pub mod cpu;
pub mod frames;
pub mod stats;
