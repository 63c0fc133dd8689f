//! The letter case of an address, and a small memory of those that were asked for last.
//!
//! The checksum of [EIP-55](https://eips.ethereum.org/EIPS/eip-55) costs a Keccak-256, about 400 ns, which is what the
//! rest of a frame with a fill costs. An address has no room to keep its own text: it is 20 bytes, `Copy`, and made
//! from bytes in constants. But who writes addresses writes the same ones again and again, those of the accounts that
//! a feed is about. So each thread remembers some.
//!
//! The memory is a table with one place for each address, found from its bytes; a newcomer takes the place of whoever
//! is there. That needs no allocation, no lock and no order of use, and a place that is taken too often costs what
//! every address cost before. 64 places are 4 KiB a thread.

use std::cell::RefCell;

use const_hex::Buffer;
use keccak::Keccak;

/// `0x` and 40 digits.
pub(super) type Text = Buffer<20, true>;

const PLACES: usize = 64;

thread_local! {
    /// Invariant: every place holds an address and its checksummed text. At first that is the address of zeros, whose
    /// digits have no case.
    static MEMORY: RefCell<[Place; PLACES]> = const { RefCell::new([const { Place::ZERO }; PLACES]) };
}

#[derive(Clone)]
struct Place {
    address: [u8; 20],
    text: Text,
}

impl Place {
    const ZERO: Self = Self {
        address: [0; 20],
        text: Text::new().const_format(&[0; 20]),
    };
}

/// The digits of an address: a letter is upper case where the hash of the lower-case digits has a nibble of 8 or more.
pub(super) fn checksummed(address: &[u8; 20]) -> Text {
    MEMORY.with_borrow_mut(|places| {
        let place = &mut places[place_of(address)];
        if place.address != *address {
            *place = Place {
                address: *address,
                text: calculate(address),
            };
        }
        // A copy, since what is done with the text may ask for the next.
        place.text.clone()
    })
}

/// Addresses are the end of a hash already, but for those that were chosen: so all of the last eight bytes count.
fn place_of(address: &[u8; 20]) -> usize {
    let mut end = [0; 8];
    end.copy_from_slice(&address[12..]);
    // Fibonacci hashing: the top bits of the product depend on every bit.
    let mixed = u64::from_be_bytes(end).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::from(mixed.to_be_bytes()[0]) * PLACES / 256
}

fn calculate(address: &[u8; 20]) -> Text {
    let mut text = Text::new();
    let digits = &mut text.format(address)[2..];
    let hash = keccak_256(digits.as_bytes());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    for (at, nibble) in (0..digits.len()).zip(nibbles) {
        if nibble >= 8 {
            digits[at..=at].make_ascii_uppercase();
        }
    }
    text
}

/// Keccak-256 of a text that is shorter than one block, as 40 digits are: the sponge takes it in at once. The permutation is
/// a library's; the rest of a hash library takes longer to build than all else here but serde.
fn keccak_256(text: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 136;
    let mut block = [0; BLOCK];
    block[..text.len()].copy_from_slice(text);
    block[text.len()] = 1;
    block[BLOCK - 1] |= 0x80;
    let mut state = [0; 25];
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks().0) {
        *lane = u64::from_le_bytes(*bytes);
    }
    Keccak::new().with_f1600(|permute| permute(&mut state));
    let mut hash = [0; 32];
    for (bytes, lane) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    hash
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Addresses of which many want the same place.
    fn crowded() -> impl Strategy<Value = [u8; 20]> {
        (0..2_u8, 0..200_u8).prop_map(|(first, last)| {
            let mut address = [0xab; 20];
            address[0] = first;
            address[19] = last;
            address
        })
    }

    #[test]
    fn an_address_that_lost_its_place_gets_its_own_text_again() {
        let [mut one, mut other] = [[0; 20]; 2];
        // Only the last eight bytes decide the place.
        (one[0], other[0]) = (0xaa, 0xbb);
        assert_eq!(place_of(&one), place_of(&other));
        for address in [one, other, [0; 20], one, one, other] {
            assert_eq!(checksummed(&address).as_str(), calculate(&address).as_str());
        }
    }

    #[test]
    fn the_address_of_zeros_is_right_from_the_start() {
        let text = std::thread::spawn(|| checksummed(&[0; 20]).to_string());
        assert_eq!(text.join().unwrap(), calculate(&[0; 20]).as_str());
    }

    #[test]
    fn neighbouring_addresses_have_places_of_their_own() {
        let mut taken = [0; PLACES];
        for last in 0..32 {
            let mut address = [0x70; 20];
            address[19] = last;
            taken[place_of(&address)] += 1;
        }
        assert!(taken.iter().all(|addresses| *addresses <= 1), "{taken:?}");
    }

    proptest! {
        #[test]
        fn any_sequence_of_addresses_gets_the_texts_it_should(
            addresses in prop::collection::vec(prop_oneof![crowded(), any::<[u8; 20]>()], 0..300),
        ) {
            for address in addresses {
                let (remembered, calculated) = (checksummed(&address), calculate(&address));
                prop_assert_eq!(remembered.as_str(), calculated.as_str());
            }
        }
    }
}
