#![doc = include_str!("../README.md")]

mod codec;
mod generated;
pub mod rest;
mod route;
mod scalar;
mod tagged;
mod text;

pub use codec::{DecodeError, Message, decode, decode_client, encode, encode_into};
pub use generated::*;
pub use route::{Delivery, Scope};
pub use scalar::{
    AccountAddress, Decimal, DecimalError, HexError, InstrumentId, Number, Optional, RawJson,
    Signature, UnknownValue, Unrecognized,
};
