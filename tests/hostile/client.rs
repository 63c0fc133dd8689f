//! A client whose servers are hostile.

use proptest::prelude::*;
use rocketfi_tests::hostile::client_session;

use crate::input;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_script_of_a_server_breaks_a_client(mut bytes in input::bytes(2000)) {
        bytes.insert(0, 1);
        client_session(&bytes);
    }

    #[test]
    fn no_bytes_of_a_server_break_a_client(piece: u8, bytes in input::bytes(200)) {
        client_session(&[&[0, piece], &bytes[..]].concat());
    }
}
