//! How a session sends, once a fault has spoilt it.

use rocketfi_protocol::ServerMessage;
use tokio_tungstenite::tungstenite::{Bytes, Message};

/// How a session treats what it is told to send.
#[derive(Debug, Default)]
pub(super) enum Habit {
    #[default]
    Ordinary,
    /// Does not send the next update.
    Drops,
    /// Sends the next frame twice.
    Doubles,
    /// Sends the next frame after the one that follows it.
    Swaps(Option<Message>),
    /// Sends a ping of the WebSocket layer in place of everything.
    PingsOnly,
    /// Sends what it is told to; but `Ping` gets no answer.
    NoPongs,
}

/// What a frame is, as far as a habit minds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Update,
    /// A confirmation, a `Pong`, an error; or whatever a test has written, which may be anything.
    Other,
}

impl Content {
    pub(super) fn of(message: &ServerMessage) -> Self {
        match message.delivery() {
            Some(_) => Self::Update,
            None => Self::Other,
        }
    }
}

impl Habit {
    /// Whether every frame is sent as it is, as nearly always.
    pub(super) const fn changes_nothing(&self) -> bool {
        matches!(self, Self::Ordinary | Self::NoPongs)
    }

    /// What to send instead of this frame.
    pub(super) fn change(&mut self, frame: Message, content: Content) -> Vec<Message> {
        match self {
            Self::Drops if content == Content::Update => {
                *self = Self::Ordinary;
                Vec::new()
            }
            Self::Ordinary | Self::NoPongs | Self::Drops => vec![frame],
            Self::PingsOnly => vec![Message::Ping(Bytes::new())],
            Self::Doubles => {
                *self = Self::Ordinary;
                vec![frame.clone(), frame]
            }
            Self::Swaps(held) => match held.take() {
                None => {
                    *held = Some(frame);
                    Vec::new()
                }
                Some(first) => {
                    *self = Self::Ordinary;
                    vec![frame, first]
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of frames that are sent one after the other; those in capitals are no updates.
    fn sent(mut habit: Habit, frames: &[&'static str]) -> Vec<String> {
        let shown = |frame: Message| match frame {
            Message::Text(text) => text.to_string(),
            other => format!("{other:?}"),
        };
        let changed = frames.iter().flat_map(|text| {
            let is_update = text.bytes().all(|byte| byte.is_ascii_lowercase());
            let content = if is_update {
                Content::Update
            } else {
                Content::Other
            };
            habit.change(Message::text(*text), content)
        });
        changed.map(shown).collect()
    }

    #[test]
    fn each_habit_changes_what_it_says_and_nothing_after_that() {
        let ping = format!("{:?}", Message::Ping(Bytes::new()));
        let ping = ping.as_str();
        let cases: [(Habit, &[&'static str], &[&str]); 9] = [
            (Habit::Ordinary, &["a", "b"], &["a", "b"]),
            (Habit::NoPongs, &["a", "b"], &["a", "b"]),
            (Habit::PingsOnly, &["a", "b"], &[ping, ping]),
            (Habit::Drops, &["A", "b", "c", "D"], &["A", "c", "D"]),
            (Habit::Drops, &["A", "B"], &["A", "B"]),
            (Habit::Doubles, &["a", "b"], &["a", "a", "b"]),
            (Habit::Swaps(None), &["a"], &[]),
            (
                Habit::Swaps(None),
                &["a", "b", "c", "d"],
                &["b", "a", "c", "d"],
            ),
            (Habit::Doubles, &[], &[]),
        ];
        for (habit, frames, expected) in cases {
            let name = format!("{habit:?}");
            assert_eq!(sent(habit, frames), expected, "{name} of {frames:?}");
        }
    }
}
