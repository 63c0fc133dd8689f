//! The scanner and serde.

use proptest::prelude::*;
use rocketfi_tests::hostile::scan;

use crate::input;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn the_scanner_reads_what_serde_reads(bytes in input::bytes(60)) {
        scan(&bytes);
    }
}
