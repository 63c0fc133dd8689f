//! What a message is about, in the two words that matter to a consumer: who may see it, and whether it replaces,
//! amends or adds.

use std::fmt;

/// Whether a subscription or a message concerns one account or the whole market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// About the market: carries no account.
    Public,
    /// About one account, which it names.
    Private,
}

impl Scope {
    /// `"public"` or `"private"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How an update relates to what its receiver already holds.
///
/// No message of the protocol carries a sequence number, so this is all a receiver can know about how updates add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Delivery {
    /// Replaces whatever was held for its key.
    Snapshot,
    /// To be merged by key into what was held; an entry that is missing says nothing.
    Partial,
    /// To be appended; replaces nothing.
    Event,
}

impl Delivery {
    /// `"snapshot"`, `"partial"` or `"event"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Partial => "partial",
            Self::Event => "event",
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
