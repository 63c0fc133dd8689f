//! What a soak found, as a table.

use std::fmt::{self, Display, Formatter};

use crate::FAULTS;
use crate::soak::Summary;

/// Violations that are shown in full; of the others the number.
const SHOWN: usize = 20;

/// The table of a soak, and what was broken in it.
pub struct Report<'s>(pub &'s Summary);

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<28} {:>9} {:>9} {:>10}",
            "fault", "runs", "faults", "violations"
        )?;
        for kind in FAULTS {
            self.row(f, kind.name, Some(kind.name))?;
        }
        self.row(f, "all together", None)?;
        let broken: usize = self
            .0
            .violations
            .values()
            .map(|(_, broken)| broken.len())
            .sum();
        let faults = self.0.total_faults();
        writeln!(
            f,
            "{:<28} {:>9} {faults:>9} {broken:>10}",
            "total", self.0.runs
        )?;
        self.violations(f)
    }
}

impl Report<'_> {
    /// `runs` and `violations` are those of the fault alone, `faults` those of all runs.
    fn row(&self, f: &mut Formatter<'_>, name: &str, only: Option<&str>) -> fmt::Result {
        let runs = self.0.runs_alone.iter();
        let runs: u64 = runs
            .filter(|(it, _)| **it == only)
            .map(|(_, runs)| runs)
            .sum();
        let found = self.0.violations.values().filter(|(it, _)| *it == only);
        let found: usize = found.map(|(_, broken)| broken.len()).sum();
        let faults = only.map(|name| self.0.faults.get(name).copied().unwrap_or(0));
        let faults = faults.map_or_else(String::new, |faults| faults.to_string());
        writeln!(f, "{name:<28} {runs:>9} {faults:>9} {found:>10}")
    }

    fn violations(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (seed, (only, broken)) in self.0.violations.iter().take(SHOWN) {
            writeln!(f, "\nseed {seed} ({}):", only.unwrap_or("all together"))?;
            for violation in broken {
                writeln!(f, "    {violation}")?;
            }
            writeln!(f, "    replay: cargo xtask soak --seed {seed}")?;
        }
        let hidden = self.0.violations.len().saturating_sub(SHOWN);
        if hidden > 0 {
            writeln!(f, "\nand {hidden} more seeds")?;
        }
        Ok(())
    }
}
