//! The leaf types of the protocol: everything the specification calls a scalar, and the two ways of keeping JSON that
//! this version of the specification does not describe.

mod account_address;
mod checksum;
mod decimal;
mod hex;
mod instrument_id;
mod map;
mod number;
mod optional;
mod raw_json;
mod signature;
mod unknown_value;
mod unrecognized;

pub use account_address::AccountAddress;
pub use decimal::{Decimal, DecimalError};
pub use hex::HexError;
pub use instrument_id::InstrumentId;
pub use map::Map;
pub use number::Number;
pub use optional::Optional;
pub use raw_json::RawJson;
pub use signature::Signature;
pub use unknown_value::UnknownValue;
pub use unrecognized::Unrecognized;
