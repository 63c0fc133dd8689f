//! Hostile input: what must hold whatever bytes arrive. Each function takes what a fuzzer made up
//! and panics when something does not hold; `fuzz/` runs them for as long as one likes, the tests
//! in `tests/hostile/` for some hundred cases.

mod decode;
mod discretion;

pub use decode::decode;
