//! Lists out of a fuzzer's input. Those of `arbitrary` end after every element with a chance of one half, so that
//! bytes at random would make scripts of two acts.

use arbitrary::{Arbitrary, Result, Unstructured};

/// The most elements of a list.
const LONGEST: u8 = 15;

/// As many as the input says, or as it has bytes for.
pub(super) fn list<'a, T: Arbitrary<'a>>(input: &mut Unstructured<'a>) -> Result<Vec<T>> {
    let length = input.arbitrary::<u8>()? & LONGEST;
    let more = (0..length).map_while(|_| (!input.is_empty()).then(|| input.arbitrary()));
    more.collect()
}

/// Up to 255 bytes.
#[derive(Clone, Debug)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl<'a> Arbitrary<'a> for Bytes {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let length = usize::from(input.arbitrary::<u8>()?);
        let bytes = input.bytes(length.min(input.len()))?;
        Ok(Self(bytes.to_vec()))
    }
}
