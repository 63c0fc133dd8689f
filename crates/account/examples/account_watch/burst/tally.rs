//! What happened against what was told.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

/// How many things happened, were told, and went wrong on the way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    happened: usize,
    given: usize,
    lost: usize,
    doubled: usize,
    /// Told though something that happened later had been told.
    out_of_order: usize,
}

impl Tally {
    pub(crate) fn of<T: Eq + Hash>(happened: &[T], given: &[T]) -> Self {
        // The places of each, for two of them may be alike.
        let mut places: HashMap<&T, Vec<usize>> = HashMap::new();
        for (place, thing) in happened.iter().enumerate().rev() {
            places.entry(thing).or_default().push(place);
        }
        let (mut doubled, mut out_of_order, mut latest) = (0, 0, 0);
        for thing in given {
            match places.get_mut(thing).and_then(Vec::pop) {
                None => doubled += 1,
                Some(place) => {
                    out_of_order += usize::from(place < latest);
                    latest = latest.max(place);
                }
            }
        }
        Self {
            happened: happened.len(),
            given: given.len(),
            lost: places.values().map(Vec::len).sum(),
            doubled,
            out_of_order,
        }
    }

    pub(crate) const fn is_exact(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.out_of_order == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            happened,
            given,
            lost,
            doubled,
            out_of_order,
        } = self;
        write!(
            f,
            "{happened} happened, {given} were given to the user: {lost} lost, {doubled} doubled, {out_of_order} out of order"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_was_lost_doubled_and_out_of_order() {
        let tally = |given: &[u8]| {
            let tally = Tally::of(&[1, 2, 2, 3, 4], given);
            (tally.lost, tally.doubled, tally.out_of_order)
        };
        assert_eq!(tally(&[1, 2, 2, 3, 4]), (0, 0, 0));
        assert_eq!(tally(&[1, 2, 3, 4]), (1, 0, 0));
        assert_eq!(tally(&[1, 2, 2, 3, 3, 4]), (0, 1, 0));
        assert_eq!(tally(&[1, 2, 2, 4, 3]), (0, 0, 1));
        assert_eq!(tally(&[]), (5, 0, 0));
        assert!(Tally::of(&[1], &[1]).is_exact());
        assert!(!Tally::of(&[1, 2], &[2, 1]).is_exact());
    }
}
