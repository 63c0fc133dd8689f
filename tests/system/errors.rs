//! `Error` frames: which call they fail, and that each is an event too.

use futures_util::FutureExt;
use rocketfi_client::{Event, Request, SessionId, SubscribeError, UnsubscribeError};
use rocketfi_mock_server::{Answer, AnswerTo, MockServer, Times};
use rocketfi_protocol::{AccountAddress, ClientMessage, ServerMessage, SubscriptionKind};
use rocketfi_tests::samples::{NUMBERS, kinds, number_of, numbered, transaction};
use rocketfi_tests::{Bench, PATIENCE, deadline, message, requests};

const SESSION: SessionId = SessionId(1);

fn refuse(server: &MockServer, to: AnswerTo, text: &str) {
    server.answer(to, Answer::Error(text.to_owned()), Times::Once);
}

/// The text and the requests of an event that is a server's error.
fn server_error(event: Event) -> (String, Vec<Request>) {
    match event {
        Event::ServerError {
            session: SESSION,
            text,
            requests,
        } => (text.as_str().to_owned(), requests),
        other => panic!("{other:?} is no error of the server"),
    }
}

#[tokio::test]
async fn error_fails_the_subscribe_with_the_servers_text_and_is_an_event() {
    const TEXT: &str = "No such account: «0xdead», try again";
    let mut bench = Bench::new().await;
    refuse(&bench.server, AnswerTo::subscribe(NUMBERS), TEXT);
    let answer = deadline("an answer", bench.client.subscribe(NUMBERS)).await;
    let Err(SubscribeError::Rejected { text }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(text, TEXT);
    let expected = (TEXT.to_owned(), vec![Request::Subscribe(NUMBERS)]);
    assert_eq!(server_error(bench.events.event().await), expected);
    assert_eq!(
        bench.client.subscriptions().await,
        [],
        "a refused kind is not wanted"
    );
}

#[tokio::test]
async fn unknown_account_is_refused_and_a_known_one_is_not() {
    let server = MockServer::builder()
        .quiet()
        .strict_known(true)
        .start()
        .await
        .unwrap();
    let known = server.accounts()[0];
    let bench = Bench::of(server, |builder| builder).await;
    let position = |account| SubscriptionKind::Position { account };
    let stranger = position(AccountAddress::from_bytes([7; 20]));
    let answer = deadline("an answer", bench.client.subscribe(stranger)).await;
    assert!(
        matches!(answer, Err(SubscribeError::Rejected { .. })),
        "{answer:?}"
    );
    bench.subscribe([position(known)]).await;
    assert_eq!(bench.client.subscriptions().await, [position(known)]);
}

#[tokio::test]
async fn refused_kind_is_not_asked_for_after_a_reconnect() {
    let mut bench = Bench::new().await;
    let [refused, wanted] = [kinds().swap_remove(0), NUMBERS];
    refuse(&bench.server, AnswerTo::subscribe(refused.clone()), "no");
    let answer = deadline("an answer", bench.client.subscribe(refused)).await;
    assert!(
        matches!(answer, Err(SubscribeError::Rejected { .. })),
        "{answer:?}"
    );
    bench.subscribe([wanted.clone()]).await;
    bench.server.drop_connections();
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![wanted.clone()])
    );
    let second = requests(bench.server.journal(), 2);
    assert_eq!(second, [ClientMessage::Subscribe(wanted)]);
}

#[tokio::test]
async fn refused_kind_can_be_subscribed_by_a_second_call() {
    let mut bench = Bench::new().await;
    refuse(&bench.server, AnswerTo::subscribe(NUMBERS), "not now");
    let answer = deadline("an answer", bench.client.subscribe(NUMBERS)).await;
    assert!(
        matches!(answer, Err(SubscribeError::Rejected { .. })),
        "{answer:?}"
    );
    bench.subscribe([NUMBERS]).await;
    assert_eq!(bench.server.push(numbered(3)), 1);
    bench
        .events
        .until("an update", |event| number_of(event) == Some(3))
        .await;
}

