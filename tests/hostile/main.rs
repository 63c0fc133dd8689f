//! What the fuzzers in `fuzz/` look for, in as many cases as an ordinary test run can afford, and
//! every input that has found something.

mod client;
mod decode;
mod input;
mod scan;
mod server;
