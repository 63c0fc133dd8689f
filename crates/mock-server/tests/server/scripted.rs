//! Answers that a test has laid down.

use rocketfi_mock_server::{Answer, AnswerTo, Ending, Received, Times};
use rocketfi_protocol::{ClientMessage, ServerMessage};

use crate::peer::{
    connect, error_text, is_closed, position, quiet, received, received_times, ticker,
};

#[tokio::test]
async fn an_error_instead_of_a_confirmation_refuses_the_subscription() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let kind = ticker(&server);
    let refused = server.answer(
        AnswerTo::subscribe(kind.clone()),
        Answer::Error("no".to_owned()),
        Times::Once,
    );
    peer.subscribe(&position(server.accounts()[0])).await;
    let answer = peer.ask(&ClientMessage::Subscribe(kind.clone())).await;
    assert_eq!(error_text(answer), "no");
    assert_eq!(server.push_text_to(&kind, "{}"), 0);
    assert_eq!(refused.used(), 1);
    peer.subscribe(&kind).await;
    assert_eq!(server.push_text_to(&kind, "{}"), 1);
}

#[tokio::test]
async fn silence_answers_nothing_and_does_nothing() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let kind = ticker(&server);
    server.answer(AnswerTo::any_subscribe(), Answer::Silence, Times::Once);
    peer.send(&ClientMessage::Subscribe(kind.clone())).await;
    peer.expect_pong().await;
    assert_eq!(server.push_text_to(&kind, "{}"), 0);
}

#[tokio::test]
async fn an_unacknowledged_request_is_carried_out_all_the_same() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let kind = ticker(&server);
    server.answer(
        AnswerTo::any_subscribe(),
        Answer::Unacknowledged,
        Times::Once,
    );
    peer.send(&ClientMessage::Subscribe(kind.clone())).await;
    peer.expect_pong().await;
    assert_eq!(server.push_text_to(&kind, "{}"), 1);
}

#[tokio::test]
async fn a_hollow_acknowledgement_is_one_without_a_subscription() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let kind = ticker(&server);
    server.answer(AnswerTo::any_subscribe(), Answer::Hollow, Times::Once);
    peer.subscribe(&kind).await;
    assert_eq!(server.push_text_to(&kind, "{}"), 0);
}

#[tokio::test]
async fn an_answer_can_come_twice() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let kind = ticker(&server);
    server.answer(
        AnswerTo::subscribe(kind.clone()),
        Answer::Twice,
        Times::Once,
    );
    peer.subscribe(&kind).await;
    assert_eq!(
        peer.message().await,
        ServerMessage::SubscribeConfirmation(kind.clone())
    );
    assert_eq!(server.push_text_to(&kind, "{}"), 1, "subscribed once");
}

#[tokio::test]
async fn something_else_can_be_answered_instead() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let other = ServerMessage::SubscribeConfirmation(position(server.accounts()[0]));
    server.answer(
        AnswerTo::any_subscribe(),
        Answer::message(other.clone()),
        Times::Once,
    );
    server.answer(
        AnswerTo::any_subscribe(),
        Answer::Text("]{".to_owned()),
        Times::Once,
    );
    let subscribe = ClientMessage::Subscribe(ticker(&server));
    assert_eq!(peer.ask(&subscribe).await, other);
    peer.send(&subscribe).await;
    assert_eq!(peer.text().await, "]{");
}

#[tokio::test]
async fn a_request_can_end_the_session() {
    let server = quiet().await;
    let reason = "throttled".to_owned();
    server.answer(
        AnswerTo::ping(),
        Answer::Close { code: 1013, reason },
        Times::Once,
    );
    server.answer(AnswerTo::ping(), Answer::Cut, Times::Once);
    let mut peer = connect(&server).await;
    peer.send(&ClientMessage::Ping).await;
    assert_eq!(peer.end().await, Some((1013, "throttled".to_owned())));
    let closed = received(server.journal(), is_closed).await;
    assert_eq!(
        closed.event,
        Received::Closed {
            ending: Ending::ByServer { code: Some(1013) }
        }
    );

    let mut peer = connect(&server).await;
    peer.send(&ClientMessage::Ping).await;
    assert_eq!(peer.end().await, None);
    connect(&server).await.expect_pong().await;
}

#[tokio::test]
async fn muted_pongs_leave_everything_else_alone() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    server.mute_pongs(true);
    peer.send(&ClientMessage::Ping).await;
    peer.subscribe(&ticker(&server)).await;
    received_times(server.journal(), &ClientMessage::Ping, 1).await;
    server.mute_pongs(false);
    peer.expect_pong().await;
}

#[tokio::test]
async fn rules_can_be_taken_back() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    server.answer(|_: &ClientMessage| true, Answer::Silence, Times::Always);
    peer.send(&ClientMessage::Ping).await;
    received_times(server.journal(), &ClientMessage::Ping, 1).await;
    server.clear_answers();
    peer.expect_pong().await;
}
