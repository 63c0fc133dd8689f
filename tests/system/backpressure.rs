//! A user who does not read: what is lost is announced, and nothing else suffers.

use std::time::Duration;

use rocketfi_client::{Builder, CloseReason, Event, GapCause, Overflow, SessionId};
use rocketfi_mock_server::{Ending, Entry, Received};
use rocketfi_protocol::ClientMessage;
use rocketfi_tests::samples::{NUMBERS, kinds, number_of, numbered};
use rocketfi_tests::{Bench, PATIENCE, deadline, in_session, message};

const CAPACITY: usize = 16;
/// More than the queue holds, less than the mock keeps for a client.
const FLOOD: u64 = 300;

fn dropping(builder: Builder) -> Builder {
    builder
        .event_capacity(CAPACITY)
        .overflow(Overflow::DropNewest)
}

fn reconnecting(builder: Builder) -> Builder {
    builder
        .event_capacity(CAPACITY)
        .overflow(Overflow::Reconnect)
}

/// Follows numbered messages: every number is either received in its place or announced as missed
/// there.
#[derive(Debug, Default)]
struct Count {
    next: u64,
    missed: u64,
}

impl Count {
    fn take(&mut self, event: &Event) {
        if let Some(number) = number_of(event) {
            assert_eq!(number, self.next, "missing without a word");
            self.next += 1;
        } else if let Event::Lagged { missed, .. } = event {
            assert!(*missed > 0);
            self.miss(*missed);
        } else {
            panic!("{event:?} is neither a number nor a loss");
        }
    }

    fn take_all(&mut self, events: &[Event]) {
        for event in events {
            self.take(event);
        }
    }

    fn miss(&mut self, missed: u64) {
        self.next += missed;
        self.missed += missed;
    }
}

/// Pushes numbered messages, and returns when the client has taken all of them off its socket.
async fn flood(bench: &Bench, numbers: impl Iterator<Item = u64>) {
    for number in numbers {
        assert_eq!(bench.server.push(numbered(number)), 1);
    }
    // Its confirmation comes behind them, and is no event.
    let behind = kinds().swap_remove(0);
    bench.subscribe([behind.clone()]).await;
    let ending = deadline(
        "the end of a subscription",
        bench.client.unsubscribe(behind),
    );
    ending.await.expect("the server confirms");
}

#[tokio::test]
async fn drop_newest_announces_all_that_is_missing_where_it_is_missing() {
    let mut bench = Bench::with(dropping).await;
    bench.subscribe([NUMBERS]).await;
    let mut count = Count::default();
    let mut pushed = 0;
    for reads in [2, 40, 3, 1, 17, 2] {
        flood(&bench, pushed..pushed + FLOOD).await;
        pushed += FLOOD;
        let available = reads.min(CAPACITY);
        for _ in 0..available {
            count.take(&bench.events.event().await);
        }
    }
    // There is room now for what is to be announced, and for one more.
    flood(&bench, pushed..=pushed).await;
    while count.next <= pushed {
        count.take(&bench.events.event().await);
    }
    assert!(count.missed > FLOOD, "most of it did not fit");
    assert_eq!(
        count.next,
        pushed + 1,
        "received and missed make up all that was pushed"
    );
    assert_eq!(bench.drain().await, [], "in one session");
}

#[tokio::test]
async fn drop_newest_announces_what_is_missing_before_a_gap() {
    let mut bench = Bench::with(dropping).await;
    bench.subscribe([NUMBERS]).await;
    flood(&bench, 0..FLOOD).await;
    bench.server.drop_connections();
    let is_gap = |event: &Event| matches!(event, Event::Gap { .. });
    let (before, gap) = bench.events.collect_until("the gap", is_gap).await;
    let Event::Gap {
        session: SessionId(1),
        cause,
        kinds,
        missed: Some(missed),
    } = gap
    else {
        panic!("{gap:?}");
    };
    assert!(matches!(cause, GapCause::Disconnected { .. }), "{cause:?}");
    assert_eq!(kinds, [NUMBERS]);
    let mut count = Count::default();
    count.take_all(&before);
    count.miss(missed);
    assert_eq!(count.next, FLOOD);
    bench.events.connected(SessionId(2)).await;
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![NUMBERS])
    );
}

