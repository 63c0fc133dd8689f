//! What to answer: rules that a test lays over the server's ordinary behaviour.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rocketfi_protocol::{ClientMessage, ServerMessage, SubscriptionKind};

/// Which requests a rule is for. Any `Fn(&ClientMessage) -> bool` makes one.
///
/// A matcher runs while the server is locked: it must not call the server.
pub struct AnswerTo(Box<dyn Fn(&ClientMessage) -> bool + Send + Sync>);

impl AnswerTo {
    /// Every Subscribe of `kind`.
    #[must_use]
    pub fn subscribe(kind: SubscriptionKind) -> Self {
        Self::from(
            move |message: &ClientMessage| matches!(message, ClientMessage::Subscribe(it) if *it == kind),
        )
    }

    /// Every Subscribe.
    #[must_use]
    pub fn any_subscribe() -> Self {
        Self::named("Subscribe")
    }

    /// Every Unsubscribe of `kind`.
    #[must_use]
    pub fn unsubscribe(kind: SubscriptionKind) -> Self {
        Self::from(
            move |message: &ClientMessage| matches!(message, ClientMessage::Unsubscribe(it) if *it == kind),
        )
    }

    /// Every Ping.
    #[must_use]
    pub fn ping() -> Self {
        Self::named("Ping")
    }

    /// Every message of this variant, such as `SubmitTransaction`; the names are in
    /// [`ClientMessage::NAMES`].
    #[must_use]
    pub fn named(name: &'static str) -> Self {
        Self::from(move |message: &ClientMessage| message.name() == name)
    }

    /// Everything.
    #[must_use]
    pub fn anything() -> Self {
        Self::from(|_: &ClientMessage| true)
    }
}

impl<F: Fn(&ClientMessage) -> bool + Send + Sync + 'static> From<F> for AnswerTo {
    fn from(matches: F) -> Self {
        Self(Box::new(matches))
    }
}

impl fmt::Debug for AnswerTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnswerTo(..)")
    }
}

/// What a request is answered with, and whether it is carried out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// As if there were no rule. Useful before other rules, to let the first requests pass.
    Ordinary,
    /// Carried out; every frame of the answer is sent twice.
    Twice,
    /// Carried out without a word: no acknowledgement, no first snapshot.
    Unacknowledged,
    /// Acknowledged, but not carried out: a subscription for which nothing will ever come.
    Hollow,
    /// Not carried out; an `Error` with this text.
    Error(String),
    /// Not carried out, and no answer.
    Silence,
    /// Not carried out; this message instead, such as the confirmation of another kind.
    Message(Box<ServerMessage>),
    /// Not carried out; this text frame instead, whatever it holds.
    Text(String),
    /// Not carried out; the connection is closed.
    Close {
        /// The close code, such as 1012.
        code: u16,
        /// The reason; cut to the 123 bytes that a Close frame has room for.
        reason: String,
    },
    /// Not carried out; the connection is cut without a Close frame.
    Cut,
}

impl Answer {
    /// [`Answer::Message`], from any message.
    #[must_use]
    pub fn message(message: impl Into<ServerMessage>) -> Self {
        Self::Message(Box::new(message.into()))
    }
}

/// How often a rule applies before it is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Once.
    Once,
    /// This often.
    Exactly(usize),
    /// Until it is removed.
    Always,
}

impl Times {
    const fn allows(self, used: usize) -> bool {
        match self {
            Self::Once => used < 1,
            Self::Exactly(times) => used < times,
            Self::Always => true,
        }
    }
}

/// A rule that was laid down, to ask how often it was used. Dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct ScriptedAnswer {
    used: Arc<AtomicUsize>,
}

impl ScriptedAnswer {
    /// How many requests were answered by this rule so far.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Acquire)
    }
}

#[derive(Debug)]
struct Rule<T, A> {
    to: T,
    answer: A,
    times: Times,
    used: Arc<AtomicUsize>,
}

impl<T, A> Rule<T, A> {
    fn is_left(&self) -> bool {
        self.times.allows(self.used.load(Ordering::Acquire))
    }
}

/// The rules of one server, about requests of one sort. The oldest rule that matches and is not
/// used up decides.
#[derive(Debug)]
pub(crate) struct Script<T, A> {
    rules: Vec<Rule<T, A>>,
}

impl<T, A> Default for Script<T, A> {
    fn default() -> Self {
        Self { rules: Vec::new() }
    }
}

impl<T, A: Clone> Script<T, A> {
    pub(crate) fn add(&mut self, to: T, answer: A, times: Times) -> ScriptedAnswer {
        let used = Arc::new(AtomicUsize::new(0));
        self.rules.push(Rule {
            to,
            answer,
            times,
            used: Arc::clone(&used),
        });
        ScriptedAnswer { used }
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The answer of the rule that decides, if there is one; counts it as used, and forgets the
    /// rule when it is used up.
    pub(crate) fn take(&mut self, is_for: impl Fn(&T) -> bool) -> Option<A> {
        let index = self
            .rules
            .iter()
            .position(|rule| rule.is_left() && is_for(&rule.to))?;
        let rule = &self.rules[index];
        let used = rule.used.fetch_add(1, Ordering::AcqRel) + 1;
        let answer = rule.answer.clone();
        if !rule.times.allows(used) {
            self.rules.remove(index);
        }
        Some(answer)
    }
}

impl Script<AnswerTo, Answer> {
    pub(crate) fn answer(&mut self, message: &ClientMessage) -> Answer {
        self.take(|to| (to.0)(message)).unwrap_or(Answer::Ordinary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_used_in_the_order_in_which_they_were_laid_down() {
        let mut script = Script::default();
        let first = script.add(AnswerTo::ping(), Answer::Ordinary, Times::Exactly(2));
        let second = script.add(AnswerTo::ping(), Answer::Silence, Times::Once);
        let always = script.add(AnswerTo::anything(), Answer::Twice, Times::Always);
        let answers: Vec<_> = (0..5)
            .map(|_| script.answer(&ClientMessage::Ping))
            .collect();
        let expected = [
            Answer::Ordinary,
            Answer::Ordinary,
            Answer::Silence,
            Answer::Twice,
            Answer::Twice,
        ];
        assert_eq!(answers, expected);
        assert_eq!([first.used(), second.used(), always.used()], [2, 1, 2]);
    }

    #[test]
    fn a_request_that_no_rule_is_for_is_answered_as_ever() {
        let mut script = Script::default();
        script.add(AnswerTo::any_subscribe(), Answer::Silence, Times::Always);
        assert_eq!(script.answer(&ClientMessage::Ping), Answer::Ordinary);
    }

    #[test]
    fn a_closure_is_a_matcher() {
        let mut script = Script::default();
        let to = |message: &ClientMessage| message.name() == "Ping";
        script.add(to.into(), Answer::Cut, Times::Always);
        assert_eq!(script.answer(&ClientMessage::Ping), Answer::Cut);
        script.clear();
        assert_eq!(script.answer(&ClientMessage::Ping), Answer::Ordinary);
    }
}
