//! What the oracle found, as a table.

use std::fmt::{self, Display, Formatter};

use super::{FAULTS, Summary};

/// Seeds whose violations are shown in full; of the others the number.
const SHOWN: usize = 20;

/// The table of many runs, and what was broken in them.
pub struct Report<'s>(pub &'s Summary);

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<42} {:>10}", "fault", "times")?;
        for name in FAULTS {
            let times = self.0.faults.get(name).copied().unwrap_or(0);
            writeln!(f, "{name:<42} {times:>10}")?;
        }
        writeln!(f, "\n{:<42} {:>10}", "told", "times")?;
        for (what, times) in &self.0.told {
            writeln!(f, "{what:<42} {times:>10}")?;
        }
        self.violations(f)
    }
}

impl Report<'_> {
    fn violations(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (seed, broken) in self.0.violations.iter().take(SHOWN) {
            writeln!(f, "\nseed {seed}:")?;
            for violation in broken {
                writeln!(f, "    {violation}")?;
            }
            writeln!(f, "    replay: cargo xtask oracle --seed {seed}")?;
        }
        let hidden = self.0.violations.len().saturating_sub(SHOWN);
        if hidden > 0 {
            writeln!(f, "\nand {hidden} more seeds")?;
        }
        Ok(())
    }
}
