//! Frames of the server, read by the scanner and by serde.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rocketfi_tests::hostile::scan(bytes));
