//! What to measure, and how often.

use clap::{Parser, ValueEnum};

/// Measures how the client recovers, over loopback sockets.
#[derive(Debug, Parser)]
pub(crate) struct Args {
    /// What to measure; everything unless named
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// A short form: of the crowd only the default setting, and fewer of what the options below count
    #[arg(long)]
    pub(crate) quick: bool,
    /// Runs for each kind of fault and each sort of account [default: 1000, quick: 20]
    #[arg(long)]
    runs: Option<usize>,
    /// Clients in the crowd [default: 1000, quick: 100]
    #[arg(long)]
    clients: Option<usize>,
    /// Restarts for each setting of the crowd [default: 5, quick: 1]
    #[arg(long)]
    rounds: Option<usize>,
    /// Frames in a flood [default: 1000000, quick: 50000]
    #[arg(long)]
    frames: Option<usize>,
    /// Be the slow reader of a flood: how this bench starts itself, to have a process to measure
    #[arg(long, hide = true, num_args = 3)]
    pub(crate) reader: Option<Vec<String>>,
    /// Cargo passes it to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Part {
    /// From a cut connection to every subscription confirmed, by kind of fault
    Cut,
    /// A thousand clients that come back to a restarted server
    Crowd,
    /// Memory and heartbeats while the consumer is a thousand times too slow
    Flood,
    /// From a cut connection to an account that is put right with REST
    Reconcile,
}

impl Args {
    pub(crate) fn parts(&self) -> Vec<Part> {
        if self.parts.is_empty() {
            Part::value_variants().to_vec()
        } else {
            self.parts.clone()
        }
    }

    pub(crate) fn runs(&self) -> usize {
        self.runs.unwrap_or(if self.quick { 20 } else { 1_000 })
    }

    pub(crate) fn clients(&self) -> usize {
        self.clients.unwrap_or(if self.quick { 100 } else { 1_000 })
    }

    pub(crate) fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 1 } else { 5 })
    }

    pub(crate) fn frames(&self) -> usize {
        let default = if self.quick { 50_000 } else { 1_000_000 };
        self.frames.unwrap_or(default)
    }
}
