//! Answers that are none, and what they are read as.

use rocketfi_account::{RestSourceBuilder, Source};
use rocketfi_mock_server::{RestAnswer, RestAnswerTo, Times};
use rocketfi_protocol::rest::OPEN_ORDERS;

use super::*;

/// What the mock's answer to the request for open orders is read as.
pub(super) async fn read_as(answer: RestAnswer) -> SourceError {
    read_by(answer, |builder| builder).await
}

pub(super) async fn read_by(
    answer: RestAnswer,
    adjust: impl FnOnce(RestSourceBuilder) -> RestSourceBuilder,
) -> SourceError {
    let server = lively().await;
    server.answer_rest(RestAnswerTo::path(OPEN_ORDERS), answer, Times::Always);
    let built = adjust(RestSource::builder(server.url())).build();
    let source = built.expect("the address is in order");
    failure(&source, server.accounts()[0]).await
}

fn status(status: u16, seconds: Option<u64>) -> RestAnswer {
    let retry_after = seconds.map(Duration::from_secs);
    RestAnswer::Status {
        status,
        retry_after,
    }
}

#[tokio::test]
async fn status_other_than_200_is_told_with_its_path() {
    for expected in [201, 204, 400, 404, 422, 500, 502, 503] {
        let error = read_as(status(expected, None)).await;
        let SourceError::Status {
            path,
            status,
            retry_after: None,
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!((path, status), (OPEN_ORDERS, expected));
        assert_eq!(error.is_retryable(), expected >= 500, "{error}");
    }
}

#[tokio::test]
async fn account_that_does_not_trade_is_a_404() {
    let server = lively().await;
    let stranger = AccountAddress::from_bytes([1; 20]);
    let error = failure(&source(server.url()), stranger).await;
    assert!(
        matches!(error, SourceError::Status { status: 404, .. }),
        "{error:?}"
    );
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn page_of_nothing_is_refused_by_the_server_and_told_so() {
    let server = lively().await;
    let nothing = Page { number: 0, size: 0 };
    let source = source(server.url());
    let answer = source.order_events(server.accounts()[0], nothing);
    let error = within(answer).await.unwrap_err();
    assert!(
        matches!(error, SourceError::Status { status: 422, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn throttling_is_told_with_how_long_to_wait_and_an_hour_at_most() {
    for (announced, expected) in [
        (None, None),
        (Some(0), Some(0)),
        (Some(7), Some(7)),
        (Some(3_600), Some(3_600)),
        (Some(90_000), Some(3_600)),
    ] {
        let error = read_as(status(429, announced)).await;
        assert!(matches!(error, SourceError::Throttled { .. }), "{error:?}");
        assert!(error.is_retryable());
        assert_eq!(error.retry_after(), expected.map(Duration::from_secs));
    }
    let error = read_as(status(503, Some(9))).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
}

#[tokio::test]
async fn retry_after_that_is_no_number_of_seconds_is_none() {
    for words in [
        "Wed, 21 Oct 2026 07:28:00 GMT",
        "-1",
        "1.5",
        "soon",
        "99999999999999999999999",
    ] {
        let raw = raw::Raw::start().await;
        let answer = format!(
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: {words}\r\ncontent-length: 0\r\n\r\n"
        );
        let source = source(raw.url());
        let account = AccountAddress::from_bytes([7; 20]);
        let (error, _) = tokio::join!(failure(&source, account), raw.answer(answer));
        assert!(
            matches!(error, SourceError::Throttled { retry_after: None }),
            "{words}: {error:?}"
        );
    }
}

#[tokio::test]
async fn silence_ends_at_the_timeout() {
    let timeout = Duration::from_millis(50);
    let error = read_by(RestAnswer::Silence, |builder| builder.timeout(timeout)).await;
    assert!(matches!(error, SourceError::Unreachable(_)), "{error:?}");
    assert!(error.is_retryable());
    let slow = RestAnswer::Slow(Duration::from_secs(60));
    let error = read_by(slow, |builder| builder.timeout(timeout)).await;
    assert!(matches!(error, SourceError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn answer_that_stops_in_the_middle_ends_at_the_timeout() {
    let raw = raw::Raw::start().await;
    let timeout = Duration::from_millis(50);
    let source = RestSource::builder(raw.url())
        .timeout(timeout)
        .build()
        .unwrap();
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"orders\":";
    let answering = async {
        let (mut stream, _) = raw.request().await;
        tokio::io::AsyncWriteExt::write_all(&mut stream, half.as_bytes())
            .await
            .unwrap();
        stream
    };
    let account = AccountAddress::from_bytes([7; 20]);
    let (error, _stream) = tokio::join!(failure(&source, account), answering);
    assert!(matches!(error, SourceError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn answer_that_is_cut_off_is_unreachable() {
    let raw = raw::Raw::start().await;
    let source = source(raw.url());
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"orders\":[]}";
    let account = AccountAddress::from_bytes([7; 20]);
    let (error, _) = tokio::join!(failure(&source, account), raw.answer(half));
    assert!(matches!(error, SourceError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn cut_is_unreachable() {
    let error = read_as(RestAnswer::Cut).await;
    assert!(matches!(error, SourceError::Unreachable(_)), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn port_that_nobody_listens_on_is_unreachable() {
    let raw = raw::Raw::start().await;
    let source = source(raw.url());
    drop(raw);
    let error = failure(&source, AccountAddress::from_bytes([7; 20])).await;
    assert!(matches!(error, SourceError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let (raw, elsewhere) = (raw::Raw::start().await, raw::Raw::start().await);
    for code in [301, 302, 303, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {code} Moved\r\nlocation: {}/open-orders\r\ncontent-length: 0\r\n\r\n",
            elsewhere.url()
        );
        let source = source(raw.url());
        let account = AccountAddress::from_bytes([7; 20]);
        let asking = async {
            tokio::select! {
                biased;
                error = failure(&source, account) => error,
                (_, request) = elsewhere.request() => panic!("it was followed: {request}"),
            }
        };
        let (error, _) = tokio::join!(asking, raw.answer(answer));
        assert!(
            matches!(error, SourceError::Status { status, .. } if status == code),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn source_works_again_after_every_failure() {
    let server = lively().await;
    let account = server.accounts()[0];
    let source = RestSource::builder(server.url())
        .timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    let failures = [
        status(500, None),
        RestAnswer::Cut,
        RestAnswer::Silence,
        RestAnswer::Text {
            status: 200,
            body: b"{".to_vec(),
        },
    ];
    for answer in failures {
        server.answer_rest(RestAnswerTo::anything(), answer, Times::Once);
        failure(&source, account).await;
        within(source.open_orders(account, FIRST)).await.unwrap();
    }
}
