//! From a cut connection to every subscription confirmed again, by kind of fault.

mod fault;
mod stage;
mod tap;

use std::time::Duration;

use crate::cut::fault::{Fault, Since, faults};
use crate::cut::stage::{KINDS, Stage};
use crate::print;
use crate::sample::Sample;

/// The aim for the median and for all but one in a hundred.
const AIM: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(100));

pub(crate) async fn measure(runs: usize) {
    print::title(&format!(
        "From the cut to {KINDS} subscriptions confirmed, {runs} runs each"
    ));
    println!("Backoff: 1 ms at most, included. Requests are not paced, unless the row says so.");
    println!("Client and server share this machine, and every run begins with all confirmed.\n");
    let columns = ["fault", "announced as", "measured from", "runs"];
    let mut table = print::table(3, columns.into_iter().chain(print::SPREAD).chain(["aim"]));
    for fault in faults() {
        let mut stage = Stage::set(&fault).await;
        let recoveries = recoveries(&fault, &mut stage, runs).await;
        if let Some(sample) = Sample::of(recoveries) {
            table.add_row(row(&fault, stage.causes(), &sample));
        }
    }
    println!("{table}");
    println!("\nAim: p50 under {:?}, p99 under {:?}.", AIM.0, AIM.1);
}

async fn recoveries(fault: &Fault, stage: &mut Stage, runs: usize) -> Vec<Duration> {
    let mut durations = Vec::with_capacity(runs);
    for _ in 0..runs {
        let since = stage.inflict(&fault.blow).await;
        durations.push(stage.all_confirmed().await - since);
    }
    durations
}

fn row(fault: &Fault, causes: String, sample: &Sample) -> Vec<String> {
    let since = match fault.since() {
        Since::Cut => "cut",
        Since::Gap => "gap",
        Since::Read => "reading on",
    };
    let reached = sample.per_mille(500) < AIM.0 && sample.per_mille(990) < AIM.1;
    let mut row = vec![
        fault.name.to_owned(),
        causes,
        since.to_owned(),
        sample.len().to_string(),
    ];
    row.extend(print::spread(sample));
    row.push(print::verdict(reached).to_owned());
    row
}
