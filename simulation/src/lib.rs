//! The client and the mock server in one thread, over a simulated network with a simulated clock,
//! under seeded faults.
//!
//! A seed fixes everything: what the user does and how fast, what the network does, which faults
//! happen and when. [`run`] lives through one seed and answers with every rule that was broken;
//! the same seed always breaks the same rules. `cargo xtask soak` runs many.
//!
//! Nothing in here is known to the client: it runs as users run it, over a
//! [`Connect`](rocketfi_client::Connect) of its own.

mod check;
pub mod cli;
mod network;
pub mod oracle;
mod plan;
mod record;
mod report;
mod shown;
pub mod soak;
mod stream;
mod sweep;
mod tap;
mod trace;
mod trader;
mod user;
mod world;

pub use check::Violation;
pub use plan::{FAULTS, FaultKind, Plan};
pub use report::Report;
pub use shown::shown;
pub use trace::trace;
pub use world::{Outcome, run};
