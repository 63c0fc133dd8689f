//! What the whole-system tests share: a server and a client put together, a listener that checks
//! the order of all events, and messages to push.
//!
//! The tests themselves are in `system/`, a module a subject. They use real sockets, each with a
//! server of its own on a free port, and wait on events and on the server's journal, never on time.

mod bench;
pub mod hostile;
mod listener;
mod patience;
mod raw;
mod requests;
pub mod samples;

pub use bench::{Bench, quick, quiet_server, restart};
pub use listener::{Listener, label};
pub use patience::{PATIENCE, deadline};
pub use raw::RawServer;
pub use requests::{closed, in_session, message, pings, requests, subscribes};

/// The code in the project's README, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
