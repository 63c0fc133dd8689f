#![doc = include_str!("../README.md")]

mod backoff;
mod builder;
mod client;
mod command;
mod config;
mod config_error;
mod desk;
mod dial;
mod endpoint;
pub mod environment;
mod error;
mod event;
mod freshness;
mod gap;
mod heartbeat;
mod log;
mod outbox;
mod queue;
mod registry;
mod session;
mod supervisor;
#[cfg(test)]
mod tests;
mod text;
mod tls;
mod transport;

pub use builder::Builder;
pub use client::Client;
pub use config::{Config, GiveUp, Overflow};
pub use config_error::{ConfigError, ConfigProblem};
pub use dial::Connect;
pub use error::{ConnectError, FrameError, SendError, SubscribeError, UnsubscribeError};
pub use event::{CloseReason, Event, Request, SessionId};
pub use gap::GapCause;
pub use queue::Events;
pub use text::ServerText;
pub use tls::tls_config;

/// The messages that travel over the connection.
pub use rocketfi_protocol as protocol;
/// The TLS library, for [`Config::tls`].
pub use rustls;
