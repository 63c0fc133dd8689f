//! The account, one line an event.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use rocketfi_account::Account;
use tokio::time::Instant;

use crate::args::Args;
use crate::compare::Comparison;
use crate::moment::{Schedule, interrupted};
use crate::output::Output;
use crate::quiet::quiet;
use crate::target::Target;

/// Longer than any reconciliation with the mock takes.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn run(args: &Args, mut target: Target) -> Result<ExitCode, Box<dyn Error>> {
    let mut output = Output::new(args.json);
    let mut account = target.follow(args).await?;
    let introduction = format!(
        "following account {:?} on {}",
        account.address(),
        target.place()
    );
    output.note(&introduction);
    watch(args, &target, &mut account, &mut output).await;
    let comparison = finish(&mut target, &mut account, &mut output).await;
    output.summary();
    if let Some(comparison) = &comparison {
        output.remark("compared", &comparison.to_string());
    }
    Ok(match comparison {
        Some(comparison) if !comparison.is_equal() => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    })
}

/// Prints events until the time is up, the user interrupts, nobody reads any more, or the client ends.
async fn watch(args: &Args, target: &Target, account: &mut Account, output: &mut Output) {
    let mut schedule = Schedule::of_lines(target.demo().is_some(), args.lifetime);
    let mut market = target.watch_market(account);
    let mut interrupted = interrupted();
    while !output.is_broken() {
        tokio::select! {
            event = account.recv() => match event {
                Some(event) => output.account(&event),
                None => return,
            },
            Some(note) = market.recv() => output.note(&note),
            () = schedule.cut() => {
                schedule.has_cut();
                output.note("cutting the connection on purpose");
                if let Some(demo) = target.demo() {
                    demo.cut();
                }
            }
            () = schedule.end() => break,
            () = &mut interrupted => break,
        }
    }
}

/// Ends in order. In the demonstration the market stands still first, so that both sides can be compared.
async fn finish(
    target: &mut Target,
    account: &mut Account,
    output: &mut Output,
) -> Option<Comparison> {
    if let Some(demo) = target.demo_mut() {
        demo.stand_still().await;
        let deadline = Instant::now() + PATIENCE;
        if !quiet(account, deadline, |event| output.account(&event)).await {
            output.note("it did not become quiet");
        }
    }
    account.close().await;
    // What was still on the way, up to `Closed`: it is part of what is compared.
    while let Some(event) = account.recv().await {
        output.account(&event);
    }
    let demo = target.demo()?;
    Some(Comparison::of(account.state(), demo.exchange()))
}
