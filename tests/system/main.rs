//! The client against the mock of the exchange, over real sockets: a module a subject.

mod account;
mod backpressure;
mod closing;
mod errors;
mod framing;
mod garbage;
mod handshake;
mod heartbeat;
mod kinds;
mod many;
mod offline;
mod order;
mod reconnect;
mod requests;
mod resubscribe;
mod secrecy;
mod tls;
mod transactions;
