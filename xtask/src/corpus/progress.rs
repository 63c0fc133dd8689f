//! How far the run is, on standard error if somebody watches.

use indicatif::{ProgressBar, ProgressStyle};

/// One bar for one phase after the other.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg:12} {bar:40} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Begins something that takes so many steps.
    pub(crate) fn phase(&self, name: &'static str, steps: usize) {
        self.0.set_message(name);
        self.0.set_length(steps as u64);
        self.0.set_position(0);
    }

    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
