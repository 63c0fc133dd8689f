//! What the user wants.

use std::thread;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc;

/// Keys that may wait to be obeyed. Those beyond wait in the terminal.
const CAPACITY: usize = 16;
/// How often the reader looks whether it is still wanted.
const PATIENCE: Duration = Duration::from_millis(100);
/// Lines that a page is taken for.
const PAGE: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Quit,
    Pause,
    Up(usize),
    Down(usize),
    Oldest,
    Newest,
    /// All events, or only what is about gaps.
    Remarks,
    Reconcile,
    Help,
    /// The terminal has another size: draw.
    Resized,
}

/// Reads keys on a thread of its own, which ends soon after the receiver. No more come when the terminal is gone.
pub(crate) fn read() -> mpsc::Receiver<Input> {
    let (input_tx, inputs) = mpsc::channel(CAPACITY);
    thread::spawn(move || {
        while !input_tx.is_closed() {
            let event = match event::poll(PATIENCE) {
                Ok(false) => continue,
                Ok(true) => event::read(),
                Err(error) => Err(error),
            };
            let Ok(event) = event else { return };
            if let Some(input) = meaning(&event)
                && input_tx.blocking_send(input).is_err()
            {
                return;
            }
        }
    });
    inputs
}

fn meaning(event: &Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => of_key(*key),
        Event::Resize(..) => Some(Input::Resized),
        _ => None,
    }
}

fn of_key(key: KeyEvent) -> Option<Input> {
    // In raw mode the terminal makes no signal of it.
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return (key.code == KeyCode::Char('c')).then_some(Input::Quit);
    }
    Some(match key.code {
        KeyCode::Char('q') | KeyCode::Esc => Input::Quit,
        KeyCode::Char('p' | ' ') => Input::Pause,
        KeyCode::Up => Input::Up(1),
        KeyCode::Down => Input::Down(1),
        KeyCode::PageUp => Input::Up(PAGE),
        KeyCode::PageDown => Input::Down(PAGE),
        KeyCode::Home => Input::Oldest,
        KeyCode::End => Input::Newest,
        KeyCode::Char('g') => Input::Remarks,
        KeyCode::Char('r') => Input::Reconcile,
        KeyCode::Char('?') => Input::Help,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctrl_c_quits_and_other_control_keys_do_nothing() {
        let control = |code| of_key(KeyEvent::new(code, KeyModifiers::CONTROL));
        assert_eq!(control(KeyCode::Char('c')), Some(Input::Quit));
        assert_eq!(control(KeyCode::Char('p')), None);
        let plain = |code| of_key(KeyEvent::new(code, KeyModifiers::NONE));
        assert_eq!(plain(KeyCode::Char('c')), None);
        assert_eq!(plain(KeyCode::Esc), Some(Input::Quit));
        assert_eq!(plain(KeyCode::PageUp), Some(Input::Up(PAGE)));
    }

    #[test]
    fn a_key_that_is_let_go_is_no_second_key() {
        let mut key = KeyEvent::new(KeyCode::Char('p'), KeyModifiers::NONE);
        assert_eq!(meaning(&Event::Key(key)), Some(Input::Pause));
        key.kind = KeyEventKind::Release;
        assert_eq!(meaning(&Event::Key(key)), None);
    }
}
