//! How the following of an account ends.

use rocketfi_account::{Event, Unreconciled};
use rocketfi_client::{CloseReason, SubscribeError};
use rocketfi_mock_server::{Ending, RestAnswer, RestAnswerTo, Times};
use rocketfi_tests::samples::NUMBERS;
use rocketfi_tests::{PATIENCE, closed, deadline};
use tokio::runtime::Handle;

use super::stage::{Stage, is_fill};

const BY_CLIENT: Ending = Ending::ByClient { code: Some(1000) };

#[tokio::test]
async fn close_while_messages_are_held_back_tells_them_before_the_end() {
    let mut stage = Stage::new().await;
    stage
        .server
        .answer_rest(RestAnswerTo::anything(), RestAnswer::Silence, Times::Always);
    stage.server.drop_connections();
    stage.resubscribed().await;
    stage.drain().await;
    let (happened, told) = (stage.happened().len(), stage.told.len());
    stage.tick(50);
    stage.drain().await;
    let is_message = |event: &Event| matches!(event, Event::Message { .. });
    assert!(
        !stage.told[told..].iter().any(is_message),
        "they are held back"
    );

    deadline("the end", stage.account.close()).await;
    while stage.next().await.is_some() {}
    let after = &stage.told[told..];
    let place = |matches: &dyn Fn(&Event) -> bool| after.iter().position(matches).unwrap();
    let released = place(
        &|event| matches!(event, Event::Unreconciled { reason: Unreconciled::Closed, held } if *held > 0),
    );
    assert!(released < place(&is_message));
    let sure = |event: &Event| {
        matches!(
            event,
            Event::Message {
                reconciled: true,
                ..
            }
        )
    };
    assert!(!after.iter().any(sure), "{after:?}");
    let Some(Event::Closed {
        reason: CloseReason::Requested,
    }) = after.last()
    else {
        panic!("{:?}", after.last())
    };
    let late = stage.happened().split_off(happened);
    assert!(late.iter().any(is_fill));
    assert!(stage.given(None).ends_with(&late));
    assert!(!stage.account.is_reconciled());
}

#[tokio::test]
async fn nothing_comes_after_the_end() {
    let mut stage = Stage::new().await;
    deadline("the end", stage.account.close()).await;
    while stage.next().await.is_some() {}
    let asked = stage.requests();
    stage.account.reconcile();
    for _ in 0..3 {
        assert!(stage.next().await.is_none());
    }
    assert_eq!(stage.requests(), asked);
    deadline("the end, once more", stage.account.close()).await;
}

#[tokio::test]
async fn account_that_is_dropped_ends_its_client_and_its_tasks() {
    let stage = Stage::new().await;
    let Stage {
        server, account, ..
    } = stage;
    // A question that is being asked, and a subscription that waits, go on by themselves.
    server.answer_rest(RestAnswerTo::anything(), RestAnswer::Silence, Times::Always);
    let mut account = account;
    account.reconcile();
    let asked = server.journal().mark();
    let is_asked = |entry: &rocketfi_mock_server::Entry| {
        matches!(entry.event, rocketfi_mock_server::Received::Rest { .. })
    };
    tokio::select! {
        asked = server.journal().wait_for_after(asked, is_asked, PATIENCE) => { asked.unwrap(); }
        event = account.recv() => panic!("{event:?}"),
    }
    drop(account);
    let ended = server
        .journal()
        .wait_for(closed(1, BY_CLIENT), PATIENCE)
        .await;
    ended.unwrap();
    assert_eq!(server.sessions(), 0);
    deadline("the end of the server", server.shutdown()).await;
    drop(server);
    let none_left = async {
        while Handle::current().metrics().num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    };
    deadline("the end of all tasks", none_left).await;
}

#[tokio::test]
async fn client_with_another_handle_outlives_its_account() {
    let stage = Stage::new().await;
    let client = stage.account.client().clone();
    drop(stage.account);
    // Nobody takes its events any more.
    let outcome = deadline("an answer", client.subscribe(NUMBERS)).await;
    assert!(
        matches!(outcome, Ok(()) | Err(SubscribeError::Closed)),
        "{outcome:?}"
    );
    drop(client);
    let ended = stage
        .server
        .journal()
        .wait_for(closed(1, BY_CLIENT), PATIENCE)
        .await;
    ended.unwrap();
}

#[tokio::test]
async fn server_that_ends_for_good_is_waited_for() {
    let mut stage = Stage::new().await;
    deadline("the end of the server", stage.server.shutdown()).await;
    stage.gap().await;
    let is_dial = |event: &Event| {
        matches!(
            event,
            Event::Client(rocketfi_client::Event::DialFailed { .. })
        )
    };
    for _ in 0..3 {
        stage.until("a dial that fails", is_dial).await;
    }
    assert!(!stage.account.is_reconciled());
    let is_failure = |event: &Event| matches!(event, Event::SourceFailed { .. });
    assert!(
        !stage.told.iter().any(is_failure),
        "REST is not asked without a stream"
    );
}
