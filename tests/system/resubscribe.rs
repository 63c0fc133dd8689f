//! Restoring what was subscribed, when the server does not simply confirm it.

use std::time::Duration;

use rocketfi_client::{Event, GapCause, Request, SessionId};
use rocketfi_mock_server::{Answer, AnswerTo, Times};
use rocketfi_protocol::{ClientMessage, ServerMessage};
use rocketfi_tests::samples::{NUMBERS, kinds, number_of, numbered};
use rocketfi_tests::{Bench, PATIENCE, in_session, message, requests, subscribes};

fn is_server_error(event: &Event) -> bool {
    matches!(event, Event::ServerError { .. })
}

#[tokio::test]
async fn refused_resubscribe_holds_up_none_of_the_others_and_is_tried_until_it_succeeds() {
    let mut bench = Bench::new().await;
    bench.subscribe(kinds()).await;
    let refused = kinds().swap_remove(4);
    let no = Answer::Error("not yet".to_owned());
    bench
        .server
        .answer(AnswerTo::subscribe(refused.clone()), no, Times::Always);
    bench.server.drop_connections();
    bench.events.connected_after_gap(SessionId(2)).await;

    let (session, text, suspects) = match bench.events.event().await {
        Event::ServerError {
            session,
            text,
            requests,
        } => (session, text, requests),
        other => panic!("{other:?}"),
    };
    assert_eq!((session, text.as_str()), (SessionId(2), "not yet"));
    assert_eq!(suspects, [Request::Resubscribe(refused.clone())]);
    let others: Vec<_> = kinds()
        .into_iter()
        .filter(|kind| *kind != refused)
        .collect();
    assert_eq!(bench.events.resubscribed().await, (SessionId(2), others));
    assert_eq!(
        bench.client.subscriptions().await,
        kinds(),
        "it stays wanted, in its place"
    );

    bench.events.until("another refusal", is_server_error).await;
    bench.server.clear_answers();
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![refused.clone()])
    );
    let second = requests(bench.server.journal(), 2);
    for kind in kinds() {
        let subscribe = ClientMessage::Subscribe(kind.clone());
        let sent = second.iter().filter(|it| **it == subscribe).count();
        assert_eq!(
            sent > 1,
            kind == refused,
            "{} was sent {sent} times",
            kind.name()
        );
    }
}

#[tokio::test]
async fn kind_refused_on_one_session_is_wanted_on_the_next() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    let no = Answer::Error("not on this one".to_owned());
    bench
        .server
        .answer(AnswerTo::subscribe(NUMBERS), no, Times::Always);
    bench.server.drop_connections();
    bench.events.until("the refusal", is_server_error).await;
    bench.server.drop_connections();
    let (cause, affected) = bench.events.gap().await;
    assert!(matches!(cause, GapCause::Disconnected { .. }), "{cause:?}");
    assert_eq!(affected, [NUMBERS]);
    bench.server.clear_answers();
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(3), vec![NUMBERS])
    );
}

#[tokio::test]
async fn unanswered_resubscribe_replaces_the_session() {
    let mut bench =
        Bench::with(|builder| builder.request_timeout(Duration::from_millis(800))).await;
    bench.subscribe(kinds()).await;
    let silent = kinds().swap_remove(9);
    bench.server.answer(
        AnswerTo::subscribe(silent.clone()),
        Answer::Silence,
        Times::Once,
    );
    bench.server.drop_connections();
    bench.events.connected_after_gap(SessionId(2)).await;
    let (cause, affected) = bench.events.gap().await;
    assert_eq!(cause, GapCause::ResubscribeTimeout { kind: silent });
    assert_eq!(affected, kinds());
    assert_eq!(bench.events.resubscribed().await, (SessionId(3), kinds()));
}

