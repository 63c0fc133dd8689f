//! The fast path: reading a frame with a scanner that knows the schema.
//!
//! serde asks a format what comes next and is told; this knows what comes next and looks whether it is so. What it does
//! not expect it leaves alone: at the first surprise it gives up, without a word about why, and the frame is read again
//! through serde. So serde stays the one definition of what is right, and the only rule here is: **whatever is read here,
//! serde reads as the same value**. It may give up on anything.
//!
//! It reads fields in any order (in the order of the specification they cost least), blanks, members that it does not
//! know, and every string without an escape. It gives up on escapes, on variants and untagged forms that serde has a rule
//! for, on duplicates, on what is missing, and on everything that is no JSON.
//!
//! The generator writes a [`Scan`] for each type that the server sends.

mod collections;
mod leaves;
mod scanner;
mod seen;
mod words;

pub(crate) use self::collections::Key;
pub(crate) use self::scanner::Scanner;
pub(crate) use self::seen::Seen;

/// Reads a whole frame into an empty value; `None` when it is for serde to judge.
pub(crate) fn read_into<T: Scan>(value: &mut T, frame: &str) -> Option<()> {
    let mut scanner = Scanner::new(frame);
    value.fill(&mut scanner)?;
    scanner.end()
}

/// A type that the scanner reads.
///
/// A value is filled in where it will stay. Messages have hundreds of bytes, and a processor that has just written a
/// short text waits when it has to move it as a whole.
pub(crate) trait Scan: Sized {
    /// The fewest bytes that any value takes in a frame: what a capacity may be guessed by without being cheated.
    const MIN: usize = 1;
    /// Whether it is an object with nothing but leaves in it, so that a list of them is counted by its braces.
    const FLAT: bool = false;

    /// A value to be filled in.
    fn empty() -> Self;

    /// Reads one value, from its first byte or the blanks before it to its last byte, into an empty one. `None` leaves the
    /// scanner and the value anywhere.
    fn fill(&mut self, scanner: &mut Scanner<'_>) -> Option<()>;

    /// Reads one value.
    #[inline]
    fn scan(scanner: &mut Scanner<'_>) -> Option<Self> {
        let mut value = Self::empty();
        value.fill(scanner)?;
        Some(value)
    }

    /// Reads one value behind the last of a list.
    #[inline]
    fn append(list: &mut Vec<Self>, scanner: &mut Scanner<'_>) -> Option<()> {
        list.push(Self::empty());
        list.last_mut()?.fill(scanner)
    }
}

#[cfg(test)]
mod tests;
