//! The account on a live screen.

mod amount;
mod board;
mod draw;
mod entries;
mod footer;
mod header;
mod hole;
mod journal;
mod keys;
mod layout;
mod log;
mod market;
mod names;
mod orders;
mod positions;
mod risk;
mod table;
#[cfg(test)]
mod tests;
mod theme;

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use ratatui::DefaultTerminal;
use rocketfi_account::Account;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use crate::args::Args;
use crate::moment::{Schedule, interrupted};
use crate::target::Target;
use board::Board;
use draw::View;
use keys::Input;

/// More often than this nobody can read.
const FRAME: Duration = Duration::from_millis(100);
/// For the goodbye to a server that may not answer.
const GOODBYE: Duration = Duration::from_secs(2);

pub(crate) async fn run(args: &Args, target: &Target) -> Result<ExitCode, Box<dyn Error>> {
    let account = target.follow_patiently(args)?;
    let board = Board::new(target.host(), account.address(), target.instrument());
    let mut screen = Screen {
        market: target.watch_market(&account),
        account,
        board,
        has_ended: false,
    };
    let outcome = {
        let mut terminal = Terminal::open()?;
        screen.show(args, target, &mut terminal).await
    };
    // The terminal is the user's again, whatever went wrong.
    outcome?;
    println!("{}", screen.board.summary());
    // Nothing is lost if it takes too long: nobody looks any more.
    let _ = timeout(GOODBYE, screen.account.close()).await;
    Ok(ExitCode::SUCCESS)
}

/// The terminal as long as the screen is on it. A panic gives it back as well: ratatui sees to that.
struct Terminal {
    inner: DefaultTerminal,
}

impl Terminal {
    fn open() -> io::Result<Self> {
        Ok(Self {
            inner: ratatui::try_init()?,
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Ratatui's hook has given it back already, and the message is on it.
        if std::thread::panicking() {
            return;
        }
        // Some terminals that have grown meanwhile would show a rest of it among the user's own lines.
        let _ = self.inner.clear();
        ratatui::restore();
    }
}

/// What is on the screen, and where it comes from.
struct Screen {
    account: Account,
    market: mpsc::Receiver<String>,
    board: Board,
    /// The client has ended: what is shown is the last that was known.
    has_ended: bool,
}

impl Screen {
    /// Until the user quits, the time is up, or the terminal is gone.
    async fn show(
        &mut self,
        args: &Args,
        target: &Target,
        terminal: &mut Terminal,
    ) -> io::Result<()> {
        let mut schedule = Schedule::of_screen(target.demo().is_some(), args.lifetime);
        let mut frames = frames();
        let mut keys = keys::read();
        let mut interrupted = interrupted();
        loop {
            tokio::select! {
                event = self.account.recv(), if !self.has_ended => match event {
                    Some(event) => self.board.take(&event, self.account.state()),
                    None => self.has_ended = true,
                },
                Some(note) = self.market.recv() => self.board.note(&note),
                // Events change the board, frames show it: a flood of events costs no more drawing.
                _ = frames.tick() => self.draw(terminal)?,
                input = keys.recv() => match input {
                    None | Some(Input::Quit) => return Ok(()),
                    Some(input) => {
                        self.obey(input);
                        self.draw(terminal)?;
                    }
                },
                () = schedule.cut() => {
                    schedule.has_cut();
                    self.board.note("cutting the connection on purpose");
                    if let Some(demo) = target.demo() {
                        demo.cut();
                    }
                }
                () = schedule.end() => return Ok(()),
                () = &mut interrupted => return Ok(()),
            }
        }
    }

    fn obey(&mut self, input: Input) {
        match input {
            Input::Reconcile => {
                self.account.reconcile();
                self.board.asks();
            }
            other => self.board.obey(other),
        }
    }

    /// Only what has changed since the last time is written to the terminal, so nothing flickers.
    fn draw(&mut self, terminal: &mut Terminal) -> io::Result<()> {
        let view = View::now(
            &self.board,
            self.account.state(),
            self.account.is_reconciled(),
        );
        terminal.inner.draw(|frame| draw::draw(frame, &view))?;
        Ok(())
    }
}

fn frames() -> Interval {
    let mut frames = interval(FRAME);
    frames.set_missed_tick_behavior(MissedTickBehavior::Delay);
    frames
}
