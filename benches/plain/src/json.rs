//! Frames to messages and back, as one writes it by hand.

use serde_json::Error;

use crate::{ClientMessage, ServerMessage};

/// Reads a frame from the server.
///
/// # Errors
/// When it is none.
pub fn decode(frame: &str) -> Result<ServerMessage, Error> {
    serde_json::from_str(frame)
}

/// Reads a frame from a client.
///
/// # Errors
/// When it is none.
pub fn decode_client(frame: &str) -> Result<ClientMessage, Error> {
    serde_json::from_str(frame)
}

/// Writes a frame to a client.
///
/// # Errors
/// Never, in fact.
pub fn encode(message: &ServerMessage) -> Result<String, Error> {
    serde_json::to_string(message)
}

/// Writes a frame to the server.
///
/// # Errors
/// Never, in fact.
pub fn encode_client(message: &ClientMessage) -> Result<String, Error> {
    serde_json::to_string(message)
}
