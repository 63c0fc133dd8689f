//! One figure with its spread, and what was hoped for.

use serde::{Deserialize, Serialize};

use crate::Sample;

/// One line of a table. Lines of one `table` stand together, in the order in which they were emitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The topic, which is the table's title.
    pub table: String,
    /// What was measured: `fast path`, `through Value`.
    pub what: String,
    /// On what: a frame, a number of clients. Empty where there is nothing to say.
    pub case: String,
    /// The median, or the exact figure.
    pub value: f64,
    /// The 10th percentile.
    pub low: f64,
    /// The 90th percentile.
    pub high: f64,
    /// What the three are numbers of.
    pub unit: Unit,
    /// What the value is hoped to be.
    pub target: Option<Target>,
}

/// What a figure is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Times a baseline of the same run.
    Ratio,
    /// Things, each of which counts: allocations, encodes.
    Count,
    /// Nanoseconds.
    Nanos,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Frames or deliveries in a second.
    PerSecond,
}

/// What a figure is hoped to be. Missing it is told, and fails nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
    /// This and nothing else.
    Exactly(f64),
}

impl Row {
    /// The median of a sample, with its 10th and 90th percentile.
    ///
    /// # Panics
    /// When the sample is empty.
    #[must_use]
    pub fn median(table: &str, what: &str, case: &str, sample: &Sample, unit: Unit) -> Self {
        Self {
            table: table.to_owned(),
            what: what.to_owned(),
            case: case.to_owned(),
            value: sample.median(),
            low: sample.quantile(0.1),
            high: sample.quantile(0.9),
            unit,
            target: None,
        }
    }

    /// A figure that is the same whenever it is taken.
    #[must_use]
    pub fn exact(table: &str, what: &str, case: &str, value: u64, unit: Unit) -> Self {
        let sample = Sample::from_iter([number(value)]);
        Self::median(table, what, case, &sample, unit)
    }

    /// Hopes for this or less.
    #[must_use]
    pub fn at_most(self, value: f64) -> Self {
        self.hoping(Target::AtMost(value))
    }

    /// Hopes for this or more.
    #[must_use]
    pub fn at_least(self, value: f64) -> Self {
        self.hoping(Target::AtLeast(value))
    }

    /// Hopes for this and nothing else.
    #[must_use]
    pub fn exactly(self, value: u64) -> Self {
        self.hoping(Target::Exactly(number(value)))
    }

    /// Hopes for this, if anything.
    #[must_use]
    pub fn hoping(self, target: impl Into<Option<Target>>) -> Self {
        Self {
            target: target.into(),
            ..self
        }
    }

    /// Prints the line that [`parse`](Self::parse) reads. Whatever else a bench has to say belongs on stderr.
    ///
    /// # Panics
    /// When stdout is closed: there is nobody left to measure for.
    pub fn emit(&self) {
        let line = serde_json::to_string(self).expect("strings and finite numbers can be written");
        println!("{line}");
    }

    /// Reads the line that [`emit`](Self::emit) prints.
    ///
    /// # Errors
    /// When it is another line.
    pub fn parse(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }
}

impl Target {
    /// Whether a figure is what was hoped for.
    #[must_use]
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Exactly(wanted) => (value - wanted).abs() < f64::EPSILON,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no bench counts as far as 2^53, where it would begin"
)]
const fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let sample: Sample = [0.5, 0.25, 0.75].into_iter().collect();
        let row = Row::median("decode", "serde", "ticker", &sample, Unit::Ratio).at_most(1.0);
        let line = serde_json::to_string(&row).unwrap();
        assert_eq!(Row::parse(&line).unwrap(), row);
        assert!((row.value - 0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_target_includes_its_own_figure() {
        assert!(Target::AtMost(1.0).is_met(1.0) && !Target::AtMost(1.0).is_met(1.01));
        assert!(Target::AtLeast(0.9).is_met(0.9) && !Target::AtLeast(0.9).is_met(0.89));
        assert!(Target::Exactly(3.0).is_met(3.0) && !Target::Exactly(3.0).is_met(2.0));
    }
}
