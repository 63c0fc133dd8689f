//! Transactions: written once, byte for byte, and never again.

use futures_util::FutureExt;
use rocketfi_client::{Event, SendError, SessionId};
use rocketfi_mock_server::{Answer, AnswerTo, Entry, Times};
use rocketfi_protocol::{
    ClientMessage, ExecuteOnDisconnectRegistered, ServerMessage, TransactionResponse,
    TransactionResult,
};
use rocketfi_tests::samples::{NUMBERS, kinds, signature, transaction};
use rocketfi_tests::{Bench, PATIENCE, deadline, message, quick, quiet_server, requests, restart};

fn message_of(event: Event) -> ServerMessage {
    match event {
        Event::Message { message, .. } => message,
        other => panic!("{other:?} is no message"),
    }
}

fn is_transaction(entry: &Entry) -> bool {
    use ClientMessage::{RegisterExecuteOnDisconnect, SubmitTransaction};
    matches!(
        entry.message(),
        Some(SubmitTransaction(_) | RegisterExecuteOnDisconnect(_))
    )
}

#[tokio::test]
async fn result_of_a_transaction_is_a_message_with_its_signature() {
    let mut bench = Bench::new().await;
    deadline("a write", bench.client.submit_transaction(transaction(7)))
        .await
        .unwrap();
    let signature = signature(7);
    let result = TransactionResult {
        signature,
        response: TransactionResponse::Ok,
    };
    assert_eq!(message_of(bench.events.event().await), result.into());
    let sent = ClientMessage::SubmitTransaction(transaction(7));
    assert_eq!(requests(bench.server.journal(), 1), [sent]);
}

#[tokio::test]
async fn instruction_arrives_byte_for_byte() {
    let bench = Bench::new().await;
    let sent = transaction(1);
    deadline("a write", bench.client.submit_transaction(sent.clone()))
        .await
        .unwrap();
    let entry = bench
        .server
        .journal()
        .wait_for(is_transaction, PATIENCE)
        .await
        .unwrap();
    let Some(ClientMessage::SubmitTransaction(received)) = entry.message() else {
        panic!("{entry:?}");
    };
    assert_eq!(
        received.data.instruction.as_str(),
        sent.data.instruction.as_str()
    );
    assert_eq!(received.signature.as_str(), sent.signature.as_str());
}

#[tokio::test]
async fn refusal_of_a_transaction_is_a_message_too() {
    let mut bench = Bench::new().await;
    let refusal = TransactionResult {
        signature: signature(1),
        response: TransactionResponse::Err("margin violated".into()),
    };
    let answer = Answer::message(refusal.clone());
    bench
        .server
        .answer(AnswerTo::named("SubmitTransaction"), answer, Times::Once);
    deadline("a write", bench.client.submit_transaction(transaction(1)))
        .await
        .unwrap();
    assert_eq!(message_of(bench.events.event().await), refusal.into());
}

#[tokio::test]
async fn dead_mans_switch_is_registered_and_cleared() {
    let mut bench = Bench::new().await;
    let registering = bench.client.register_execute_on_disconnect(transaction(9));
    deadline("a write", registering).await.unwrap();
    let registered = ExecuteOnDisconnectRegistered {
        signature: signature(9),
        deferred_nonce: 9,
    };
    assert_eq!(message_of(bench.events.event().await), registered.into());
    deadline("a write", bench.client.clear_execute_on_disconnect())
        .await
        .unwrap();
    let cleared = message_of(bench.events.event().await);
    assert_eq!(cleared, ServerMessage::ExecuteOnDisconnectCleared);
    let expected = [
        ClientMessage::RegisterExecuteOnDisconnect(transaction(9)),
        ClientMessage::ClearExecuteOnDisconnect,
    ];
    assert_eq!(requests(bench.server.journal(), 1), expected);
}

#[tokio::test]
async fn nothing_but_subscriptions_is_sent_again_after_a_reconnect() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    deadline("a write", bench.client.submit_transaction(transaction(1)))
        .await
        .unwrap();
    let registering = bench.client.register_execute_on_disconnect(transaction(2));
    deadline("a write", registering).await.unwrap();
    let registered = message(ClientMessage::RegisterExecuteOnDisconnect(transaction(2)));
    bench
        .server
        .journal()
        .wait_for(registered, PATIENCE)
        .await
        .unwrap();
    for session in 2..=4 {
        bench.server.drop_connections();
        assert_eq!(
            bench.events.resubscribed().await,
            (SessionId(session), vec![NUMBERS])
        );
        bench.subscribe([kinds().swap_remove(0)]).await;
        deadline("a write", bench.client.unsubscribe(kinds().swap_remove(0)))
            .await
            .unwrap();
    }
    assert_eq!(
        bench.server.journal().count(is_transaction),
        2,
        "each once, in the first session"
    );
}

