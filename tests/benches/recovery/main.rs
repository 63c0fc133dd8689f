//! How the client recovers over real loopback sockets: after each kind of fault, in a crowd, and
//! under a flood; and how long it takes until an account is right again. Prints tables for people to
//! read; a bench fails nobody for being slow.
//!
//! ```sh
//! cargo bench -p rocketfi-tests --bench recovery                # all of it: some ten minutes
//! cargo bench -p rocketfi-tests --bench recovery -- --quick     # a look at each, within 20 s
//! cargo bench -p rocketfi-tests --bench recovery -- cut --runs 100
//! ```

mod args;
mod crowd;
mod cut;
mod flood;
mod machine;
mod print;
mod reconcile;
mod sample;

use clap::Parser;
use peak_alloc::PeakAlloc;

use crate::args::{Args, Part};

/// Counts the bytes in use, for [`flood`].
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn main() {
    let args = Args::parse();
    if let Some(reader) = &args.reader {
        flood::read_slowly(reader);
        return;
    }
    machine::print_facts();
    for part in args.parts() {
        runtime().block_on(run(part, &args));
    }
}

async fn run(part: Part, args: &Args) {
    match part {
        Part::Cut => cut::measure(args.runs()).await,
        Part::Crowd => crowd::measure(args.clients(), args.rounds(), args.quick).await,
        Part::Flood => flood::measure(args.frames()).await,
        Part::Reconcile => reconcile::measure(args.runs()).await,
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
