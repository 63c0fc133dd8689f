//! What is never written to a log, at any level: by the client, nor by the mock.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use rocketfi_client::{CloseReason, Event, SessionId};
use rocketfi_mock_server::{Answer, AnswerTo, Times};
use rocketfi_protocol::{ServerMessage, SubscriptionKind, Unrecognized, encode};
use rocketfi_tests::samples::{
    ACCOUNT, INSTRUMENT, NUMBERS, cases, kinds, numbered, signature, transaction,
};
use rocketfi_tests::{Bench, deadline};
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::format::FmtSpan;

/// Everything that this thread logs.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Vec<u8>>>);

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
    /// Captures all that is logged on this thread, at every level, while the guard lives.
    pub(crate) fn start() -> (Self, DefaultGuard) {
        // A subscriber that is alone is not asked about a place that another thread comes by first, and what is logged
        // there would be captured nowhere.
        static COMPANION: OnceLock<Dispatch> = OnceLock::new();
        COMPANION.get_or_init(|| Dispatch::new(NoSubscriber::default()));
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
        (capture, tracing::subscriber::set_default(subscriber))
    }

    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().expect("no writer panics").clone();
        String::from_utf8(bytes).expect("logs are text")
    }
}

/// Strings that appear in no log line, each in the spellings in which it could.
pub(crate) struct Secrets(BTreeSet<String>);

impl Secrets {
    pub(crate) fn of(texts: impl IntoIterator<Item = String>) -> Self {
        let spellings = texts.into_iter().flat_map(|text| {
            let digits = text.trim_start_matches("0x").to_owned();
            [digits.to_lowercase(), digits.to_uppercase(), digits]
        });
        Self(spellings.collect())
    }

    pub(crate) fn assert_absent_from(&self, log: &str) {
        for secret in &self.0 {
            assert!(secret.len() > 4, "{secret} may be in a log by chance");
            let is_shown = log.contains(secret);
            assert!(
                !is_shown,
                "{secret} is in {:?}",
                log.lines().find(|it| it.contains(secret))
            );
        }
    }
}

/// Every string and every number with a fraction in a message: addresses, prices, sizes, texts.
pub(crate) fn values_in(message: &ServerMessage) -> Vec<String> {
    let mut values = Vec::new();
    let mut waiting: Vec<serde_json::Value> =
        vec![serde_json::from_str(&encode(message)).expect("it is JSON")];
    while let Some(value) = waiting.pop() {
        match value {
            serde_json::Value::Object(fields) => waiting.extend(fields.into_values()),
            serde_json::Value::Array(items) => waiting.extend(items),
            serde_json::Value::String(text) => values.push(text),
            number => values.push(number.to_string()),
        }
    }
    // Shorter ones may be part of a time or a port.
    values.retain(|value| value.len() > 6 && value.contains(['.', 'x']));
    values
}

#[tokio::test]
async fn neither_payloads_nor_addresses_nor_signatures_are_logged() {
    let (capture, _guard) = Capture::start();
    let mut bench =
        Bench::with(|builder| builder.heartbeat_interval(Duration::from_millis(5))).await;
    bench.subscribe(kinds()).await;
    let mut told = lively_hour(&mut bench).await;
    bench.server.drop_connections();
    bench.events.resubscribed().await;
    told.extend(lively_hour(&mut bench).await);
    deadline("the end", bench.client.close()).await;
    bench.events.end(CloseReason::Requested).await;
    bench.server.shutdown().await;

    let log = capture.text();
    for expected in [
        "connected",
        "gap",
        "resubscribed",
        "closed",
        "OpenOrders",
        "DEBUG",
    ] {
        assert!(
            log.contains(expected),
            "no {expected}: is nothing captured?\n{log}"
        );
    }
    let transactions = [1, 2].map(|nonce| signature(nonce).as_str().to_owned());
    let secrets = [
        ACCOUNT.to_string(),
        "PlaceOrder".to_owned(),
        "64000.50".to_owned(),
    ];
    let values = told.iter().flat_map(values_in);
    Secrets::of(values.chain(transactions).chain(secrets)).assert_absent_from(&log);
}

