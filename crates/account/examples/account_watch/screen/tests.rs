//! What is drawn, at all sizes.

use std::time::{Duration, Instant, SystemTime};

use ratatui::backend::TestBackend;
use ratatui::style::Modifier;
use ratatui::{Terminal, buffer::Buffer};
use rocketfi_account::client::{Event as ClientEvent, GapCause, SessionId};
use rocketfi_account::protocol::decode;
use rocketfi_account::{AccountState, Change, Event, Origin};

use super::board::{Board, Last, Trouble};
use super::draw::{self, View};
use super::keys::Input;

const ACCOUNT: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const BTC: &str = "0x05a8de04b1273c9f";

/// A state and a board that have been told the same.
struct Told {
    board: Board,
    state: AccountState,
    is_reconciled: bool,
}

impl Told {
    /// A connection, and nothing else yet.
    fn nothing() -> Self {
        let account = ACCOUNT.parse().unwrap();
        let mut told = Self {
            board: Board::new("mock".to_owned(), account, Some(BTC.parse().unwrap())),
            state: AccountState::new(account),
            is_reconciled: false,
        };
        told.event(&Event::Client(ClientEvent::Connected {
            session: SessionId(1),
        }));
        told
    }

    /// Two positions, two orders, risk and prices, all of it right.
    fn everything() -> Self {
        let mut told = Self::nothing();
        told.message(&format!(
            r#"{{"PositionUpdate":{{"account":"{ACCOUNT}","positions":{{
                "{BTC}":{{"quantity":"1234.56","averagePrice":"64248.74647887","liquidationPrice":"0",
                    "accruedFunding":"-1.5","unrealizedPnl":"1234567.891","reservedMargin":"0",
                    "allocatedInitialMargin":"2280.66","ticker":"BTC-PERP"}},
                "0x0807060504030202":{{"quantity":"-0.12","averagePrice":"1149.58333333",
                    "liquidationPrice":"336.53127725","accruedFunding":"0","unrealizedPnl":"-0.61",
                    "reservedMargin":"6.87","ticker":"BTC-25DEC26-64000-C"}}}}}}}}"#
        ));
        let order = |id: u64, side: &str, filled: &str| {
            format!(
                r#"{{"orderId":{id},"trader":"{ACCOUNT}","orderType":"Limit","instrumentId":"{BTC}",
                    "ticker":"BTC-PERP","price":"64250.50","quantity":"0.3","filledQuantity":"{filled}",
                    "side":"{side}","timestamp":1787011200000}}"#
            )
        };
        told.message(&format!(
            r#"{{"OpenOrdersUpdate":{{"account":"{ACCOUNT}","orders":[{},{}]}}}}"#,
            order(1001, "Buy", "0.1"),
            order(1002, "Sell", "0")
        ));
        told.message(&format!(
            r#"{{"AccountRiskUpdate":{{"account":"{ACCOUNT}","risk":{{"account":"{ACCOUNT}",
                "availableCollateral":"250000","marginRequirement":"750000.5","unreservedMargin":"0",
                "equity":"1000000","reservedMargin":"0","unrealizedPnl":"-12.345","notionalValue":"15000000"}}}}}}"#
        ));
        told.message(&format!(
            r#"{{"CollateralUpdate":{{"assetId":0,"account":"{ACCOUNT}","collateral":"1000012.345"}}}}"#
        ));
        told.client(&format!(
            r#"{{"TickerUpdate":{{"instrumentId":"{BTC}","ticker":{{"t":1787011290000,"a":"64251","A":"0.5",
                "b":"64250","B":"0.25","I":"64250.5"}}}}}}"#
        ));
        told.settle(0);
        told
    }

    fn event(&mut self, event: &Event) {
        self.board.take(event, &self.state);
    }

    fn message(&mut self, text: &str) {
        let message = decode(text).unwrap();
        let change = self.state.apply(&message);
        assert_ne!(change, Change::default(), "{text}");
        self.event(&Event::Message {
            message,
            change,
            origin: Origin::Stream,
            reconciled: self.is_reconciled,
        });
    }

    fn client(&mut self, text: &str) {
        self.event(&Event::Client(ClientEvent::Message {
            session: SessionId(1),
            message: decode(text).unwrap(),
        }));
    }

    fn settle(&mut self, missed_fills: usize) {
        self.is_reconciled = true;
        self.board.settle(Last {
            at: Instant::now(),
            took: Duration::from_millis(620),
            missed_fills,
        });
    }

    fn gap(&mut self) {
        self.is_reconciled = false;
        self.event(&Event::Gap {
            session: SessionId(1),
            cause: GapCause::HeartbeatTimeout,
            kinds: Vec::new(),
            missed: None,
        });
    }

    fn drawn(&self, width: u16, height: u16) -> Drawn {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let view = View {
            board: &self.board,
            account: &self.state,
            is_reconciled: self.is_reconciled,
            now: Instant::now(),
            clock: SystemTime::UNIX_EPOCH,
        };
        terminal.draw(|frame| draw::draw(frame, &view)).unwrap();
        Drawn(terminal.backend().buffer().clone())
    }
}

