//! Watches an account: its orders, fills, positions, collateral and risk, one line an event.
//!
//! Without arguments it needs no network: it starts a mock exchange inside itself, watches a demo account there,
//! loses its connection once on purpose, recovers, and ends by itself.

use std::cell::RefCell;
use std::error::Error;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use rocketfi_account::client::{Client, Events};
use rocketfi_account::protocol::SubscriptionKind;
use tokio::time::{Instant, sleep_until};
use tracing_subscriber::EnvFilter;

mod args;
mod describe;
mod output;
mod target;

use args::Args;
use output::Output;
use target::Target;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match watch(args).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn watch(args: Args) -> Result<ExitCode, Box<dyn Error>> {
    let target = Target::choose(&args).await?;
    // Two halves of this one task print: never borrowed across an await.
    let output = RefCell::new(Output::new(args.json));
    output.borrow_mut().note(&target.introduction());
    let (client, events) = Client::builder(target.url()).connect().await?;
    let (confirmed, ()) = tokio::join!(
        subscribe(&client, target.kinds(), &output),
        follow(&client, events, &target, &output),
    );
    output.borrow_mut().summary();
    Ok(if confirmed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Subscribes one kind after the other; whether the server confirmed all.
async fn subscribe(client: &Client, kinds: &[SubscriptionKind], output: &RefCell<Output>) -> bool {
    let mut all = true;
    for kind in kinds {
        let outcome = client.subscribe(kind.clone()).await;
        all &= outcome.is_ok();
        let text = match outcome {
            Ok(()) => format!("{} confirmed", kind.name()),
            Err(error) => format!("{} failed: {}", kind.name(), chain(&error)),
        };
        output.borrow_mut().note(&text);
    }
    all
}

/// Prints events until the time is up, the user interrupts, nobody reads any more, or the client ends.
async fn follow(client: &Client, mut events: Events, target: &Target, output: &RefCell<Output>) {
    let start = Instant::now();
    let mut cut = target.cut_after().map(|after| start + after);
    let end = target.lifetime().map(|lifetime| start + lifetime);
    // One listener for all turns: a new one each turn would miss a signal that arrives while an event is printed.
    let mut interrupted = pin!(interrupted());
    while !output.borrow().is_broken() {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => output.borrow_mut().event(&event),
                None => return,
            },
            () = at(cut) => {
                cut = None;
                output.borrow_mut().note("cutting the connection on purpose");
                target.cut();
            }
            () = at(end) => break,
            () = &mut interrupted => break,
        }
    }
    client.close().await;
    // What was still on the way, up to `Closed`.
    while let Some(event) = events.recv().await {
        output.borrow_mut().event(&event);
    }
}

/// Waits for that moment; for ever, if there is none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Waits for Ctrl-C.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a listener the system's own way holds: Ctrl-C ends the process, so there is nothing to wait for.
        std::future::pending::<()>().await;
    }
}

/// An error and its sources on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// How long the demonstration runs when nothing else is said.
const DEMO: Duration = Duration::from_secs(20);
