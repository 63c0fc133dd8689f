//! A consumer that is a thousand times too slow: what the client's memory does, and its heartbeat.
//!
//! The server floods from this process. The client is in a process of its own, which this bench
//! starts from itself, so that what is measured is the client's memory alone.

mod feeder;
mod memory;
mod process;
mod reader;

use std::time::Duration;

use comfy_table::Table;

use crate::flood::feeder::Outcome;
pub(crate) use crate::flood::reader::read_slowly;
use crate::flood::reader::{INTERVAL, PONG_TIMEOUT};
use crate::print;
use crate::sample::Sample;

/// The aim for the growth of memory, in bytes.
const GROWTH: usize = 16 << 20;

/// The aim for the time to a `Pong`, for all but one in a hundred.
const PONG: Duration = Duration::from_millis(100);

/// How many frames are sent for each that is read.
const SLOWNESS: usize = 1_000;

/// The policy, by its name in the order to the reader, and the queue's capacity.
const SETTINGS: [(&str, &str); 3] = [
    ("drop-newest", "4096"),
    ("reconnect", "4096"),
    ("reconnect", "256"),
];

/// One flood, with the words for its rows.
struct Flood {
    name: String,
    outcome: Outcome,
}

pub(crate) async fn measure(frames: usize) {
    print::title(&format!(
        "{frames} frames for a consumer that reads one in {SLOWNESS}"
    ));
    println!("The client is alone in its process. Its own Ping is due every {INTERVAL:?}, and a");
    println!(
        "Pong that takes {PONG_TIMEOUT:?} ends the session. After every {SLOWNESS} frames the"
    );
    println!("server sends a Ping, and the next frames behind it, without waiting for the answer.");
    println!("What is offered while the client has no session goes to nobody.\n");
    let mut floods = Vec::new();
    for (overflow, capacity) in SETTINGS {
        floods.push(Flood {
            name: format!("{overflow}, queue of {capacity}"),
            outcome: feeder::flood(overflow, capacity, frames).await,
        });
    }
    println!("{}\n", memory(&floods));
    println!("Aim: growth under {}.\n", print::mebibytes(GROWTH));
    println!("From the server's Ping to the client's Pong, both at the server:\n");
    println!("{}\n\nAim: p99 under {PONG:?}.\n", answers(&floods));
    println!("By how much the client's own Pings were further apart than {INTERVAL:?}:\n");
    println!("{}", beats(&floods));
}

fn memory(floods: &[Flood]) -> Table {
    let mut table = print::table(
        1,
        [
            "policy",
            "frames sent",
            "sent a second",
            "events read",
            "gaps",
            "heap growth",
            "RSS growth",
            "aim",
        ],
    );
    for Flood { name, outcome } in floods {
        let report = &outcome.report;
        table.add_row([
            name.clone(),
            outcome.sent.to_string(),
            outcome.sent_a_second().to_string(),
            report.read.to_string(),
            report.gaps.to_string(),
            print::mebibytes(report.heap),
            print::mebibytes(report.resident),
            print::verdict(report.heap.max(report.resident) < GROWTH).to_owned(),
        ]);
    }
    table
}

fn answers(floods: &[Flood]) -> Table {
    let columns = ["policy", "Pongs"].into_iter().chain(print::SPREAD);
    let mut table = print::table(1, columns.chain(["aim"]));
    for Flood { name, outcome } in floods {
        let pongs = &outcome.pongs;
        let mut row = vec![name.clone(), pongs.len().to_string()];
        if let Some(sample) = Sample::of(pongs.clone()) {
            row.extend(print::spread(&sample));
            row.push(print::verdict(sample.per_mille(990) < PONG).to_owned());
        }
        table.add_row(row);
    }
    table
}

fn beats(floods: &[Flood]) -> Table {
    let columns = ["policy", "heartbeat timeouts", "intervals"];
    let mut table = print::table(1, columns.into_iter().chain(print::SPREAD));
    for Flood { name, outcome } in floods {
        let timeouts = outcome.report.timeouts.to_string();
        let mut row = vec![name.clone(), timeouts, outcome.lateness.len().to_string()];
        if let Some(sample) = Sample::of(outcome.lateness.clone()) {
            row.extend(print::spread(&sample));
        }
        table.add_row(row);
    }
    table
}
