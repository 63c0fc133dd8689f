//! WebSocket frames as bytes, right or wrong in one place.

use arbitrary::Arbitrary;

use super::body::Body;
use super::take::Bytes;

const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;

/// Who sends a frame. A client has to mask what it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Client,
    Server,
}

#[derive(Arbitrary, Clone, Debug)]
pub(super) struct Frame {
    opcode: Opcode,
    is_final: bool,
    payload: Payload,
    key: [u8; 4],
    lie: Option<Lie>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Opcode {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xa,
}

#[derive(Arbitrary, Clone, Debug)]
enum Payload {
    Bytes(Bytes),
    Text(Body),
    Close { code: u16, reason: Body },
}

/// What a frame may have wrong.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Lie {
    ReservedBits(u8),
    Opcode(u8),
    /// Masked by a server, or not by a client.
    Mask,
    Length(u64),
    /// The right length, in eight bytes where fewer would do.
    WideLength,
}

impl Frame {
    pub(super) fn payload(&self) -> Vec<u8> {
        self.payload.bytes()
    }

    pub(super) fn bytes(&self, sender: Sender) -> Vec<u8> {
        let payload = self.payload.bytes();
        let mut first = self.opcode as u8 | if self.is_final { FINAL } else { 0 };
        let mut is_masked = sender == Sender::Client;
        let mut length = length(payload.len() as u64);
        match self.lie {
            None => {}
            Some(Lie::ReservedBits(bits)) => first |= bits & 0x70,
            Some(Lie::Opcode(opcode)) => first = first & 0xf0 | opcode & 0x0f,
            Some(Lie::Mask) => is_masked = !is_masked,
            Some(Lie::Length(other)) => length = wide(other),
            Some(Lie::WideLength) => length = wide(payload.len() as u64),
        }
        assemble(first, length, is_masked.then_some(self.key), payload)
    }
}

impl Payload {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.0.clone(),
            Self::Text(body) => body.text().into_bytes(),
            Self::Close { code, reason } => {
                let mut bytes = code.to_be_bytes().to_vec();
                bytes.extend(reason.text().bytes().take(123));
                bytes
            }
        }
    }
}

/// A text message, in frames of at most so many bytes; 0 for one frame.
pub(super) fn text(text: &str, fragment: u8, sender: Sender) -> Vec<u8> {
    let key = (sender == Sender::Client).then_some([0x5a, 0, 0xff, 0x17]);
    let fragment = match usize::from(fragment) {
        0 => text.len().max(1),
        size => size,
    };
    let mut pieces: Vec<&[u8]> = text.as_bytes().chunks(fragment).collect();
    if pieces.is_empty() {
        pieces.push(b"");
    }
    let last = pieces.len() - 1;
    let frame = |(index, piece): (usize, &[u8])| {
        let opcode = if index == 0 { TEXT } else { CONTINUATION };
        let first = opcode | if index == last { FINAL } else { 0 };
        assemble(first, length(piece.len() as u64), key, piece.to_vec())
    };
    pieces.into_iter().enumerate().flat_map(frame).collect()
}

fn assemble(first: u8, mut length: Vec<u8>, key: Option<[u8; 4]>, mut payload: Vec<u8>) -> Vec<u8> {
    let mut bytes = vec![first];
    if let Some(key) = key {
        length[0] |= MASKED;
        length.extend(key);
        for (byte, key) in payload.iter_mut().zip(key.into_iter().cycle()) {
            *byte ^= key;
        }
    }
    bytes.extend(length);
    bytes.extend(payload);
    bytes
}

/// In as few bytes as it takes (RFC 6455, section 5.2).
fn length(length: u64) -> Vec<u8> {
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => vec![short],
        (_, Ok(middle)) => [&[126], &middle.to_be_bytes()[..]].concat(),
        _ => wide(length),
    }
}

fn wide(length: u64) -> Vec<u8> {
    [&[127], &length.to_be_bytes()[..]].concat()
}
