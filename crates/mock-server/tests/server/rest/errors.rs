//! What is refused, and how.

use hyper::Method;
use rocketfi_mock_server::Received;
use rocketfi_protocol::rest::OpenOrdersPage;
use serde_json::Value;

use super::asker::{Asker, get};
use super::{PATHS, account, asked, of};
use crate::peer::quiet;

/// An account that does not trade.
const STRANGER: &str = "0x00000000000000000000000000000000000000aa";

/// The text of an error, which is all that its body holds.
fn error(body: &str) -> String {
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body.as_object().expect("an object").len(), 1);
    body["error"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn each_mistake_has_its_status_and_a_body_that_repeats_nothing() {
    let server = quiet().await;
    let account = account(&server);
    let mut asker = Asker::to(&server).await;
    for path in PATHS {
        let cases = [
            (String::new(), 400, "account is missing"),
            (
                "?account=".to_owned(),
                400,
                "account is not 20 bytes of hex",
            ),
            (
                "?account=0x12345678".to_owned(),
                400,
                "account is not 20 bytes of hex",
            ),
            (format!("?account={STRANGER}"), 404, "unknown account"),
        ];
        for (query, status, text) in cases {
            let answer = asker.get(&format!("{path}{query}")).await;
            assert_eq!(
                (answer.status, error(answer.text())),
                (status, text.to_owned())
            );
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(asked(&server).last(), Some(&(path, Some(status))));
        }
    }
    let cases = [
        ("/open-orders", "pageNumber=first", 400),
        ("/order-events", "pageSize=many", 400),
        ("/order-events", "pageSize=1001", 400),
        ("/position-funding-events", "pageSize=0", 422),
        ("/position", "instrumentId=BTC-PERP", 400),
        ("/collateral", "assetId=USDC", 400),
    ];
    for (path, query, status) in cases {
        let answer = asker
            .get(&format!("{path}?account={account}&{query}"))
            .await;
        assert_eq!(answer.status, status, "{query}");
        let (_, sent) = query.split_once('=').unwrap();
        assert!(
            sent == "0" || !answer.text().contains(sent),
            "{}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn the_only_method_is_get() {
    let server = quiet().await;
    let mut asker = Asker::to(&server).await;
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ] {
        let answer = asker
            .try_to(method.clone(), &of(&server, "/position"))
            .await
            .unwrap();
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
        assert_eq!(answer.body.is_empty(), method == Method::HEAD);
    }
    assert_eq!(asked(&server), [("/position", Some(405)); 5]);
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let server = quiet().await;
    for target in ["/", "/positions", "/position/", "/ws/", "/open-orders%20"] {
        let answer = get(&server, target).await;
        assert_eq!(answer.status, 404, "{target}");
        assert_eq!(error(answer.text()), "nothing is served here");
    }
    let refused = Received::Refused { status: 404 };
    assert_eq!(server.journal().count(|it| it.event == refused), 5);
    assert_eq!(asked(&server), []);
}

#[tokio::test]
async fn a_query_may_be_escaped() {
    let server = quiet().await;
    let account = account(&server).to_string();
    let escaped = account.bytes().map(|byte| format!("%{byte:02x}"));
    let escaped = escaped.collect::<Vec<_>>().concat();
    let target = format!("/open-orders?a=%&%61ccount={escaped}&pageSize=%35");
    let page: OpenOrdersPage = get(&server, &target).await.read();
    assert_eq!(page.page_size, Some(5));
}
