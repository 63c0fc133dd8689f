//! Which kinds a message may belong to, without asking all of them: of ten thousand instruments, one.

use std::collections::HashMap;

use rocketfi_protocol::{AccountAddress, InstrumentId, ServerMessage, SubscriptionKind};

/// A kind that names an instrument or an account brings only messages that name the same. What else tells kinds apart,
/// an asset or an interval, has few values, and is left to [`ServerMessage::belongs_to`].
type Subject = (Option<InstrumentId>, Option<AccountAddress>);

/// Numbers are places in a list of the caller's.
#[derive(Default)]
pub(super) struct Index {
    /// One for each update that is waited for, or a few, where kinds that bring the same update do not name the same.
    shelves: Vec<Shelf>,
}

struct Shelf {
    update: &'static str,
    names_instrument: bool,
    names_account: bool,
    places: HashMap<Subject, Vec<usize>>,
}

impl Shelf {
    fn is_for(&self, update: &str, subject: Subject) -> bool {
        let names = (subject.0.is_some(), subject.1.is_some());
        self.update == update && (self.names_instrument, self.names_account) == names
    }

    fn subject(&self, message: &ServerMessage) -> Subject {
        let instrument = self.names_instrument.then(|| message.instrument_id());
        let account = self.names_account.then(|| message.account());
        (instrument.flatten(), account.flatten())
    }
}

impl Index {
    pub(super) fn add(&mut self, kind: &SubscriptionKind, place: usize) {
        let subject = subject(kind);
        for update in kind.updates() {
            let places = &mut self.shelf_for(update, subject).places;
            places.entry(subject).or_default().push(place);
        }
    }

    fn shelf_for(&mut self, update: &'static str, subject: Subject) -> &mut Shelf {
        let is_right = |shelf: &Shelf| shelf.is_for(update, subject);
        let at = self.shelves.iter().position(is_right);
        let at = at.unwrap_or_else(|| {
            self.shelves.push(Shelf {
                update,
                names_instrument: subject.0.is_some(),
                names_account: subject.1.is_some(),
                places: HashMap::new(),
            });
            self.shelves.len() - 1
        });
        &mut self.shelves[at]
    }

    /// Where kinds are that are about the same as this one, itself among them.
    pub(super) fn of_kind(&self, kind: &SubscriptionKind) -> &[usize] {
        let subject = subject(kind);
        let Some(update) = kind.updates().first() else {
            return &[];
        };
        let mut shelves = self.shelves.iter();
        let right = shelves.find(|shelf| shelf.is_for(update, subject));
        let places = right.and_then(|shelf| shelf.places.get(&subject));
        places.map_or(&[], Vec::as_slice)
    }

    /// Where kinds are which the message may belong to.
    pub(super) fn of_message<'a>(
        &'a self,
        message: &'a ServerMessage,
    ) -> impl Iterator<Item = usize> + 'a {
        let name = message.name();
        let shelves = self
            .shelves
            .iter()
            .filter(move |shelf| shelf.update == name);
        let found = shelves.filter_map(|shelf| shelf.places.get(&shelf.subject(message)));
        found.flatten().copied()
    }
}

fn subject(kind: &SubscriptionKind) -> Subject {
    (kind.instrument_id(), kind.account())
}
