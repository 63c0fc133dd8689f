//! What one measurement gave: the line that a bench prints and `cargo xtask bench` makes a table of.
//!
//! ```
//! use rocketfi_report::{Row, Sample, Unit};
//!
//! let rounds: Sample = [0.41, 0.38, 0.40].into_iter().collect();
//! Row::median("decode", "fast path", "ticker", &rounds, Unit::Ratio)
//!     .at_most(0.45)
//!     .emit();
//! Row::exact("allocations", "decode", "ticker", 0, Unit::Count).exactly(0).emit();
//! ```

mod row;
mod stats;

pub use row::{Row, Target, Unit};
pub use stats::Sample;
