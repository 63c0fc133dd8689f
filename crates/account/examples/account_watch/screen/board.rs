//! What is shown beside the account's state: the connection, how the account is followed, prices, the last events.

use std::time::{Duration, Instant, SystemTime};

use rocketfi_account::client::{Event as ClientEvent, SessionId};
use rocketfi_account::protocol::{AccountAddress, InstrumentId, ServerMessage, Ticker, Timestamp};
use rocketfi_account::{AccountState, Event};

use super::entries::entries;
use super::journal::{Entry, Journal, Tone};
use super::keys::Input;
use super::names::Names;
use crate::describe::{count, seconds};

/// The connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// There was none yet, or there is none any more.
    Down {
        since: Instant,
        /// How many attempts have failed, and when the next begins.
        retry: Option<(u32, Instant)>,
    },
    Up {
        session: SessionId,
        since: Instant,
    },
    /// The client has ended.
    Closed,
}

/// REST gives no snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) attempt: u32,
    pub(crate) error: String,
    pub(crate) retry_at: Instant,
}

/// The last reconciliation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Last {
    pub(crate) at: Instant,
    pub(crate) took: Duration,
    pub(crate) missed_fills: usize,
}

/// The last gap, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    pub(crate) at: SystemTime,
    pub(crate) cause: &'static str,
    /// How long it took until everything was known again, and how many fills had been missed.
    pub(crate) healed: Option<(Duration, usize)>,
}

#[derive(Debug)]
pub(crate) struct Board {
    pub(crate) place: String,
    pub(crate) address: AccountAddress,
    pub(crate) instrument: Option<InstrumentId>,
    pub(crate) link: Link,
    pub(crate) gaps: usize,
    pub(crate) reconciliations: usize,
    pub(crate) audits: usize,
    pub(crate) missed_fills: usize,
    pub(crate) last: Option<Last>,
    pub(crate) hole: Option<Hole>,
    pub(crate) trouble: Option<Trouble>,
    /// What is shown was true then. None while nothing is known to be missing.
    pub(crate) stale_since: Option<Instant>,
    /// Messages flow though the state is not right.
    pub(crate) is_unreconciled: bool,
    pub(crate) ticker: Option<Ticker>,
    pub(crate) names: Names,
    /// Everything that happened.
    all: Journal,
    /// What is about the data, and what was missed: a busy market would soon push it out of sight.
    remarks: Journal,
    /// Whether the second is shown.
    pub(crate) only_remarks: bool,
    pub(crate) has_help: bool,
    /// The exchange's clock, and when it was read from a message.
    clock: Option<(Timestamp, Instant)>,
}

impl Board {
    pub(crate) fn new(
        place: String,
        address: AccountAddress,
        instrument: Option<InstrumentId>,
    ) -> Self {
        Self {
            place,
            address,
            instrument,
            link: Link::Down {
                since: Instant::now(),
                retry: None,
            },
            gaps: 0,
            reconciliations: 0,
            audits: 0,
            missed_fills: 0,
            last: None,
            hole: None,
            trouble: None,
            stale_since: None,
            is_unreconciled: false,
            ticker: None,
            names: Names::default(),
            all: Journal::default(),
            remarks: Journal::default(),
            only_remarks: false,
            has_help: false,
            clock: None,
        }
    }

    /// Takes in an event, which the state has taken in already.
    pub(crate) fn take(&mut self, event: &Event, state: &AccountState) {
        let now = Instant::now();
        if has_names(event) {
            self.names.learn(state);
        }
        self.change(event, now);
        for entry in entries(event, state, &self.names, SystemTime::now()) {
            self.log(entry);
        }
    }

    fn log(&mut self, entry: Entry) {
        if entry.is_remark || entry.is_missed {
            self.remarks.add(entry.clone());
        }
        self.all.add(entry);
    }

    /// The one that is shown.
    pub(crate) const fn journal(&self) -> &Journal {
        if self.only_remarks {
            &self.remarks
        } else {
            &self.all
        }
    }

    const fn journal_mut(&mut self) -> &mut Journal {
        if self.only_remarks {
            &mut self.remarks
        } else {
            &mut self.all
        }
    }