#[tokio::test]
async fn kind_that_is_never_answered_does_not_cost_the_others_their_sessions() {
    let mut bench =
        Bench::with(|builder| builder.request_timeout(Duration::from_millis(800))).await;
    bench.subscribe(kinds()).await;
    let mut others = kinds();
    let silent = others.remove(3);
    bench.server.answer(
        AnswerTo::subscribe(silent.clone()),
        Answer::Silence,
        Times::Always,
    );
    bench.server.drop_connections();
    bench.events.connected_after_gap(SessionId(2)).await;
    let (cause, _) = bench.events.gap().await;
    assert_eq!(cause, GapCause::ResubscribeTimeout { kind: silent });
    assert_eq!(bench.events.resubscribed().await, (SessionId(3), others));
}

#[tokio::test]
async fn updates_may_come_before_resubscribed_but_not_before_connected() {
    let mut bench = Bench::new().await;
    let last = kinds().pop().unwrap();
    bench.subscribe([NUMBERS, last.clone()]).await;
    bench.server.answer(
        AnswerTo::subscribe(last.clone()),
        Answer::Unacknowledged,
        Times::Once,
    );
    bench.server.drop_connections();
    bench.events.connected_after_gap(SessionId(2)).await;
    let asked = in_session(2, message(ClientMessage::Subscribe(last.clone())));
    bench
        .server
        .journal()
        .wait_for(asked, PATIENCE)
        .await
        .unwrap();
    bench.server.push(numbered(1));
    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(last.clone()));
    assert_eq!(number_of(&bench.events.event().await), Some(1));
    let (session, kinds) = (SessionId(2), vec![NUMBERS, last]);
    assert_eq!(
        bench.events.event().await,
        Event::Resubscribed { session, kinds }
    );
}

#[tokio::test]
async fn second_subscribe_after_a_reconnect_sends_nothing() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    bench.server.drop_connections();
    bench.events.resubscribed().await;
    bench.subscribe([NUMBERS]).await;
    assert_eq!(
        subscribes(bench.server.journal(), &NUMBERS),
        2,
        "one a session"
    );
    assert_eq!(bench.server.push(numbered(1)), 1);
}

#[tokio::test]
async fn confirmation_that_comes_before_its_request_does_not_stand_for_it() {
    let mut bench = Bench::new().await;
    let [first, second] = [NUMBERS, kinds().swap_remove(0)];
    bench.subscribe([first.clone(), second.clone()]).await;
    let unanswered = Answer::Unacknowledged;
    bench
        .server
        .answer(AnswerTo::subscribe(first.clone()), unanswered, Times::Once);
    bench.server.drop_connections();
    bench.events.connected_after_gap(SessionId(2)).await;
    let asked = in_session(2, message(ClientMessage::Subscribe(first.clone())));
    bench
        .server
        .journal()
        .wait_for(asked, PATIENCE)
        .await
        .unwrap();

    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(second.clone()));
    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(first.clone()));
    let both = vec![first, second];
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), both.clone())
    );
    let expected: Vec<_> = both.into_iter().map(ClientMessage::Subscribe).collect();
    assert_eq!(requests(bench.server.journal(), 2), expected);
}

#[tokio::test]
async fn kinds_restored_several_at_a_time_do_without_the_one_that_is_refused() {
    let mut bench = Bench::with(|builder| builder.max_in_flight(4)).await;
    bench.subscribe(kinds()).await;
    let refused = kinds().swap_remove(2);
    let no = Answer::Error("not yet".to_owned());
    bench
        .server
        .answer(AnswerTo::subscribe(refused.clone()), no, Times::Always);
    bench.server.drop_connections();
    bench.events.connected_after_gap(SessionId(2)).await;

    let told = bench.events.event().await;
    let Event::ServerError { requests, .. } = told else {
        panic!("{told:?}")
    };
    assert!(requests.contains(&Request::Resubscribe(refused.clone())));
    let others: Vec<_> = kinds()
        .into_iter()
        .filter(|kind| *kind != refused)
        .collect();
    assert_eq!(bench.events.resubscribed().await, (SessionId(2), others));
    bench.server.clear_answers();
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![refused])
    );
}
