//! No error shows whose account was asked about, nor what was answered.

use std::error::Error;
use std::fmt::Write;

use rocketfi_account::Source;
use rocketfi_mock_server::{RestAnswer, RestAnswerTo, Times};

use super::*;

/// An error and everything that it stems from, as displayed and as debugged.
fn shown(error: &SourceError) -> String {
    let mut shown = String::new();
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        writeln!(shown, "{error}\n{error:?}\n{error:#?}").expect("a String takes everything");
        cause = error.source();
    }
    shown
}

/// What the failing answers are full of.
const WORDS: &str = "sentinel-77770000.5";

/// The account in every letter case, with and without its prefix, and the words of the server.
fn assert_nothing_of(account: AccountAddress, shown: &str) {
    let address = account.to_string().to_lowercase();
    let shown = shown.to_lowercase();
    for secret in [address.trim_start_matches("0x"), "sentinel", "7777"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
}

#[tokio::test]
async fn no_error_shows_the_account_or_the_words_of_the_server() {
    let server = lively().await;
    let account = server.accounts()[0];
    let source = RestSource::builder(server.url())
        .timeout(Duration::from_millis(200))
        .max_body(10_000)
        .build()
        .unwrap();
    let text = |status: u16, body: String| RestAnswer::Text {
        status,
        body: body.into(),
    };
    let echo = format!(r#"{{"error":"{WORDS}","account":"{account}"}}"#);
    let answers = [
        RestAnswer::Silence,
        RestAnswer::Cut,
        RestAnswer::Status {
            status: 429,
            retry_after: None,
        },
        text(400, echo.clone()),
        text(500, echo.clone()),
        text(200, echo.clone()),
        text(200, echo[..20].to_owned()),
        text(200, format!("{WORDS} {account}")),
        text(200, format!(r#"{{"orders":[{{"orderId":"{WORDS}"}}]}}"#)),
        text(
            200,
            format!(r#"{{"orders":[{{"trader":"{account}","side":"{WORDS}"}}]}}"#),
        ),
        text(200, format!(r#"{{"orders":"{WORDS} {account}"}}"#)),
        text(200, format!(r#"{{"orders":[{}]}}"#, echo.repeat(1_000))),
    ];
    for answer in answers {
        server.answer_rest(RestAnswerTo::anything(), answer.clone(), Times::Once);
        let error = failure(&source, account).await;
        assert_nothing_of(account, &shown(&error));
    }
    let stranger = AccountAddress::from_bytes([0xab; 20]);
    assert_nothing_of(stranger, &shown(&failure(&source, stranger).await));
    drop(server);
    assert_nothing_of(account, &shown(&failure(&source, account).await));
}

#[tokio::test]
async fn errors_of_the_connection_do_not_show_the_account() {
    let account = AccountAddress::from_bytes([0xab; 20]);
    let answers = [
        "nonsense\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\nx-account: {account}\r\ncontent-length: 9\r\n\r\n{WORDS}"),
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{WORDS}"),
        format!(
            "HTTP/1.1 302 Found\r\nlocation: /x?account={account}\r\ncontent-length: 0\r\n\r\n"
        ),
        String::new(),
    ];
    for answer in answers {
        let raw = raw::Raw::start().await;
        let source = source(raw.url());
        let (error, _) = tokio::join!(failure(&source, account), raw.answer(answer));
        assert_nothing_of(account, &shown(&error));
    }
}

#[tokio::test]
async fn debug_of_a_source_that_was_used_does_not_show_the_account() {
    let server = lively().await;
    let account = server.accounts()[0];
    let source = source(server.url());
    within(source.positions(account)).await.unwrap();
    assert_nothing_of(account, &format!("{source:?} {source:#?}"));
}
