//! What is never written to a log, whatever goes wrong: by the client, nor by the mock. And what
//! nobody prints who does not print a message.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use rocketfi_simulation::{FAULTS, Plan, shown};
use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;

/// Every kind of fault alone, and as many mixtures, twice over.
const SEEDS: u64 = 150;

/// What the runs are full of, in lower case. What a user sees of an account, and may, is shorter.
const SECRETS: [(&str, &str); 11] = [
    ("the account of the user", "f3f3f3f3"),
    ("an account of the market", "9fd6e51aad88"),
    ("a price that was pushed", "77770000"),
    ("a price that was probed", "88880000"),
    ("an order that was cancelled", "990000000001"),
    ("an instruction", "placeorder"),
    ("a price in an instruction", "555000111"),
    ("a signature", "5a5a5a5a"),
    ("a signature in base64", "wlpawlpa"),
    ("the words of an Error", "told to fail"),
    ("what is in a frame that is no message", "neither"),
];

/// Shows that there was something to hide, and that somebody wrote at all.
const SEEN: [&str; 12] = [
    "connected",
    "resubscribed",
    "malformed frame",
    "rocketfi_mock_server",
    "SubmitTransaction",
    "TransactionResult",
    "ServerError",
    "Rejected",
    "DialFailed",
    "Unrecognized",
    "Transaction(redacted)",
    "0xF3F3…",
];

/// Everything that this thread logs.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<u8>>>);

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("no writer panics")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Capture {
    /// What is logged meanwhile on this thread, on which a run stays, and what comes of it.
    fn during<T>(work: impl FnOnce() -> T) -> (String, T) {
        let capture = Self::default();
        let writer = capture.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_span_events(FmtSpan::NEW)
            // A time may look like a price.
            .without_time()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let result = tracing::subscriber::with_default(subscriber, work);
        let bytes = capture.0.lock().expect("no writer panics").clone();
        (String::from_utf8(bytes).expect("logs are text"), result)
    }
}

fn assert_no_secret_in(text: &str, what: &str) {
    let lower = text.to_lowercase();
    for (name, secret) in SECRETS {
        if lower.contains(secret) {
            let line = lower.lines().find(|line| line.contains(secret));
            panic!("{what} tells of {name}: {line:?}");
        }
    }
}

#[test]
fn whatever_goes_wrong_nothing_secret_is_logged_or_shown() {
    let mut alone = BTreeSet::new();
    let mut unseen = Vec::from(SEEN);
    for seed in 0..SEEDS {
        let plan = Plan::new(seed);
        alone.extend(plan.only);
        let (log, shown) = Capture::during(|| shown(&plan));
        assert_no_secret_in(&log, &format!("the log of seed {seed}"));
        assert_no_secret_in(&shown, &format!("what seed {seed} shows"));
        unseen.retain(|seen| !log.contains(seen) && !shown.contains(seen));
    }
    assert_eq!(alone, FAULTS.iter().map(|kind| kind.name).collect());
    assert!(unseen.is_empty(), "is nothing captured? {unseen:?}");
}