#[tokio::test]
async fn unanswered_transaction_is_not_sent_again_when_its_session_is_lost() {
    let mut bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    bench.server.answer(
        AnswerTo::named("SubmitTransaction"),
        Answer::Cut,
        Times::Always,
    );
    let sending = bench.client.submit_transaction(transaction(1));
    let written = deadline("a write", sending).await;
    assert_eq!(written, Ok(()), "it reached the operating system");
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![NUMBERS])
    );
    bench.drain().await;
    assert_eq!(bench.server.journal().count(is_transaction), 1);
}

#[tokio::test]
async fn transaction_without_a_connection_fails_at_once_and_is_never_sent() {
    let mut bench = Bench::new().await;
    bench.server.shutdown().await;
    bench.events.gap().await;
    let sending = bench.client.submit_transaction(transaction(1));
    assert_eq!(
        deadline("an answer", sending).await,
        Err(SendError::NotConnected)
    );
    let sending = bench.client.register_execute_on_disconnect(transaction(2));
    assert_eq!(
        deadline("an answer", sending).await,
        Err(SendError::NotConnected)
    );
    bench.server = restart(bench.server).await;
    bench.events.connected(SessionId(2)).await;
    bench.subscribe([NUMBERS]).await;
    assert_eq!(bench.server.journal().count(is_transaction), 0);
}

#[tokio::test]
async fn call_given_up_before_it_was_begun_sends_nothing() {
    let bench = Bench::with(|builder| builder.command_capacity(1)).await;
    let mut first = Box::pin(bench.client.submit_transaction(transaction(1)));
    assert_eq!(first.as_mut().now_or_never(), None);
    let mut second = Box::pin(bench.client.submit_transaction(transaction(2)));
    assert_eq!(
        second.as_mut().now_or_never(),
        None,
        "it waits for a place in the queue"
    );
    drop(second);
    deadline("a write", first).await.unwrap();
    bench.subscribe([NUMBERS]).await;
    let expected = [
        ClientMessage::SubmitTransaction(transaction(1)),
        ClientMessage::Subscribe(NUMBERS),
    ];
    assert_eq!(requests(bench.server.journal(), 1), expected);
}

#[tokio::test]
async fn transactions_are_written_in_the_order_of_their_calls() {
    let bench = Bench::new().await;
    let calls = (1..=50).map(|nonce| bench.client.submit_transaction(transaction(nonce)));
    let results = deadline("all writes", futures_util::future::join_all(calls)).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    bench.subscribe([NUMBERS]).await;
    let mut expected: Vec<_> = (1..=50)
        .map(|nonce| ClientMessage::SubmitTransaction(transaction(nonce)))
        .collect();
    expected.push(ClientMessage::Subscribe(NUMBERS));
    assert_eq!(requests(bench.server.journal(), 1), expected);
}

#[tokio::test]
async fn transaction_too_large_to_send_is_told_and_not_sent() {
    let bench = Bench::new().await;
    let mut large = transaction(1);
    let text = format!(r#"{{"Padding":"{}"}}"#, "x".repeat(2 << 20));
    large.data.instruction = rocketfi_protocol::RawJson::new(text).unwrap();
    let sending = bench.client.submit_transaction(large);
    let error = deadline("an answer", sending).await;
    assert!(
        matches!(error, Err(SendError::TooLarge { .. })),
        "{error:?}"
    );
    bench.subscribe([NUMBERS]).await;
    assert_eq!(bench.server.journal().count(is_transaction), 0);
}

#[tokio::test]
async fn transaction_right_after_connect_is_sent() {
    let server = quiet_server().await;
    let (client, _events) = quick(server.url()).connect().await.unwrap();
    let sending = client.submit_transaction(transaction(1));
    assert_eq!(
        deadline("a write", sending).await,
        Ok(()),
        "connect has returned a connection"
    );
    server
        .journal()
        .wait_for(is_transaction, PATIENCE)
        .await
        .unwrap();
}
