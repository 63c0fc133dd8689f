//! Specifications, as text and as damage to good ones.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| xtask::hostile::specification(bytes));
