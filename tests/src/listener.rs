//! The events of a client, with a check that holds for every test.

use std::collections::VecDeque;

use rocketfi_client::{CloseReason, Event, Events, GapCause, SessionId};

use crate::deadline;

/// How many events a failed check shows.
const SHOWN: usize = 20;

/// Hands on the events of a client, and checks of every one that it comes in its place: each
/// session begins with `Connected` and ends with `Gap`, everything between carries its number,
/// nothing but `DialFailed` is between `Gap` and the next `Connected`, and nothing comes after `Closed`.
#[derive(Debug)]
pub struct Listener {
    events: Events,
    order: Order,
}

impl Listener {
    /// Listens from the first event on.
    #[must_use]
    pub const fn new(events: Events) -> Self {
        Self {
            events,
            order: Order::new(),
        }
    }

    /// The next event; `None` when the stream has ended.
    ///
    /// # Panics
    /// When it does not come in time, or not in its place.
    pub async fn next(&mut self) -> Option<Event> {
        let waiting_for = format!("the next event after {:?}", self.order.seen);
        let event = deadline(&waiting_for, self.events.recv()).await;
        if let Some(event) = &event {
            self.order.check(event);
        }
        event
    }

    /// The next event.
    ///
    /// # Panics
    /// As [`next`](Self::next), and when there is none.
    pub async fn event(&mut self) -> Event {
        let event = self.next().await;
        event.unwrap_or_else(|| panic!("the events ended after {:?}", self.order.seen))
    }

    /// All events before the first that matches, and that one, which `what` names.
    ///
    /// # Panics
    /// As [`event`](Self::event).
    pub async fn collect_until(
        &mut self,
        what: &str,
        matches: impl Fn(&Event) -> bool,
    ) -> (Vec<Event>, Event) {
        let mut before = Vec::new();
        let search = async {
            loop {
                let event = self.event().await;
                if matches(&event) {
                    return event;
                }
                before.push(event);
            }
        };
        let found = deadline(what, search).await;
        (before, found)
    }

    /// Skips to the first event that matches, which `what` names.
    ///
    /// # Panics
    /// As [`event`](Self::event).
    pub async fn until(&mut self, what: &str, matches: impl Fn(&Event) -> bool) -> Event {
        self.collect_until(what, matches).await.1
    }

    /// Skips to the next `Gap`, and tells its cause and its kinds.
    ///
    /// # Panics
    /// As [`event`](Self::event).
    pub async fn gap(&mut self) -> (GapCause, Vec<rocketfi_protocol::SubscriptionKind>) {
        let is_gap = |event: &Event| matches!(event, Event::Gap { .. });
        match self.until("a gap", is_gap).await {
            Event::Gap { cause, kinds, .. } => (cause, kinds),
            other => unreachable!("{other:?} is no gap"),
        }
    }

    /// Expects the `Connected` of this session next, but for failed dials.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn connected(&mut self, session: SessionId) {
        let mut event = self.event().await;
        while matches!(event, Event::DialFailed { .. }) {
            event = self.event().await;
        }
        assert_eq!(event, Event::Connected { session });
    }

    /// Skips to the next `Gap`, and expects the `Connected` of this session after it, with
    /// nothing but failed dials between.
    ///
    /// # Panics
    /// As [`event`](Self::event), and when something else comes.
    pub async fn connected_after_gap(&mut self, session: SessionId) {
        self.gap().await;
        self.connected(session).await;
    }

    /// Skips to the next `Resubscribed`, and tells its session and its kinds.
    ///
    /// # Panics
    /// As [`event`](Self::event).
    pub async fn resubscribed(&mut self) -> (SessionId, Vec<rocketfi_protocol::SubscriptionKind>) {
        let is_resubscribed = |event: &Event| matches!(event, Event::Resubscribed { .. });
        match self.until("a Resubscribed", is_resubscribed).await {
            Event::Resubscribed { session, kinds } => (session, kinds),
            other => unreachable!("{other:?} is no Resubscribed"),
        }
    }

    /// Skips to the end: `Closed` with this reason, and nothing after it. Answers with what came
    /// before.
    ///
    /// # Panics
    /// When the end is another, or does not come.
    pub async fn end(&mut self, reason: CloseReason) -> Vec<Event> {
        let is_closed = |event: &Event| matches!(event, Event::Closed { .. });
        let (before, closed) = self.collect_until("the end", is_closed).await;
        assert_eq!(closed, Event::Closed { reason });
        assert_eq!(self.next().await, None, "nothing comes after Closed");
        before
    }
}

/// What may come next, after the events so far.
#[derive(Debug)]
pub(crate) struct Order {
    place: Place,
    /// The last few, for whoever reads a failure.
    seen: VecDeque<String>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Before(SessionId),
    Within(SessionId),
    End,
}

impl Order {
    pub(crate) const fn new() -> Self {
        Self {
            place: Place::Before(SessionId(1)),
            seen: VecDeque::new(),
        }
    }

    /// Whether `Closed` has come.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self.place, Place::End)
    }

    /// # Panics
    /// When the event is out of place.
    pub(crate) fn check(&mut self, event: &Event) {
        self.place = match (self.place, event) {
            (Place::Before(next), Event::Connected { session }) if *session == next => {
                Place::Within(next)
            }
            (Place::Within(now), Event::Gap { session, .. }) if *session == now => {
                Place::Before(SessionId(now.0 + 1))
            }
            (Place::Before(_), Event::DialFailed { .. }) => self.place,
            (Place::Before(_) | Place::Within(_), Event::Closed { .. }) => Place::End,
            (Place::Within(now), event)
                if event.session() == Some(now) && !matches!(event, Event::Connected { .. }) =>
            {
                self.place
            }
            (place, event) => panic!(
                "{} is out of place: {place:?} session, after {:?}",
                label(event),
                self.seen
            ),
        };
        self.seen.push_back(label(event));
        if self.seen.len() > SHOWN {
            self.seen.pop_front();
        }
    }
}

/// An event in a few words.
#[must_use]
pub fn label(event: &Event) -> String {
    let name = match event {
        Event::Connected { .. } => "Connected".to_owned(),
        Event::Message { message, .. } => message.name().to_owned(),
        Event::Resubscribed { kinds, .. } => format!("Resubscribed {} kinds", kinds.len()),
        Event::Gap { cause, .. } => format!("Gap: {}", cause.name()),
        Event::Lagged { missed, .. } => format!("Lagged {missed}"),
        Event::Unrecognized { .. } => "Unrecognized".to_owned(),
        Event::Malformed { .. } => "Malformed".to_owned(),
        Event::ServerError { .. } => "ServerError".to_owned(),
        Event::DialFailed { attempt, error, .. } => format!("DialFailed {attempt}: {error}"),
        Event::Stale { kind, .. } => format!("Stale {}", kind.name()),
        Event::Closed { reason } => format!("Closed: {reason}"),
        other => format!("{other:?}"),
    };
    match event.session() {
        Some(session) => format!("{session}: {name}"),
        None => name,
    }
}
