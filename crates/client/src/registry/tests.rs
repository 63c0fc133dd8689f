mod endings;
mod model;
mod several;
mod waiting;

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rocketfi_protocol::{InstrumentId, SubscriptionKind};
use tokio::sync::oneshot::{self, Receiver};
use tokio::time::Instant;

use super::{Ack, Registry, Step};
use crate::{Config, GapCause, Request, ServerText, SubscribeError, UnsubscribeError};

const TIMEOUT: Duration = Duration::from_secs(10);
const PACING: Duration = Duration::from_millis(100);

fn config() -> Config {
    Config {
        request_timeout: TIMEOUT,
        request_pacing: PACING,
        request_burst: 1,
        ..Config::new("")
    }
}

fn kind(number: u8) -> SubscriptionKind {
    SubscriptionKind::Ticker {
        instrument_id: InstrumentId::from_bytes([number; 8]),
    }
}

type Answer<E> = Receiver<Result<(), E>>;

/// A registry, and the clock that it is told.
struct Bench {
    registry: Registry,
    now: Instant,
    rng: StdRng,
}

impl Bench {
    /// Without a session.
    fn offline() -> Self {
        Self::with(&config())
    }

    fn with(config: &Config) -> Self {
        let now = Instant::now();
        Self {
            registry: Registry::new(config, now),
            now,
            rng: StdRng::seed_from_u64(1),
        }
    }

    /// With a session.
    fn online() -> Self {
        let mut bench = Self::offline();
        bench.registry.open(bench.now);
        bench
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    fn subscribe(&mut self, number: u8) -> Answer<SubscribeError> {
        let (reply, answer) = oneshot::channel();
        self.registry.subscribe(&kind(number), reply, self.now);
        answer
    }

    fn unsubscribe(&mut self, number: u8) -> Answer<UnsubscribeError> {
        let (reply, answer) = oneshot::channel();
        self.registry.unsubscribe(&kind(number), reply);
        answer
    }

    fn step(&mut self) -> Option<Step> {
        self.registry.advance(self.now)
    }

    fn refuse(&mut self) -> Vec<Request> {
        self.registry
            .refused(&ServerText::new("no"), self.now, &mut self.rng)
    }

    fn confirm(&mut self, number: u8) -> Ack {
        self.registry
            .subscribed(&kind(number), self.now, &mut self.rng)
    }

    fn confirm_end(&mut self, number: u8) -> Ack {
        self.registry
            .unsubscribed(&kind(number), self.now, &mut self.rng)
    }

    /// Subscribed and confirmed.
    fn establish(&mut self, number: u8) {
        let answer = self.subscribe(number);
        self.pass(PACING);
        assert_eq!(self.step(), Some(subscribe(number)));
        assert_eq!(self.confirm(number), Ack::Expected);
        assert_eq!(result(answer), Some(Ok(())));
    }

    fn is_live(&self, number: u8) -> bool {
        self.registry.live().contains(&kind(number))
    }

    fn reconnect(&mut self) {
        self.registry.close(self.now);
        self.registry.open(self.now);
    }
}

fn subscribe(number: u8) -> Step {
    Step::Send(Request::Subscribe(kind(number)))
}

fn resubscribe(number: u8) -> Step {
    Step::Send(Request::Resubscribe(kind(number)))
}

fn unsubscribe(number: u8) -> Step {
    Step::Send(Request::Unsubscribe(kind(number)))
}

/// What was answered by now.
fn result<E>(mut answer: Answer<E>) -> Option<Result<(), E>> {
    answer.try_recv().ok()
}

#[test]
fn nothing_is_due_without_a_wish() {
    let mut bench = Bench::online();
    assert_eq!(bench.registry.wake_at(), None);
    assert_eq!(bench.step(), None);
    assert!(bench.registry.settled());
}

#[test]
fn answers_change_the_state_as_the_table_says() {
    // What has happened to kind 1, and what each answer then means.
    type Prepare = fn(&mut Bench);
    let table: [(&str, Prepare, Ack, Ack); 7] = [
        ("absent", |_| (), Ack::Unexpected, Ack::Unexpected),
        (
            "subscribing",
            |bench| drop((bench.subscribe(1), bench.step())),
            Ack::Expected,
            Ack::Unexpected,
        ),
        (
            "active",
            |bench| bench.establish(1),
            Ack::Unexpected,
            Ack::Unexpected,
        ),
        (
            "refused",
            |bench| drop((bench.subscribe(1), bench.step(), bench.refuse())),
            Ack::Late,
            Ack::Unexpected,
        ),
        (
            "unsubscribing",
            |bench| {
                bench.establish(1);
                bench.pass(PACING);
                drop((bench.unsubscribe(1), bench.step()));
            },
            Ack::Unexpected,
            Ack::Expected,
        ),
        (
            "unknown since a subscribe",
            |bench| {
                drop((bench.subscribe(1), bench.step()));
                bench.pass(TIMEOUT);
                bench.step();
            },
            Ack::Late,
            Ack::Unexpected,
        ),
        (
            "unknown since an unsubscribe",
            |bench| {
                bench.establish(1);
                bench.pass(PACING);
                drop((bench.unsubscribe(1), bench.step()));
                bench.pass(TIMEOUT);
                bench.step();
            },
            Ack::Unexpected,
            Ack::Late,
        ),
    ];
    for (state, prepare, subscribed, unsubscribed) in table {
        let mut bench = Bench::online();
        prepare(&mut bench);
        assert_eq!(bench.confirm(1), subscribed, "{state}");
        let mut bench = Bench::online();
        prepare(&mut bench);
        assert_eq!(bench.confirm_end(1), unsubscribed, "{state}");
    }
}

#[test]
fn late_answer_to_an_earlier_unsubscribe_does_not_let_a_kind_be_subscribed_twice() {
    let mut bench = Bench::online();
    bench.establish(1);
    bench.pass(PACING);
    drop((bench.unsubscribe(1), bench.step()));
    bench.pass(TIMEOUT);
    // Ended first, to have a known state, and subscribed again.
    drop(bench.subscribe(1));
    assert_eq!(bench.step(), Some(unsubscribe(1)));
    bench.confirm_end(1);
    bench.pass(PACING);
    assert_eq!(bench.step(), Some(subscribe(1)));
    // That is not answered in time. What comes is the answer to the second of the two that ended it.
    bench.pass(TIMEOUT);
    assert_eq!(bench.step(), None);
    bench.confirm_end(1);
    drop(bench.subscribe(1));
    assert_eq!(bench.step(), Some(unsubscribe(1)));
}

#[test]
fn deadline_of_a_request_is_set_once() {
    let mut bench = Bench::online();
    let answer = bench.subscribe(1);
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.step(), Some(subscribe(1)));
    for _ in 0..9 {
        bench.pass(Duration::from_secs(1));
        bench.confirm(2);
        assert_eq!(bench.step(), None);
    }
    assert_eq!(
        bench.registry.wake_at(),
        Some(bench.now + Duration::from_secs(1))
    );
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.step(), None);
    assert_eq!(
        result(answer),
        Some(Err(SubscribeError::Timeout { after: TIMEOUT }))
    );
    assert_eq!(bench.registry.wanted(), []);
}

