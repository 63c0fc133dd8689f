//! The members of one object that were read.

use super::{Scan, Scanner};

/// Members by their place in the specification. A member may come once.
#[derive(Default)]
pub(crate) struct Seen(u64);

impl Seen {
    /// Reads the value of the member at this place, which is below 64.
    #[inline]
    pub(crate) fn once<T: Scan>(
        &mut self,
        place: u8,
        value: &mut T,
        scanner: &mut Scanner<'_>,
    ) -> Option<()> {
        let bit = 1 << place;
        if self.0 & bit != 0 {
            return None;
        }
        self.0 |= bit;
        value.fill(scanner)
    }

    /// Whether all of these members were there.
    #[inline]
    pub(crate) fn all(&self, members: u64) -> Option<()> {
        (self.0 & members == members).then_some(())
    }
}
