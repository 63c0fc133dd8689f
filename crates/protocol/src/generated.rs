//! The protocol's types, written by `cargo xtask codegen` from `asyncapi/`.

#[rustfmt::skip]
mod client_message;
#[rustfmt::skip]
mod server_message;
#[rustfmt::skip]
mod subscription_kind;
#[rustfmt::skip]
mod views;

pub use client_message::*;
pub use server_message::*;
pub use subscription_kind::*;
pub use views::*;
