//! Random users, random servers, and what must hold whatever they do.

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;

use super::super::Verb;
use super::super::entry::State;
use super::*;

const KINDS: u8 = 4;

#[derive(Clone, Copy, Debug)]
enum Op {
    Subscribe(u8),
    Unsubscribe(u8),
    Pass(Duration),
    Reconnect,
    /// The server handles the oldest request that it has received.
    Serve(Reaction),
    /// An `Error` that is about no request.
    Complain,
    /// A confirmation of nothing.
    Confuse(u8),
}

#[derive(Clone, Copy, Debug)]
enum Reaction {
    Confirm,
    Refuse,
    /// Carries it out and says nothing.
    Mumble,
    /// Does nothing and says nothing.
    Lose,
}

fn reaction() -> impl Strategy<Value = Reaction> {
    prop_oneof![
        6 => Just(Reaction::Confirm),
        2 => Just(Reaction::Refuse),
        1 => Just(Reaction::Mumble),
        1 => Just(Reaction::Lose),
    ]
}

/// A server whose every `Error` answers the request in flight: prompt, or silent.
fn prompt_op() -> BoxedStrategy<Op> {
    prop_oneof![
        4 => (1..=KINDS).prop_map(Op::Subscribe),
        2 => (1..=KINDS).prop_map(Op::Unsubscribe),
        4 => (0_u64..400).prop_map(|ms| Op::Pass(Duration::from_millis(ms))),
        1 => Just(Op::Pass(TIMEOUT)),
        1 => Just(Op::Reconnect),
        1 => (1..=KINDS).prop_map(Op::Confuse),
        6 => reaction().prop_map(Op::Serve),
    ]
    .boxed()
}

/// A server that also complains about nothing in particular.
fn any_op() -> BoxedStrategy<Op> {
    prop_oneof![12 => prompt_op(), 1 => Just(Op::Complain)].boxed()
}

/// What the registry is checked against.
struct Model {
    bench: Bench,
    /// What the server has received and not handled, on this session.
    inbox: VecDeque<Request>,
    /// How often the server streams each kind on this session.
    streams: BTreeMap<SubscriptionKind, u32>,
    /// Since when a kind is wanted without interruption, as the user sees it: in order.
    wishes: Vec<SubscriptionKind>,
    calls: Vec<(SubscriptionKind, Answer<SubscribeError>)>,
    confirmed: Vec<SubscriptionKind>,
    /// What the server has refused.
    refused: Vec<SubscriptionKind>,
    /// How many requests may be in flight.
    limit: usize,
    /// Whether every `Error` answers a request that is in flight.
    prompt: bool,
}

