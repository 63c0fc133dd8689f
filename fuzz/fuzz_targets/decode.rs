//! Text frames, as a client and as a server reads them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rocketfi_tests::hostile::decode(bytes));
