//! Where a reconciliation is.

use rocketfi_protocol::ServerMessage;
use tokio::time::Instant;

use super::hold::Hold;
use crate::Change;
use crate::event::Trigger;
use crate::snapshot::Touched;
use crate::state::Discrepancy;

/// Whether the state is right.
#[derive(Debug)]
pub(super) enum Course {
    /// As far as can be known.
    Reconciled {
        next_audit: Option<Instant>,
        audit: Option<Audit>,
    },
    /// Not yet.
    Reconciling(Reconciling),
}

/// What became of the question to REST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    /// Something must happen first.
    Idle,
    /// To be asked then.
    At(Instant),
    /// Asked.
    Running,
}

/// On the way to a state that is right.
#[derive(Debug)]
pub(super) struct Reconciling {
    pub(super) trigger: Trigger,
    pub(super) began: Instant,
    pub(super) attempts: u32,
    /// `None` when messages flow meanwhile.
    pub(super) hold: Option<Hold>,
    /// Since all kinds are live; how many order events were known then.
    since: Option<u64>,
    /// What flowed since then. Held messages are not in it: they are applied later.
    pub(super) touched: Touched,
    pub(super) fetch: Fetch,
    /// Something did not fit after REST was asked, so its answer may not settle it.
    pub(super) is_doubtful: bool,
    /// Margin and equity have flowed on this session; REST does not tell them.
    pub(super) is_risk_told: bool,
}

impl Reconciling {
    pub(super) fn new(trigger: Trigger, now: Instant) -> Self {
        Self {
            trigger,
            began: now,
            attempts: 0,
            hold: Some(Hold::default()),
            since: None,
            touched: Touched::default(),
            fetch: Fetch::Idle,
            is_doubtful: false,
            is_risk_told: false,
        }
    }

    /// The session has ended: what comes next is held back again.
    pub(super) fn lose(&mut self) {
        self.unsettle();
        self.hold.get_or_insert_default().settle();
        self.is_risk_told = false;
        if self.trigger != Trigger::Connected {
            self.trigger = Trigger::Gap;
        }
    }

    /// What REST answers to an earlier question does not count.
    pub(super) fn unsettle(&mut self) {
        self.since = None;
        self.touched = Touched::default();
        self.fetch = Fetch::Idle;
        self.is_doubtful = false;
    }

    /// All kinds are live, and REST is to be asked then.
    pub(super) fn go_live(&mut self, at: Instant, event_count: u64) {
        if self.since.is_some() {
            return;
        }
        self.since = Some(event_count);
        self.fetch = Fetch::At(at);
        if let Some(hold) = &mut self.hold {
            hold.settle();
        }
    }

    /// A message that flows.
    pub(super) fn note(&mut self, message: &ServerMessage) {
        self.is_risk_told |= matches!(message, ServerMessage::AccountRiskUpdate(_));
        if self.since.is_some() {
            self.touched.note(message);
        }
    }

    /// What a message that flows has changed. After a gap much does not fit; it counts only once REST is being asked.
    pub(super) fn doubt(&mut self, change: &Change) {
        self.is_doubtful |= self.fetch == Fetch::Running && !change.inconsistencies.is_empty();
    }
}

/// A comparison with REST on a healthy connection.
#[derive(Debug)]
pub(super) struct Audit {
    /// What the stream has told since it began.
    pub(super) touched: Touched,
    pub(super) looks: u32,
    /// What was different at every look so far; `None` before the first.
    pub(super) suspected: Option<Discrepancy>,
    since: u64,
    fetch: Fetch,
}

impl Audit {
    pub(super) fn new(at: Instant, event_count: u64) -> Self {
        Self {
            touched: Touched::default(),
            looks: 0,
            suspected: None,
            since: event_count,
            fetch: Fetch::At(at),
        }
    }

    pub(super) fn look_again(&mut self, suspected: Discrepancy, at: Instant, event_count: u64) {
        self.suspected = Some(suspected);
        self.touched = Touched::default();
        self.since = event_count;
        self.fetch = Fetch::At(at);
    }
}

impl Course {
    pub(super) const fn fetch_mut(&mut self) -> Option<&mut Fetch> {
        match self {
            Self::Reconciling(reconciling) => Some(&mut reconciling.fetch),
            Self::Reconciled {
                audit: Some(audit), ..
            } => Some(&mut audit.fetch),
            Self::Reconciled { audit: None, .. } => None,
        }
    }

    /// How many order events were known when REST was to be newer than all of them.
    pub(super) const fn events_since(&self) -> Option<u64> {
        match self {
            Self::Reconciling(reconciling) => reconciling.since,
            Self::Reconciled {
                audit: Some(audit), ..
            } => Some(audit.since),
            Self::Reconciled { audit: None, .. } => None,
        }
    }

    pub(super) const fn count_attempt(&mut self) {
        match self {
            Self::Reconciling(reconciling) => reconciling.attempts += 1,
            Self::Reconciled {
                audit: Some(audit), ..
            } => audit.looks += 1,
            Self::Reconciled { audit: None, .. } => {}
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let at = |fetch: Fetch| match fetch {
            Fetch::At(at) => Some(at),
            Fetch::Idle | Fetch::Running => None,
        };
        match self {
            Self::Reconciling(reconciling) => {
                let hold = reconciling.hold.as_ref().and_then(Hold::until);
                [at(reconciling.fetch), hold].into_iter().flatten().min()
            }
            Self::Reconciled {
                audit: Some(audit), ..
            } => at(audit.fetch),
            Self::Reconciled { next_audit, .. } => *next_audit,
        }
    }
}