/// A screen, to be read.
struct Drawn(Buffer);

impl Drawn {
    fn lines(&self) -> Vec<String> {
        let width = usize::from(self.0.area.width).max(1);
        let row = |cells: &[ratatui::buffer::Cell]| {
            let text: String = cells.iter().map(ratatui::buffer::Cell::symbol).collect();
            text.trim_end().to_owned()
        };
        self.0.content.chunks(width).map(row).collect()
    }

    /// The one line with this in it.
    #[track_caller]
    fn line(&self, part: &str) -> String {
        let lines = self.lines();
        let found = lines.iter().find(|line| line.contains(part));
        found
            .unwrap_or_else(|| panic!("no {part:?} in:\n{}", lines.join("\n")))
            .clone()
    }

    fn has(&self, part: &str) -> bool {
        self.lines().iter().any(|line| line.contains(part))
    }

    /// Whether the first letter of this is faded.
    #[track_caller]
    fn is_faded(&self, part: &str) -> bool {
        let lines = self.lines();
        let (y, line) = lines
            .iter()
            .enumerate()
            .find(|(_, line)| line.contains(part))
            .unwrap();
        let x = line[..line.find(part).unwrap()].chars().count();
        let (x, y) = (u16::try_from(x).unwrap(), u16::try_from(y).unwrap());
        self.0[(x, y)].modifier.contains(Modifier::DIM)
    }
}

#[test]
fn every_size_can_be_drawn() {
    let mut told = Told::everything();
    for state in 0..3 {
        match state {
            0 => {}
            1 => told.gap(),
            _ => told.board.obey(Input::Help),
        }
        for width in [0, 1, 2, 5, 20, 39, 40, 41, 60, 80, 109, 110, 120, 250] {
            for height in [0, 1, 2, 5, 9, 10, 11, 15, 17, 18, 24, 29, 30, 40, 70] {
                told.drawn(width, height);
            }
        }
    }
}

#[test]
fn a_small_terminal_has_everything_that_matters() {
    let screen = Told::everything().drawn(80, 24);
    assert!(
        screen.line("RocketFi").ends_with("RECONCILED"),
        "{:?}",
        screen.lines()
    );
    assert!(screen.line("RocketFi").contains("0xf39F…2266"));
    assert!(
        screen
            .line("bid")
            .contains("bid 64,250 × 0.25   ask 64,251 × 0.5   mark 64,250.5")
    );
    assert!(
        screen
            .line("equity")
            .contains("equity 1,000,000.00  available 250,000.00")
    );
    assert!(screen.line("in use").contains("75.0 % in use"));
    let position = screen.line("1,234.56");
    assert!(position.starts_with("BTC-PERP "), "{position}");
    assert!(
        position.contains("64,248.75         – +1,234,567.89  2,280.66"),
        "{position}"
    );
    assert!(screen.line("BTC-25DEC26-64000-C").contains(" short "));
    let order = screen.line("1001");
    assert!(
        order.contains("buy  limit   64,250.5     0.1/0.3 ▰▰▱▱▱▱   1:30   1001"),
        "{order}"
    );
}

