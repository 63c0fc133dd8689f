//! Chosen kinds as they come, with a client alone: nothing is followed, nothing put right.

use std::cell::RefCell;
use std::error::Error;
use std::process::ExitCode;

use rocketfi_account::client::{Client, Events};
use rocketfi_account::protocol::SubscriptionKind;

use crate::args::Args;
use crate::describe::chain;
use crate::moment::{Schedule, interrupted};
use crate::output::Output;
use crate::target::Target;

pub(crate) async fn run(args: &Args, target: &Target) -> Result<ExitCode, Box<dyn Error>> {
    let kinds = target.kinds(args)?;
    let names: Vec<&str> = kinds.iter().map(SubscriptionKind::name).collect();
    // Two halves of this one task print: never borrowed across an await.
    let output = RefCell::new(Output::new(args.json));
    let introduction = format!("watching {} on {}", names.join(", "), target.place());
    output.borrow_mut().note(&introduction);
    let schedule = Schedule::of_lines(target.demo().is_some(), args.lifetime);
    let (client, events) = Client::builder(target.url()).connect().await?;
    let (confirmed, ()) = tokio::join!(
        subscribe(&client, &kinds, &output),
        follow(&client, events, target, schedule, &output),
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
async fn follow(
    client: &Client,
    mut events: Events,
    target: &Target,
    mut schedule: Schedule,
    output: &RefCell<Output>,
) {
    let mut interrupted = interrupted();
    while !output.borrow().is_broken() {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => output.borrow_mut().client(&event),
                None => return,
            },
            () = schedule.cut() => {
                schedule.has_cut();
                output.borrow_mut().note("cutting the connection on purpose");
                if let Some(demo) = target.demo() {
                    demo.cut();
                }
            }
            () = schedule.end() => break,
            () = &mut interrupted => break,
        }
    }
    client.close().await;
    // What was still on the way, up to `Closed`.
    while let Some(event) = events.recv().await {
        output.borrow_mut().client(&event);
    }
}
