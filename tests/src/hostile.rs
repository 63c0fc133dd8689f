//! Hostile input: what must hold whatever bytes arrive. Each function takes what a fuzzer made up
//! and panics when something does not hold; `fuzz/` runs them for as long as one likes, the tests
//! in `tests/hostile/` for some hundred cases.

mod act;
mod body;
mod client;
mod decode;
mod discretion;
mod frame;
mod json;
mod network;
mod scan;
mod server;
mod simulation;
mod take;

pub use client::client_session;
pub use decode::decode;
pub use scan::scan;
pub use server::mock_session;
