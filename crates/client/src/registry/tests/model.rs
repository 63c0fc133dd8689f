//! Random users, random servers, and what must hold whatever they do.

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;

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
    /// Whether a handled request is certain to have been the one in flight.
    prompt: bool,
}

impl Model {
    fn new(prompt: bool) -> Self {
        Self {
            bench: Bench::online(),
            inbox: VecDeque::new(),
            streams: BTreeMap::new(),
            wishes: Vec::new(),
            calls: Vec::new(),
            confirmed: Vec::new(),
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

    /// Only a kind that this session has not asked for, so that it is a confirmation of nothing.
    fn confuse(&mut self, number: u8) {
        let asked = self
            .inbox
            .iter()
            .any(|request| *request.kind() == kind(number));
        if !asked && !self.streams.contains_key(&kind(number)) {
            self.bench.registry.subscribed(&kind(number));
        }
    }

    fn serve(&mut self, reaction: Reaction) {
        let Some(request) = self.inbox.pop_front() else {
            return;
        };
        // The request in flight, if any, is the last that was sent.
        let late = self.bench.registry.flight.is_none() || !self.inbox.is_empty();
        if matches!(reaction, Reaction::Refuse) && !(late && self.prompt) {
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

    fn confirm(&mut self, request: &Request, subscribes: bool) {
        let registry = &mut self.bench.registry;
        if subscribes {
            registry.subscribed(request.kind());
        } else {
            registry.unsubscribed(request.kind());
        }
    }

    /// Carries out what the registry wants, as a session does.
    fn run(&mut self) {
        loop {
            let waits = |deadline| deadline > self.bench.now;
            let busy = self
                .bench
                .registry
                .flight
                .as_ref()
                .is_some_and(|it| waits(it.deadline));
            match self.bench.step() {
                None => break,
                Some(Step::Send(request)) => {
                    assert!(!busy, "one request is in flight at a time");
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
            Ok(Err(_)) => {
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
        let in_flight = registry
            .entries
            .iter()
            .filter(|entry| flying(entry.state))
            .count();
        assert_eq!(in_flight, usize::from(registry.flight.is_some()));
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

fn play(ops: Vec<Op>, prompt: bool) -> Model {
    let mut model = Model::new(prompt);
    for op in ops {
        model.apply(op);
    }
    model
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn invariants_hold_with_a_server_that_answers_in_time_or_never(
        ops in prop::collection::vec(prompt_op(), 1..120)
    ) {
        let mut model = play(ops, true);
        model.come_to_rest();
    }

    #[test]
    fn invariants_hold_with_any_server(ops in prop::collection::vec(any_op(), 1..120)) {
        let mut model = play(ops, false);
        model.come_to_rest();
    }

    #[test]
    fn new_session_restores_exactly_what_is_wanted(ops in prop::collection::vec(any_op(), 1..120)) {
        let mut model = play(ops, false);
        model.apply(Op::Reconnect);
        model.come_to_rest();
        model.check_streams();
    }
}