#[test]
fn pacing_holds_the_next_request_back_but_not_the_first_of_a_session() {
    let mut bench = Bench::online();
    bench.establish(1);
    bench.establish(2);
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.confirm(1);
    assert_eq!(bench.step(), None);
    assert_eq!(bench.registry.wake_at(), Some(bench.now + PACING));
    bench.pass(PACING);
    assert_eq!(bench.step(), Some(resubscribe(2)));
    bench.confirm(2);
    assert_eq!(
        bench.step(),
        Some(Step::Resubscribed(vec![kind(1), kind(2)]))
    );
}

#[test]
fn restored_kinds_are_announced_without_waiting_for_pacing() {
    let mut bench = Bench::online();
    bench.establish(1);
    bench.reconnect();
    bench.step();
    bench.confirm(1);
    assert!(
        bench
            .registry
            .wake_at()
            .is_some_and(|wake_at| wake_at <= bench.now)
    );
    assert_eq!(bench.step(), Some(Step::Resubscribed(vec![kind(1)])));
    assert_eq!(bench.step(), None);
}

#[test]
fn restored_kinds_are_announced_in_their_original_order_whatever_was_confirmed_first() {
    let mut bench = Bench::online();
    (1..=3).for_each(|number| bench.establish(number));
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.refuse();
    bench.pass(PACING);
    assert_eq!(bench.step(), Some(resubscribe(2)));
    bench.confirm(2);
    // Long enough for the retry of what was refused.
    bench.pass(config().backoff_max + config().backoff_min);
    for number in [1, 3] {
        assert_eq!(bench.step(), Some(resubscribe(number)));
        bench.confirm(number);
        bench.pass(PACING);
    }
    let announced = Step::Resubscribed(vec![kind(1), kind(2), kind(3)]);
    assert_eq!(bench.step(), Some(announced));
}

