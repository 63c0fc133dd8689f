//! The client over in-memory pipes and a paused clock, against a server that each test plays by hand.

mod bursts;
mod closing;
mod deadlines;
mod dialling;
mod failed_dials;
mod frames;
mod harness;
mod heartbeat;
mod messages;
mod overflow;
mod reconnect;
mod requests;
mod retirement;
mod secrecy;
mod staleness;
mod stall;
mod unsubscribe;
