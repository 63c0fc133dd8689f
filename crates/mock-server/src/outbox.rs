//! The way out to one client: a bounded queue of frames, and the order to end.

mod queue;

use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

pub(crate) use self::queue::{Inbox, Order, Outbox, channel};
use crate::journal::Ending;

/// Frames that wait for a client to read them, unless told otherwise.
pub(crate) const DEFAULT_CAPACITY: usize = 1_024;

/// A Close frame has room for 125 bytes, two of them for the code.
const LONGEST_REASON: usize = 123;

/// How the server ends a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) goodbye: Goodbye,
    /// What the journal will say.
    pub(crate) ending: Ending,
}

/// The last that a client hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goodbye {
    /// Whatever is queued, then a Close frame.
    Close(Option<CloseFrame>),
    /// Whatever is queued, then the end of the stream, without a Close frame.
    Vanish,
    /// A reset, at once.
    Reset,
}

impl End {
    /// A close with a code that may appear in a Close frame. The codes that RFC 6455 (7.4.1) only
    /// lets an endpoint report do what they report: 1005 closes without a code, 1006 and 1015 end
    /// the connection without a Close frame.
    pub(crate) fn close(code: u16, reason: &str) -> Self {
        let goodbye = match code {
            1005 => Goodbye::Close(None),
            1006 | 1015 => Goodbye::Vanish,
            code => Goodbye::Close(Some(close_frame(code.into(), reason))),
        };
        let told = !matches!(goodbye, Goodbye::Vanish);
        let ending = if told {
            Ending::ByServer {
                code: (code != 1005).then_some(code),
            }
        } else {
            Ending::Cut
        };
        Self { goodbye, ending }
    }

    pub(crate) const fn cut() -> Self {
        Self {
            goodbye: Goodbye::Reset,
            ending: Ending::Cut,
        }
    }

    pub(crate) fn too_slow() -> Self {
        let frame = close_frame(CloseCode::Policy, "too slow a reader");
        Self {
            goodbye: Goodbye::Close(Some(frame)),
            ending: Ending::TooSlow,
        }
    }

    pub(crate) fn broken_rules(code: CloseCode, reason: &str) -> Self {
        let ending = Ending::BrokenRules { code: code.into() };
        Self {
            goodbye: Goodbye::Close(Some(close_frame(code, reason))),
            ending,
        }
    }
}

fn close_frame(code: CloseCode, reason: &str) -> CloseFrame {
    let fits = |end: &usize| *end <= LONGEST_REASON && reason.is_char_boundary(*end);
    let end = (0..=reason.len().min(LONGEST_REASON))
        .rev()
        .find(fits)
        .unwrap_or(0);
    CloseFrame {
        code,
        reason: reason[..end].into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let end = End::close(1000, &"é".repeat(100));
        let Goodbye::Close(Some(frame)) = end.goodbye else {
            panic!("no Close frame")
        };
        assert_eq!(frame.reason.as_str(), "é".repeat(61));
    }

    #[test]
    fn codes_that_cannot_be_sent_do_what_they_report() {
        assert_eq!(End::close(1005, "").goodbye, Goodbye::Close(None));
        assert_eq!(End::close(1006, "").goodbye, Goodbye::Vanish);
        assert_eq!(End::close(1006, "").ending, Ending::Cut);
        assert_eq!(
            End::close(1012, "").ending,
            Ending::ByServer { code: Some(1012) }
        );
    }
}
