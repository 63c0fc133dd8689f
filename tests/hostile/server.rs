//! A mock of the exchange whose clients are hostile.

use proptest::prelude::*;
use rocketfi_tests::hostile::mock_session;

use crate::input;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_script_of_a_client_breaks_a_server(mut bytes in input::bytes(2000)) {
        bytes.insert(0, 2);
        mock_session(&bytes);
    }

    #[test]
    fn no_bytes_of_a_client_break_a_server(piece: u8, bytes in input::bytes(200)) {
        mock_session(&[&[0, piece], &bytes[..]].concat());
    }

    #[test]
    fn no_bytes_before_a_handshake_break_a_server(mut bytes in input::bytes(200)) {
        bytes.insert(0, 1);
        mock_session(&bytes);
    }
}
