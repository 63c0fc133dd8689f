//! Connections: kept alive, shared with the WebSocket, ended.

use std::time::Duration;

use http_body_util::Empty;
use hyper::Method;
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use rocketfi_mock_server::{
    Entry, Fault, MockServer, Phase, Received, RestAnswer, RestAnswerTo, Times,
};
use rocketfi_protocol::rest::{OpenOrdersPage, Positions};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::asker::{Asker, get};
use super::{account, asked, lively, of};
use crate::peer::{connect, quiet, received, start, within};
use crate::tls;

fn piped() -> MockServer {
    let builder = MockServer::builder().seed(7).quiet();
    builder
        .start_without_port()
        .expect("the defaults are valid")
}

async fn wait_for_requests(server: &MockServer, times: usize) {
    let mut mark = 0;
    for _ in 0..times {
        let is_next =
            |entry: &Entry| entry.seq >= mark && matches!(entry.event, Received::Rest { .. });
        mark = received(server.journal(), is_next).await.seq + 1;
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request() {
    let server = lively(50).await;
    let mut asker = Asker::to(&server).await;
    let first = asker.get(&of(&server, "/open-orders")).await;
    let second = asker.get(&of(&server, "/open-orders")).await;
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(first.header("connection"), None);
    assert_eq!(first.body, second.body);
    assert_eq!(
        asker.get("/position").await.status,
        400,
        "nor does an error end it"
    );
    assert_eq!(asker.get(&of(&server, "/position")).await.status, 200);
    assert_eq!(server.sessions(), 0);
}

#[tokio::test]
async fn one_port_serves_both_at_once() {
    let server = start(MockServer::builder().rate(1000.0)).await;
    let port = server.addr().port();
    assert_eq!(server.rest_url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(server.url(), format!("ws://127.0.0.1:{port}/ws"));
    let mut peer = connect(&server).await;
    let kind = crate::peer::position(account(&server));
    peer.send(&rocketfi_protocol::ClientMessage::Subscribe(kind))
        .await;
    let mut asker = Asker::to(&server).await;
    for _ in 0..20 {
        peer.message().await;
        asker
            .read::<OpenOrdersPage>(&of(&server, "/open-orders"))
            .await;
    }
    assert_eq!((server.sessions(), asked(&server).len()), (1, 20));
}

#[tokio::test]
async fn rest_is_served_over_tls() {
    let (server_config, client_config) = tls::configs();
    let server = start(MockServer::builder().quiet().tls(server_config)).await;
    let port = server.addr().port();
    assert_eq!(server.rest_url(), format!("https://localhost:{port}"));
    let stream = tls::connect(&format!("localhost:{port}"), client_config).await;
    let mut asker = Asker::over(stream).await;
    for _ in 0..2 {
        asker.read::<Positions>(&of(&server, "/position")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_ends_after_a_minute() {
    let server = piped();
    let (near, far) = tokio::io::duplex(4096);
    server.serve(far);
    let (mut sender, connection) = handshake::<_, Empty<Bytes>>(TokioIo::new(near))
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    let began = Instant::now();
    // Requests keep it.
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_secs(40)).await;
        let request = hyper::Request::builder().uri(of(&server, "/position"));
        let response = sender
            .send_request(request.body(Empty::new()).unwrap())
            .await;
        assert_eq!(response.unwrap().status(), 200);
    }
    let end = timeout(Duration::from_secs(3600), connection).await;
    end.expect("an end").unwrap().unwrap();
    assert_eq!(began.elapsed().as_secs(), 4 * 40 + 60);
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_no_request() {
    let server = piped();
    let target = of(&server, "/position");
    let mut idle = Asker::piped(&server).await;
    assert_eq!(idle.get(&target).await.status, 200);
    let slow = RestAnswer::Slow(Duration::from_secs(3600));
    server.answer_rest(RestAnswerTo::anything(), slow, Times::Once);
    server.answer_rest(RestAnswerTo::anything(), RestAnswer::Silence, Times::Once);
    let (mut waiting, mut ignored) = (Asker::piped(&server).await, Asker::piped(&server).await);
    let began = Instant::now();
    let (slow, silent, ()) = tokio::join!(
        waiting.try_to(Method::GET, &target),
        ignored.try_to(Method::GET, &target),
        async {
            wait_for_requests(&server, 3).await;
            server.shutdown().await;
        }
    );
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert!(slow.is_err() && silent.is_err());
    assert!(idle.try_to(Method::GET, &target).await.is_err());
}

#[tokio::test]
async fn a_silent_server_holds_answers_back() {
    let server = lively(20).await;
    server.go_silent();
    let target = of(&server, "/position");
    let mut asker = Asker::to(&server).await;
    let mut asking = tokio::spawn(async move { asker.get(&target).await });
    wait_for_requests(&server, 1).await;
    let other = quiet().await;
    let mut beside = Asker::to(&other).await;
    for _ in 0..50 {
        beside.get(&of(&other, "/position")).await;
    }
    assert!(!asking.is_finished());
    server.speak();
    let answer = within("the answer", &mut asking).await.unwrap();
    assert!(!answer.read::<Positions>().positions.is_empty());
}

#[tokio::test]
async fn a_connection_can_break_whatever_it_is_for() {
    let server = quiet().await;
    server.inject(Fault::Truncate { after: 9 }, Phase::Dialling);
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    let request = format!(
        "GET {} HTTP/1.1\r\nhost: mock.test\r\n\r\n",
        of(&server, "/position")
    );
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
        .await
        .unwrap();
    let mut bytes = Vec::new();
    within("the end", stream.read_to_end(&mut bytes))
        .await
        .unwrap();
    assert_eq!(bytes, b"HTTP/1.1 ");
    assert_eq!(get(&server, &of(&server, "/position")).await.status, 200);
}