#[tokio::test]
async fn drop_newest_announces_what_is_missing_before_the_end() {
    let mut bench = Bench::with(dropping).await;
    bench.subscribe([NUMBERS]).await;
    flood(&bench, 0..FLOOD).await;
    deadline("the end", bench.client.close()).await;
    let mut told = bench.events.end(CloseReason::Requested).await;
    let Some(Event::Gap {
        cause: GapCause::Overflow,
        missed: Some(missed),
        ..
    }) = told.pop()
    else {
        panic!("{told:?}");
    };
    let mut count = Count::default();
    count.take_all(&told);
    count.miss(missed);
    assert_eq!(count.next, FLOOD);
}

#[tokio::test]
async fn full_queue_replaces_the_session_unless_told_otherwise() {
    let mut bench = Bench::with(reconnecting).await;
    bench.subscribe([NUMBERS]).await;
    for number in 0..FLOOD {
        bench.server.push(numbered(number));
    }
    let hung_up = in_session(1, |entry: &Entry| {
        entry.event
            == Received::Closed {
                ending: Ending::Lost,
            }
    });
    bench
        .server
        .journal()
        .wait_for(hung_up, PATIENCE)
        .await
        .unwrap();

    let is_gap = |event: &Event| matches!(event, Event::Gap { .. });
    let (before, gap) = bench.events.collect_until("the gap", is_gap).await;
    let mut count = Count::default();
    count.take_all(&before);
    assert_eq!(count.missed, 0, "nothing is missing before the gap");
    let Event::Gap {
        session: SessionId(1),
        cause,
        kinds,
        missed: Some(1..),
    } = gap
    else {
        panic!("{gap:?}");
    };
    assert_eq!((cause, kinds), (GapCause::Overflow, vec![NUMBERS]));
    bench.events.connected(SessionId(2)).await;
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![NUMBERS])
    );
    assert_eq!(bench.server.push(numbered(FLOOD)), 1);
    bench
        .events
        .until("an update", |event| number_of(event) == Some(FLOOD))
        .await;
}

#[tokio::test]
async fn full_queue_may_happen_again_and_again() {
    let mut bench = Bench::with(reconnecting).await;
    bench.subscribe([NUMBERS]).await;
    for session in 1..=5 {
        for number in 0..FLOOD {
            bench.server.push(numbered(number));
        }
        let hung_up = in_session(session, |entry: &Entry| {
            matches!(entry.event, Received::Closed { .. })
        });
        bench
            .server
            .journal()
            .wait_for(hung_up, PATIENCE)
            .await
            .unwrap();
        let (cause, _) = bench.events.gap().await;
        assert_eq!(cause, GapCause::Overflow);
        assert_eq!(
            bench.events.resubscribed().await,
            (SessionId(session + 1), vec![NUMBERS])
        );
    }
}

#[tokio::test]
async fn heartbeats_and_requests_go_on_while_nobody_reads() {
    let mut bench =
        Bench::with(|builder| dropping(builder).heartbeat_interval(Duration::from_millis(5))).await;
    bench.subscribe([NUMBERS]).await;
    flood(&bench, 0..FLOOD).await;
    let journal = bench.server.journal();
    let mut mark = journal.mark();
    for _ in 0..5 {
        let ping = in_session(1, message(ClientMessage::Ping));
        mark = journal
            .wait_for_after(mark, ping, PATIENCE)
            .await
            .unwrap()
            .seq
            + 1;
    }
    bench.subscribe(kinds()).await;
    let mut count = Count::default();
    while count.next < FLOOD / 10 && usize::try_from(count.next).unwrap() < CAPACITY {
        count.take(&bench.events.event().await);
    }
    assert_eq!(count.missed, 0, "the oldest are kept");
    assert_eq!(
        bench
            .server
            .journal()
            .count(|entry| entry.event == Received::Opened),
        1
    );
}

#[tokio::test]
async fn reader_who_keeps_up_loses_nothing() {
    let mut bench = Bench::with(reconnecting).await;
    bench.subscribe([NUMBERS]).await;
    let mut count = Count::default();
    for number in 0..2_000 {
        bench.server.push(numbered(number));
        count.take(&bench.events.event().await);
    }
    assert_eq!((count.next, count.missed), (2_000, 0));
}

#[tokio::test]
async fn more_calls_than_the_command_queue_holds_wait_for_a_place() {
    let bench = Bench::with(|builder| builder.command_capacity(1)).await;
    let calls = kinds().into_iter().map(|kind| bench.client.subscribe(kind));
    let answers = deadline("all answers", futures_util::future::join_all(calls)).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}
