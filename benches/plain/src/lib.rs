//! The protocol's messages as one writes them by hand in an afternoon: serde derives, externally tagged, `String` for
//! every decimal, address, id and text, `Option` for what may be absent, `BTreeMap` for a map, `u64` for a number.
//!
//! This is the baseline (a) of `docs/performance.md`, and the yardstick of a clean build; so it depends on nothing
//! but serde, and has none of the tolerance that the generated types have: no unknown variants, no message without its
//! tag, one spelling only of a variant without a payload, null and absent alike. What the generated types keep as raw
//! JSON, an instruction and the answer to it, is a `String` here, for want of `serde_json`; it can be built, and no
//! frame that is measured holds any. The feature `json` adds the functions that read and write frames, and is there only
//! to be built.

#![expect(
    missing_docs,
    reason = "the generated types of the same names say what each field means"
)]

mod account;
#[cfg(feature = "json")]
pub mod json;
mod market;
mod message;
mod order;
mod transaction;

pub use account::*;
pub use market::*;
pub use message::*;
pub use order::*;
pub use transaction::*;
