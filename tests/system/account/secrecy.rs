//! Nothing of an account is written to a log, nor shown by what is not the account itself, whatever goes wrong.

use std::error::Error;
use std::fmt::Write;
use std::time::Duration;

use rocketfi_account::{Event, Inconsistency, SourceError};
use rocketfi_mock_server::{RestAnswer, RestAnswerTo, Times};
use rocketfi_protocol::{AccountAddress, ServerMessage, decode};
use rocketfi_tests::deadline;

use super::silence::lose;
use super::stage::{Stage, is_fill};
use crate::secrecy::{Capture, Secrets, values_in};

/// What the server says where it should say something else.
const WORDS: &str = "sentinel-0x1f30557a9fc4";

/// An order that no market knows, with figures that no other has.
const ORDER: &str = "990000000001";
const PRICE: &str = "77770000.5";
const SIZE: &str = "31337.25";

fn strange_news(account: AccountAddress) -> ServerMessage {
    let text = format!(
        r#"{{"OrderEventUpdate":{{"account":"{account}","orderEvents":[{{"orderId":{ORDER},
        "account":"{account}","instrument":"0x05a8de04b1273c9f","eventData":{{"modified":{{
        "price":"{PRICE}","size":"{SIZE}","timestamp":1787054400123}}}}}}]}}}}"#
    );
    decode(&text).expect("a message")
}

/// An error and all its sources, as displayed and as debugged.
fn shown(error: &SourceError) -> String {
    let mut shown = String::new();
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        writeln!(shown, "{error} {error:?}").expect("a String takes everything");
        cause = error.source();
    }
    shown
}

/// Gaps, and a REST that is down, talks nonsense and shows what was.
async fn outage(stage: &mut Stage) {
    let text = |status: u16, body: String| RestAnswer::Text {
        status,
        body: body.into(),
    };
    let account = stage.account.address();
    let echo = format!(r#"{{"error":"{WORDS}","account":"{account}"}}"#);
    let order =
        format!(r#"{{"orders":[{{"orderId":{ORDER},"price":"{PRICE}","side":"{WORDS}"}}]}}"#);
    let answers = [
        text(500, echo.clone()),
        text(429, echo.clone()),
        text(200, echo),
        text(200, order),
        text(200, WORDS.to_owned()),
        RestAnswer::Cut,
        RestAnswer::Silence,
    ];
    for answer in answers {
        stage
            .server
            .answer_rest(RestAnswerTo::anything(), answer, Times::Always);
        stage.server.close_connections(1011, WORDS);
        stage.tick(20);
        let is_failure = |event: &Event| matches!(event, Event::SourceFailed { .. });
        stage.until("a failure", is_failure).await;
        stage.server.clear_rest_answers();
        stage.be_reconciled().await;
    }
}

/// What shows that something was lost: the stream by itself, and an audit.
async fn doubt(stage: &mut Stage) {
    let is_doubt = |event: &Event| {
        matches!(
            event,
            Event::Inconsistent(Inconsistency::UnknownOrder { .. })
        )
    };
    stage.server.push(strange_news(stage.account.address()));
    stage.until("a doubt", is_doubt).await;
    stage.reconciled().await;
    let is_found = |event: &Event| matches!(event, Event::Inconsistent(Inconsistency::Audit(_)));
    stage.drain().await;
    lose(stage, |_, event| is_fill(event));
    stage.until("the audit's finding", is_found).await;
    stage.reconciled().await;
}

#[tokio::test]
async fn nothing_of_an_account_is_logged_or_shown_whatever_goes_wrong() {
    let (capture, _guard) = Capture::start();
    let mut stage = Stage::with(|builder| {
        builder
            .audit_every(Duration::from_millis(50))
            .request_deadline(Duration::from_millis(200))
            .hold_for(Duration::from_millis(20))
    })
    .await;
    let mut of_account = vec![format!("{:?}", stage.account)];
    stage.tick(50);
    outage(&mut stage).await;
    of_account.push(format!("{:#?}", stage.account));
    doubt(&mut stage).await;
    stage.server.push_text(WORDS);
    stage.reconciled().await;
    stage.account.reconcile();
    stage.reconciled().await;
    deadline("the end", stage.account.close()).await;
    while stage.next().await.is_some() {}
    of_account.push(format!("{:?}", stage.account));

    let log = capture.text();
    let own: Vec<_> = log
        .lines()
        .filter(|line| line.contains("rocketfi_account"))
        .collect();
    let own = own.join("\n");
    for expected in [
        ": reconciled trigger",
        "no snapshot",
        "not reconciled yet",
        "the stream contradicts what is known",
        "unknown order",
    ] {
        assert!(
            own.contains(expected),
            "no {expected}: is nothing captured?\n{own}"
        );
    }
    let errors = stage.told.iter().filter_map(|event| match event {
        Event::SourceFailed { error, .. } => Some(shown(error)),
        _ => None,
    });
    let errors: String = errors.collect();
    assert!(
        errors.contains("no answer") && errors.contains("cannot be read"),
        "{errors}"
    );
    let messages = stage.told.iter().filter_map(|event| match event {
        Event::Message { message, .. } => Some(message),
        _ => None,
    });
    let values = messages.flat_map(values_in);
    let known = [
        stage.account.address().to_string(),
        WORDS.to_owned(),
        ORDER.to_owned(),
    ];
    let figures = [PRICE, SIZE, "sentinel"].map(str::to_owned);
    let secrets = Secrets::of(values.chain(known).chain(figures));
    secrets.assert_absent_from(&own);
    secrets.assert_absent_from(&of_account.concat());
    secrets.assert_absent_from(&errors);
    // Nor do the client and the mock beside it.
    let kit: Vec<_> = log
        .lines()
        .filter(|line| line.contains("rocketfi_"))
        .collect();
    secrets.assert_absent_from(&kit.join("\n"));
}
