//! The addresses of the exchange's public environments.

/// Beta.
pub const BETA: &str = "wss://beta.rocket-cluster-1.com/ws";

/// Testnet.
pub const TESTNET: &str = "wss://testnet.rocket-cluster-1.com/ws";

/// Devnet.
pub const DEVNET: &str = "wss://devnet.rocket-cluster-1.com/ws";
