//! How the client recovers over real loopback sockets: after each kind of fault, and in a
//! crowd. Prints tables for people to read; a bench fails nobody for being slow.
//!
//! ```sh
//! cargo bench -p rocketfi-tests --bench recovery                # all of it: some ten minutes
//! cargo bench -p rocketfi-tests --bench recovery -- --quick     # a look at each, within 20 s
//! cargo bench -p rocketfi-tests --bench recovery -- cut --runs 100
//! ```

mod args;
mod crowd;
mod cut;
mod machine;
mod print;
mod sample;

use clap::Parser;

use crate::args::{Args, Part};

fn main() {
    let args = Args::parse();
    machine::print_facts();
    for part in args.parts() {
        runtime().block_on(run(part, &args));
    }
}

async fn run(part: Part, args: &Args) {
    match part {
        Part::Cut => cut::measure(args.runs()).await,
        Part::Crowd => crowd::measure(args.clients(), args.rounds(), args.quick).await,
    }
}

/// A fresh one for each part, so that nothing of one goes on in the next.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads can be started")
}