#[test]
fn kind_that_is_never_answered_costs_the_others_one_session_and_no_more() {
    let mut bench = Bench::online();
    (1..=3).for_each(|number| bench.establish(number));
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.pass(TIMEOUT);
    let cause = GapCause::ResubscribeTimeout { kind: kind(1) };
    assert_eq!(bench.step(), Some(Step::End(cause)));
    bench.reconnect();
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.pass(TIMEOUT);
    for number in [2, 3] {
        assert_eq!(bench.step(), Some(resubscribe(number)));
        bench.confirm(number);
        bench.pass(PACING);
    }
    let others = Step::Resubscribed(vec![kind(2), kind(3)]);
    assert_eq!(bench.step(), Some(others));
    assert_eq!(bench.step(), None);
    // It is looked into later: ended first, to have a known state, and subscribed again.
    bench.pass(TIMEOUT * 2);
    assert_eq!(bench.step(), Some(unsubscribe(1)));
    bench.confirm_end(1);
    bench.pass(PACING);
    assert_eq!(bench.step(), Some(resubscribe(1)));
    bench.confirm(1);
    assert_eq!(bench.step(), Some(Step::Resubscribed(vec![kind(1)])));
}

#[test]
fn kind_unsubscribed_while_being_restored_is_not_announced() {
    let mut bench = Bench::online();
    bench.establish(1);
    bench.establish(2);
    bench.reconnect();
    bench.step();
    bench.confirm(1);
    drop(bench.unsubscribe(1));
    bench.pass(PACING);
    assert_eq!(bench.step(), Some(resubscribe(2)));
    bench.confirm(2);
    assert_eq!(bench.step(), Some(Step::Resubscribed(vec![kind(2)])));
}

#[test]
fn new_kind_is_no_part_of_what_is_restored() {
    let mut bench = Bench::offline();
    let answer = bench.subscribe(1);
    bench.registry.open(bench.now);
    assert_eq!(bench.step(), Some(subscribe(1)));
    bench.confirm(1);
    assert_eq!(result(answer), Some(Ok(())));
    assert_eq!(bench.step(), None);
}

#[test]
fn refused_probe_of_a_wanted_kind_ends_the_session() {
    let mut bench = Bench::online();
    drop(bench.subscribe(1));
    bench.step();
    bench.pass(TIMEOUT);
    assert_eq!(bench.step(), None);
    let answer = bench.subscribe(1);
    assert_eq!(bench.step(), Some(unsubscribe(1)));
    assert_eq!(bench.refuse(), vec![Request::Unsubscribe(kind(1))]);
    let cause = GapCause::SubscriptionUnknown { kind: kind(1) };
    assert_eq!(bench.step(), Some(Step::End(cause)));
    bench.reconnect();
    assert_eq!(bench.step(), Some(subscribe(1)));
    bench.confirm(1);
    assert_eq!(result(answer), Some(Ok(())));
}

#[test]
fn subscribe_behind_a_refused_first_request_that_was_withdrawn_is_its_own_request() {
    let mut bench = Bench::online();
    let first = bench.subscribe(1);
    bench.step();
    let ending = bench.unsubscribe(1);
    let second = bench.subscribe(1);
    assert_eq!(bench.refuse(), vec![Request::Subscribe(kind(1))]);
    assert_eq!(result(first), Some(Err(SubscribeError::Unsubscribed)));
    assert_eq!(result(ending), Some(Ok(())));
    bench.pass(PACING);
    assert_eq!(bench.step(), Some(subscribe(1)));
    bench.confirm(1);
    assert_eq!(result(second), Some(Ok(())));
}

#[test]
fn abandoned_registry_answers_everybody() {
    let mut bench = Bench::online();
    bench.establish(1);
    let (ending, waiting) = (bench.unsubscribe(1), bench.subscribe(2));
    bench.registry.abandon();
    assert_eq!(result(ending), Some(Err(UnsubscribeError::Closed)));
    assert_eq!(result(waiting), Some(Err(SubscribeError::Closed)));
}