#[tokio::test]
async fn unrelated_error_is_an_event_and_nothing_else() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    bench
        .server
        .push(ServerMessage::Error("maintenance at noon".into()));
    bench.server.push(numbered(1));
    let expected = ("maintenance at noon".to_owned(), vec![]);
    assert_eq!(server_error(bench.events.event().await), expected);
    assert_eq!(number_of(&bench.events.event().await), Some(1));
    assert_eq!(bench.client.subscriptions().await, [NUMBERS]);
}

#[tokio::test]
async fn error_fails_one_call_of_several() {
    let mut bench = Bench::new().await;
    let bad = kinds().swap_remove(3);
    refuse(&bench.server, AnswerTo::subscribe(bad.clone()), "no");
    let calls = kinds().into_iter().map(|kind| bench.client.subscribe(kind));
    let answers = deadline("all answers", futures_util::future::join_all(calls)).await;
    for (kind, answer) in kinds().into_iter().zip(answers) {
        assert_eq!(answer.is_err(), kind == bad, "{}", kind.name());
    }
    let (_, request) = server_error(bench.events.event().await);
    assert_eq!(request, vec![Request::Subscribe(bad)]);
    assert_eq!(bench.drain().await, []);
}

#[tokio::test]
async fn error_fails_the_unsubscribe_and_the_kind_is_no_longer_wanted() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    refuse(&bench.server, AnswerTo::unsubscribe(NUMBERS), "cannot");
    let answer = deadline("an answer", bench.client.unsubscribe(NUMBERS)).await;
    let Err(UnsubscribeError::Rejected { text }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(text, "cannot");
    let expected = ("cannot".to_owned(), vec![Request::Unsubscribe(NUMBERS)]);
    assert_eq!(server_error(bench.events.event().await), expected);
    assert_eq!(bench.client.subscriptions().await, []);
}

#[tokio::test]
async fn error_about_a_transaction_is_an_event_of_its_own() {
    let mut bench = Bench::new().await;
    refuse(
        &bench.server,
        AnswerTo::named("SubmitTransaction"),
        "nonce too low",
    );
    deadline("a write", bench.client.submit_transaction(transaction(1)))
        .await
        .unwrap();
    let expected = ("nonce too low".to_owned(), vec![]);
    assert_eq!(server_error(bench.events.event().await), expected);
}

#[tokio::test]
async fn server_may_close_after_an_error_and_the_client_recovers() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    bench
        .server
        .push(ServerMessage::Error("too many requests".into()));
    bench.server.close_connections(1008, "policy");
    let (text, suspects) = server_error(bench.events.event().await);
    assert_eq!((text.as_str(), suspects), ("too many requests", vec![]));
    bench.events.gap().await;
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![NUMBERS])
    );
}

#[tokio::test]
async fn confirmation_after_an_error_that_was_about_something_else_is_taken_back() {
    let mut bench = Bench::new().await;
    bench.server.answer(
        AnswerTo::subscribe(NUMBERS),
        Answer::Unacknowledged,
        Times::Once,
    );
    let mut subscribing = Box::pin(bench.client.subscribe(NUMBERS));
    assert_eq!(subscribing.as_mut().now_or_never(), None);
    let asked = message(ClientMessage::Subscribe(NUMBERS));
    bench
        .server
        .journal()
        .wait_for(asked, PATIENCE)
        .await
        .unwrap();
    bench
        .server
        .push(ServerMessage::Error("about something else".into()));
    let answer = deadline("an answer", subscribing).await;
    assert!(
        matches!(answer, Err(SubscribeError::Rejected { .. })),
        "{answer:?}"
    );

    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(NUMBERS));
    let taken_back = message(ClientMessage::Unsubscribe(NUMBERS));
    bench
        .server
        .journal()
        .wait_for(taken_back, PATIENCE)
        .await
        .unwrap();
    assert_eq!(
        bench.server.push(numbered(1)),
        0,
        "nothing unwanted streams"
    );
    let told = bench.drain().await;
    assert!(matches!(told[..], [Event::ServerError { .. }]), "{told:?}");
}
