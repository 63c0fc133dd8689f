//! What a test can make REST do.

use std::io::ErrorKind;
use std::time::Duration;

use hyper::Method;
use rocketfi_mock_server::{MockServer, RestAnswer, RestAnswerTo, Times};
use rocketfi_protocol::rest::{OpenOrdersPage, OrderEventsPage};
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, timeout};

use super::asker::{Asker, connect_and_send, get};
use super::{account, asked, lively, of};
use crate::peer::{quiet, within};

const FOR_EVER: Duration = Duration::from_secs(24 * 3600);

fn failure(status: u16) -> RestAnswer {
    RestAnswer::Status {
        status,
        retry_after: None,
    }
}

fn piped() -> MockServer {
    let builder = MockServer::builder().seed(7).quiet();
    builder
        .start_without_port()
        .expect("the defaults are valid")
}

async fn statuses(server: &MockServer, targets: &[&str]) -> Vec<u16> {
    let mut asker = Asker::to(server).await;
    let mut statuses = Vec::new();
    for target in targets {
        statuses.push(asker.get(&of(server, target)).await.status);
    }
    statuses
}

#[tokio::test]
async fn a_status_may_say_when_to_come_back() {
    let server = quiet().await;
    let throttled = RestAnswer::Status {
        status: 429,
        retry_after: Some(Duration::from_secs(7)),
    };
    let rule = server.answer_rest(RestAnswerTo::anything(), throttled, Times::Once);
    let answer = get(&server, &of(&server, "/collateral")).await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("7"))
    );
    assert_eq!(rule.used(), 1);
    server.answer_rest(RestAnswerTo::anything(), failure(503), Times::Once);
    let answer = get(&server, &of(&server, "/collateral")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, None));
    assert_eq!(get(&server, &of(&server, "/collateral")).await.status, 200);
}

#[tokio::test]
async fn rules_are_for_their_path_and_are_used_up_in_order() {
    let server = quiet().await;
    let position = RestAnswerTo::path("/position");
    server.answer_rest(position, RestAnswer::Ordinary, Times::Once);
    server.answer_rest(position, failure(500), Times::Exactly(2));
    let targets = [
        "/position",
        "/collateral",
        "/position",
        "/position",
        "/position",
    ];
    assert_eq!(statuses(&server, &targets).await, [200, 200, 500, 500, 200]);
    server.answer_rest(RestAnswerTo::anything(), failure(502), Times::Always);
    assert_eq!(statuses(&server, &targets).await, [502; 5]);
    server.clear_rest_answers();
    assert_eq!(statuses(&server, &targets).await, [200; 5]);
}

#[tokio::test]
async fn one_page_of_a_list_can_fail() {
    let server = quiet().await;
    let second = RestAnswerTo::page("/order-events", 1);
    server.answer_rest(second, failure(500), Times::Always);
    let of_page = |number| format!("{}&pageNumber={number}", of(&server, "/order-events"));
    for (number, status) in [(0, 200), (1, 500), (2, 200), (1, 500)] {
        assert_eq!(get(&server, &of_page(number)).await.status, status);
    }
    let target = format!("{}&pageNumber=1", of(&server, "/open-orders"));
    assert_eq!(get(&server, &target).await.status, 200);
}

#[tokio::test]
#[should_panic(expected = "/ws is no path of REST")]
async fn a_rule_for_a_path_that_is_none_is_a_mistake() {
    let _ = RestAnswerTo::path("/ws");
}

#[tokio::test]
#[should_panic(expected = "101 is no status of an answer")]
async fn a_status_that_answers_nothing_is_a_mistake() {
    let server = quiet().await;
    server.answer_rest(RestAnswerTo::anything(), failure(101), Times::Once);
}

#[tokio::test]
async fn a_body_may_hold_anything() {
    let server = quiet().await;
    let huge = vec![b'x'; 9 << 20];
    for (status, body) in [
        (200, b"{\"orders\":[{".to_vec()),
        (200, Vec::new()),
        (500, b"<html>\xff".to_vec()),
        (200, huge),
    ] {
        let text = RestAnswer::Text {
            status,
            body: body.clone(),
        };
        server.answer_rest(RestAnswerTo::path("/open-orders"), text, Times::Once);
        let answer = get(&server, &of(&server, "/open-orders")).await;
        assert_eq!(answer.status, status);
        assert!(answer.body == body);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_comes_in_time_and_shows_what_was_when_it_was_asked_for() {
    let server = piped();
    let slow = RestAnswer::Slow(Duration::from_secs(5));
    server.answer_rest(RestAnswerTo::anything(), slow, Times::Once);
    let target = of(&server, "/order-events");
    let mut asker = Asker::piped(&server).await;
    let began = Instant::now();
    let moves = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        (0..20).for_each(|_| {
            server.tick();
        });
    };
    let (page, ()) = tokio::join!(asker.read::<OrderEventsPage>(&target), moves);
    assert_eq!(began.elapsed().as_secs(), 5);
    assert_eq!(page.order_events, []);
    let page: OrderEventsPage = asker.read(&target).await;
    assert!(!page.order_events.is_empty());
    assert_eq!(began.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn silence_lasts_for_ever_and_is_of_one_request() {
    let server = piped();
    server.answer_rest(RestAnswerTo::anything(), RestAnswer::Silence, Times::Once);
    let target = of(&server, "/position");
    let mut asker = Asker::piped(&server).await;
    let asking = asker.try_to(Method::GET, &target);
    assert!(timeout(FOR_EVER, asking).await.is_err());
    assert_eq!(Asker::piped(&server).await.get(&target).await.status, 200);
    assert_eq!(
        asked(&server),
        [("/position", None), ("/position", Some(200))]
    );
}

#[tokio::test]
async fn a_cut_is_a_reset() {
    let server = lively(20).await;
    server.answer_rest(RestAnswerTo::anything(), RestAnswer::Cut, Times::Once);
    let request = format!(
        "GET /position?account={} HTTP/1.1\r\nhost: mock.test\r\n\r\n",
        account(&server)
    );
    let mut stream = connect_and_send(&server, request.as_bytes()).await;
    let read = within("the reset", stream.read(&mut [0; 16])).await;
    assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(asked(&server), [("/position", None)]);
    let page: OpenOrdersPage = get(&server, &of(&server, "/open-orders")).await.read();
    assert!(!page.orders.is_empty());
}
