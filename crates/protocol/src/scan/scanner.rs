//! A place in a frame, and the steps from there.

use serde::de::{DeserializeOwned, IgnoredAny};

use super::words;

/// How deep a value may be nested that serde is to read by itself. serde has a limit, which counts from the frame.
const DEPTH: usize = 100;

/// A frame, read up to a place. All steps look past blanks where JSON allows them.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What is left of the frame.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// How many bytes were read.
    pub(super) const fn position(&self) -> usize {
        self.at
    }

    /// Nothing but blanks may follow.
    pub(super) fn end(&mut self) -> Option<()> {
        self.blanks();
        self.rest().is_empty().then_some(())
    }

    /// The next byte that is no blank; it stays to be read.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let byte = *self.text.as_bytes().get(self.at)?;
        if byte > b' ' {
            return Some(byte);
        }
        self.blanks();
        self.rest().first().copied()
    }

    #[cold]
    fn blanks(&mut self) {
        let blanks = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().take_while(blanks).count();
    }

    #[inline]
    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        if self.peek()? != byte {
            return None;
        }
        self.step();
        Some(())
    }

    /// Reads exactly these bytes, or nothing.
    #[inline]
    pub(crate) fn take<const N: usize>(&mut self, bytes: &[u8; N]) -> bool {
        let found = self.rest().first_chunk() == Some(bytes);
        if found {
            self.at += N;
        }
        found
    }

    /// Reads `null`, if that is next.
    #[inline]
    pub(crate) fn null(&mut self) -> bool {
        self.peek() == Some(b'n') && self.take(b"null")
    }

    /// Whether a string is next.
    #[inline]
    pub(crate) fn at_string(&mut self) -> bool {
        self.peek() == Some(b'"')
    }

    /// A string without escapes.
    #[inline]
    pub(crate) fn string(&mut self) -> Option<&'a str> {
        self.expect(b'"')?;
        let size = words::unescaped(self.rest())?;
        let text = self.text.get(self.at..self.at + size)?;
        self.at += size + 1;
        Some(text)
    }

    /// Enters an object or an array. Whether anything is in it.
    #[inline]
    pub(super) fn enter(&mut self, open: u8, close: u8) -> Option<bool> {
        self.expect(open)?;
        if self.peek()? != close {
            return Some(true);
        }
        self.step();
        Some(false)
    }

    /// Reads the comma before the next element, or leaves.
    #[inline]
    pub(super) fn another(&mut self, close: u8) -> Option<bool> {
        match self.peek()? {
            b',' => {
                self.step();
                Some(true)
            }
            byte if byte == close => {
                self.step();
                Some(false)
            }
            _ => None,
        }
    }

    /// Enters an object. Whether it has members.
    #[inline]
    pub(crate) fn open(&mut self) -> Option<bool> {
        self.enter(b'{', b'}')
    }

    /// Goes on to the next member, or leaves the object. Whether there is one.
    #[inline]
    pub(crate) fn more(&mut self) -> Option<bool> {
        self.another(b'}')
    }

    /// The name of a member.
    #[inline]
    pub(crate) fn key(&mut self) -> Option<&'a str> {
        let key = self.string()?;
        self.expect(b':')?;
        Some(key)
    }

    /// Reads the name of a member that is not the one expected, and finds it among `names`. Searches onwards from `next`,
    /// since what was expected is most likely just left out. A name that is not there is the one after the last.
    #[inline(never)]
    pub(crate) fn find(&mut self, names: &[&str], next: usize) -> Option<usize> {
        let key = self.key()?;
        let (before, after) = names.split_at(next.min(names.len()));
        let is_key = |name: &&str| *name == key;
        let behind = after.iter().position(is_key).map(|index| next + index);
        let found = behind.or_else(|| before.iter().position(is_key));
        Some(found.unwrap_or(names.len()))
    }

    /// Enters an object of one member, as an externally tagged variant is one, and reads the name.
    #[inline]
    pub(crate) fn tag(&mut self) -> Option<&'a str> {
        if self.open()? { self.key() } else { None }
    }

    /// Leaves an object whose one member was read.
    #[inline]
    pub(crate) fn close(&mut self) -> Option<()> {
        (!self.more()?).then_some(())
    }

    /// Reads past the value of a member that is not known.
    #[inline(never)]
    pub(crate) fn skip(&mut self) -> Option<()> {
        self.by_serde().map(|IgnoredAny| ())
    }

    /// Lets serde read the next value.
    pub(crate) fn by_serde<T: DeserializeOwned>(&mut self) -> Option<T> {
        serde_json::from_str(self.value()?).ok()
    }

    /// The text of the next value. Where it ends is right if it is JSON; whether it is, the caller has to find out.
    fn value(&mut self) -> Option<&'a str> {
        let first = self.peek()?;
        let size = match first {
            b'"' => 1 + string_end(&self.rest()[1..])?,
            b'{' | b'[' => nested_end(self.rest())?,
            _ => scalar_end(self.rest()),
        };
        let value = self.text.get(self.at..self.at + size)?;
        self.at += size;
        Some(value)
    }

    /// A number, as far as one can tell from its letters.
    #[inline]
    pub(super) fn number(&mut self) -> Option<&'a str> {
        self.peek()?;
        let size = scalar_end(self.rest());
        let value = self.text.get(self.at..self.at + size)?;
        self.at += size;
        Some(value)
    }

    /// Digits without a sign, in the one way in which JSON writes an integer.
    #[inline]
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        let first = self.peek()?.wrapping_sub(b'0');
        if first > 9 {
            return None;
        }
        self.step();
        let mut number = u64::from(first);
        while let Some(digit) = self.rest().first().map(|byte| byte.wrapping_sub(b'0'))
            && digit <= 9
        {
            // Not even a zero may follow a leading one.
            if number == 0 {
                return None;
            }
            number = number.checked_mul(10)?.checked_add(u64::from(digit))?;
            self.step();
        }
        let ended = !matches!(self.rest().first(), Some(b'.' | b'e' | b'E'));
        ended.then_some(number)
    }

    /// As [`unsigned`](Self::unsigned), with a sign or without one.
    #[inline]
    pub(super) fn signed(&mut self) -> Option<i64> {
        if self.peek()? != b'-' {
            return self.unsigned()?.try_into().ok();
        }
        self.step();
        match self.rest().first()? {
            // `-0` is a floating point number to serde_json.
            b'1'..=b'9' => 0_i64.checked_sub_unsigned(self.unsigned()?),
            _ => None,
        }
    }
}

/// The length of a string from behind its first quote, the last one included.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes
            .get(at..)?
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\'))?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The length of an object or an array.
fn nested_end(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match bytes.get(at)? {
            b'"' => at += string_end(&bytes[at + 1..])?,
            b'{' | b'[' if depth == DEPTH => return None,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The length of a number or a literal.
fn scalar_end(bytes: &[u8]) -> usize {
    let inside =
        |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.');
    bytes.iter().take_while(inside).count()
}
