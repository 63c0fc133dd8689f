//! A whole mock of the exchange, fed by clients that do their worst.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rocketfi_tests::hostile::mock_session(bytes));
