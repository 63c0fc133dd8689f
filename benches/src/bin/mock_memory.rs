//! What an idle session of the mock keeps in memory. The counter is the program's allocator, so nothing is timed here.

use std::time::Duration;

use peak_alloc::PeakAlloc;
use rocketfi_benches::fanout::{Crowd, Fanout, Mock, serve_as_crowd, subscribe};
use rocketfi_benches::report::{Row, Unit};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const SESSIONS: usize = 1_000;
const LIMIT: f64 = 16_384.0;

fn main() {
    serve_as_crowd();
    run();
}

#[tokio::main(flavor = "current_thread")]
async fn run() {
    tokio::spawn(tell_all()).await.expect("it has said why");
}

async fn tell_all() {
    tell("connected", [], None).await;
    tell("subscribed to one stream", [], Some(&subscribe())).await;
    tell("subscribed, after 100 frames", [1; 100], Some(&subscribe())).await;
    tell(
        "subscribed, after bursts of 32 frames",
        [32; 10],
        Some(&subscribe()),
    )
    .await;
}

async fn tell(case: &str, bursts: impl IntoIterator<Item = usize>, request: Option<&str>) {
    let mut mock = Mock::start().await;
    // What the first session allocates for all is none of the others'.
    let mut first = Crowd::start(&mock.url(), 1, request);
    first.done().await;
    let before = settled().await;
    let mut crowd = Crowd::start(&mock.url(), SESSIONS, request);
    crowd.done().await;
    for frames in bursts {
        mock.send(frames).await;
    }
    let used = settled().await - before;
    let session = u64::try_from(used / SESSIONS).expect("a small number");
    Row::exact(
        "mock: memory",
        "an idle session",
        case,
        session,
        Unit::Bytes,
    )
    .at_most(LIMIT)
    .emit();
}

/// What is in use once everything has come to rest.
async fn settled() -> usize {
    tokio::time::sleep(Duration::from_millis(300)).await;
    ALLOCATOR.current_usage()
}
