//! The workspace's own commands, as a library: the program, the tests and the fuzzers share it.

pub mod bench;
pub mod codegen;
pub mod corpus;

#[cfg(any(test, feature = "hostile"))]
pub mod hostile;
pub mod simulation;
