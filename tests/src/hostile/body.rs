//! Bodies of text messages: good ones, damaged ones, anything.

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use rocketfi_protocol::{ClientMessage, ServerMessage, encode};

use crate::samples::{cases, kinds, transaction};

/// The largest text that a few bytes of input are blown up to.
const LARGEST: usize = 64 << 10;

/// The body of a text message.
#[derive(Arbitrary, Clone, Debug)]
pub(super) enum Body {
    /// A message of the protocol.
    Sample(u8),
    /// A message of the protocol with a piece replaced.
    Damaged {
        sample: u8,
        at: u16,
        cut: u8,
        with: String,
    },
    /// Anything.
    Text(String),
    /// The same again and again.
    Repeated { text: String, times: u16 },
}

impl Body {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Sample(number) => sample(*number).to_owned(),
            Self::Damaged {
                sample: number,
                at,
                cut,
                with,
            } => damaged(sample(*number), *at, *cut, with),
            Self::Text(text) => text.clone(),
            Self::Repeated { text, times } => {
                let most = LARGEST / text.len().max(1);
                text.repeat(usize::from(*times).min(most))
            }
        }
    }
}

fn damaged(sample: &str, at: u16, cut: u8, with: &str) -> String {
    let mut text: Vec<char> = sample.chars().collect();
    let start = usize::from(at) % (text.len() + 1);
    let end = text.len().min(start + usize::from(cut));
    text.splice(start..end, with.chars());
    text.into_iter().collect()
}

fn sample(number: u8) -> &'static str {
    static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(samples);
    &SAMPLES[usize::from(number) % SAMPLES.len()]
}

/// What servers and clients say, of every variant.
fn samples() -> Vec<String> {
    let mut samples: Vec<String> = ["\"Pong\"", "{\"Pong\":null}", "\"Ping\"", "{\"Ping\":null}"]
        .map(str::to_owned)
        .into();
    samples.extend(cases().iter().flat_map(|case| &case.updates).map(encode));
    samples.push(encode(&ServerMessage::Error("no".into())));
    for kind in kinds() {
        samples.push(encode(&ServerMessage::SubscribeConfirmation(kind.clone())));
        samples.push(encode(&ServerMessage::UnsubscribeConfirmation(
            kind.clone(),
        )));
        samples.push(encode(&ClientMessage::Subscribe(kind.clone())));
        samples.push(encode(&ClientMessage::Unsubscribe(kind)));
    }
    samples.extend(
        [
            ClientMessage::SubmitTransaction(transaction(1)),
            ClientMessage::RegisterExecuteOnDisconnect(transaction(2)),
            ClientMessage::ClearExecuteOnDisconnect,
        ]
        .iter()
        .map(encode),
    );
    samples
}
