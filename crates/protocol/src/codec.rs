//! Text to message and back.

mod diagnosis;
mod error;
mod outline;
mod reason;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::error::DecodeError;
#[cfg(feature = "fast")]
use crate::scan::{self, Scan};
use crate::{ClientMessage, ServerMessage};

/// Reads one text frame from the server.
///
/// All of the wire's tolerance is in the types, so this costs what `serde_json::from_str` costs. Only when that fails,
/// the frame is gone through again to say why, and where.
///
/// ```
/// use rocketfi_protocol::{DecodeError, ServerMessage, decode};
///
/// assert_eq!(decode(r#"{"Pong":null}"#), Ok(ServerMessage::Pong));
/// assert!(matches!(decode(r#"{"NewInAutumn":[1]}"#), Ok(ServerMessage::Unrecognized(_))));
/// assert_eq!(decode("{}"), Err(DecodeError::Shape));
/// ```
///
/// # Errors
/// When the frame is not JSON, not a message, or a known message with a bad body: see [`DecodeError`]. An unknown
/// variant is no error, but [`ServerMessage::Unrecognized`].
pub fn decode(frame: &str) -> Result<ServerMessage, DecodeError> {
    // Filled in where it is returned: a message is large.
    #[cfg(feature = "fast")]
    {
        let mut answer = Ok(<ServerMessage as Scan>::empty());
        if let Ok(message) = &mut answer
            && scan::read_into(message, frame).is_some()
        {
            return answer;
        }
    }
    read(frame)
}

/// Reads one text frame from the server into a place that is there: into a queue, say. A message has hundreds of bytes,
/// and every hand that it passes through copies them.
///
/// ```
/// use rocketfi_protocol::{ServerMessage, decode_into};
///
/// // Anything small will do to begin with.
/// let mut places = [ServerMessage::Pong, ServerMessage::Pong];
/// for (frame, place) in [r#"{"Error":"busy"}"#, r#"{"Pong":null}"#].iter().zip(&mut places) {
///     decode_into(frame, place)?;
/// }
/// assert_eq!(places, [ServerMessage::Error("busy".into()), ServerMessage::Pong]);
/// # Ok::<(), rocketfi_protocol::DecodeError>(())
/// ```
///
/// # Errors
/// As [`decode`]. The place then holds some message, of which nothing is to be thought.
pub fn decode_into(frame: &str, place: &mut ServerMessage) -> Result<(), DecodeError> {
    #[cfg(feature = "fast")]
    if scan::read_into(place, frame).is_some() {
        return Ok(());
    }
    *place = read(frame)?;
    Ok(())
}

/// Reads one text frame from a client, as a server does.
///
/// ```
/// use rocketfi_protocol::{ClientMessage, decode_client};
///
/// assert_eq!(decode_client(r#""Ping""#), Ok(ClientMessage::Ping));
/// ```
///
/// # Errors
/// As [`decode`], and for an unknown variant too, since a client's messages are a closed set.
pub fn decode_client(frame: &str) -> Result<ClientMessage, DecodeError> {
    read(frame)
}

/// Writes one text frame: compact JSON.
///
/// ```
/// use rocketfi_protocol::{ClientMessage, encode};
///
/// assert_eq!(encode(&ClientMessage::Ping), r#""Ping""#);
/// ```
#[must_use]
#[expect(
    clippy::missing_panics_doc,
    reason = "it cannot panic, for the reason given below"
)]
pub fn encode<M: Message>(message: &M) -> String {
    serde_json::to_string(message)
        .expect("no type of the protocol refuses to be written, and all its keys are strings")
}

/// Writes one text frame into a buffer that was used before. What the buffer held is replaced; its capacity is kept,
/// and while that is enough nothing is allocated.
///
/// ```
/// use rocketfi_protocol::{ClientMessage, encode_into};
///
/// let mut frame = String::new();
/// for message in [ClientMessage::Ping, ClientMessage::ClearExecuteOnDisconnect] {
///     encode_into(&message, &mut frame);
///     // Here it is sent.
/// }
/// assert_eq!(frame, r#""ClearExecuteOnDisconnect""#);
/// ```
#[expect(
    clippy::missing_panics_doc,
    reason = "it cannot panic, for the reasons given below"
)]
pub fn encode_into<M: Message>(message: &M, frame: &mut String) {
    let mut bytes = std::mem::take(frame).into_bytes();
    bytes.clear();
    serde_json::to_writer(&mut bytes, message)
        .expect("no type of the protocol refuses to be written, and memory takes whatever comes");
    *frame = String::from_utf8(bytes).expect("JSON of strings is UTF-8");
}

/// What can be sent as one frame: [`ServerMessage`] and [`ClientMessage`].
pub trait Message: Serialize + DeserializeOwned + sealed::Union {}

impl Message for ServerMessage {}
impl Message for ClientMessage {}

fn read<M: Message>(frame: &str) -> Result<M, DecodeError> {
    serde_json::from_str(frame).map_err(|_| diagnosis::diagnose::<M>(frame))
}

/// What telling one kind of failure from another takes.
mod sealed {
    use crate::tagged::Tagged;
    use crate::{ClientMessage, ServerMessage};

    pub trait Union {
        /// The wire names of the variants.
        const NAMES: &'static [&'static str];
        /// The variant that may come without its tag, and the fields it is known by then.
        const UNTAGGED: Option<(&'static str, &'static [&'static str])>;
        /// Whether an unknown variant is an error.
        const CLOSED: bool;
    }

    impl Union for ServerMessage {
        const NAMES: &'static [&'static str] = ServerMessage::NAMES;
        /// Observed: a batch of order events without its tag; both public SDKs read it.
        const UNTAGGED: Option<(&'static str, &'static [&'static str])> =
            Some(("OrderEventUpdate", <Self as Tagged>::UNTAGGED_FIELDS));
        const CLOSED: bool = false;
    }

    impl Union for ClientMessage {
        const NAMES: &'static [&'static str] = ClientMessage::NAMES;
        const UNTAGGED: Option<(&'static str, &'static [&'static str])> = None;
        const CLOSED: bool = true;
    }
}