#[test]
fn a_wide_terminal_has_a_column_for_prices_risk_and_the_last_gap() {
    let mut told = Told::everything();
    let screen = told.drawn(120, 40);
    assert!(screen.line("─ Positions 2").contains("─ BTC-PERP ─"));
    assert!(screen.line("spread").trim_end().ends_with('1'));
    assert!(screen.line("collateral 0").ends_with("1,000,012.35"));
    assert!(screen.has("none so far"));
    told.gap();
    assert!(told.drawn(120, 40).line("healed").ends_with("not yet"));
    told.settle(3);
    let screen = told.drawn(120, 40);
    assert!(screen.line("missed  3").ends_with("3 fills, 3 in all"));
    assert!(screen.line("took 0.62 s").contains("3 fills missed"));
}

#[test]
fn what_is_old_is_faded_and_says_so_until_it_is_reconciled() {
    let mut told = Told::everything();
    assert!(!told.drawn(80, 24).is_faded("2,280.66"));
    told.gap();
    let screen = told.drawn(80, 24);
    assert!(screen.line("RocketFi").ends_with("STALE"));
    assert!(screen.line("─ Positions").ends_with("stale for 0s"));
    assert!(screen.line("old since").contains("heartbeat timeout"));
    assert!(screen.is_faded("2,280.66") && screen.is_faded("1,000,000.00"));
    assert!(screen.line("GAP").contains("session 1"));
    told.event(&Event::Client(ClientEvent::Connected {
        session: SessionId(2),
    }));
    let screen = told.drawn(80, 24);
    assert!(screen.line("session 2").ends_with("RECONCILING") && screen.is_faded("2,280.66"));
    told.settle(0);
    let screen = told.drawn(80, 24);
    assert!(screen.line("session 2").ends_with("RECONCILED"));
    assert!(!screen.has("stale for") && !screen.is_faded("2,280.66"));
}

#[test]
fn before_anything_is_known_nothing_is_claimed() {
    let mut told = Told::nothing();
    let screen = told.drawn(80, 24);
    assert!(screen.line("RocketFi").ends_with("RECONCILING"));
    assert!(screen.has("not reconciled yet") && screen.has("no prices yet"));
    assert!(screen.line("─ Open orders 0").ends_with("not complete yet"));
    assert!(!screen.has("no open orders"));
    told.board.trouble = Some(Trouble {
        attempt: 2,
        error: "throttled with status 429".to_owned(),
        retry_at: Instant::now() + Duration::from_secs(7),
    });
    let screen = told.drawn(80, 24);
    assert!(screen.line("RocketFi").ends_with("NO SNAPSHOT"));
    assert!(screen.has("REST: throttled with status 429, attempt 3 in"));
    told.board.trouble = None;
    told.settle(0);
    assert!(told.drawn(80, 24).has("no open orders"));
}

#[test]
fn fills_are_logged_with_their_side_and_name_and_can_be_held() {
    let mut told = Told::everything();
    let fill = |remaining: &str| {
        format!(
            r#"{{"OrderEventUpdate":{{"account":"{ACCOUNT}","orderEvents":[{{"orderId":1002,"account":"{ACCOUNT}",
                "instrument":"{BTC}","eventData":{{"fill":{{"price":"64250.50","size":"-0.1",
                "remaining_size":"{remaining}","original_size":"-0.3","settlement_asset":0,"pnl":"1.005",
                "timestamp":1787011290000,"is_passive":true,"is_filled":false,"fee_rate":"0","fee_amount":"0.128",
                "is_liquidation":false}}}}}}]}}}}"#
        )
    };
    told.message(&fill("-0.2"));
    let line = told.drawn(120, 40).line("fill   ");
    assert!(
        line.ends_with("BTC-PERP sell 0.1 at 64,250.5, 0.2 left, maker, fee 0.13, pnl +1.01 #1002"),
        "{line}"
    );
    told.board.obey(Input::Pause);
    told.message(&fill("-0.1"));
    let screen = told.drawn(120, 40);
    assert!(
        screen.line("─ Events").contains("held, 1 newer"),
        "{:#?}",
        screen.lines()
    );
    assert!(!screen.has("0.1 left"));
    told.board.obey(Input::Pause);
    assert!(told.drawn(120, 40).has("0.1 left"));
    told.gap();
    told.board.obey(Input::Remarks);
    let screen = told.drawn(120, 40);
    assert!(screen.has("─ Gaps") && screen.has("GAP ") && !screen.has("fill   "));
}
