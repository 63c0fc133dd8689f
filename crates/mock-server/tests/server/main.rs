//! The server over real sockets.

mod control;
mod faults;
mod feeds;
mod nonsense;
mod peer;
mod program;
mod rest;
mod scripted;
mod setup;
mod silence;
mod tls;
