#![doc = include_str!("../README.md")]

mod builder;
mod fault;
mod gate;
mod handshake;
mod http;
mod hub;
mod journal;
mod link;
mod listener;
pub mod market;
mod outbox;
mod press;
mod printed;
mod request;
mod rest;
mod script;
mod server;
mod session;
mod stop;
mod subscriptions;
mod wire;

pub use builder::{DEFAULT_RATE, HIGHEST_RATE, MockServerBuilder, StartError};
pub use fault::{Fault, Phase};
pub use journal::{Ending, Entry, Journal, Received, WaitError};
pub use link::Link;
pub use rest::{RestAnswer, RestAnswerTo};
pub use script::{Answer, AnswerTo, ScriptedAnswer, Times};
pub use server::MockServer;
