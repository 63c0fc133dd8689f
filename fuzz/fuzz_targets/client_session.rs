//! A whole client, fed by servers that do their worst.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rocketfi_tests::hostile::client_session(bytes));
