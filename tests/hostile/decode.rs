//! Text frames.

use proptest::prelude::*;
use rocketfi_tests::hostile::decode;

use crate::input;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_bytes_break_reading(bytes in input::bytes(300)) {
        decode(&bytes);
    }

    #[test]
    fn no_damage_to_a_frame_breaks_reading(bytes in input::damaged_frame()) {
        decode(&bytes);
    }
}
