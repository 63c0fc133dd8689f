//! Answers with a body that is too large, or no such JSON.

use std::error::Error;

use rocketfi_account::Source;
use rocketfi_mock_server::{RestAnswer, RestAnswerTo, Times};
use rocketfi_protocol::rest::{OPEN_ORDERS, OpenOrdersPage};

use super::failures::{read_as, read_by};
use super::*;

#[tokio::test]
async fn answer_of_more_than_the_limit_is_not_read() {
    const LIMIT: usize = 1_000;
    let padded = |bytes: usize| {
        let body = format!("{:<bytes$}", r#"{"orders":null}"#);
        RestAnswer::Text {
            status: 200,
            body: body.into(),
        }
    };
    let error = read_by(padded(LIMIT + 1), |builder| builder.max_body(LIMIT)).await;
    let SourceError::TooLarge {
        path: OPEN_ORDERS,
        limit: LIMIT,
    } = error
    else {
        panic!("{error:?}")
    };
    assert!(!error.is_retryable());
    let server = lively().await;
    server.answer_rest(RestAnswerTo::anything(), padded(LIMIT), Times::Always);
    let source = RestSource::builder(server.url())
        .max_body(LIMIT)
        .build()
        .unwrap();
    let answer = within(source.open_orders(server.accounts()[0], FIRST)).await;
    assert_eq!(answer.unwrap().orders, []);
}

#[tokio::test]
async fn limit_holds_for_an_answer_that_does_not_announce_its_length() {
    let raw = raw::Raw::start().await;
    let chunk = " ".repeat(100);
    let endless = raw::chunked(std::iter::repeat_n(chunk.as_str(), 1_000));
    let source = RestSource::builder(raw.url())
        .max_body(1_000)
        .build()
        .unwrap();
    let account = AccountAddress::from_bytes([7; 20]);
    let (error, _) = tokio::join!(failure(&source, account), raw.answer(endless));
    assert!(
        matches!(error, SourceError::TooLarge { limit: 1_000, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn answer_without_an_announced_length_is_read() {
    let raw = raw::Raw::start().await;
    let answer = raw::chunked([r#"{"ord"#, r#"ers":[],"pa"#, r#"geNumber":4}"#]);
    let source = source(raw.url());
    let account = AccountAddress::from_bytes([7; 20]);
    let question = source.open_orders(account, FIRST);
    let (page, _) = tokio::join!(within(question), raw.answer(answer));
    assert_eq!(page.unwrap().page_number, Some(4));
}

#[tokio::test]
async fn answer_that_is_no_such_json_is_malformed() {
    let bodies = [
        "",
        "{",
        "not json",
        "{}",
        "[]",
        "null",
        "7",
        r#"{"error":"throttled"}"#,
        r#"{"orders":{}}"#,
        r#"{"orders":[{}]}"#,
        r#"{"orders":[7]}"#,
        r#"{"positions":{}}"#,
        r#"{"orders":[]} {"orders":[]}"#,
        "<html></html>",
        "\u{feff}{\"orders\":[]}",
    ];
    for body in bodies {
        let answer = RestAnswer::Text {
            status: 200,
            body: body.into(),
        };
        let error = read_as(answer).await;
        assert!(
            matches!(
                error,
                SourceError::Malformed {
                    path: OPEN_ORDERS,
                    ..
                }
            ),
            "{body}: {error:?}"
        );
        assert!(!error.is_retryable());
        assert!(error.source().is_some());
    }
}

#[tokio::test]
async fn text_that_is_not_utf8_is_malformed() {
    let server = lively().await;
    let account = server.accounts()[0];
    let orders = server.with_market(|market| market.open_orders(account));
    let page = OpenOrdersPage {
        orders: orders.unwrap(),
        ..OpenOrdersPage::default()
    };
    let body = serde_json::to_string(&page).unwrap();
    let place = body.find("-PERP").expect("a ticker");
    let mut body = body.into_bytes();
    body[place] = 0xff;
    let answer = RestAnswer::Text { status: 200, body };
    server.answer_rest(RestAnswerTo::anything(), answer, Times::Always);
    let error = failure(&source(server.url()), account).await;
    assert!(matches!(error, SourceError::Malformed { .. }), "{error:?}");
}
