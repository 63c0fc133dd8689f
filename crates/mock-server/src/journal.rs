//! What the server received, in order, for tests to look at and to wait for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rocketfi_protocol::ClientMessage;
use tokio::sync::watch;
use tokio::time::Instant;

/// How many entries a journal keeps unless told otherwise.
pub(crate) const DEFAULT_CAPACITY: usize = 100_000;

/// One thing that the server noticed.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Counted from 0 over all sessions, without holes.
    pub seq: u64,
    /// Which session: counted from 1 in the order in which handshakes were completed, and never
    /// used again. 0 for what happened before a session was opened, or outside of any.
    pub session: u64,
    /// What it was.
    pub event: Received,
}

impl Entry {
    /// The message, when this entry is one.
    #[must_use]
    pub const fn message(&self) -> Option<&ClientMessage> {
        match &self.event {
            Received::Message(message) => Some(message),
            _ => None,
        }
    }

    /// The name of the fault, when this entry is one.
    #[must_use]
    pub const fn fault(&self) -> Option<&'static str> {
        match &self.event {
            Received::Injected { fault } => Some(fault),
            _ => None,
        }
    }
}

/// What can be received from a client, or happen to its connection.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Received {
    /// A handshake was completed.
    Opened,
    /// A handshake was refused; or a request for a path at which there is nothing.
    Refused {
        /// The HTTP status of the answer.
        status: u16,
    },
    /// A request over REST, of the session 0.
    Rest {
        /// The path, such as `/open-orders`. What was asked for of whom is not kept.
        path: &'static str,
        /// The HTTP status of the answer; `None` when a rule of
        /// [`MockServer::answer_rest`](crate::MockServer::answer_rest) has it that none comes.
        status: Option<u16>,
    },
    /// A frame that is a message. It may still have been answered with an error.
    Message(ClientMessage),
    /// The answer to a `Ping` that was pushed to the client. No message of the specification, but
    /// what a server that pings expects; it is not answered.
    Pong,
    /// A text frame that is no message.
    Malformed {
        /// The frame's length in bytes.
        size: usize,
        /// What was answered. It holds nothing of the frame.
        reason: String,
    },
    /// A binary frame.
    Binary {
        /// The frame's length in bytes.
        size: usize,
    },
    /// A ping of the WebSocket layer; the message `Ping` is a [`Received::Message`].
    WebSocketPing,
    /// A pong of the WebSocket layer.
    WebSocketPong,
    /// A session ended with a transaction registered for that case. The exchange would submit it
    /// now.
    DeferredExecuted {
        /// The transaction's nonce.
        nonce: u64,
    },
    /// A fault that a test has injected happened.
    Injected {
        /// [`Fault::name`](crate::Fault::name).
        fault: &'static str,
    },
    /// The session is over.
    Closed {
        /// How it came to its end.
        ending: Ending,
    },
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// The client sent a Close frame, with this code if any.
    ByClient {
        /// The close code, such as 1000.
        code: Option<u16>,
    },
    /// The server closed, because a test or a shutdown said so, with this code if any.
    ByServer {
        /// The close code, such as 1001.
        code: Option<u16>,
    },
    /// The server cut the connection without a Close frame.
    Cut,
    /// The client's queue was full: it read too slowly, and was closed.
    TooSlow,
    /// The client broke the rules of the WebSocket layer, and was closed with this code.
    BrokenRules {
        /// The close code, such as 1009.
        code: u16,
    },
    /// The connection ended without a Close frame.
    Lost,
}

/// Why [`Journal::wait_for`] gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaitError {
    /// Nothing matched in time.
    #[error("no entry of the journal matched within {waited:?}, among {seen} seen")]
    Deadline {
        /// How long was waited.
        waited: Duration,
        /// How many entries were looked at.
        seen: u64,
    },
}

/// The record of one server. Cheap to clone; all clones are the same journal, and it can still be
/// read when the server is gone.
///
/// Policy when it is full: the oldest entry is dropped, and [`Journal::dropped`] counts it.
#[derive(Clone, Debug)]
pub struct Journal {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    entries: Mutex<Entries>,
    /// The number of the next entry. Waiting tasks watch it.
    next_seq: watch::Sender<u64>,
}

#[derive(Debug)]
struct Entries {
    kept: VecDeque<Entry>,
    capacity: usize,
    dropped: u64,
    next_seq: u64,
}

