//! What the client costs between the socket and its user, over a bare loop that reads the same socket.
//!
//! Every reader has a thread and a current-thread runtime of its own for every round, and within a round the readers
//! take turns in a new order each time. A ratio is one of figures of the same round.

mod flood;
mod growth;
mod latency;
mod readers;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all = !wanted.iter().any(|word| !word.starts_with("--"));
    let is_wanted = |topic: &str| all || wanted.iter().any(|word| word == topic);
    if is_wanted("flood") {
        flood::measure();
    }
    if is_wanted("latency") {
        latency::measure();
    }
    if is_wanted("growth") {
        growth::measure();
    }
}