/// Something of everything that travels; what the server sent of it.
async fn lively_hour(bench: &mut Bench) -> Vec<ServerMessage> {
    let mut told: Vec<_> = cases().into_iter().flat_map(|case| case.updates).collect();
    for message in &told {
        assert_eq!(bench.server.push(message.clone()), 1);
    }
    let answer = bench.client.submit_transaction(transaction(1));
    deadline("a write", answer)
        .await
        .expect("there is a connection");
    let answer = bench.client.register_execute_on_disconnect(transaction(2));
    deadline("a write", answer)
        .await
        .expect("there is a connection");
    for _ in 0..50 {
        bench.server.tick();
    }
    told.extend(
        bench
            .drain()
            .await
            .into_iter()
            .filter_map(|event| match event {
                Event::Message { message, .. } => Some(message),
                _ => None,
            }),
    );
    told
}

#[tokio::test]
async fn words_of_the_server_are_not_logged() {
    const WORDS: &str = "sentinel-0x1f30557a9fc4";
    let (capture, _guard) = Capture::start();
    let mut bench = Bench::new().await;
    let refusal = Answer::Error(WORDS.to_owned());
    bench
        .server
        .answer(AnswerTo::subscribe(NUMBERS), refusal, Times::Once);
    let error = deadline("an answer", bench.client.subscribe(NUMBERS)).await;
    error.expect_err("it is refused");
    bench.server.push(ServerMessage::Error(WORDS.into()));
    bench.server.push_text(WORDS);
    bench.server.push_text(format!("\"{WORDS}\""));
    bench
        .server
        .push_text(format!(r#"{{"{WORDS}":"{WORDS}"}}"#));
    bench.server.push_text(format!(
        r#"{{"TickerUpdate":{{"instrumentId":"{WORDS}"}}}}"#
    ));
    bench
        .server
        .push_text(format!(r#"{{"SubscribeConfirmation":{{"{WORDS}":1}}}}"#));
    bench.server.push_binary(WORDS);
    let told = bench.drain().await;
    assert_eq!(told.len(), 7, "{told:?}");
    bench.server.close_connections(1011, WORDS);
    bench.events.connected_after_gap(SessionId(2)).await;
    deadline("the end", bench.client.close()).await;

    let log = capture.text();
    assert!(
        log.contains("malformed frame"),
        "nothing was captured\n{log}"
    );
    Secrets::of([WORDS.to_owned(), "sentinel".to_owned()]).assert_absent_from(&log);
}

#[tokio::test]
async fn unknown_kinds_of_the_user_are_not_logged() {
    const NAME: &str = "SentinelKind";
    let (capture, _guard) = Capture::start();
    let bench = Bench::new().await;
    let kind = SubscriptionKind::Unrecognized(Unrecognized::new(NAME, None));
    let error = deadline("an answer", bench.client.subscribe(kind)).await;
    error.expect_err("the mock does not know it");
    let log = capture.text();
    assert!(
        log.contains("(unrecognised)"),
        "nothing was captured\n{log}"
    );
    Secrets::of([NAME.to_owned()]).assert_absent_from(&log);
}

#[tokio::test]
async fn debug_of_events_shows_no_full_address() {
    let mut bench = Bench::new().await;
    bench.subscribe(kinds()).await;
    bench.server.push(numbered(1));
    for case in cases() {
        for message in case.updates {
            bench.server.push(message);
        }
    }
    bench.server.close_connections(1001, "");
    let is_gap = |event: &Event| matches!(event, Event::Gap { .. });
    let (mut events, gap) = bench.events.collect_until("the gap", is_gap).await;
    events.push(gap);
    let shown = format!("{events:?}");
    assert!(shown.contains("0xf39F…2266") && shown.contains(&INSTRUMENT.to_string()));
    Secrets::of([ACCOUNT.to_string()]).assert_absent_from(&shown);
}