impl Journal {
    /// `capacity` of 0 is taken for 1.
    pub(crate) fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        let entries = Entries {
            kept: VecDeque::new(),
            capacity,
            dropped: 0,
            next_seq: 0,
        };
        let (next_seq, _) = watch::channel(0);
        Self {
            shared: Arc::new(Shared {
                entries: Mutex::new(entries),
                next_seq,
            }),
        }
    }

    pub(crate) fn record(&self, session: u64, event: Received) {
        let mut entries = self.lock();
        if entries.kept.len() == entries.capacity {
            entries.kept.pop_front();
            entries.dropped += 1;
        }
        let seq = entries.next_seq;
        entries.next_seq += 1;
        entries.kept.push_back(Entry {
            seq,
            session,
            event,
        });
        // Under the lock, so that the number never goes backwards.
        self.shared.next_seq.send_replace(entries.next_seq);
    }

    /// All entries kept, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().kept.iter().cloned().collect()
    }

    /// The entries of one session, oldest first.
    #[must_use]
    pub fn of_session(&self, session: u64) -> Vec<Entry> {
        self.lock()
            .kept
            .iter()
            .filter(|entry| entry.session == session)
            .cloned()
            .collect()
    }

    /// How many of the kept entries match.
    #[must_use]
    pub fn count(&self, matches: impl Fn(&Entry) -> bool) -> usize {
        self.lock()
            .kept
            .iter()
            .filter(|entry| matches(entry))
            .count()
    }

    /// How many entries were dropped because the journal was full.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// The number that the next entry will have: a mark for [`Journal::wait_for_after`].
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.lock().next_seq
    }

    /// The first entry that matches: one that is already there, or else the first to come.
    ///
    /// Cancel safe: it changes nothing.
    ///
    /// # Errors
    /// [`WaitError::Deadline`] when nothing has matched after `deadline`.
    pub async fn wait_for(
        &self,
        matches: impl Fn(&Entry) -> bool,
        deadline: Duration,
    ) -> Result<Entry, WaitError> {
        self.wait_for_after(0, matches, deadline).await
    }

    /// As [`Journal::wait_for`], but only entries from number `mark` on are looked at.
    ///
    /// Cancel safe: it changes nothing.
    ///
    /// # Errors
    /// [`WaitError::Deadline`] when nothing has matched after `deadline`.
    pub async fn wait_for_after(
        &self,
        mark: u64,
        matches: impl Fn(&Entry) -> bool,
        deadline: Duration,
    ) -> Result<Entry, WaitError> {
        let mut next_seq = self.shared.next_seq.subscribe();
        let ends = Instant::now() + deadline;
        let mut from = mark;
        loop {
            // Marked as seen before the search, so that nothing recorded after it goes unnoticed.
            let upto = *next_seq.borrow_and_update();
            if let Some(entry) = self.find(from, &matches) {
                return Ok(entry);
            }
            from = from.max(upto);
            if !matches!(
                tokio::time::timeout_at(ends, next_seq.changed()).await,
                Ok(Ok(()))
            ) {
                return Err(WaitError::Deadline {
                    waited: deadline,
                    seen: from - mark.min(from),
                });
            }
        }
    }

    fn find(&self, from: u64, matches: impl Fn(&Entry) -> bool) -> Option<Entry> {
        let entries = self.lock();
        let start = entries.kept.partition_point(|entry| entry.seq < from);
        entries
            .kept
            .range(start..)
            .find(|entry| matches(entry))
            .cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // A matcher may panic under this lock, but only while it reads.
        self.shared
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    fn opened(session: u64) -> impl Fn(&Entry) -> bool {
        move |entry| entry.session == session && entry.event == Received::Opened
    }

    #[tokio::test]
    async fn an_entry_that_is_already_there_is_found() {
        let journal = Journal::new(10);
        journal.record(1, Received::Opened);
        let found = journal.wait_for(opened(1), Duration::ZERO).await.unwrap();
        assert_eq!((found.seq, found.session), (0, 1));
    }

    #[tokio::test]
    async fn an_entry_to_come_is_waited_for() {
        let journal = Journal::new(10);
        let waiting = tokio::spawn({
            let journal = journal.clone();
            async move { journal.wait_for(opened(2), SOON).await }
        });
        tokio::task::yield_now().await;
        journal.record(1, Received::Opened);
        journal.record(2, Received::Opened);
        assert_eq!(waiting.await.unwrap().unwrap().seq, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_absolute_however_much_happens_meanwhile() {
        let journal = Journal::new(10);
        let busy = tokio::spawn({
            let journal = journal.clone();
            async move {
                loop {
                    journal.record(1, Received::WebSocketPing);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        });
        let started = Instant::now();
        let result = journal.wait_for(opened(9), SOON).await;
        assert!(matches!(result, Err(WaitError::Deadline { waited: SOON, seen }) if seen > 400));
        assert_eq!(started.elapsed().as_secs(), SOON.as_secs());
        busy.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn entries_before_the_mark_do_not_count() {
        let journal = Journal::new(10);
        journal.record(1, Received::Opened);
        let mark = journal.mark();
        assert!(journal.wait_for_after(mark, opened(1), SOON).await.is_err());
        journal.record(1, Received::Opened);
        assert_eq!(
            journal
                .wait_for_after(mark, opened(1), SOON)
                .await
                .unwrap()
                .seq,
            mark
        );
    }

    #[test]
    fn a_full_journal_drops_the_oldest_and_counts_it() {
        let journal = Journal::new(2);
        for session in 1..=5 {
            journal.record(session, Received::Opened);
        }
        let kept: Vec<_> = journal
            .entries()
            .iter()
            .map(|entry| (entry.seq, entry.session))
            .collect();
        assert_eq!(kept, [(3, 4), (4, 5)]);
        assert_eq!(journal.dropped(), 3);
        assert_eq!(journal.count(opened(5)), 1);
        assert_eq!(journal.of_session(4).len(), 1);
    }
}
