#![doc = include_str!("../README.md")]

mod codec;
mod generated;
pub mod rest;
mod route;
mod scalar;
#[cfg(feature = "fast")]
mod scan;
mod tagged;
mod text;

pub use ecow::EcoString;

pub use codec::{DecodeError, Message, decode, decode_client, decode_into, encode, encode_into};
pub use generated::*;
pub use route::{Delivery, Scope};
pub use scalar::{
    AccountAddress, Decimal, DecimalError, HexError, InstrumentId, Map, Number, Optional, RawJson,
    Signature, UnknownValue, Unrecognized,
};
