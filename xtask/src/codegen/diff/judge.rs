//! Whether a change breaks what is deployed: clients made from the old specification, against the new server.

use serde::Serialize;

use super::relation::Relation;
use super::side::Senders;
use crate::codegen::model::Presence;

/// How bad a change is; the worse is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Impact {
    /// On the wire. Rust code may have to change when it is generated anew.
    Compatible,
    Breaking,
}

/// An impact and its reason.
pub(super) type Verdict = (Impact, &'static str);

use Impact::{Breaking, Compatible};

/// What a change means where the client sends it and where the server does.
pub(super) struct Judgement {
    client: Verdict,
    server: Verdict,
}

impl Judgement {
    /// The worse of those that apply, with its reasons.
    pub(super) fn of(&self, senders: Senders) -> (Impact, String) {
        let applying = [(senders.client, self.client), (senders.server, self.server)];
        let verdicts = applying.iter().filter(|(applies, _)| *applies);
        let verdicts: Vec<Verdict> = verdicts.map(|(_, verdict)| *verdict).collect();
        let worst = verdicts.iter().map(|(impact, _)| *impact).max();
        let worst = worst.unwrap_or(Compatible);
        let mut reasons: Vec<&str> = Vec::new();
        for (_, reason) in verdicts.iter().filter(|(impact, _)| *impact == worst) {
            if !reasons.contains(reason) {
                reasons.push(reason);
            }
        }
        (worst, reasons.join("; "))
    }
}

/// A variant or an enum's value, as all unions are open to what a later server sends.
pub(super) fn added() -> Judgement {
    Judgement {
        client: (Compatible, "clients need not send it"),
        server: (Compatible, "older clients read it as unrecognized"),
    }
}

/// A variant that carries something; in what was an enum, where only texts are expected, nothing can.
pub(super) fn added_with_payload(texts: bool) -> Judgement {
    match added() {
        Judgement { client, .. } if texts => Judgement {
            client,
            server: (Breaking, "older clients read texts alone here"),
        },
        judgement => judgement,
    }
}

/// A message: somebody sends it, or waits for it.
pub(super) fn message_removed() -> Judgement {
    Judgement {
        client: (Breaking, "the server no longer reads it"),
        server: (Breaking, "clients wait for it in vain"),
    }
}

/// A kind, a variant inside a message, or an enum's value: one case less to meet.
pub(super) fn case_removed() -> Judgement {
    Judgement {
        client: (Breaking, "the server no longer reads it"),
        server: (Compatible, "it no longer arrives"),
    }
}

/// A variant that other values, or another form, announce now.
pub(super) fn recognised_otherwise() -> Judgement {
    Judgement {
        client: (
            Breaking,
            "the server no longer recognises what older clients send",
        ),
        server: (Breaking, "older clients no longer recognise it"),
    }
}

pub(super) fn field_added(presence: Presence) -> Judgement {
    Judgement {
        client: match may_be(presence) {
            (true, _) => (Compatible, "clients may leave it out"),
            (false, _) => (Breaking, "older clients do not send it"),
        },
        server: (
            Compatible,
            "on the wire: older clients skip it; the Rust type gains a field",
        ),
    }
}

pub(super) fn field_removed(presence: Presence) -> Judgement {
    Judgement {
        client: (Breaking, "the server no longer reads what it said"),
        server: match may_be(presence) {
            (true, _) => (
                Compatible,
                "on the wire: clients know it may be absent; the Rust type loses a field",
            ),
            (false, _) => (Breaking, "older clients require it"),
        },
    }
}

pub(super) fn presence_changed(old: Presence, new: Presence) -> Judgement {
    let ((old_absent, old_null), (new_absent, new_null)) = (may_be(old), may_be(new));
    Judgement {
        client: if old_absent && !new_absent || old_null && !new_null {
            (Breaking, "older clients may still send it so")
        } else {
            (Compatible, "the server still reads what clients send")
        },
        server: if new_absent && !old_absent || new_null && !old_null {
            (Breaking, "older clients do not expect it")
        } else {
            (Compatible, "clients are prepared for more")
        },
    }
}

/// Whether a field may be absent, and whether it may be null.
const fn may_be(presence: Presence) -> (bool, bool) {
    match presence {
        Presence::Required => (false, false),
        Presence::Nullable => (false, true),
        Presence::Optional => (true, false),
        Presence::OptionalNullable => (true, true),
    }
}

/// A default says what an absent field means.
pub(super) fn default_changed(was_said: bool) -> Judgement {
    let verdict = if was_said {
        (Breaking, "to leave it out means something else now")
    } else {
        (Compatible, "what its absence means was not said before")
    };
    Judgement {
        client: verdict,
        server: verdict,
    }
}

/// A type that is called something else.
pub(super) fn renamed() -> Judgement {
    let verdict = (Compatible, "on the wire: the Rust type has another name");
    Judgement {
        client: verdict,
        server: verdict,
    }
}

pub(super) fn retyped(relation: Relation) -> Judgement {
    match relation {
        Relation::Same | Relation::Equal => Judgement {
            client: (Compatible, "it is the same on the wire"),
            server: (Compatible, "it is the same on the wire"),
        },
        Relation::Wider => Judgement {
            client: (Compatible, "the server reads all that it read before"),
            server: (Breaking, "older clients cannot read all of it"),
        },
        Relation::Narrower => Judgement {
            client: (
                Breaking,
                "the server no longer reads all that clients may send",
            ),
            server: (Compatible, "clients can read all of it"),
        },
        Relation::Different => Judgement {
            client: (
                Breaking,
                "the server no longer reads what older clients send",
            ),
            server: (Breaking, "older clients cannot read it"),
        },
    }
}
