#![doc = include_str!("../README.md")]

mod account;
mod amount;
mod builder;
mod change;
mod config;
mod event;
mod fetch;
mod inconsistency;
mod reconciler;
#[cfg(feature = "rest")]
mod rest;
#[cfg(test)]
mod samples;
mod snapshot;
mod source;
mod state;

pub use account::Account;
pub use builder::Builder;
pub use change::Change;
pub use config::ConfigError;
pub use event::{Event, Origin, Reconciliation, Trigger, Unreconciled};
pub use inconsistency::{Difference, Inconsistency};
#[cfg(feature = "rest")]
pub use rest::{RestError, RestSource, RestSourceBuilder};
pub use source::{Page, Source, SourceError};
pub use state::{AccountState, DEFAULT_HISTORY, Lifecycle, Order, Status};

/// The client that brings the stream.
pub use rocketfi_client as client;
/// The messages that travel over the connection.
pub use rocketfi_client::protocol;
