//! From the address that a user has to the one that the paths are appended to.

use rocketfi_account::{RestError, Source};

use super::*;

#[test]
fn address_of_the_websocket_becomes_that_of_rest() {
    for (given, expected) in [
        ("wss://a.test/ws", "https://a.test/"),
        ("wss://a.test/ws/", "https://a.test/"),
        ("wss://a.test", "https://a.test/"),
        ("ws://a.test:9100/ws", "http://a.test:9100/"),
        ("https://a.test", "https://a.test/"),
        ("https://a.test/", "https://a.test/"),
        ("http://127.0.0.1:9100", "http://127.0.0.1:9100/"),
        ("http://[::1]:9100/ws", "http://[::1]:9100/"),
        ("wss://a.test/beta/ws", "https://a.test/beta"),
        ("wss://a.test/beta/ws/", "https://a.test/beta"),
        ("https://a.test/beta/v1/", "https://a.test/beta/v1"),
        ("https://a.test/news", "https://a.test/news"),
        ("wss://a.test/ws?key=1#top", "https://a.test/"),
        ("https://a.test?key=1", "https://a.test/"),
    ] {
        assert_eq!(source(given).base().as_str(), expected, "{given}");
    }
}

#[test]
fn address_that_is_none_is_a_typed_error() {
    for given in [
        "",
        "a.test",
        "a.test/ws",
        "127.0.0.1:9100",
        "//a.test/ws",
        "https://",
        "wss://:7/ws",
    ] {
        let error = RestSource::new(given).unwrap_err();
        assert!(matches!(error, RestError::Url(_)), "{given}: {error:?}");
    }
    for given in [
        "ftp://a.test/ws",
        "file:///ws",
        "wsss://a.test",
        "://a.test",
    ] {
        let error = RestSource::new(given).unwrap_err();
        assert!(matches!(error, RestError::Scheme), "{given}: {error:?}");
    }
}

#[tokio::test]
async fn every_form_of_an_address_reaches_the_server() {
    let server = lively().await;
    let account = server.accounts()[0];
    let rest = server.rest_url();
    let forms = [
        server.url(),
        format!("{}/", server.url()),
        format!("{}?key=1", server.url()),
        rest.clone(),
        format!("{rest}/"),
        format!("{rest}/ws"),
    ];
    for form in forms {
        let answer = within(source(form.as_str()).positions(account)).await;
        assert!(!answer.expect(&form).positions.is_empty());
    }
}

#[tokio::test]
async fn path_before_that_of_the_websocket_is_kept() {
    let raw = raw::Raw::start().await;
    let source = source(format!("{}/beta/ws", raw.url()));
    let account = AccountAddress::from_bytes([7; 20]);
    let answer = source.positions(account);
    let (answer, request) =
        tokio::join!(within(answer), raw.answer(raw::ok(r#"{"positions":null}"#)));
    answer.unwrap();
    let expected = format!("GET /beta/position?account={account} HTTP/1.1\r\n");
    assert!(request.starts_with(&expected), "{request}");
}

#[tokio::test]
async fn request_names_its_page_and_its_maker_and_no_key() {
    let raw = raw::Raw::start().await;
    let source = source(raw.url());
    let account = AccountAddress::from_bytes([7; 20]);
    let page = Page {
        number: 3,
        size: 50,
    };
    let body = r#"{"orderEvents":null,"pageNumber":3,"pageSize":50}"#;
    let answer = source.order_events(account, page);
    let (answer, request) = tokio::join!(within(answer), raw.answer(raw::ok(body)));
    answer.unwrap();
    let line = format!("GET /order-events?account={account}&pageNumber=3&pageSize=50 HTTP/1.1\r\n");
    assert!(request.starts_with(&line), "{request}");
    let lower = request.to_lowercase();
    assert!(lower.contains("user-agent: rocketfi-account/"), "{request}");
    for header in ["authorization", "cookie", "api-key"] {
        assert!(!lower.contains(header), "{request}");
    }
}