    fn change(&mut self, event: &Event, now: Instant) {
        match event {
            Event::Gap { cause, .. } => self.lose(cause.name(), now),
            Event::Reconciled(report) => self.settle(Last {
                at: now,
                took: report.took,
                missed_fills: report.missed_fills.len(),
            }),
            Event::Unreconciled { .. } => self.is_unreconciled = true,
            Event::SourceFailed {
                attempt,
                error,
                retry_in,
            } => {
                self.trouble = Some(Trouble {
                    attempt: *attempt,
                    error: error.to_string(),
                    retry_at: now + *retry_in,
                });
            }
            Event::Audited => {
                self.audits += 1;
                self.trouble = None;
            }
            Event::Message { .. } => {
                let latest = event.fills().map(|(_, fill)| fill.timestamp).max();
                self.read_clock(latest, now);
            }
            Event::Client(event) => self.connect(event, now),
            Event::Closed { .. } => self.link = Link::Closed,
            _ => {}
        }
    }

    fn lose(&mut self, cause: &'static str, now: Instant) {
        self.gaps += 1;
        self.hole = Some(Hole {
            at: SystemTime::now(),
            cause,
            healed: None,
        });
        self.stale_since.get_or_insert(now);
        self.link = Link::Down {
            since: now,
            retry: None,
        };
    }

    /// Everything is known again.
    pub(crate) fn settle(&mut self, last: Last) {
        self.reconciliations += 1;
        self.missed_fills += last.missed_fills;
        self.last = Some(last);
        self.trouble = None;
        let stale_since = self.stale_since.take();
        if let (Some(hole), Some(since)) = (&mut self.hole, stale_since) {
            let time = last.at.saturating_duration_since(since);
            hole.healed = Some((time, last.missed_fills));
        }
        self.is_unreconciled = false;
    }

    fn connect(&mut self, event: &ClientEvent, now: Instant) {
        match event {
            ClientEvent::Connected { session } => {
                self.link = Link::Up {
                    session: *session,
                    since: now,
                };
            }
            ClientEvent::DialFailed {
                attempt, retry_in, ..
            } => {
                if let Link::Down { retry, .. } = &mut self.link {
                    *retry = retry_in.map(|delay| (*attempt, now + delay));
                }
            }
            ClientEvent::Message {
                message: ServerMessage::TickerUpdate(update),
                ..
            } if Some(update.instrument_id) == self.instrument => {
                self.read_clock(Some(update.ticker.timestamp), now);
                self.ticker = Some(update.ticker.clone());
            }
            _ => {}
        }
    }

    /// The exchange's clock need not be ours; ages are reckoned by it.
    fn read_clock(&mut self, told: Option<Timestamp>, now: Instant) {
        let Some(told) = told else { return };
        if self.exchange_time(now).is_none_or(|known| known < told) {
            self.clock = Some((told, now));
        }
    }

    /// What time it is on the exchange, as far as its messages tell.
    pub(crate) fn exchange_time(&self, now: Instant) -> Option<Timestamp> {
        let (Timestamp(told), read) = self.clock?;
        let since = now.saturating_duration_since(read).as_millis();
        Some(Timestamp(told.saturating_add(u64::try_from(since).ok()?)))
    }

    /// A remark of this program's own.
    pub(crate) fn note(&mut self, text: &str) {
        self.log(Entry {
            at: SystemTime::now(),
            label: "note",
            text: text.to_owned(),
            tone: Tone::Warn,
            is_missed: false,
            is_remark: true,
        });
    }

    pub(crate) fn asks(&mut self) {
        self.note("a reconciliation was asked for");
    }

    pub(crate) fn obey(&mut self, input: Input) {
        match input {
            Input::Pause => self.journal_mut().pause(),
            Input::Up(rows) => self.journal_mut().up(rows),
            Input::Down(rows) => self.journal_mut().down(rows),
            Input::Oldest => self.journal_mut().up(usize::MAX),
            Input::Newest => self.journal_mut().follow(),
            Input::Remarks => self.only_remarks = !self.only_remarks,
            Input::Help => self.has_help = !self.has_help,
            Input::Quit | Input::Reconcile | Input::Resized => {}
        }
    }

    /// What is left on the terminal when the screen is gone.
    pub(crate) fn summary(&self) -> String {
        let gaps = count(self.gaps, "gap");
        let times = count(self.reconciliations, "reconciliation");
        let fills = count(self.missed_fills, "fill");
        let last = self.last.map_or_else(String::new, |last| {
            format!("; the last reconciliation took {}", seconds(last.took))
        });
        format!("{gaps}, {times}, {fills} missed by the stream{last}")
    }
}

/// Whether there may be names in the state that were not there before.
const fn has_names(event: &Event) -> bool {
    matches!(
        event,
        Event::Reconciled(_)
            | Event::Message {
                message: ServerMessage::OpenOrdersUpdate(_) | ServerMessage::PositionUpdate(_),
                ..
            }
    )
}
