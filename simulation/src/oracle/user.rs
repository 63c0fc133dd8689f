//! The user of a followed account: reads at its pace, and notes what it is told.

use std::sync::{Arc, Mutex, PoisonError};

use rocketfi_account::{Account, Event, Origin};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::plan::Pace;

/// How many events a user who pauses takes in between.
const GULP: u32 = 50;

/// What was told so far, and how things stand.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Told>>);

#[derive(Default)]
pub(super) struct Told {
    pub(super) events: Vec<(Instant, Event)>,
    pub(super) is_reconciled: bool,
    /// How many audits in a row have found nothing, and nothing else has happened.
    pub(super) audits: u32,
}

impl Log {
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Told) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, event: Event, is_reconciled: bool) {
        self.with(|told| {
            told.is_reconciled = is_reconciled;
            told.audits = match event {
                Event::Audited => told.audits + 1,
                Event::Client(_) => told.audits,
                _ => 0,
            };
            told.events.push((Instant::now(), event));
        });
    }
}

/// Reads at the user's pace, and without pause once the trouble is over; gives the account back when all is `over`.
pub(super) async fn follow(
    mut account: Account,
    pace: Pace,
    log: Log,
    mut trouble: watch::Receiver<bool>,
    mut over: watch::Receiver<bool>,
) -> Account {
    let mut since_pause = 0;
    loop {
        let event = tokio::select! {
            biased;
            _ = over.wait_for(|over| *over) => return account,
            event = account.recv() => event,
        };
        let Some(event) = event else {
            return account;
        };
        log.add(event, account.is_reconciled());
        since_pause += 1;
        let pause = match pace {
            Pace::Fast => continue,
            Pace::Pausing(_) if since_pause < GULP => continue,
            Pace::Slow(pause) | Pace::Pausing(pause) => pause,
        };
        since_pause = 0;
        tokio::select! {
            biased;
            _ = trouble.wait_for(|trouble| !trouble) => {}
            () = sleep(pause) => {}
        }
    }
}

/// An event in a few words.
pub(super) fn words(event: &Event) -> String {
    match event {
        Event::Message {
            message,
            change,
            origin,
            reconciled,
        } => {
            let late = if *origin == Origin::Backfill {
                "missed "
            } else {
                ""
            };
            let sure = if *reconciled { "" } else { "?" };
            format!("{late}{}{sure} {change:?}", message.name())
        }
        other => format!("{other:?}"),
    }
}