impl Model {
    fn new(limit: usize, prompt: bool) -> Self {
        let mut bench = Bench::with(&Config {
            max_in_flight: limit,
            ..config()
        });
        bench.registry.open(bench.now);
        Self {
            bench,
            inbox: VecDeque::new(),
            streams: BTreeMap::new(),
            wishes: Vec::new(),
            calls: Vec::new(),
            confirmed: Vec::new(),
            refused: Vec::new(),
            limit,
            prompt,
        }
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Subscribe(number) => self.user_subscribes(number),
            Op::Unsubscribe(number) => self.user_unsubscribes(number),
            Op::Pass(time) => self.bench.pass(time),
            Op::Reconnect => self.reconnect(),
            Op::Serve(reaction) => self.serve(reaction),
            Op::Complain => drop(self.bench.refuse()),
            Op::Confuse(number) => self.confuse(number),
        }
        self.run();
        self.hear();
        self.check();
    }

    fn user_subscribes(&mut self, number: u8) {
        if !self.wishes.contains(&kind(number)) {
            self.wishes.push(kind(number));
        }
        let answer = self.bench.subscribe(number);
        self.calls.push((kind(number), answer));
    }

    fn user_unsubscribes(&mut self, number: u8) {
        drop(self.bench.unsubscribe(number));
        self.hear();
        self.wishes.retain(|wish| *wish != kind(number));
        self.confirmed
            .retain(|confirmed| *confirmed != kind(number));
    }

    fn reconnect(&mut self) {
        self.inbox.clear();
        self.streams.clear();
        self.bench.reconnect();
    }

    /// Only a kind that nobody waits for on this session, so that it is a confirmation of nothing.
    fn confuse(&mut self, number: u8) {
        let kind = kind(number);
        let unserved = self.inbox.iter().any(|request| *request.kind() == kind);
        let mut suspects = self.bench.registry.flights.suspects().iter();
        let asked = unserved || suspects.any(|flight| flight.kind == kind);
        if !asked && !self.streams.contains_key(&kind) {
            self.bench.confirm(number);
        }
    }

    fn serve(&mut self, reaction: Reaction) {
        let Some(request) = self.inbox.pop_front() else {
            return;
        };
        if matches!(reaction, Reaction::Refuse) && (self.is_in_flight(&request) || !self.prompt) {
            self.refused.push(request.kind().clone());
            self.bench.refuse();
        }
        if !matches!(reaction, Reaction::Confirm | Reaction::Mumble) {
            return;
        }
        let subscribes = !matches!(request, Request::Unsubscribe(_));
        let count = self.streams.entry(request.kind().clone()).or_default();
        *count = if subscribes { *count + 1 } else { 0 };
        if matches!(reaction, Reaction::Confirm) {
            self.confirm(&request, subscribes);
        }
    }

    /// Whether it is this request whose answer is awaited, and not a later one of the same kind.
    fn is_in_flight(&self, request: &Request) -> bool {
        let verb = match request {
            Request::Unsubscribe(_) => Verb::Unsubscribe,
            Request::Subscribe(_) | Request::Resubscribe(_) => Verb::Subscribe,
        };
        let kind = request.kind();
        let overtaken = self.inbox.iter().any(|later| later.kind() == kind);
        !overtaken && self.bench.registry.flights.find(kind, verb).is_some()
    }

    fn confirm(&mut self, request: &Request, subscribes: bool) {
        let Bench { registry, now, rng } = &mut self.bench;
        if subscribes {
            registry.subscribed(request.kind(), *now, rng);
        } else {
            registry.unsubscribed(request.kind(), *now, rng);
        }
    }

    /// Carries out what the registry wants, as a session does.
    fn run(&mut self) {
        loop {
            let blamed = !self.bench.registry.flights.has_room();
            let waits = self.bench.registry.flights.deadline();
            let held = blamed && waits.is_none_or(|deadline| deadline > self.bench.now);
            match self.bench.step() {
                None => break,
                Some(Step::Send(request)) => {
                    assert!(
                        !held,
                        "nothing is sent over the limit, or before an error is resolved"
                    );
                    self.inbox.push_back(request);
                }
                Some(Step::Resubscribed(kinds)) => {
                    assert!(kinds.iter().all(|kind| self.confirmed.contains(kind)));
                }
                Some(Step::End(_)) => self.reconnect(),
            }
        }
    }

    /// Takes note of the answers that callers got.
    fn hear(&mut self) {
        let mut calls = std::mem::take(&mut self.calls);
        calls.retain_mut(|(kind, answer)| match answer.try_recv() {
            Ok(Ok(())) => {
                if !self.confirmed.contains(kind) {
                    self.confirmed.push(kind.clone());
                }
                false
            }
            Ok(Err(error)) => {
                let rejected = matches!(error, SubscribeError::Rejected { .. });
                assert!(
                    !(rejected && self.prompt) || self.refused.contains(kind),
                    "only what was refused is told to be"
                );
                if !self.confirmed.contains(kind) {
                    self.wishes.retain(|wish| wish != kind);
                }
                false
            }
            Err(_) => true,
        });
        for (kind, _) in &calls {
            if !self.wishes.contains(kind) {
                self.wishes.push(kind.clone());
            }
        }
        self.calls = calls;
    }

    fn check(&self) {
        let registry = &self.bench.registry;
        let flying = |state| matches!(state, State::Subscribing | State::Unsubscribing);
        let mut flying: Vec<_> = registry
            .entries
            .iter()
            .filter(|entry| flying(entry.state))
            .map(|entry| &entry.kind)
            .collect();
        let mut in_flight: Vec<_> = registry.flights.live().map(|flight| &flight.kind).collect();
        flying.sort();
        in_flight.sort();
        assert_eq!(flying, in_flight);
        assert!(in_flight.len() <= self.limit);
        assert_eq!(
            registry.wanted(),
            self.wishes,
            "what is wanted is kept, in its order"
        );
        let mut established = self.confirmed.clone();
        established.sort();
        let mut told = registry.established();
        told.sort();
        assert_eq!(
            told, established,
            "a gap names all that was confirmed and is wanted"
        );
        if self.prompt {
            assert!(
                self.streams.values().all(|&count| count <= 1),
                "nothing is subscribed twice"
            );
        }
        let due = registry
            .wake_at()
            .is_some_and(|wake_at| wake_at <= self.bench.now);
        assert!(!due, "nothing is left to do by now");
        registry.entries.check(self.bench.now);
    }

    /// From here on the server does what it is asked. Everything must come to rest as it is wanted.
    fn come_to_rest(&mut self) {
        for _ in 0..1000 {
            self.serve(Reaction::Confirm);
            self.run();
            self.hear();
            self.check();
            let Some(wake_at) = self.bench.registry.wake_at() else {
                break;
            };
            if self.inbox.is_empty() {
                self.bench.now = self.bench.now.max(wake_at);
                self.run();
            }
        }
        assert!(self.calls.is_empty(), "every call has an answer");
        assert!(self.bench.registry.settled());
        assert_eq!(self.bench.registry.wake_at(), None, "nothing is left to do");
    }

    /// What streams is what is wanted, once.
    fn check_streams(&self) {
        let streaming = self.streams.iter().filter(|(_, count)| **count > 0);
        let streaming: BTreeMap<_, _> = streaming
            .map(|(kind, count)| (kind.clone(), *count))
            .collect();
        let wanted = self.wishes.iter().map(|kind| (kind.clone(), 1)).collect();
        assert_eq!(streaming, wanted);
    }
}

fn play(ops: Vec<Op>, limit: usize, prompt: bool) -> Model {
    let mut model = Model::new(limit, prompt);
    for op in ops {
        model.apply(op);
    }
    model
}

/// More when `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    ProptestConfig::default().cases.max(400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn invariants_hold_with_a_server_that_answers_in_time_or_never(
        limit in 1_usize..=4,
        ops in prop::collection::vec(prompt_op(), 1..120),
    ) {
        let mut model = play(ops, limit, true);
        model.come_to_rest();
    }

    #[test]
    fn invariants_hold_with_any_server(
        limit in 1_usize..=4,
        ops in prop::collection::vec(any_op(), 1..120),
    ) {
        let mut model = play(ops, limit, false);
        model.come_to_rest();
    }

    #[test]
    fn new_session_restores_exactly_what_is_wanted(
        limit in 1_usize..=4,
        ops in prop::collection::vec(any_op(), 1..120),
    ) {
        let mut model = play(ops, limit, false);
        model.apply(Op::Reconnect);
        model.come_to_rest();
        model.check_streams();
    }
}
