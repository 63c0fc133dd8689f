//! An account that is followed through trouble over real sockets: it ends equal to the server's own, and its user is
//! given everything that happened, once.

mod closing;
mod cuts;
mod lag;
mod outage;
mod request;
mod secrecy;
mod silence;
mod slow;
mod sources;
mod stage;
mod two;
