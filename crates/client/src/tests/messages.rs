use rocketfi_protocol::{
    ClientMessage, RawJson, SerializationFormat, SignatureScheme, Transaction, TransactionData,
};
use tokio::task::JoinHandle;

use super::harness::*;
use crate::{Client, Config, Overflow, SendError};

pub(super) fn transaction(nonce: u64, padding: usize) -> Transaction {
    let instruction = format!(r#"{{"PlaceOrder":"{}"}}"#, "x".repeat(padding));
    Transaction {
        data: TransactionData {
            sender: account(),
            instruction: RawJson::new(instruction).unwrap(),
            nonce,
        },
        serialization_format: SerializationFormat::Json,
        signature_scheme: SignatureScheme::Eip712,
        signature: "0x5e471e15e471e1".parse().unwrap(),
    }
}

async fn submit(client: &Client, transaction: Transaction) -> JoinHandle<Result<(), SendError>> {
    let client = client.clone();
    let call = tokio::spawn(async move { client.submit_transaction(transaction).await });
    settle().await;
    call
}

#[tokio::test(start_paused = true)]
async fn messages_are_written_once_and_never_again() {
    let (client, _events, mut network, mut peer) = connected(config()).await;
    let transaction = transaction(1, 0);
    client
        .submit_transaction(transaction.clone())
        .await
        .unwrap();
    client
        .register_execute_on_disconnect(transaction.clone())
        .await
        .unwrap();
    client.clear_execute_on_disconnect().await.unwrap();
    let expected = [
        ClientMessage::SubmitTransaction(transaction.clone()),
        ClientMessage::RegisterExecuteOnDisconnect(transaction),
        ClientMessage::ClearExecuteOnDisconnect,
    ];
    for message in expected {
        assert_eq!(peer.message().await, message);
    }
    peer.cut();
    assert!(network.accept().await.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn without_a_connection_nothing_is_sent_then_or_later() {
    let (client, _events, mut network, peer) = connected(config()).await;
    network.refuse(1);
    peer.cut();
    settle().await;
    let result = client.submit_transaction(transaction(1, 0)).await;
    assert_eq!(result, Err(SendError::NotConnected));
    assert!(network.accept().await.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn connection_lost_while_writing_leaves_the_fate_open_and_that_of_the_next_certain() {
    let (client, _events, mut network) = start_with(config(), 64);
    let peer = network.accept().await;
    let begun = submit(&client, transaction(1, 0)).await;
    let waiting = submit(&client, transaction(2, 0)).await;
    peer.cut();
    assert_eq!(outcome(begun).await, Err(SendError::Interrupted));
    assert_eq!(outcome(waiting).await, Err(SendError::NotConnected));
}

#[tokio::test(start_paused = true)]
async fn call_dropped_before_its_turn_is_not_sent() {
    let (client, _events, mut network) = start_with(config(), 64);
    let mut peer = network.accept().await;
    let first = submit(&client, transaction(1, 0)).await;
    let dropped = submit(&client, transaction(2, 0)).await;
    let third = submit(&client, transaction(3, 0)).await;
    dropped.abort();
    settle().await;
    for nonce in [1, 3] {
        let ClientMessage::SubmitTransaction(sent) = peer.message().await else {
            panic!()
        };
        assert_eq!(sent.data.nonce, nonce);
    }
    assert_eq!(outcome(first).await, Ok(()));
    assert_eq!(outcome(third).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn message_beyond_the_limit_is_not_sent() {
    let (client, _events, _network, mut peer) = connected(config()).await;
    let result = client.submit_transaction(transaction(1, 1 << 20)).await;
    assert!(matches!(
        result,
        Err(SendError::TooLarge {
            limit: 1_048_576,
            ..
        })
    ));
    assert!(peer.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn commands_beyond_both_queues_wait_and_none_is_lost() {
    let config = Config {
        command_capacity: 2,
        ..config()
    };
    let (client, mut events, mut network) = start_with(config, 64);
    let mut peer = network.accept().await;
    next(&mut events).await;
    let mut calls = Vec::new();
    for nonce in 0..200 {
        calls.push(submit(&client, transaction(nonce, 0)).await);
    }
    for nonce in 0..200 {
        let ClientMessage::SubmitTransaction(sent) = peer.message().await else {
            panic!()
        };
        assert_eq!(sent.data.nonce, nonce);
    }
    for call in calls {
        assert_eq!(outcome(call).await, Ok(()));
    }
}

#[tokio::test(start_paused = true)]
async fn flood_of_frames_does_not_hold_up_commands() {
    let config = Config {
        overflow: Overflow::DropNewest,
        ..config()
    };
    let (client, _events, network, mut peer) = connected(config).await;
    network.flood(100_000);
    for _ in 0..100 {
        client.clear_execute_on_disconnect().await.unwrap();
        assert_eq!(
            peer.message().await,
            ClientMessage::ClearExecuteOnDisconnect
        );
    }
    assert!(network.flood_left() > 50_000);
    network.flood(0);
}
