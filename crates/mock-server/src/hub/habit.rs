//! How a session sends, once a fault has spoilt it.

use tokio_tungstenite::tungstenite::{Bytes, Message};

/// How a session treats what it is told to send.
#[derive(Debug, Default)]
pub(super) enum Habit {
    #[default]
    Ordinary,
    /// Sends the next frame twice.
    Doubles,
    /// Sends the next frame after the one that follows it.
    Swaps(Option<Message>),
    /// Sends a ping of the WebSocket layer in place of everything.
    PingsOnly,
    /// Sends what it is told to; but `Ping` gets no answer.
    NoPongs,
}

impl Habit {
    /// What to send instead of this frame.
    pub(super) fn change(&mut self, frame: Message) -> Vec<Message> {
        match self {
            Self::Ordinary | Self::NoPongs => vec![frame],
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

    /// What becomes of frames that are sent one after the other.
    fn sent(mut habit: Habit, frames: &[&'static str]) -> Vec<String> {
        let shown = |frame: Message| match frame {
            Message::Text(text) => text.to_string(),
            other => format!("{other:?}"),
        };
        let changed = frames
            .iter()
            .flat_map(|text| habit.change(Message::text(*text)));
        changed.map(shown).collect()
    }

    #[test]
    fn each_habit_changes_what_it_says_and_nothing_after_that() {
        let ping = format!("{:?}", Message::Ping(Bytes::new()));
        let ping = ping.as_str();
        let cases: [(Habit, &[&'static str], &[&str]); 7] = [
            (Habit::Ordinary, &["a", "b"], &["a", "b"]),
            (Habit::NoPongs, &["a", "b"], &["a", "b"]),
            (Habit::PingsOnly, &["a", "b"], &[ping, ping]),
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
